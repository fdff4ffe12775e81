"""Series: each date before it is saved, one transaction, one visit or the rest or all of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.agreements import PolicyValue
from portal.models.appointments import Appointment, Claim
from portal.models.audit import OutboxNotice
from portal.models.schedules import Schedule, ScheduleException, VisitType
from portal.services import appointments, board, notices
from portal.services.appointments import serial, series
from portal.services.appointments.series import Rule
from portal.services.appointments.states import WrongStep
from portal.services.free_times import minute_of
from tests.support.clinic import NOW, Clinic, appointment

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


def at(day: str, clock: str) -> datetime:
    """Returns a moment of UTC in 2026; the clinic's clock is set on 8 March."""
    return datetime.fromisoformat(f"2026-{day}T{clock}:00+00:00")


# Nine o'clock on the wall, before and after the clock is set.
FIRST = at("03-04", "14:00")
NINE = [at("03-11", "13:00"), at("03-18", "13:00"), at("03-25", "13:00"), at("04-01", "13:00")]
FOUR_TIMES = Rule(1, "week", times=4)


@pytest.fixture
def desk(the_clinic: Clinic) -> Clinic:
    """Dana works on weekdays from nine to five; Alice comes on Wednesday at nine."""
    dana, erin = (the_clinic.practitioners[name].id for name in ("dana", "erin"))
    hours: dict[str, Any] = {"from_minute": 540, "to_minute": 1020}
    the_clinic.add(
        VisitType(id="check", name="Check-up", minutes=20, grid=20, notice_minutes=0),
        PolicyValue(key="holiday_region", value="US", changed_at=NOW, changed_by="Max Moe"),
        *(Schedule(practitioner_id=who, weekday=day, **hours) for day in range(5)
          for who in (dana, erin)),
    )  # fmt: skip
    the_clinic.add(visit(the_clinic, "alice", FIRST, id="first"))
    return the_clinic


@pytest.fixture
def busy(desk: Clinic) -> Clinic:
    """On the 18th Dana sees Charlie, on the 25th Alice is with Erin, on 1 April Dana is away."""
    dana, erin = (desk.practitioners[name].id for name in ("dana", "erin"))
    desk.add(
        visit(desk, "charlie", NINE[1], id="charlies"),
        visit(desk, "alice", NINE[2], practitioner_id=erin),
        ScheduleException(kind="off", practitioner_id=dana, starts_at=at("04-01", "04:00"),
                          ends_at=at("04-02", "04:00"), note="Course", created_at=NOW),
    )  # fmt: skip
    return desk


def visit(clinic: Clinic, patient: str, starts: datetime, **more: Any) -> Appointment:
    values: dict[str, Any] = {"visit_type_id": "check", "ends_at": starts + 20 * MINUTE}
    return appointment(clinic, patient, starts_at=starts, **(values | more))


def ask(clinic: Clinic, use_case: Any, *, by: str = "frank", **given: Any) -> Any:
    with clinic.base.transaction() as db:
        return use_case(db, clinic.actor(by), now=NOW, **given)


def ahead(clinic: Clinic, rule: Rule = FOUR_TIMES, **more: Any) -> list[series.DateRow]:
    return ask(clinic, series.ahead, appointment_id="first", rule=rule, **more)


def repeat(clinic: Clinic, *starts: datetime, version: int = 1, **more: Any) -> series.Outcome:
    minutes = [minute_of(one) for one in starts]
    given: dict[str, Any] = {"appointment_id": "first", "version": version, "minutes": minutes}
    return ask(clinic, series.repeat, **(given | more))


def pending(db: Session) -> list[OutboxNotice]:
    """Returns what is still to be told, but for reminders."""
    told = (col(OutboxNotice.state) == "pending", col(OutboxNotice.about_at).is_(None))
    return list(db.scalars(select(OutboxNotice).where(*told)))


def of_series(clinic: Clinic) -> list[Appointment]:
    with clinic.base.transaction() as db:
        query = select(Appointment).where(col(Appointment.series_id).is_not(None))
        return list(db.scalars(query.order_by(col(Appointment.starts_at))))


