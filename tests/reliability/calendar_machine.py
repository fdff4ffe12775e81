"""A machine that does to a calendar whatever comes, in any order, and looks at all of it each time.

In the suite a few hundred steps; as a program ten thousand and more:
`python -m tests.reliability.calendar_machine --steps 10000`.
"""

import argparse
import contextlib
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select
from sqlmodel import Session

from portal import migrations
from portal.database import Database
from portal.errors import Refusal
from portal.models.appointments import (
    STANDING,
    Appointment,
    AppointmentChange,
    Claim,
    Hold,
)
from portal.models.people import Location
from portal.models.schedules import Schedule, VisitType
from portal.models.waitlist import WaitlistEntry, WaitlistOffer
from portal.security import policies
from portal.security.actor import Actor, system
from portal.services import appointments, waitlist
from portal.services.appointments import freeing, states
from tests.support import bases, clinic
from tests.support.clinic import NOW, Clinic

STEPS = 50
PEOPLE = st.sampled_from(["alice", "charlie", "tess", "mia"])
DOCTORS = st.sampled_from(["dana", "erin"])
ROOMS = st.sampled_from([None, "one", "two"])
# Five days from now, within one crowded morning.
STARTS = st.integers(0, 18).map(lambda at: NOW + timedelta(days=5, minutes=5 * at))
LENGTHS = st.sampled_from([5, 20, 40])
WHICH = st.integers(0, 1000)
# That morning alone is waited for.
MORNING = waitlist.Wishes(
    from_on=(NOW + timedelta(days=5)).date(),
    until_on=(NOW + timedelta(days=5)).date(),
    windows=((9 * 60, 11 * 60),),
)
BUFFERS = {"check": (0, 0), "wide": (5, 7)}


