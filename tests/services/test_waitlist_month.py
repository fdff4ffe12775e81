"""A month of a clinic with ten practitioners, played through: who cancels, who waits, who gets it.

Proves that no time is offered twice and none inside the cut-off, and prints the share of freed
times that were filled (R-05).
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import col

from portal.errors import Refusal
from portal.models.appointments import Appointment
from portal.models.people import Patient, Practitioner
from portal.models.schedules import Schedule, VisitType
from portal.models.waitlist import WaitlistEntry, WaitlistOffer
from portal.security.actor import Actor, system
from portal.services import appointments, waitlist
from portal.services.waitlist import Wishes
from portal.words import zone
from tests.support.clinic import NOW, Clinic

FIRST = date(2026, 3, 2)
# The clocks go forward on the 8th.
DAYS = [FIRST + timedelta(days=ahead) for ahead in range(28)]
DOCTORS = [f"doctor{at}" for at in range(10)]
HOURS = (9, 10, 13)
CUTOFF = timedelta(minutes=120)
CLOCK = system("waitlist")
OUTSIDE = system("patients")


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), zone())


@dataclass
class Month:
    """The clinic while its month goes on. `freed` are the times that somebody gave back."""

    clinic: Clinic
    dice: random.Random = field(default_factory=lambda: random.Random(16))  # noqa: S311 - played, not hidden
    freed: list[tuple[str, datetime]] = field(default_factory=list)
    taken_back: int = 0
    last: datetime | None = None
    plan: list[tuple[datetime, str]] = field(default_factory=list)

    def fill(self) -> None:
        """Books nearly every hour of the month, and plans who will not come."""
        add: list[Any] = [VisitType(id="visit", name="Visit", minutes=60, grid=60, open_limit=0,
                                    notice_minutes=0)]  # fmt: skip
        add += [Practitioner(id=who, name=who) for who in DOCTORS]
        add += [Patient(id=f"booked{at}", name=f"Booked {at}") for at in range(300)]
        add += [Patient(id=f"waits{at}", name=f"Waits {at}") for at in range(120)]
        self.clinic.add(*add)
        self.clinic.add(
            *(
                Schedule(practitioner_id=who, weekday=day, from_minute=first, to_minute=last)
                for who in DOCTORS
                for day in range(5)
                for first, last in ((540, 660), (780, 840))
            )
        )
        rows: list[dict[str, Any]] = []
        for day in (one for one in DAYS if one.weekday() < 5):
            for hour in HOURS:
                people = self.dice.sample(range(300), len(DOCTORS))
                for who, patient in zip(DOCTORS, people, strict=True):
                    starts = local(day, hour)
                    row = Appointment(
                        id=f"{who}-{day}-{hour}", patient_id=f"booked{patient}", title="Visit",
                        practitioner_id=who, starts_at=starts, visit_type_id="visit",
                        ends_at=starts + timedelta(hours=1), created_at=NOW - timedelta(days=20),
                    )  # fmt: skip
                    rows.append(row.model_dump())
                    if self.dice.random() < 0.15:
                        ahead = timedelta(hours=self.dice.choice((1, 3, 20, 26, 50, 120)))
                        self.plan.append((max(starts - ahead, local(FIRST, 8)), row.id))
        with self.clinic.base.transaction() as db:
            db.connection().execute(insert(Appointment), rows)
        self.plan.sort()

    def wait(self, now: datetime, number: int) -> None:
        """Somebody joins the list, with wishes of their own."""
        dice = self.dice
        wishes = Wishes(
            practitioner_ids=tuple(sorted(dice.sample(DOCTORS, dice.choice((0, 1, 3, 5))))),
            weekdays=tuple(sorted(dice.sample(range(5), dice.choice((0, 0, 3))))),
            windows=dice.choice(((), ((0, 720),), ((720, 1440),))),
            notice_minutes=dice.choice((120, 120, 240, 1440)),
        )
        with self.clinic.base.transaction() as db:
            waitlist.join(
                db, OUTSIDE, visit_type_id="visit", wishes=wishes, patient_id=f"waits{number}",
                priority=dice.choice((0, 0, 0, 1, 2)), now=now + timedelta(seconds=number),
            )  # fmt: skip

    def cancel(self, now: datetime, visit: str) -> None:
        """Somebody does not come: they say so, or the desk does, and sometimes takes it back."""
        by_desk = self.dice.random() < 0.3
        actor: Actor = self.clinic.actor("frank", at=now) if by_desk else OUTSIDE
        with self.clinic.base.transaction() as db:
            record = db.get_one(Appointment, visit)
            if record.starts_at <= now:
                return
            who, at = record.practitioner_id or "", record.starts_at
            appointments.cancel(
                db, actor, appointment_id=visit, version=1, reason="", now=now
            )  # fmt: skip
        if by_desk and self.dice.random() < 0.5:
            self.turn(now + timedelta(minutes=1))
            with self.clinic.base.transaction() as db:
                appointments.undo(
                    db, self.clinic.actor("frank", at=now), now=now + timedelta(minutes=2)
                )
            self.taken_back += 1
        elif at - now > CUTOFF + timedelta(minutes=10):
            self.freed.append((who, at))

    def turn(self, now: datetime) -> None:
        """The clock ticks; what it offers is held against the rules at once."""
        with self.clinic.base.transaction() as db:
            waitlist.turn(db, CLOCK, now=now, since=self.last)
        self.last = now
        out = self.offers("offered")
        assert len({one.entry_id for one in out}) == len(out)
        assert len({(one.practitioner_id, one.starts_at) for one in out}) == len(out)
        assert all(one.offered_at < one.expires_at <= one.starts_at - CUTOFF for one in out)

    def answer(self, now: datetime) -> None:
        """Whoever was asked takes it, leaves it, or does not look."""
        for one in self.offers("offered"):
            said = self.dice.random()
            try:
                with self.clinic.base.transaction() as db:
                    if said < 0.55:
                        waitlist.accept(db, OUTSIDE, offer_id=one.id, now=now)
                    elif said < 0.7:
                        waitlist.decline(db, OUTSIDE, offer_id=one.id, now=now)
            except Refusal:
                assert one.expires_at <= now

    def offers(self, *states: str) -> list[Any]:
        with self.clinic.base.transaction() as db:
            query = select(WaitlistOffer.__table__)  # pyright: ignore[reportAttributeAccessIssue]
            asked = query.where(col(WaitlistOffer.state).in_(states)) if states else query
            # Not by id, which is chance: the same dice play the same month.
            order = (col(WaitlistOffer.starts_at), col(WaitlistOffer.practitioner_id))
            return list(db.connection().execute(asked.order_by(*order)))


def play(month: Month) -> None:
    """Goes through the month, three hours at a time; at weekends nobody asks or answers."""
    waiting = iter(range(120))
    for number in (next(waiting) for _ in range(30)):
        month.wait(local(FIRST, 8), number)
    for day in (one for one in DAYS if one.weekday() < 5):
        for hour in range(8, 20, 3):
            now = local(day, hour)
            while month.plan and month.plan[0][0] <= now:
                month.cancel(now, month.plan.pop(0)[1])
            for number in (next(waiting, None) for _ in range(3 if hour in {8, 14} else 0)):
                if number is not None:
                    month.wait(now, number)
            month.turn(now + timedelta(minutes=4))
            month.answer(now + timedelta(minutes=20))


def test_a_month_of_ten_practitioners(the_clinic: Clinic) -> None:
    month = Month(the_clinic)
    month.fill()
    play(month)
    made = month.offers()
    with the_clinic.base.transaction() as db:
        rows = db.connection().execute(
            select(col(Appointment.practitioner_id), col(Appointment.starts_at)).where(
                col(Appointment.status) == "booked"
            )
        )
        booked = [(row.practitioner_id, row.starts_at) for row in rows]
        got = db.scalars(select(WaitlistEntry).where(col(WaitlistEntry.status) == "booked")).all()
    assert len(set(booked)) == len(booked)
    accepted = [one for one in made if one.state == "accepted"]
    assert len({one.entry_id for one in accepted}) == len(accepted) == len(got)
    assert all(one.ended_at < one.starts_at - CUTOFF for one in accepted)
    # Of one time one offer after the other, never two at once.
    by_time: dict[Any, list[Any]] = defaultdict(list)
    for one in sorted(made, key=lambda row: row.offered_at):
        by_time[one.practitioner_id, one.starts_at].append(one)
    for line in by_time.values():
        for before, after in pairwise(line):
            assert (before.ended_at or before.expires_at) <= after.offered_at
    freed = set(month.freed)
    filled = len(freed & set(booked))
    print(
        f"\n{filled} of {len(freed)} freed times filled ({filled / len(freed):.0%}); "
        f"{len(made)} offers, {len(got)} people served, {month.taken_back} taken back"
    )
    assert month.taken_back
    assert filled > len(freed) // 2
