"""Quiet hours and the mail of the day: what waits, until when, what never (MSG-01, MSG-07)."""

from contextvars import copy_context
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from portal import words
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.models.telling import NoticeHours
from portal.security.actor import system
from portal.services import agreements, contact, notices
from portal.services.notices import hours
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic

DELIVERY = system("delivery")
PORTAL = "https://portal.example.org"
# In New York it is 9 am: 14:00 UTC.
TEN_PM, SEVEN_AM, SIX_PM = "1320", "420", "1080"
NIGHT = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 3, 23, 0, tzinfo=UTC)


@pytest.fixture
def clinic(the_clinic: Clinic) -> Clinic:
    """Returns the cast; Alice alone has proven an address."""
    with the_clinic.base.transaction() as db:
        mine = col(User.id) == the_clinic.users["alice"].id
        proven = {"email": "alice@mail.example", "email_verified_at": NOW}
        db.execute(update(User).where(mine).values(**proven))
    return the_clinic


def choose(clinic: Clinic, *times: str, daily: str = "", now: datetime = NOW) -> None:
    quiet = times or ("", "")
    with clinic.base.transaction() as db:
        contact.choose_hours(
            db, clinic.actor("alice"), quiet_from=quiet[0], quiet_to=quiet[1], daily_at=daily,
            now=now,
        )  # fmt: skip


def news(clinic: Clinic, kind: str = "result.released", now: datetime = NOW) -> None:
    made: dict[str, Any] = {
        "result.released": cast.report,
        "appointment.moved": cast.appointment,
        "appointment.booked": cast.appointment,
    }
    if kind == "message":
        talk = cast.thread(clinic)
        clinic.add(talk)
        record: Any = cast.message(talk)
    else:
        record = made[kind](clinic)
    clinic.add(record)
    with clinic.base.transaction() as db:
        whose = clinic.patients["alice"].id
        notices.write(db, kind, patient_id=whose, record_id=record.id, now=now)


def send(clinic: Clinic, now: datetime) -> list[notices.Written]:
    """Sends what is to go at a moment; returns it in words."""
    sent: list[notices.Written] = []
    while True:
        with clinic.base.transaction() as db:
            taken = notices.take(db, DELIVERY, worker="one", portal=PORTAL, now=now, most=20)
        if taken.is_empty:
            return sent
        for parcel in taken.parcels:
            sent.append(parcel.written)
            with clinic.base.transaction() as db:
                end = notices.Outcome("sent")
                notices.settle(db, DELIVERY, parcel=parcel, outcome=end, now=now)


def rows(clinic: Clinic) -> list[OutboxNotice]:
    """Returns what was written to Alice's account."""
    with clinic.base.reading() as db:
        mine = col(OutboxNotice.user_id) == clinic.users["alice"].id
        return list(db.scalars(select(OutboxNotice).where(mine).order_by(col(OutboxNotice.kind))))


def remind(clinic: Clinic, starts_at: datetime, *, hours_before: int = 3) -> None:
    visit = cast.appointment(clinic, starts_at=starts_at)
    clinic.add(visit)
    due = [(hours_before * 60, starts_at - timedelta(hours=hours_before), starts_at)]
    with clinic.base.transaction() as db:
        notices.remind(
            db, "appointment.reminder", due, patient_id=clinic.patients["alice"].id,
            record_id=visit.id, version=1, about_at=starts_at, now=NOW,
        )  # fmt: skip


