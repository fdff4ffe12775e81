"""The ledger: of each intended notice what happened, for whoever may know, and how it is found."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.appointments import Appointment
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.security.actor import system
from portal.services import appointments, board, chart, contact, inbox, notices, today
from portal.services.notices import LedgerRow, Wanted
from tests.services.test_inbox import ask, opened, waits
from tests.support import clinic as cast
from tests.support import doors
from tests.support.clinic import NOW, Clinic
from tests.support.letters import only

DELIVERY, PORTAL = system("delivery"), "https://portal.example.org"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STARTS = NOW + 10 * DAY


@pytest.fixture
def people(the_clinic: Clinic) -> Clinic:
    """The cast; Alice and Bob have proven addresses, and she has a visit that was just booked."""
    with the_clinic.base.transaction() as db:
        for name in ("alice", "bob"):
            mine = col(User.id) == the_clinic.users[name].id
            proven = {"email": f"{name}@mail.example", "email_verified_at": NOW}
            db.execute(update(User).where(mine).values(**proven))
        made = appointments.book(
            db, the_clinic.actor("frank"), patient_id=the_clinic.patients["alice"].id,
            practitioner_id=the_clinic.practitioners["dana"].id, location_id=None,
            title="Blood pressure", starts_at=STARTS, minutes=20, now=NOW,
        )  # fmt: skip
        # The visit's own id, so that tests can name it.
        the_clinic.made = made  # type: ignore[attr-defined]
    return the_clinic


def visit(people: Clinic) -> str:
    return people.made  # type: ignore[attr-defined]


def drain(people: Clinic, now: datetime, *end: Any) -> None:
    """Delivers what is due, each with an end: sent, where none is named."""
    while True:
        with people.base.transaction() as db:
            taken = notices.take(db, DELIVERY, worker="one", portal=PORTAL, now=now)
            if taken.is_empty:
                return
            if parcel := only(taken):
                state, code = (*end, "", "")[:2]
                said = notices.Outcome(state or "sent", code)
                notices.settle(db, DELIVERY, parcel=parcel, outcome=said, now=now)


def sheet(people: Clinic, now: datetime = NOW, who: str = "frank") -> list[LedgerRow]:
    with people.base.transaction() as db:
        actor = people.actor(who, at=now)
        return board.one(db, actor, appointment_id=visit(people), now=now).notices


def said(rows: list[LedgerRow]) -> list[tuple[str, ...]]:
    return [(one.what, one.whom, one.status, one.why) for one in rows]


class TestVisit:
    def test_says_of_each_until_when_it_waits_and_to_whom_it_went(self, people: Clinic) -> None:
        waits = sheet(people)
        assert said(waits) == [
            ("Reminder, 3 hours before", "", "Waits until", ""),
            ("Reminder, 2 days before", "", "Waits until", ""),
            ("Reminder, 7 days before", "", "Waits until", ""),
            ("The booking", "", "Waits until", ""),
        ]
        assert waits[0].at.replace("\u00a0", " ") == "Friday 13 March, 7:00 am"
        drain(people, NOW + HOUR)
        assert {(one.what, one.whom, one.status) for one in sheet(people, NOW + HOUR)[3:]} == {
            ("The booking", "Alice Ash", "Sent"),
            ("The booking", "Bob Ash", "Sent"),
        }
        assert "@" not in repr(sheet(people, NOW + HOUR))

    def test_says_why_it_was_taken_back_and_when(self, people: Clinic) -> None:
        drain(people, NOW + HOUR)
        with people.base.transaction() as db:
            appointments.confirm(
                db, people.actor("alice"), appointment_id=visit(people), version=1, now=NOW + HOUR
            )
        off = [one for one in sheet(people, NOW + DAY) if one.what.startswith("Reminder")]
        assert {(one.status, one.why) for one in off} == {
            ("Taken back", "The visit was confirmed.")
        }
        assert {one.at.replace("\u00a0", " ") for one in off} == {"Tuesday 3 March, 10:00 am"}

    @pytest.mark.parametrize(
        ("now", "end", "status", "why"),
        [
            (STARTS, (), "Too late", "Too late: it could not go out while it was of use."),
            (STARTS - HOUR, ("dead", "550"), "Not sent", "The mail server answered 550."),
            (STARTS - HOUR, ("sent", "kept-here"), "Would have gone out", None),
        ],
    )
    def test_says_what_could_not_go_out(
        self, people: Clinic, now: datetime, end: tuple[str, ...], status: str, why: str | None
    ) -> None:
        drain(people, now, *end)
        last = next(one for one in sheet(people, now) if one.what == "Reminder, 3 hours before")
        assert last.status == status
        assert why is None or last.why == why

    def test_says_that_somebody_can_be_told_in_the_portal_alone(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            db.execute(update(User).values(email_verified_at=None))
        drain(people, NOW + HOUR)
        assert sheet(people, NOW + HOUR)[-1].status == "In the portal only"

    @pytest.mark.parametrize("who", ["bill", "ada", "otto", "charlie", "alice"])
    def test_is_shown_to_nobody_who_does_not_see_the_board(self, people: Clinic, who: str) -> None:
        with pytest.raises((NotAllowed, NotFound)):
            sheet(people, who=who)


class TestPatient:
    def kinds(self, people: Clinic, who: str) -> set[str]:
        with people.base.transaction() as db:
            whose = people.patients["alice"].id
            rows = chart.view(db, people.actor(who), patient_id=whose, now=NOW).mails
            return {one.what for one in rows}

    def test_lists_what_the_reader_may_know_of(self, people: Clinic) -> None:
        """A result and a message about health are no news for the front desk."""
        report, talk = cast.report(people), cast.thread(people)
        asked = cast.thread(people, topic="bill")
        people.add(report, talk, asked)
        letters = [cast.message(one, id=f"said-{one.topic}") for one in (talk, asked)]
        people.add(*letters)
        about = {"result.released": report.id, "message": letters[0].id}
        with people.base.transaction() as db:
            whose = people.patients["alice"].id
            for kind, record in about.items():
                notices.write(db, kind, patient_id=whose, record_id=record, now=NOW)
        visits = {"The booking"} | {
            f"Reminder, {one} before" for one in ("7 days", "2 days", "3 hours")
        }
        health = {"That a result is there", "That a message is there"}
        assert self.kinds(people, "dana") == visits | health
        assert self.kinds(people, "frank") == visits
        assert self.kinds(people, "erin") == visits
        assert self.kinds(people, "bill") == set()
        with people.base.transaction() as db:
            bill = letters[1].id
            notices.write(db, "message", patient_id=whose, record_id=bill, now=NOW)
        assert self.kinds(people, "frank") == visits | {"That a message is there"}


class TestSearch:
    def find(self, people: Clinic, who: str = "max", **given: Any) -> list[str]:
        shown = given.pop("shown", "all")
        with people.base.transaction() as db:
            row = notices.view(
                db, people.actor(who), shown=shown, wanted=Wanted(**given), now=NOW + HOUR
            )
            return [f"{one.subject}: {one.whom}" for one in row.notices]

    def test_finds_by_name_and_record_number_of_the_patient(self, people: Clinic) -> None:
        for words in ("alice", "ASH ali", people.patients["alice"].record_number):
            assert len(self.find(people, words=words)) == 4, words
        for words in ("charlie", "%", "_", "alice charlie"):
            assert self.find(people, words=words) == [], words
        assert "Reminder, 7 days before: Alice Ash" in self.find(people, words="alice")

    def test_finds_by_patient_only_for_who_may_find_patients(self, people: Clinic) -> None:
        assert self.find(people, "ada", words="alice") == []
        assert {one.partition(": ")[2] for one in self.find(people, "ada")} == {"Whom it concerns"}
        drain(people, NOW + HOUR)
        assert self.find(people, "ada", words="alice") == ["About your visit: Alice Ash"]
        assert self.find(people, "ada", words=people.patients["alice"].record_number) == []

    def test_finds_by_kind_state_and_day(self, people: Clinic) -> None:
        assert len(self.find(people, kind="reminders")) == 3
        assert len(self.find(people, kind="visits")) == 1
        for kind in ("waitlist", "news", "accounts"):
            assert self.find(people, kind=kind) == []
        assert self.find(people, shown="waiting")[1].startswith("Reminder, 7 days before")
        assert len(self.find(people, day="2026-03-03")) == 1
        assert len(self.find(people, day="2026-03-13")) == 1
        drain(people, STARTS)
        assert len(self.find(people, shown="late", kind="reminders")) == 3
        assert len(self.find(people, shown="late", day="2026-03-13")) == 4
        with people.base.transaction() as db:
            db.execute(update(Appointment).values(starts_at=STARTS))
            db.execute(update(OutboxNotice).values(state="withdrawn"))
        assert len(self.find(people, shown="back")) == 4

    @pytest.mark.parametrize("given", [{"kind": "x"}, {"day": "2026-02-30"}, {"day": "9999-12-31"}])
    def test_takes_no_other_kind_or_day(self, people: Clinic, given: dict[str, str]) -> None:
        with pytest.raises(Invalid):
            self.find(people, **given)


class TestBounce:
    """MSG-07: a refused address is flagged on the patient and told to the desk."""

    def bounce(self, people: Clinic, name: str = "alice", *, is_bounce: bool = True) -> None:
        """Lets a mail to somebody's own address end as refused."""
        with people.base.transaction() as db:
            user = db.get_one(User, people.users[name].id)
            notices.mail(
                db, "password.changed", address=user.email, key=name, user_id=user.id,
                given={"at": "today"}, now=NOW,
            )  # fmt: skip
        with people.base.transaction() as db:
            taken = notices.take(db, DELIVERY, worker="one", portal=PORTAL, now=NOW)
            parcel = only(taken)
            assert parcel
            said = notices.Outcome("dead", "550", is_bounce=is_bounce)
            notices.settle(db, DELIVERY, parcel=parcel, outcome=said, now=NOW)

    def is_flagged(self, people: Clinic, name: str = "alice") -> bool:
        with people.base.reading() as db:
            return db.get_one(User, people.users[name].id).email_bounced_at is not None

    def test_is_shown_at_the_desk_on_the_chart_and_on_the_board(self, people: Clinic) -> None:
        self.bounce(people)
        near = STARTS - DAY
        with people.base.transaction() as db:
            frank = people.actor("frank", at=near)
            whose = people.patients["alice"].id
            listed = today.view(db, frank, now=near).bounced
            assert [(one.name, one.href) for one in listed] == [
                ("Alice Ash", f"/staff/patients/{whose}")
            ]
            assert (
                "refused since 3 Mar 2026"
                in chart.view(db, frank, patient_id=whose, now=near).bounced
            )
            shown = board.one(db, frank, appointment_id=visit(people), now=near)
            assert ("mail", "E-mail refused") in [(one.icon, one.words) for one in shown.flags]
            assert "@" not in repr(listed) + repr(shown)
            # Neither clinicians nor billing ask for addresses.
            for name in ("dana", "nora", "bill", "otto"):
                assert today.view(db, people.actor(name), now=near).bounced == []

    def test_of_a_helper_names_whom_they_help(self, people: Clinic) -> None:
        self.bounce(people, "bob")
        with people.base.transaction() as db:
            (row,) = today.view(db, people.actor("frank"), now=NOW).bounced
            assert (row.name, row.beside) == ("Bob Ash", "helps Alice Ash")

    def test_gets_no_news_but_what_keeps_it_safe(self, people: Clinic) -> None:
        self.bounce(people)
        with people.base.transaction() as db:
            told: dict[str, Any] = {
                "patient_id": people.patients["alice"].id,
                "record_id": visit(people),
            }
            found = notices.recipients(db, "appointment.booked", **told, now=NOW)
            assert [one.user_id for one in found] == [people.users["bob"].id]
            safe = notices.recipients(db, "help.changed", **told, now=NOW)
            assert [one.user_id for one in safe] == [people.users["alice"].id]

    def test_is_none_for_a_letter_refused_for_other_reasons(self, people: Clinic) -> None:
        self.bounce(people, is_bounce=False)
        assert not self.is_flagged(people)

    def test_is_none_where_the_address_is_another_by_now(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            notices.mail(
                db, "password.changed", address="old@mail.example", key="k",
                user_id=people.users["alice"].id, given={"at": "today"}, now=NOW,
            )  # fmt: skip
        with people.base.transaction() as db:
            taken = notices.take(db, DELIVERY, worker="one", portal=PORTAL, now=NOW)
            parcel = only(taken)
            assert parcel
            said = notices.Outcome("dead", "550", is_bounce=True)
            notices.settle(db, DELIVERY, parcel=parcel, outcome=said, now=NOW)
        assert not self.is_flagged(people)

    def test_ends_when_an_address_is_proven(self, people: Clinic) -> None:
        self.bounce(people)
        assert self.is_flagged(people)
        alice = people.actor("alice")
        with people.base.transaction() as db:
            contact.change_email(db, alice, email="new@mail.example", now=NOW)
        (code,) = doors.mails(people, "address.code")
        with people.base.transaction() as db:
            assert contact.prove(db, alice, kind="new-email", code=code["code"], now=NOW)
        assert not self.is_flagged(people)
        with people.base.transaction() as db:
            assert today.view(db, people.actor("frank"), now=NOW).bounced == []


def test_stands_below_the_letter_that_it_tells_of(people: Clinic) -> None:
    one = waits(people)
    key, newest = opened(people, "frank", one).view.draft.key, opened(people, "frank", one).talk
    ask(
        people, "frank", inbox.answer,
        thread_id=one.id, body="At ten.", client_key=key, seen=newest.newest,
    )  # fmt: skip

    def told(who: str) -> list[tuple[str, str]]:
        line = next(one for one in opened(people, who, one).talk.lines if one.body == "At ten.")
        return [(row.whom, row.status) for row in line.told]

    assert [status for _whom, status in told("max")] != ["Sent"]
    drain(people, NOW)
    # Bob helps her with messages, and is told too.
    assert sorted(told("max")) == [("Alice Ash", "Sent"), ("Bob Ash", "Sent")]