class Calendar(RuleBasedStateMachine):
    """Two doctors, two rooms, four patients, one morning."""

    base: ClassVar[Database]
    people: ClassVar[Clinic]

    def __init__(self) -> None:
        """Begins with an empty calendar and everybody at work."""
        super().__init__()
        self.now = NOW
        self.ever: set[str] = set()
        self.waiting = self.offered = 0
        with self.base.transaction() as db:
            for table in (
                WaitlistOffer, WaitlistEntry, Hold, AppointmentChange, Appointment, Schedule,
            ):  # fmt: skip
                db.connection().execute(delete(table))
        self._open(0, 24)

    def _open(self, first: int, last: int) -> None:
        doctors = [self.people.practitioners[name].id for name in ("dana", "erin")]
        with self.base.transaction() as db:
            db.connection().execute(delete(Schedule))
            db.add_all(
                Schedule(
                    practitioner_id=who, weekday=day, from_minute=first * 60, to_minute=last * 60
                )
                for who in doctors
                for day in range(7)
            )

    def _do(self, verb: Callable[..., Any], actor: Actor, **given: Any) -> Any:
        """Does one thing in one transaction, as the portal does; a refusal is an answer.

        A second after the last one: of two things of one moment, the random id would decide which
        is the first, and the same steps would not lead to the same calendar.
        """
        self.now += timedelta(seconds=1)
        with contextlib.suppress(Refusal), self.base.transaction() as db:
            return verb(db, actor, **given, now=self.now)
        return None

    def _some(self, which: int, table: Any = Appointment) -> Any:
        with self.base.reading() as db:
            found = list(db.scalars(select(table).order_by(table.created_at, table.id)))
        return found[which % len(found)] if found else None

    def _some_offer(self, which: int) -> Any:
        """Returns an offer, mostly one that is still open."""
        with self.base.reading() as db:
            found = list(db.scalars(select(WaitlistOffer)))
        found.sort(key=lambda one: (one.offered_at, one.starts_at, one.patient_id))
        still = [one for one in found if one.state == "offered"] or found
        return still[which % len(still)] if still else None

    def _frank(self) -> Actor:
        return self.people.actor("frank")

    @rule(patient=PEOPLE, doctor=DOCTORS, room=ROOMS, at=STARTS, minutes=LENGTHS,
          kind=st.sampled_from(["check", "wide"]), over=st.booleans())  # fmt: skip
    def book(self, patient: str, doctor: str, room: Any, at: datetime, minutes: int,
             kind: str, over: bool) -> None:  # fmt: skip  # noqa: FBT001
        early, late = BUFFERS[kind]
        made = self._do(
            appointments.book, self._frank(), patient_id=self.people.patients[patient].id,
            practitioner_id=self.people.practitioners[doctor].id, location_id=room, title=kind,
            starts_at=at, minutes=minutes, overbooked="Fever" if over else "",
            visit_type=VisitType(id=kind, name=kind, buffer_before=early, buffer_after=late),
        )  # fmt: skip
        if made:
            self.ever.add(made)

    @rule(patient=PEOPLE, doctor=DOCTORS, at=STARTS, moving=st.booleans(), which=WHICH)
    def hold(self, patient: str, doctor: str, at: datetime, moving: bool, which: int) -> None:  # noqa: FBT001
        there = self._some(which) if moving else None
        self._do(
            appointments.hold, self.people.actor(patient), visit_type_id="check", starts_at=at,
            practitioner_id=self.people.practitioners[doctor].id,
            moves_id=there.id if there else "",
        )  # fmt: skip

    @rule(which=WHICH)
    def book_held(self, which: int) -> None:
        held = self._some(which, Hold)
        if held is None:
            return
        whose = next(n for n, one in self.people.patients.items() if one.id == held.patient_id)
        made = self._do(
            appointments.book_held, self.people.actor(whose), hold_id=held.id, reason="Knee"
        )
        if made:
            self.ever.add(made)

    @rule(patient=PEOPLE)
    def let_go(self, patient: str) -> None:
        self._do(appointments.let_go, self.people.actor(patient))

    @rule(minutes=st.sampled_from([1, 4, 6, 60]))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(which=WHICH, at=STARTS, minutes=LENGTHS, room=ROOMS, doctor=DOCTORS, over=st.booleans(),
          stale=st.integers(0, 1))  # fmt: skip
    def reschedule(self, which: int, at: datetime, minutes: int, room: Any, doctor: str,
                   over: bool, stale: int) -> None:  # fmt: skip  # noqa: FBT001
        there = self._some(which)
        if there:
            self._do(
                appointments.reschedule, self._frank(), appointment_id=there.id,
                version=there.version - stale, starts_at=at, minutes=minutes, location_id=room,
                practitioner_id=self.people.practitioners[doctor].id,
                overbooked="Fever" if over else "",
            )  # fmt: skip

    @rule(which=WHICH, state=st.sampled_from(sorted(states.STATES)))
    def step(self, which: int, state: str) -> None:
        there = self._some(which)
        if there:
            self._do(
                appointments.move, self._frank(), appointment_id=there.id, version=there.version,
                status=state,
            )  # fmt: skip

    @rule(which=WHICH, by_patient=st.booleans())
    def cancel(self, which: int, by_patient: bool) -> None:  # noqa: FBT001
        there = self._some(which)
        if there:
            whose = next(n for n, o in self.people.patients.items() if o.id == there.patient_id)
            self._do(
                appointments.cancel, self.people.actor(whose if by_patient else "frank"),
                appointment_id=there.id, version=there.version, reason="Ill",
            )  # fmt: skip

    @rule()
    def undo(self) -> None:
        self._do(appointments.undo, self._frank())

    @rule(first=st.integers(6, 9), long=st.integers(1, 12))
    def change_hours(self, first: int, long: int) -> None:
        self._open(first, first + long)

    @rule(patient=PEOPLE, kind=st.sampled_from(["check", "wide"]), notice=st.sampled_from([0, 600]),
          which=WHICH, earlier=st.booleans())  # fmt: skip
    def wait(self, patient: str, kind: str, notice: int, which: int, earlier: bool) -> None:  # noqa: FBT001
        there = self._some(which) if earlier else None
        self.waiting += bool(self._do(
            waitlist.join, self.people.actor(patient), visit_type_id=kind,
            wishes=replace(MORNING, notice_minutes=notice),
            appointment_id=there.id if there else "",
        ))  # fmt: skip

    @precondition(lambda self: self.waiting)
    @rule()
    def offer(self) -> None:
        self.offered += self._do(waitlist.turn, system("waitlist")) or 0

    @precondition(lambda self: self.offered)
    @rule(which=WHICH, accepts=st.booleans())
    def answer(self, which: int, accepts: bool) -> None:  # noqa: FBT001
        offer = self._some_offer(which)
        whose = next(n for n, o in self.people.patients.items() if o.id == offer.patient_id)
        verb = waitlist.accept if accepts else waitlist.decline
        made = self._do(verb, self.people.actor(whose), offer_id=offer.id)
        if accepts and made:
            self.ever.add(made)

    @precondition(lambda self: self.waiting > 1)
    @rule(which=WHICH)
    def leave(self, which: int) -> None:
        entry = self._some(which, WaitlistEntry)
        self._do(waitlist.leave, self._frank(), entry_id=entry.id)

    @precondition(lambda self: self.now > NOW)
    @rule()
    def clear(self) -> None:
        with self.base.transaction() as db:
            freeing.clear(db, now=self.now)

    @invariant()
    def nothing_is_lost_and_everything_is_in_its_place(self) -> None:
        with self.base.reading() as db:
            visits = {one.id: one for one in db.scalars(select(Appointment))}
            holds = {one.id: one for one in db.scalars(select(Hold))}
            have = _claims(db)
            history = defaultdict[str, list[AppointmentChange]](list)
            for one in db.scalars(select(AppointmentChange)):
                history[one.appointment_id].append(one)
        assert set(visits) == self.ever
        taken = {claim for claims in have.values() for claim in claims}
        for key, one in visits.items():
            assert states.of(one) in states.STATES
            wanted = _steps(one) if one.status in STANDING else set[tuple[str, int]]()
            if one.overbooked and wanted:
                assert have[key] <= wanted
                assert wanted <= taken, "a step of a visit that stands is nobody's"
            else:
                assert have[key] == wanted
            versions = sorted(change.version for change in history[key])
            assert versions == list(range(1, one.version + 1)), "a change without its history"
        for key, held in holds.items():
            wanted = _steps(held)
            assert have[key] <= wanted
            assert held.moves_id or have[key] == wanted
        assert set(have) <= set(visits) | set(holds)

    @invariant()
    def nobody_is_offered_what_another_has(self) -> None:
        with self.base.reading() as db:
            cutoff = timedelta(minutes=policies.current(db).waitlist_cutoff_minutes)
            holds = {one.id: one for one in db.scalars(select(Hold))}
            offers = list(db.scalars(select(WaitlistOffer)))
            entries = {one.id: one for one in db.scalars(select(WaitlistEntry))}
        out = [one for one in offers if one.state == "offered"]
        assert len({one.entry_id for one in out}) == len(out), "two offers for one who waits"
        for one in offers:
            assert one.expires_at <= one.starts_at - cutoff, "offered inside the cut-off"
            assert (one.state == "accepted") == bool(one.appointment_id)
        for one in out:
            assert entries[one.entry_id].status == "offered"
            if one.expires_at > self.now:
                held = holds[one.hold_id]
                assert (held.starts_at, held.user_id) == (one.starts_at, None)
        waits = [one for one in entries.values() if one.status == "offered"]
        assert len(waits) == len(out), "somebody has an offer that is none"