class TestQuietHours:
    def test_hold_news_until_they_end(self, clinic: Clinic) -> None:
        choose(clinic, TEN_PM, SEVEN_AM)
        news(clinic, now=NIGHT)
        assert not send(clinic, NIGHT)
        (row,) = rows(clinic)
        assert (row.state, row.due_at, row.problem) == ("pending", MORNING, "quiet-hours")
        assert row.tries == 0, "to wait is no try"
        assert not send(clinic, MORNING - timedelta(seconds=1))
        assert len(send(clinic, MORNING)) == 1
        assert rows(clinic)[0].state == "sent"

    def test_hold_nothing_outside_of_them(self, clinic: Clinic) -> None:
        choose(clinic, TEN_PM, SEVEN_AM)
        news(clinic)
        assert len(send(clinic, NOW)) == 1

    def test_hold_what_is_tried_again_in_them(self, clinic: Clinic) -> None:
        """Down all evening: what could go out at last at night waits for the morning."""
        choose(clinic, TEN_PM, SEVEN_AM)
        news(clinic)
        assert not send(clinic, NIGHT)
        assert len(send(clinic, MORNING)) == 1

    def test_hold_no_code_and_nothing_about_safety(self, clinic: Clinic) -> None:
        choose(clinic, "0", "1380")
        with clinic.base.transaction() as db:
            user_id = clinic.users["alice"].id
            for kind in ("sign-in.code", "password.changed"):
                notices.to_user(db, kind, user_id, key=kind, given={"at": "today"}, now=NOW)
        assert len(send(clinic, NOW)) == 2

    def test_chosen_later_hold_what_waits_and_let_it_go_when_ended(self, clinic: Clinic) -> None:
        choose(clinic, TEN_PM, SEVEN_AM)
        news(clinic, now=NIGHT)
        send(clinic, NIGHT)
        choose(clinic, now=NIGHT)
        assert len(send(clinic, NIGHT)) == 1

    def test_hold_a_reminder_until_they_end(self, clinic: Clinic) -> None:
        choose(clinic, TEN_PM, SEVEN_AM)
        # At 8.30 am: due at 5.30, the quiet hours end at 7.
        remind(clinic, MORNING + timedelta(minutes=90))
        assert not send(clinic, MORNING - timedelta(minutes=90))
        assert len(send(clinic, MORNING)) == 1

    def test_hold_a_reminder_no_longer_than_an_hour_before(self, clinic: Clinic) -> None:
        choose(clinic, TEN_PM, SEVEN_AM)
        # At 6.30 am: due at 3.30, the quiet hours end when the visit has begun.
        visit = MORNING - timedelta(minutes=30)
        remind(clinic, visit)
        assert not send(clinic, visit - timedelta(hours=3))
        assert not send(clinic, visit - timedelta(minutes=61))
        assert len(send(clinic, visit - timedelta(hours=1))) == 1

    def test_hold_no_reminder_that_is_due_later_than_that(self, clinic: Clinic) -> None:
        choose(clinic, TEN_PM, SEVEN_AM)
        visit = MORNING - timedelta(minutes=30)
        remind(clinic, visit, hours_before=1)
        assert len(send(clinic, visit - timedelta(minutes=20))) == 1

    @pytest.mark.parametrize(
        "wrong", [(TEN_PM, ""), ("", SEVEN_AM), (TEN_PM, TEN_PM), ("25:00", "1"), ("-60", "60")]
    )
    def test_need_a_beginning_and_an_end(
        self, small_clinic: Clinic, wrong: tuple[str, str]
    ) -> None:
        with pytest.raises(contact.NoSuchHours):
            choose(small_clinic, *wrong)


class TestClockChanges:
    """The clinic's clock is set forward on 8 March and back on 1 November."""

    @pytest.mark.parametrize(
        ("day", "minute", "hour"),
        [
            (date(2026, 3, 8), 90, (6, 30)),
            # Half past two is never shown: three o'clock is next.
            (date(2026, 3, 8), 150, (7, 0)),
            (date(2026, 3, 8), 180, (7, 0)),
            # Half past one is shown twice: the first counts.
            (date(2026, 11, 1), 90, (5, 30)),
            (date(2026, 11, 1), 120, (7, 0)),
        ],
    )
    def test_find_the_hour(self, day: date, minute: int, hour: tuple[int, int]) -> None:
        def found() -> datetime:
            words.speak("en", "America/New_York")
            return hours.moment(day, minute)

        at = copy_context().run(found)
        assert at == datetime(day.year, day.month, day.day, *hour, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("now", "until"),
        [
            # From ten to seven, over the night in which an hour is left out, and is there twice.
            ((2026, 3, 8, 4, 0), (2026, 3, 8, 11, 0)),
            ((2026, 11, 1, 4, 0), (2026, 11, 1, 12, 0)),
            ((2026, 11, 1, 6, 30), (2026, 11, 1, 12, 0)),
            ((2026, 11, 1, 12, 0), None),
        ],
    )
    def test_end_the_quiet_hours_by_the_clock_on_the_wall(
        self, now: tuple[int, ...], until: tuple[int, ...] | None
    ) -> None:
        def found() -> datetime | None:
            words.speak("en", "America/New_York")
            night = NoticeHours(user_id="alice", quiet_from=1320, quiet_to=420)
            return hours._quiet_until(night, datetime(*now, tzinfo=UTC))

        expected = datetime(*until, tzinfo=UTC) if until else None
        assert copy_context().run(found) == expected


