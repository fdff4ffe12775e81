"""Reminders: written with the booking, called off by what becomes of the visit, right by the clock.

Proves JOB-01, JOB-04, JOB-06, JOB-07, MSG-01, R-15, R-17 and R-18 for reminders.
"""

from contextvars import copy_context
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from portal import words
from portal.models.appointments import Appointment
from portal.models.audit import OutboxNotice
from portal.models.mailed_links import MailedLink
from portal.models.people import Location, Patient, Practitioner, User
from portal.models.schedules import Schedule, VisitType
from portal.security import mailed_links
from portal.security.actor import system
from portal.services import appointments, notices
from portal.services.appointments import reminding
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic

DELIVERY, PORTAL = system("delivery"), "https://portal.example.org"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Nine o'clock on a Monday in New York, after clocks were set forward on 8 March.
NINE = datetime(2026, 3, 16, 13, 0, tzinfo=UTC)
# On the wall clock seven and two days before; three hours before.
FIRST, SECOND, LAST = NINE - 7 * DAY, NINE - 2 * DAY, NINE - 3 * HOUR
AT = {"10080": FIRST, "2880": SECOND, "180": LAST}


@pytest.fixture
def people(the_clinic: Clinic) -> Clinic:
    """The cast with proven addresses; a type of visit with the usual reminders, one without."""
    the_clinic.add(
        VisitType(id="check", name="MARKER type", minutes=20, open_limit=0),
        VisitType(id="silent", name="Never reminded", minutes=20, reminders=""),
        VisitType(id="soon", name="Half an hour", minutes=20, reminders="30"),
        VisitType(id="asked", name="To approve", minutes=20, how_booked="approval"),
        Schedule(
            practitioner_id=the_clinic.practitioners["dana"].id, weekday=0,
            from_minute=8 * 60, to_minute=12 * 60,
        ),
    )  # fmt: skip
    with the_clinic.base.transaction() as db:
        for name in ("alice", "bob"):
            mine = col(User.id) == the_clinic.users[name].id
            proven = {"email": f"{name}@mail.example", "email_verified_at": NOW}
            db.execute(update(User).where(mine).values(**proven))
    return the_clinic


def book(people: Clinic, by: str = "frank", kind: str = "check", **changes: Any) -> str:
    values: dict[str, Any] = {
        "patient_id": people.patients["alice"].id,
        "practitioner_id": people.practitioners["dana"].id,
        "location_id": None,
        "title": "MARKER title",
        "starts_at": NINE,
        "minutes": 20,
        "now": NOW,
    }
    with people.base.transaction() as db:
        values["visit_type"] = db.get(VisitType, kind)
        return appointments.book(db, people.actor(by), **(values | changes))


def do(people: Clinic, act: Any, made: str, by: str = "frank", **given: Any) -> None:
    with people.base.transaction() as db:
        version = db.get_one(Appointment, made).version
        given = {"appointment_id": made, "version": version, "now": NOW} | given
        act(db, people.actor(by), **given)


def undo(people: Clinic, now: datetime = NOW + MINUTE) -> None:
    with people.base.transaction() as db:
        appointments.undo(db, people.actor("frank"), now=now)


def reminders(db: Session, *states: str) -> list[OutboxNotice]:
    query = select(OutboxNotice).where(col(OutboxNotice.about_at).is_not(None))
    if states:
        query = query.where(col(OutboxNotice.state).in_(states))
    return list(db.scalars(query.order_by(col(OutboxNotice.due_at), col(OutboxNotice.key))))


def due(people: Clinic, *states: str) -> list[datetime]:
    """Returns when reminders are due that wait, or that stand in other states."""
    with people.base.reading() as db:
        return [one.due_at for one in reminders(db, *(states or ("pending",)))]


def ends(people: Clinic) -> list[tuple[str, str]]:
    with people.base.reading() as db:
        return [(one.state, one.problem) for one in reminders(db)]