def _claims(db: Session) -> dict[str, set[tuple[str, int]]]:
    found = defaultdict[str, set[tuple[str, int]]](set)
    for one in db.scalars(select(Claim)):
        # The key of the table allows no step twice; that each is of one thing it does not say.
        assert bool(one.appointment_id) != bool(one.hold_id)
        found[one.appointment_id or one.hold_id or ""].add((one.resource, one.step))
    return found


def _steps(of: Appointment | Hold) -> set[tuple[str, int]]:
    """Returns what a visit needs, worked out apart from how the database does it."""
    found: set[tuple[str, int]] = set()
    for resource, key, early, late in (
        ("patient", of.patient_id, 0, 0),
        ("practitioner", of.practitioner_id, of.buffer_before, of.buffer_after),
        ("location", of.location_id, of.buffer_before, of.buffer_after),
    ):
        if key:
            at = of.starts_at - timedelta(minutes=early)
            at -= timedelta(minutes=at.minute % 5)
            while at < of.ends_at + timedelta(minutes=late):
                found.add((f"{resource}:{key}", int(at.timestamp()) // 300))
                at += timedelta(minutes=5)
    return found


def run(people: Clinic, steps: int) -> None:
    """Runs so many steps, in chapters of `STEPS`, each with an empty calendar."""
    people.add(
        *(Location(id=name, name=name, is_room=True) for name in ("one", "two")),
        *(
            VisitType(
                id=kind, name=kind, buffer_before=early, buffer_after=late, open_limit=0, grid=5
            )
            for kind, (early, late) in BUFFERS.items()
        ),
    )
    machine = type("Calendar", (Calendar,), {"base": people.base, "people": people})
    rules = settings(
        max_examples=max(1, steps // STEPS),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(machine, settings=rules)


def main() -> int:
    """Runs as many steps as asked on the embedded database."""
    asked = argparse.ArgumentParser(prog="python -m tests.reliability.calendar_machine")
    asked.add_argument("--steps", type=int, default=10_000)
    steps = asked.parse_args().steps
    with tempfile.TemporaryDirectory() as folder:
        base = Database(Path(folder), bases.KEY)
        base.create_file()
        migrations.upgrade(base)
        run(clinic.gather(base), steps)
        base.close()
    print(f"{steps} steps: nothing is lost, and everything is in its place")
    return 0


if __name__ == "__main__":
    random.seed()
    sys.exit(main())