class TestMailOfTheDay:
    def test_counts_what_could_wait_in_one_mail(self, clinic: Clinic) -> None:
        choose(clinic, daily=SIX_PM)
        for kind in ("message", "result.released", "message", "appointment.booked"):
            news(clinic, kind)
        assert not send(clinic, NOW)
        assert {(row.due_at, row.problem) for row in rows(clinic)} == {
            (EVENING, "for-the-daily-mail")
        }
        (mail,) = send(clinic, EVENING)
        assert "New messages: 2. Other news: 2." in mail.lines
        assert mail.link == f"{PORTAL}/home"
        assert mail.ends_news
        ends = [(row.kind, row.state, row.problem) for row in rows(clinic)]
        assert ends == [
            ("appointment.booked", "sent", "in-the-daily-mail"),
            ("message", "sent", "in-the-daily-mail"),
            ("message", "sent", "in-the-daily-mail"),
            ("news.daily", "sent", ""),
            ("result.released", "sent", "in-the-daily-mail"),
        ]
        assert not send(clinic, EVENING + timedelta(days=1))

    def test_is_not_waited_for_by_a_changed_time(self, clinic: Clinic) -> None:
        choose(clinic, daily=SIX_PM)
        news(clinic, "appointment.moved")
        remind(clinic, NOW + timedelta(hours=3))
        assert len(send(clinic, NOW)) == 2

    def test_of_tomorrow_counts_what_came_after_it(self, clinic: Clinic) -> None:
        choose(clinic, daily=SIX_PM)
        later = EVENING + timedelta(seconds=1)
        news(clinic, now=later)
        assert not send(clinic, later)
        assert len(send(clinic, EVENING + timedelta(days=1, seconds=30))) == 1

    def test_waits_for_the_quiet_hours_too(self, clinic: Clinic) -> None:
        choose(clinic, "960", "1140", daily=SIX_PM)
        news(clinic)
        send(clinic, NOW)
        assert not send(clinic, EVENING)
        assert len(send(clinic, EVENING + timedelta(hours=1))) == 1

    def test_counts_nothing_that_may_not_be_known_any_more(self, clinic: Clinic) -> None:
        choose(clinic, daily=SIX_PM)
        news(clinic)
        news(clinic, "message")
        send(clinic, NOW)
        with clinic.base.transaction() as db:
            contact.choose(
                db, clinic.actor("alice"), visits="email", messages="portal", results="email",
                now=NOW,
            )  # fmt: skip
        (mail,) = send(clinic, EVENING)
        assert "New messages: 0. Other news: 1." in mail.lines

    def test_does_not_go_where_mails_were_ended_meanwhile(self, clinic: Clinic) -> None:
        choose(clinic, "960", "1140", daily=SIX_PM)
        news(clinic)
        send(clinic, NOW)
        send(clinic, EVENING)
        with clinic.base.transaction() as db:
            agreements.take_back(db, clinic.actor("alice"), now=EVENING)
        assert not send(clinic, EVENING + timedelta(hours=1))
        assert [row.state for row in rows(clinic) if row.kind == "news.daily"] == ["withdrawn"]

    def test_ended_lets_what_waits_go_at_once(self, clinic: Clinic) -> None:
        choose(clinic, daily=SIX_PM)
        news(clinic)
        send(clinic, NOW)
        choose(clinic)
        assert len(send(clinic, NOW)) == 1
        assert [row.kind for row in rows(clinic)] == ["result.released"]