def drain(people: Clinic, now: datetime) -> list[notices.Parcel]:
    """Delivers what is due, as the deliverer does; returns the reminders that went out."""
    sent: list[notices.Parcel] = []
    while True:
        with people.base.transaction() as db:
            taken = notices.take(db, DELIVERY, worker="one", portal=PORTAL, now=now, most=20)
            if taken.is_empty:
                return [one for one in sent if "/reminder/" in one.written.link]
            for parcel in taken.parcels:
                said = notices.Outcome("sent")
                notices.settle(db, DELIVERY, parcel=parcel, outcome=said, now=now)
                sent.append(parcel)


class TestPlan:
    def test_is_written_with_the_booking_and_for_its_version(self, people: Clinic) -> None:
        """JOB-01: one row for each reminder, its key of kind, offset, visit, version, patient."""
        made = book(people)
        whose = people.patients["alice"].id
        with people.base.reading() as db:
            found = reminders(db)
            assert [one.key for one in found] == [
                f"appointment.reminder/{minutes}:{made}:1:{whose}" for minutes in AT
            ]
            assert [one.due_at for one in found] == [FIRST, SECOND, LAST]
            assert [one.useful_until for one in found] == [SECOND, LAST, NINE]
            assert {one.about_at for one in found} == {NINE}

    def test_is_undone_with_a_booking_that_fails(self, people: Clinic) -> None:
        book(people)
        before = due(people)
        with pytest.raises(appointments.TimeTaken):
            book(people, patient_id=people.patients["charlie"].id)
        assert due(people) == before

    @pytest.mark.parametrize(
        ("now", "left"),
        [
            (FIRST - 4 * MINUTE, [FIRST, SECOND, LAST]),
            # What would go out before the booking can no longer be taken back.
            (FIRST - 3 * MINUTE, [SECOND, LAST]),
            (SECOND + HOUR, [LAST]),
            (LAST + MINUTE, []),
        ],
    )
    def test_holds_nothing_that_has_passed(
        self, people: Clinic, now: datetime, left: list[datetime]
    ) -> None:
        book(people, now=now)
        assert due(people) == left

    @pytest.mark.parametrize(("kind", "left"), [("silent", []), ("soon", [NINE - 30 * MINUTE])])
    def test_is_that_of_the_visits_type(
        self, people: Clinic, kind: str, left: list[datetime]
    ) -> None:
        book(people, kind=kind)
        assert due(people) == left

    def test_waits_for_the_approval_of_what_was_asked_for(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            dana, alice = people.practitioners["dana"].id, people.actor("alice")
            held = appointments.hold(
                db, alice, visit_type_id="asked", practitioner_id=dana, starts_at=NINE, now=NOW
            )
            made = appointments.book_held(db, alice, hold_id=held, reason="", now=NOW)
        assert due(people) == []
        do(people, appointments.approve, made)
        assert due(people) == [FIRST, SECOND, LAST]


class TestSettle:
    def test_a_move_calls_off_the_old_and_plans_the_new(self, people: Clinic) -> None:
        """R-15: the old time is told no more, from the moment of the move."""
        made = book(people)
        do(people, appointments.reschedule, made, starts_at=NINE + DAY)
        assert due(people) == [FIRST + DAY, SECOND + DAY, LAST + DAY]
        assert ends(people).count(("withdrawn", "moved")) == 3

    def test_another_room_leaves_them_as_they_are(self, people: Clinic) -> None:
        people.add(Location(id="one", name="Room 1", is_room=True))
        made = book(people)
        do(people, appointments.reschedule, made, starts_at=NINE, location_id="one")
        assert ends(people) == [("pending", "")] * 3

    @pytest.mark.parametrize(
        ("act", "given", "why"),
        [
            (appointments.cancel, {"reason": ""}, "cancelled"),
            (appointments.confirm, {}, "confirmed"),
            (appointments.move, {"status": "arrived"}, "over"),
            (appointments.move, {"status": "noshow"}, "over"),
        ],
    )
    def test_what_becomes_of_a_visit_calls_them_off_and_undo_brings_them_back(
        self, people: Clinic, act: Any, given: dict[str, Any], why: str
    ) -> None:
        made = book(people)
        do(people, act, made, **given)
        assert due(people) == []
        assert ends(people) == [("withdrawn", why)] * 3
        undo(people)
        assert due(people) == [FIRST, SECOND, LAST]

    def test_undo_of_a_booking_leaves_none(self, people: Clinic) -> None:
        book(people)
        undo(people)
        assert due(people) == []

    def test_undo_of_a_move_brings_back_those_of_the_old_time(self, people: Clinic) -> None:
        made = book(people)
        do(people, appointments.reschedule, made, starts_at=NINE + DAY)
        undo(people)
        assert due(people) == [FIRST, SECOND, LAST]

    def test_who_confirmed_is_asked_again_after_a_move(self, people: Clinic) -> None:
        made = book(people)
        do(people, appointments.confirm, made, by="alice")
        do(people, appointments.reschedule, made, starts_at=NINE + DAY)
        assert due(people) == [FIRST + DAY, SECOND + DAY, LAST + DAY]

    def test_catches_up_with_what_was_booked_otherwise_once(self, people: Clinic) -> None:
        """What an import brought, or an older version booked: found by the clock, written once."""
        visits = [
            cast.appointment(people, starts_at=NINE),
            cast.appointment(people, "charlie", starts_at=NINE + DAY, confirmed_at=NOW),
            cast.appointment(people, "tess", starts_at=NINE + 2 * DAY, status="cancelled"),
            cast.appointment(people, "mia", starts_at=NOW - DAY),
        ]
        people.add(*visits)
        for found in (2, 0):
            with people.base.transaction() as db:
                assert appointments.catch_up(db, system("housekeeping"), now=NOW) == found
            assert due(people) == [FIRST, SECOND, LAST]


class TestSend:
    """What leaves: only what is true at that moment, to those who may know, with nothing in it."""

    def test_goes_to_the_patient_and_who_helps_each_with_a_link_of_their_own(
        self, people: Clinic
    ) -> None:
        book(people)
        drain(people, NOW + HOUR)
        found = drain(people, FIRST)
        assert {one.address for one in found} == {"alice@mail.example", "bob@mail.example"}
        links = {one.written.link.rpartition("/")[2] for one in found}
        assert len(links) == 2
        with people.base.reading() as db:
            kept = {one.digest for one in db.scalars(select(MailedLink))}
            assert {mailed_links.digest(one) for one in links} <= kept
            assert not any(one.given and notices.given_of(db, one) for one in reminders(db, "sent"))

    def test_of_a_confidential_visit_goes_to_the_patient_alone(self, people: Clinic) -> None:
        made = book(people)
        with people.base.transaction() as db:
            mine = col(Appointment.id) == made
            db.execute(update(Appointment).where(mine).values(confidential=True))
        drain(people, NOW + HOUR)
        assert [one.address for one in drain(people, FIRST)] == ["alice@mail.example"]

    def test_says_the_clinic_day_and_hour_and_nothing_of_the_visit(self, people: Clinic) -> None:
        """MSG-01: markers in type, reason, practitioner, place and name; none comes through."""
        people.add(Location(id="one", name="MARKER place", is_room=True))
        with people.base.transaction() as db:
            db.execute(update(Practitioner).values(name="MARKER doctor"))
            db.execute(update(Patient).values(name="MARKER name"))
        book(people, location_id="one", reason="MARKER reason", preparation="MARKER preparation")
        drain(people, NOW + HOUR)
        for parcel in drain(people, FIRST):
            said = (parcel.written.subject + notices.as_text(parcel.written)).replace("\u00a0", " ")
            whole = said + notices.as_page(parcel.written)
            assert "MARKER" not in whole
            assert "Monday 16 March 2026, 9:00 am" in said
            assert "Juniper Test Clinic" in said

    def test_bare_says_neither_clinic_nor_time(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            db.execute(update(User).values(notices_carry="bare"))
        book(people)
        drain(people, NOW + HOUR)
        for parcel in drain(people, FIRST):
            whole = parcel.written.sender + parcel.written.subject + notices.as_text(parcel.written)
            assert "Juniper" not in whole
            assert "March" not in whole

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"status": "cancelled"}, "cancelled"),
            ({"starts_at": NINE + DAY, "ends_at": NINE + DAY + HOUR}, "moved"),
            ({"confirmed_at": NOW}, "confirmed"),
            ({"status": "arrived"}, "over"),
        ],
    )
    @pytest.mark.parametrize("is_handed_on", [False, True])
    def test_of_what_changed_before_the_send_never_leaves(
        self, people: Clinic, changes: dict[str, Any], why: str, *, is_handed_on: bool
    ) -> None:
        """JOB-04, R-15: changed behind the service's back, between enqueue and send."""
        made = book(people)
        drain(people, NOW + HOUR)
        if is_handed_on:
            with people.base.transaction() as db:
                notices.take(db, DELIVERY, worker="one", portal=PORTAL, now=FIRST)
        with people.base.transaction() as db:
            db.execute(update(Appointment).where(col(Appointment.id) == made).values(**changes))
        assert drain(people, FIRST) == []
        assert ("withdrawn", why) in ends(people)

    @pytest.mark.parametrize(
        ("from_at", "hours", "sent", "late"),
        [
            # The machine is down from an hour before a reminder is due.
            (FIRST - HOUR, 0, [], 0),
            (FIRST - HOUR, 2, [FIRST], 0),
            (FIRST - HOUR, 48, [FIRST], 0),
            (SECOND - HOUR, 24, [SECOND], 0),
            # Down over two of them: the earlier one is of no use any more, the later one is.
            (SECOND - HOUR, 47, [LAST], 1),
            (LAST - HOUR, 3, [LAST], 0),
            # Down until the visit has begun.
            (LAST - HOUR, 4, [], 1),
            (SECOND - HOUR, 49, [], 2),
        ],
    )
    def test_due_while_down_goes_out_if_still_of_use_else_is_listed(
        self, people: Clinic, from_at: datetime, hours: int, sent: list[datetime], late: int
    ) -> None:
        """JOB-06, R-17: 0 s to 48 h of sleep; never dropped, never two at once."""
        with people.base.transaction() as db:
            mine = col(User.id) == people.users["bob"].id
            db.execute(update(User).where(mine).values(email_verified_at=None))
        book(people)
        for at in (NOW + HOUR, *(one for one in (FIRST, SECOND, LAST) if one < from_at), from_at):
            drain(people, at)
        before = len(due(people, "sent"))
        awake = from_at + hours * HOUR
        assert len(drain(people, awake)) == len(sent)
        # Of each that went out there are two rows: what was planned, and the copy that was mailed.
        assert len(due(people, "sent")) - before == 2 * len(sent)
        assert ends(people).count(("dead", "too-late")) == late

    @pytest.mark.parametrize("step", [HOUR, -HOUR, DAY, -DAY])
    def test_is_neither_lost_nor_doubled_when_the_clock_is_set(
        self, people: Clinic, step: timedelta
    ) -> None:
        """R-18: the machine's clock jumps right after the first reminder, then runs on."""
        with people.base.transaction() as db:
            db.execute(update(User).where(col(User.sign_in_name) == "bob").values(disabled=True))
        book(people)
        drain(people, NOW + HOUR)
        now, found = FIRST - HOUR, list[notices.Parcel]()
        while now < NINE + HOUR:
            was = len(found)
            found += drain(people, now)
            now += 20 * MINUTE + (step if was == 0 and found and step else timedelta())
        assert len(found) == 3


ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Australia/Sydney")