class TestAhead:
    def test_keeps_the_clock_on_the_wall_over_a_change_of_clocks(self, desk: Clinic) -> None:
        rows = ahead(desk)
        assert [one.minute for one in rows] == [minute_of(one) for one in NINE]
        assert [one.is_free for one in rows] == [True] * 4
        assert {one.when.partition(", ")[2] for one in rows} == {"9:00 am"}

    def test_says_of_each_date_why_it_is_not_free_and_what_is_near(self, busy: Clinic) -> None:
        rows = ahead(busy)
        assert [one.why for one in rows] == [
            "", "Somebody else has this time.", "The patient has another visit then.", "Course",
        ]  # fmt: skip
        nearest = [datetime.fromtimestamp(one.nearest * 60, UTC) for one in rows[1:]]
        assert nearest == [NINE[1] + 20 * MINUTE, NINE[2] + 20 * MINUTE, at("03-31", "13:00")]
        assert rows[1].nearest_said == "Wednesday 18 March, 9:20 am"
        assert len(of_series(busy)) == 0
        with busy.base.transaction() as db:
            mine = select(col(Claim.step)).where(col(Claim.appointment_id) == "first")
            assert len(db.connection().execute(mine).all()) == 8

    def test_says_that_an_hour_is_skipped_when_the_clock_is_set(self, desk: Clinic) -> None:
        night = at("03-07", "07:30")
        desk.add(visit(desk, "alice", night, id="night", practitioner_id=None))
        rows = ask(desk, series.ahead, appointment_id="night", rule=Rule(1, "day", times=2))
        assert [(one.minute, one.why[:14]) for one in rows] == [
            (0, "The clock is s"), (minute_of(at("03-09", "06:30")), ""),
        ]  # fmt: skip

    def test_goes_until_a_day_and_on_it(self, desk: Clinic) -> None:
        rows = ahead(desk, Rule(2, "week", until=date(2026, 4, 1)))
        assert [one.day for one in rows] == ["2026-03-18", "2026-04-01"]

    @pytest.mark.parametrize(
        "rule",
        [
            Rule(0, "week", times=2), Rule(1, "year", times=2), Rule(1, "week"),
            Rule(1, "week", times=53), Rule(1, "week", times=2, until=date(2026, 4, 1)),
            Rule(1, "week", until=date(2026, 3, 5)), Rule(1, "week", until=date(9999, 12, 31)),
            Rule(52, "week", times=3), Rule(400, "day", times=1), Rule(1, "day", times=-1),
        ],
    )  # fmt: skip
    def test_takes_no_rule_without_dates_or_without_end(self, desk: Clinic, rule: Rule) -> None:
        with pytest.raises(series.NoSeries):
            ahead(desk, rule)

    @pytest.mark.parametrize("who", ["alice", "bob", "charlie", "bill", "ada", "otto"])
    def test_is_for_those_who_book(self, desk: Clinic, who: str) -> None:
        for use_case, given in (
            (series.ahead, {"rule": FOUR_TIMES}),
            (series.repeat, {"version": 1, "minutes": [minute_of(NINE[0])]}),
            (series.moving, {"scope": "all", "starts_at": NINE[0]}),
            (series.move, {"version": 1, "scope": "all", "starts_at": NINE[0]}),
            (series.cancelling, {"scope": "all"}),
            (series.cancel, {"version": 1, "scope": "all", "reason": ""}),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                ask(desk, use_case, by=who, appointment_id="first", **given)

    def test_a_cancelled_visit_is_not_repeated(self, desk: Clinic) -> None:
        ask(desk, appointments.cancel, appointment_id="first", version=1, reason="")
        with pytest.raises(WrongStep):
            ahead(desk)


class TestRepeat:
    def test_books_what_is_free_and_says_what_was_left_out(self, busy: Clinic) -> None:
        outcome = repeat(busy, *NINE)
        assert (outcome.done, len(outcome.left)) == (1, 3)
        assert outcome.left[0] == "Wednesday 18 March, 9:00 am: Somebody else has this time."
        found = of_series(busy)
        assert [one.starts_at for one in found] == [FIRST, NINE[0]]
        assert len({one.series_id for one in found}) == 1
        assert [one.version for one in found] == [2, 1]
        copied = ("title", "visit_type_id", "practitioner_id", "channel", "status")
        assert [getattr(found[0], name) for name in copied] == [
            getattr(found[1], name) for name in copied
        ]

    def test_takes_a_nearest_time_instead_and_tells_the_patient_once(self, busy: Clinic) -> None:
        assert repeat(busy, NINE[0], NINE[1] + 20 * MINUTE).done == 2
        with busy.base.transaction() as db:
            assert [one.kind for one in pending(db)] == ["appointment.booked"]

    def test_nothing_is_kept_where_nothing_is_free(self, busy: Clinic) -> None:
        with pytest.raises(series.NothingFree):
            repeat(busy, NINE[1])
        assert of_series(busy) == []

    def test_an_older_state_of_the_visit_undoes_all(self, desk: Clinic) -> None:
        with pytest.raises(appointments.NotRead):
            repeat(desk, *NINE, version=9)
        assert of_series(desk) == []

    def test_takes_no_times_without_end(self, desk: Clinic) -> None:
        for starts in ((), [FIRST + one * WEEK for one in range(1, 60)], (FIRST + 900 * WEEK,)):
            with pytest.raises(series.NoSeries):
                repeat(desk, *starts)
        with pytest.raises(Invalid):
            repeat(desk, FIRST - WEEK)

    def test_is_taken_back_visit_by_visit_the_last_one_first(self, desk: Clinic) -> None:
        repeat(desk, *NINE[:2])
        for left in (1, 0):
            taken = ask(desk, appointments.undo)
            assert taken != "first"
            gone = [one for one in of_series(desk) if one.status == "cancelled"]
            assert len(gone) == 2 - left
        with pytest.raises(appointments.NothingToUndo):
            ask(desk, appointments.undo)

    def test_more_are_added_to_the_same_series(self, desk: Clinic) -> None:
        repeat(desk, *NINE[:2])
        assert repeat(desk, *NINE[2:], version=2).done == 2
        found = of_series(desk)
        assert len(found) == 5
        assert len({one.series_id for one in found}) == 1
        with desk.base.transaction() as db:
            assert [serial.said(db, one) for one in found] == [f"{n} of 5" for n in range(1, 6)]
        seen = ask(desk, appointments.view, by="alice", appointment_id=found[1].id)
        assert seen.series == "2 of 5"
        assert ask(desk, board.one, appointment_id=found[1].id).series == "2 of 5"


class TestChange:
    @pytest.fixture
    def weekly(self, desk: Clinic) -> list[str]:
        """Five Wednesdays at nine; their ids in order."""
        repeat(desk, *NINE)
        return [one.id for one in of_series(desk)]

    def starts(self, clinic: Clinic) -> list[datetime]:
        return [one.starts_at for one in of_series(clinic) if one.status == "booked"]

    @pytest.mark.parametrize(("scope", "moved"), [("one", {2}), ("rest", {2, 3, 4}),
                                                  ("all", {0, 1, 2, 3, 4})])  # fmt: skip
    def test_moves_this_one_the_rest_or_all(
        self, desk: Clinic, weekly: list[str], scope: str, moved: set[int]
    ) -> None:
        """To Thursday at ten: a day later and an hour later, by the clock on the wall."""
        to = NINE[1] + timedelta(days=1, hours=1)
        given: dict[str, Any] = {"appointment_id": weekly[2], "scope": scope, "starts_at": to}
        rows = ask(desk, series.moving, **given)
        assert ([one.id for one in rows], {one.is_possible for one in rows}) == (
            [weekly[at] for at in sorted(moved)], {True},
        )  # fmt: skip
        assert self.starts(desk) == [FIRST, *NINE]
        assert ask(desk, series.move, version=1, **given).done == len(moved)
        wanted = [
            one + timedelta(days=1, hours=1) if at in moved else one
            for at, one in enumerate([FIRST, *NINE])
        ]
        assert self.starts(desk) == wanted

    def test_each_takes_the_place_that_the_next_one_leaves(
        self, desk: Clinic, weekly: list[str]
    ) -> None:
        given: dict[str, Any] = {"appointment_id": weekly[1], "scope": "rest"}
        later: dict[str, Any] = given | {"starts_at": NINE[1]}
        assert [one.why for one in ask(desk, series.moving, **later)] == [""] * 4
        assert ask(desk, series.move, version=1, **later).done == 4
        assert self.starts(desk) == [FIRST, *NINE[1:], NINE[3] + WEEK]
        earlier: dict[str, Any] = given | {"starts_at": NINE[0]}
        assert [one.why for one in ask(desk, series.moving, **earlier)] == [""] * 4
        assert ask(desk, series.move, version=2, **earlier).done == 4
        assert self.starts(desk) == [FIRST, *NINE]

    def test_none_moves_where_the_one_before_it_stays(
        self, desk: Clinic, weekly: list[str]
    ) -> None:
        given: dict[str, Any] = {"appointment_id": weekly[2], "scope": "rest",
                                 "starts_at": NINE[0]}  # fmt: skip
        rows = ask(desk, series.moving, **given)
        assert [one.why for one in rows] == ["Somebody else has this time."] * 3
        with pytest.raises(series.NothingFree):
            ask(desk, series.move, version=1, **given)

    def test_what_cannot_move_stays_and_is_said(self, busy: Clinic) -> None:
        repeat(busy, NINE[0], at("04-08", "13:00"))
        ids = [one.id for one in of_series(busy)]
        given: dict[str, Any] = {"appointment_id": ids[0], "scope": "all",
                                 "starts_at": FIRST + timedelta(days=14)}  # fmt: skip
        busy.add(visit(busy, "tess", at("04-22", "13:00")))
        # By the wall nine in two weeks: Charlie's, Alice's own, and Tess's time.
        given["starts_at"] = NINE[1]
        assert [bool(one.why) for one in ask(busy, series.moving, **given)] == [True, True, True]
        with pytest.raises(series.NothingFree):
            ask(busy, series.move, version=2, **given)

    @pytest.mark.parametrize(("scope", "left"), [("one", 4), ("rest", 2), ("all", 0)])
    def test_cancels_this_one_the_rest_or_all(
        self, desk: Clinic, weekly: list[str], scope: str, left: int
    ) -> None:
        given: dict[str, Any] = {"appointment_id": weekly[2], "scope": scope}
        assert len(ask(desk, series.cancelling, **given)) == 5 - left
        outcome = ask(desk, series.cancel, version=1, reason="Moved away", **given)
        assert (outcome.done, len(self.starts(desk))) == (5 - left, left)

    @pytest.mark.parametrize(("scope", "told"), [("one", "appointment.{}"),
                                                 ("rest", "appointment.series-{}")])  # fmt: skip
    @pytest.mark.parametrize("what", ["moved", "cancelled"])
    def test_the_patient_is_told_once_of_all_and_of_no_old_time(
        self, desk: Clinic, weekly: list[str], scope: str, told: str, what: str
    ) -> None:
        with desk.base.transaction() as db:
            for one in weekly:
                notices.write(
                    db, "appointment.booked", patient_id=desk.patients["alice"].id, record_id=one,
                    version=0, due_at=NINE[0], now=NOW,
                )  # fmt: skip
        given: dict[str, Any] = {"appointment_id": weekly[2], "scope": scope, "version": 1}
        if what == "moved":
            ask(desk, series.move, starts_at=NINE[1] + timedelta(days=1), **given)
        else:
            ask(desk, series.cancel, reason="", **given)
        with desk.base.transaction() as db:
            new = [one for one in pending(db) if one.kind == told.format(what)]
            old = {one.record_id for one in pending(db) if one.kind == "appointment.booked"}
            assert [one.due_at for one in new] == [NOW + timedelta(minutes=3)]
            assert old == set(weekly[:2] if scope == "rest" else [*weekly[:2], *weekly[3:]])
            counts = [notices.given_of(db, one) for one in new]
            assert counts == ([{"count": "3"}] if scope == "rest" else [{}])
            assert {one.kind for one in pending(db)} == {"appointment.booked", told.format(what)}

    def test_who_takes_one_of_them_back_still_tells_of_the_others(
        self, desk: Clinic, weekly: list[str]
    ) -> None:
        given: dict[str, Any] = {"appointment_id": weekly[2], "scope": "rest", "version": 1}
        ask(desk, series.move, starts_at=NINE[1] + timedelta(days=1), **given)
        for _ in range(2):
            ask(desk, appointments.undo)
        with desk.base.transaction() as db:
            assert "appointment.series-moved" in {one.kind for one in pending(db)}

    def test_leaves_what_is_over_and_what_was_cancelled(
        self, desk: Clinic, weekly: list[str]
    ) -> None:
        ask(desk, appointments.cancel, appointment_id=weekly[1], version=1, reason="")
        with desk.base.transaction() as db:
            over = db.get_one(Appointment, weekly[0])
            over.status = "fulfilled"
        rows = ask(desk, series.cancelling, appointment_id=weekly[3], scope="all")
        assert [one.id for one in rows] == weekly[2:]

    def test_an_older_state_or_another_scope_changes_nothing(
        self, desk: Clinic, weekly: list[str]
    ) -> None:
        given: dict[str, Any] = {"appointment_id": weekly[1]}
        with pytest.raises(appointments.NotRead):
            ask(desk, series.cancel, version=7, scope="all", reason="", **given)
        with pytest.raises(Invalid):
            ask(desk, series.cancel, version=1, scope="everything", reason="", **given)
        with pytest.raises(Invalid):
            ask(desk, series.move, version=1, scope="all", starts_at=NOW - WEEK, **given)
        assert len(self.starts(desk)) == 5
