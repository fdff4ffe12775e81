"""Choosing a visit: what is offered to whom, when, and what becomes of a time that is kept."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from portal.errors import NotAllowed, NotFound
from portal.models.appointments import Appointment, Hold
from portal.models.audit import AuditEvent
from portal.models.schedules import Schedule, VisitType
from portal.security.actor import Actor
from portal.services import appointments, free_times
from portal.services.appointments import choosing, freeing
from portal.services.appointments.choosing import BookingRow, TimeRow, Wanted
from portal.words import clock
from tests.support.clinic import NOW, Clinic, appointment

View = Callable[..., BookingRow]
# The Tuesday on which the test clinic is looked at, 9 am in New York.
TODAY = date(2026, 3, 3)


@pytest.fixture
def opened(the_clinic: Clinic) -> Clinic:
    """The clinic with three types of visit; Dana works 9 to 12 on weekdays, Erin on Thursdays."""
    the_clinic.add(
        VisitType(id="check", name="Check-up", minutes=20, grid=20, cancel_hours=24, position=1),
        VisitType(id="talk", name="Follow-up", minutes=20, grid=20, new_patients=False, position=2,
                  channels="in-person phone video"),
        VisitType(id="cut", name="Small procedure", who_books="staff", position=3),
        VisitType(id="paper", name="Certificate", how_booked="approval", grid=20, position=4),
        VisitType(id="old", name="Not offered any more", active=False, position=5),
    )  # fmt: skip
    dana, erin = (the_clinic.practitioners[name].id for name in ("dana", "erin"))
    hours: dict[str, Any] = {"from_minute": 9 * 60, "to_minute": 12 * 60}
    the_clinic.add(
        *(Schedule(practitioner_id=dana, weekday=day, **hours) for day in range(5)),
        Schedule(practitioner_id=erin, weekday=3, visit_types="check", **hours),
        Schedule(practitioner_id=erin, weekday=3, visit_types="check", from_minute=780,
                 to_minute=840),
    )  # fmt: skip
    return the_clinic


def seen(clinic: Clinic, by: str | Actor = "alice", now: datetime = NOW, **wanted: Any) -> Any:
    actor = clinic.actor(by, at=now) if isinstance(by, str) else by
    with clinic.base.transaction() as db:
        return choosing.view(db, actor, wanted=Wanted(**wanted), now=now)


def times(row: BookingRow) -> list[TimeRow]:
    return [time for part in row.week.parts for time in part.times]


def kept(clinic: Clinic, who: str = "alice", now: datetime = NOW, **changes: Any) -> str:
    values: dict[str, Any] = {
        "visit_type_id": "check",
        "practitioner_id": clinic.practitioners["dana"].id,
        "starts_at": NOW + timedelta(days=1),
    }
    with clinic.base.transaction() as db:
        return appointments.hold(db, clinic.actor(who, at=now), **(values | changes), now=now)


def booked(
    clinic: Clinic, hold_id: str, who: str = "alice", now: datetime = NOW, reason: str = ""
) -> str:
    actor = clinic.actor(who, at=now)
    with clinic.base.transaction() as db:
        return appointments.book_held(db, actor, hold_id=hold_id, reason=reason, now=now)


def retaken(clinic: Clinic, hold_id: str, expired_at: datetime, now: datetime = NOW) -> str:
    choice = appointments.Choice("check", clinic.practitioners["dana"].id, NOW + timedelta(days=1))
    with clinic.base.transaction() as db:
        return appointments.retake(
            db, clinic.actor("alice", at=now), hold_id=hold_id, expired_at=expired_at,
            choice=choice, reason="", now=now,
        )  # fmt: skip


def read(clinic: Clinic, visit: str) -> Appointment:
    with clinic.base.transaction() as db:
        found = db.get(Appointment, visit)
        assert found is not None
        return Appointment(**found.model_dump())


def count(db: Session, table: Any, *where: Any) -> int:
    return db.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


class TestWhy:
    def test_offers_what_is_open_and_names_what_needs_a_call(self, opened: Clinic) -> None:
        row = seen(opened)
        assert [one.name for one in row.kinds] == ["Check-up", "Certificate"]
        assert [one.is_asked for one in row.kinds] == [False, True]
        called = {one.name: one.why_not for one in row.by_phone}
        assert called.keys() == {"Follow-up", "Small procedure"}
        assert "For the first visit with us" in called["Follow-up"]
        assert "call us" in called["Small procedure"]

    def test_whoever_has_been_here_may_book_more(self, opened: Clinic) -> None:
        opened.add(appointment(opened, status="fulfilled", starts_at=NOW - timedelta(days=90)))
        row = seen(opened)
        assert [one.name for one in row.kinds] == ["Check-up", "Follow-up", "Certificate"]
        assert row.kinds[1].channels == "At the clinic, by phone or by video"
        assert row.kinds[1].only == opened.practitioners["dana"].id

    def test_says_when_enough_of_a_type_are_planned(self, opened: Clinic) -> None:
        for days in (8, 9):
            starts = NOW + timedelta(days=days)
            opened.add(appointment(opened, visit_type_id="check", starts_at=starts))
        row = seen(opened)
        assert [one.name for one in row.kinds] == ["Certificate"]
        assert "already have one planned" in row.by_phone[0].why_not

    def test_leaves_one_row_of_trace(self, opened: Clinic) -> None:
        seen(opened)
        with opened.base.transaction() as db:
            trace = db.scalars(select(AuditEvent)).one()
        assert (trace.action, trace.category) == ("R", "appointments")
        assert trace.patient_id == opened.patients["alice"].id

    def test_a_helper_who_may_only_look_is_told_so(self, opened: Clinic) -> None:
        looking = opened.actor("bob", helping="alice", held="appointments:read")
        with pytest.raises(NotAllowed, match="not do it for somebody else"):
            seen(opened, looking)
        acting = opened.actor("bob", helping="alice", held="appointments:act")
        assert seen(opened, acting).patient_id == opened.patients["alice"].id

    def test_staff_have_no_record_open(self, opened: Clinic) -> None:
        with pytest.raises(NotFound):
            seen(opened, "frank")


class TestWho:
    def test_whoever_is_free_first_then_the_own_doctor_then_others(self, opened: Clinic) -> None:
        row = seen(opened, step="who", kind="check")
        assert [one.name for one in row.people] == [
            "Whoever is free first", "Dr Dana Diaz", "Dr Erin Egan",
        ]  # fmt: skip
        assert row.people[1].role == "Your doctor"
        assert row.people[0].first == row.people[1].first
        assert row.people[0].first.startswith("Tuesday 3 March, 11:00")
        assert row.people[2].first.startswith("Thursday 5 March, 9:00")

    def test_is_left_out_where_only_one_takes_it(self, opened: Clinic) -> None:
        row = seen(opened, step="who", kind="paper")
        assert (row.step, row.who.name) == ("when", "Dr Dana Diaz")
        assert row.people_choices == []

    @pytest.mark.parametrize("kind", ["", "cut", "talk", "old", "nothing-of-the-kind"])
    def test_goes_back_to_why_for_what_cannot_be_booked(self, opened: Clinic, kind: str) -> None:
        for step in ("who", "when", "say"):
            assert seen(opened, step=step, kind=kind).step == "why"


class TestWhen:
    def test_shows_a_week_at_a_glance_and_one_days_times(self, opened: Clinic) -> None:
        row = seen(opened, step="when", kind="check", day="2026-03-05")
        assert row.week.said == "3 to 9 March"
        assert [(one.number, one.free) for one in row.week.days] == [
            ("3", 3), ("4", 9), ("5", 12), ("6", 9), ("7", 0), ("8", 0), ("9", 9),
        ]  # fmt: skip
        assert [one.said for one in row.week.days][3:5] == ["9 free", "Closed"]
        assert [one.day for one in row.week.days if one.is_chosen] == ["2026-03-05"]
        assert [part.title for part in row.week.parts] == ["Thursday morning", "Thursday afternoon"]
        assert [part.said for part in row.week.parts] == ["9 free", "3 free"]
        assert row.week.first.at.startswith("Tuesday 3 March, 11:00")
        assert (row.week.before, row.week.after) == ("", "2026-03-10")

    def test_offers_each_start_once_with_the_own_doctor_first(self, opened: Clinic) -> None:
        row = seen(opened, step="when", kind="check", day="2026-03-05")
        assert {one.who for one in row.week.parts[0].times} == {opened.practitioners["dana"].id}
        assert {one.who for one in row.week.parts[1].times} == {opened.practitioners["erin"].id}

    def test_narrows_to_what_suits(self, opened: Clinic) -> None:
        afternoon = seen(opened, step="when", kind="check", part="afternoon")
        assert [one.title for one in afternoon.week.parts] == ["Thursday afternoon"]
        fridays = seen(opened, step="when", kind="check", weekday="4")
        assert [one.number for one in fridays.week.days if one.is_open] == ["6"]
        erin = opened.practitioners["erin"].id
        hers = seen(opened, step="when", kind="check", who=erin)
        assert [one.number for one in hers.week.days if one.is_open] == ["5"]
        assert hers.who.name == "Dr Erin Egan"

    def test_leads_from_an_empty_week_to_the_next_free_day(self, opened: Clinic) -> None:
        for at in range(9):
            starts = NOW + timedelta(days=7, minutes=20 * at - 60)
            opened.add(appointment(opened, "charlie", starts_at=starts))
        row = seen(opened, step="when", kind="paper", day="2026-03-10", weekday="1")
        assert (row.week.nothing, row.week.parts) == ("Nothing is free in this week.", [])
        assert (row.week.next_day, row.week.next_said) == ("2026-03-17", "Tuesday 17 March 2026")
        assert row.week.days[0].said == "None"

    def test_takes_no_nonsense_from_the_address(self, opened: Clinic) -> None:
        row = seen(
            opened, step="when", kind="check", day="not a day", part="night", weekday="9",
            channel="pigeon", who="somebody", zone="Mars/Olympus",
        )  # fmt: skip
        assert (row.channel, row.part, row.weekday, row.zone_said) == ("in-person", "", "", "")
        assert row.day == "2026-03-03"

    @pytest.mark.parametrize("day", ["1999-01-01", "9999-12-31"])
    def test_stays_within_what_can_be_booked(self, opened: Clinic, day: str) -> None:
        row = seen(opened, step="when", kind="check", day=day)
        shown = [date.fromisoformat(one.day) for one in row.week.days]
        assert shown[-1] >= TODAY
        assert shown[0] <= TODAY + timedelta(days=90)

    def test_names_the_zone_where_the_browsers_clock_differs(self, opened: Clinic) -> None:
        far = seen(opened, step="when", kind="check", day="2026-03-05", zone="Asia/Tokyo")
        assert "Japan" in far.week.said + far.zone_said
        assert times(far)[0].there == "11:00 pm"
        assert times(far)[-1].there == "Fri 3:40 am"
        same = seen(opened, step="when", kind="check", zone="America/Toronto")
        assert (same.zone_said, times(same)[0].there) == ("", "")

    def test_says_times_right_on_both_sides_of_the_change_of_clocks(self, opened: Clinic) -> None:
        # Berlin changes three weeks after New York: the distance is six hours, then five.
        for day, there in (("2026-03-06", "3:00 pm"), ("2026-03-09", "2:00 pm")):
            row = seen(opened, step="when", kind="check", day=day, zone="Europe/Berlin")
            assert times(row)[0].at == "9:00 am"
            assert times(row)[0].there == there


class TestKept:
    def test_shows_what_is_kept_and_how_long(self, opened: Clinic) -> None:
        hold_id = kept(opened)
        row = seen(opened, step="say", now=NOW + timedelta(seconds=61))
        assert (row.step, row.held.id) == ("say", hold_id)
        assert row.held.when.startswith("Wednesday 4 March, 9:00")
        assert (row.held.left, row.held.seconds) == ("4 minutes", 239)
        assert row.held.name == "Dr Dana Diaz"

    def test_is_nobody_elses(self, opened: Clinic) -> None:
        hold_id = kept(opened)
        assert seen(opened, "charlie", step="say", kind="check").step == "when"
        with pytest.raises(NotFound):
            booked(opened, hold_id, "charlie")
        helping = opened.actor("bob", helping="alice", held="appointments:act")
        assert seen(opened, helping, step="say", kind="check").step == "when"

    def test_is_gone_for_others_and_back_when_it_is_let_go(self, opened: Clinic) -> None:
        hold_id = kept(opened)
        wanted: dict[str, Any] = {"step": "when", "kind": "check", "day": "2026-03-04"}
        nine = clock(NOW + timedelta(days=1))
        assert nine not in [one.at for one in times(seen(opened, "charlie", **wanted))]
        with opened.base.transaction() as db:
            appointments.let_go(db, opened.actor("alice"), hold_id="another", now=NOW)
            assert count(db, Hold) == 1
            appointments.let_go(db, opened.actor("alice"), hold_id=hold_id, now=NOW)
        assert nine in [one.at for one in times(seen(opened, "charlie", **wanted))]

    def test_a_double_click_books_once(self, opened: Clinic) -> None:
        hold_id = kept(opened)
        assert booked(opened, hold_id) == booked(opened, hold_id)
        with opened.base.transaction() as db:
            assert count(db, Appointment) == 1
        with pytest.raises(NotFound):
            booked(opened, hold_id, "charlie")

    def test_what_has_run_out_is_booked_if_it_is_still_free(self, opened: Clinic) -> None:
        hold_id = kept(opened)
        late = NOW + timedelta(minutes=6)
        with opened.base.transaction() as db:
            assert freeing.clear(db, now=late) == 1
        with pytest.raises(NotFound):
            booked(opened, hold_id, now=late)
        visit = retaken(opened, hold_id, NOW + timedelta(minutes=5), now=late)
        assert read(opened, visit).starts_at == NOW + timedelta(days=1)
        assert retaken(opened, visit, NOW, now=late) == visit

    def test_what_was_let_go_for_another_is_not_booked_beside_it(self, opened: Clinic) -> None:
        first = kept(opened)
        second = kept(opened, starts_at=NOW + timedelta(days=2))
        with pytest.raises(appointments.NoLongerKept):
            retaken(opened, first, NOW)
        assert booked(opened, second)

    def test_a_lost_time_leads_to_the_next_free_ones(self, opened: Clinic) -> None:
        kept(opened, "charlie")
        with pytest.raises(appointments.TimeTaken):
            kept(opened)
        lost = free_times.minute_of(NOW + timedelta(days=1))
        with opened.base.transaction() as db:
            found = choosing.near(
                db, opened.actor("alice"), wanted=Wanted(), kind="check", minute=lost, now=NOW
            )
        assert found.title.endswith("on Wednesday has just been taken")
        assert [one.at.partition(",")[2].strip() for one in found.times] == [
            "9:20 am", "9:40 am", "10:00 am",
        ]  # fmt: skip

    @pytest.mark.parametrize(("days", "asks"), [(3, False), (6, True)])
    def test_whoever_chose_a_near_time_is_not_asked_to_confirm_it(
        self, opened: Clinic, days: int, *, asks: bool
    ) -> None:
        visit = booked(opened, kept(opened, starts_at=NOW + timedelta(days=days)))
        assert (read(opened, visit).confirmed_at is None) is asks

    def test_an_approval_is_asked_for(self, opened: Clinic) -> None:
        visit = booked(opened, kept(opened, visit_type_id="paper"), reason="Sports")
        assert (read(opened, visit).status, read(opened, visit).reason) == ("proposed", "Sports")


class TestMoves:
    @pytest.fixture
    def visit(self, opened: Clinic) -> str:
        made = appointment(
            opened, visit_type_id="check", confirmed_at=NOW, starts_at=NOW + timedelta(days=1)
        )
        opened.add(made)
        return made.id

    def test_begins_with_the_times_of_the_same_person(self, opened: Clinic, visit: str) -> None:
        row = seen(opened, moves=visit)
        assert (row.step, row.kind.name, row.who.name) == ("when", "Check-up", "Dr Dana Diaz")
        assert row.moved.when.startswith("Wednesday 4 March, 9:00")
        assert row.moved.late == ""
        late = seen(opened, moves=visit, now=NOW + timedelta(hours=1))
        assert late.moved.late == "It is less than a day away."

    def test_the_old_time_stays_until_the_new_one_is_won(self, opened: Clinic, visit: str) -> None:
        hold_id = kept(opened, moves_id=visit, starts_at=NOW + timedelta(days=1, minutes=20))
        assert read(opened, visit).starts_at == NOW + timedelta(days=1)
        assert seen(opened, step="say").moved.id == visit
        assert booked(opened, hold_id) == visit
        moved = read(opened, visit)
        assert moved.starts_at == NOW + timedelta(days=1, minutes=20)
        assert (moved.status, moved.confirmed_at) == ("booked", NOW)

    def test_is_refused_for_another_type_and_for_anybody_else(
        self, opened: Clinic, visit: str
    ) -> None:
        with pytest.raises(appointments.OnlyByPhone):
            kept(opened, moves_id=visit, visit_type_id="paper")
        with pytest.raises(NotFound):
            kept(opened, "charlie", moves_id=visit)
        with pytest.raises(NotFound):
            seen(opened, "charlie", moves=visit)

    def test_is_refused_once_it_has_begun(self, opened: Clinic, visit: str) -> None:
        with pytest.raises(appointments.TooLate):
            seen(opened, moves=visit, now=NOW + timedelta(days=1))

    def test_what_was_approved_is_asked_for_again(self, opened: Clinic) -> None:
        made = appointment(opened, visit_type_id="paper", starts_at=NOW + timedelta(days=1))
        opened.add(made)
        later = NOW + timedelta(days=2)
        booked(opened, kept(opened, moves_id=made.id, visit_type_id="paper", starts_at=later))
        assert (read(opened, made.id).status, read(opened, made.id).starts_at) == (
            "proposed", later,
        )  # fmt: skip