@pytest.mark.parametrize(
    ("zone", "starts", "minutes", "shown"),
    [
        # Forward: 2:30 is skipped on 8 March in New York; what is due then comes at 3:00.
        ("America/New_York", "2026-03-15T02:30", 7 * 1440, "2026-03-08T03:00-04:00"),
        ("America/New_York", "2026-03-10T02:30", 2 * 1440, "2026-03-08T03:00-04:00"),
        ("America/New_York", "2026-03-10T09:00", 2 * 1440, "2026-03-08T09:00-04:00"),
        ("America/New_York", "2026-03-09T09:00", 2 * 1440, "2026-03-07T09:00-05:00"),
        # Hours are elapsed: at 9:00 the clock has skipped one of the twelve.
        ("America/New_York", "2026-03-08T09:00", 12 * 60, "2026-03-07T20:00-05:00"),
        # Back: 1:30 comes twice on 1 November; the first one counts.
        ("America/New_York", "2026-11-03T01:30", 2 * 1440, "2026-11-01T01:30-04:00"),
        ("America/New_York", "2026-11-01T09:00", 12 * 60, "2026-10-31T22:00-04:00"),
        ("Europe/Berlin", "2026-03-31T02:30", 2 * 1440, "2026-03-29T03:00+02:00"),
        ("Europe/Berlin", "2026-10-27T02:30", 2 * 1440, "2026-10-25T02:30+02:00"),
        ("Australia/Sydney", "2026-10-06T02:30", 2 * 1440, "2026-10-04T03:00+11:00"),
        ("Australia/Sydney", "2026-04-07T02:30", 2 * 1440, "2026-04-05T02:30+11:00"),
        # Half an hour alone: 2:00 to 2:30 is skipped, 1:30 to 2:00 comes twice.
        ("Australia/Lord_Howe", "2026-10-06T02:15", 2 * 1440, "2026-10-04T02:30+11:00"),
        ("Australia/Lord_Howe", "2026-04-07T01:45", 2 * 1440, "2026-04-05T01:45+11:00"),
        # A leap day, and the turn of a year.
        ("America/New_York", "2028-03-02T09:00", 2 * 1440, "2028-02-29T09:00-05:00"),
        ("America/New_York", "2027-01-02T09:00", 2 * 1440, "2026-12-31T09:00-05:00"),
    ],
)
def test_whole_days_keep_the_wall_clock_and_hours_pass(
    zone: str, starts: str, minutes: int, shown: str
) -> None:
    """JOB-07, R-18: gap to the next minute that there is, fold to the first."""

    def found() -> datetime:
        words.speak("en", zone)
        starts_at = datetime.fromisoformat(starts).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        return reminding.moment(starts_at, minutes)

    assert copy_context().run(found) == datetime.fromisoformat(shown)


@pytest.mark.parametrize("zone", ZONES)
def test_each_day_of_a_year_has_one_moment_before_its_visit(zone: str) -> None:
    """R-18: for each quarter of an hour, none is missing, early by a day, or after the visit."""

    def check() -> None:
        words.speak("en", zone)
        at = datetime(2026, 1, 10, tzinfo=UTC)
        while at.date() < date(2027, 1, 10):
            before = at - reminding.moment(at, 1440)
            assert timedelta(hours=22) <= before <= timedelta(hours=26), at
            at += timedelta(minutes=15)

    copy_context().run(check)


def test_links_to_a_visit_end_when_it_begins(people: Clinic) -> None:
    """MSG-06: for one purpose, until the visit begins."""
    book(people)
    drain(people, NOW + HOUR)
    token = drain(people, FIRST)[0].written.link.rpartition("/")[2]
    with people.base.reading() as db:
        assert mailed_links.found(db, token, purpose="visit", now=NINE - MINUTE)
        assert not mailed_links.found(db, token, purpose="visit", now=NINE)
        assert not mailed_links.found(db, token, purpose="news", now=FIRST)
        assert not mailed_links.found(db, token[:-1], purpose="visit", now=FIRST)
        db.execute(delete(MailedLink))
