"""C1: free times of a whole clinic over two months, beside subtracting the same in plain lists."""

import itertools
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.house import House
from benchmarks.judged import Line, amount, in_turn, ratio
from portal import migrations
from portal.database import Database
from portal.models.appointments import Appointment
from portal.models.people import Patient, Practitioner
from portal.models.schedules import Schedule, VisitType
from portal.services import free_times
from portal.words import zone

PRACTITIONERS, DAYS, BOOKINGS = 30, 60, 20_000
NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
# Clocks are set within these days in America and in Europe.
FIRST = date(2026, 2, 23)
LAST = FIRST + timedelta(days=DAYS - 1)
HOURS = ((8 * 60, 12 * 60), (13 * 60, 18 * 60))
MINUTES, GRID = 20, 10
WHO = [f"practitioner{number}" for number in range(PRACTITIONERS)]
Spans = list[tuple[int, int]]


async def free(house: House) -> list[Line]:
    """C1: free times, 30 practitioners, 60 days, 20,000 bookings; beside plain lists in memory."""
    del house
    with calendar() as (base, taken):
        kind = VisitType(id="check", name="Check-up", minutes=MINUTES, grid=GRID, ahead_days=365)

        found = [(one.minute, one.practitioner_id) for one in _asked(base, kind)]
        assert found == _subtracted(taken), "the service and the plain lists differ"
        assert len(found) > PRACTITIONERS * DAYS, "hardly a time is free"
        subject, baseline = in_turn(
            lambda: _timed(_asked, base, kind), lambda: _timed(_subtracted, taken)
        )
        one = [_one_week(base, kind) for _ in range(5)]
    return [
        ratio("free times of the clinic, two months", subject, baseline, gate=1.5),
        amount("one practitioner, one week, as a page asks", one, gate=100),
    ]


def _timed(what: Callable[..., Any], *given: Any) -> float:
    began = time.perf_counter()
    what(*given)
    return time.perf_counter() - began


def _asked(base: Database, kind: VisitType) -> free_times.FreeTimes:
    with base.reading() as db:
        return free_times.free(db, kind, WHO, first=FIRST, last=LAST, now=NOW)


def _one_week(base: Database, kind: VisitType) -> float:
    began = time.perf_counter()
    with base.reading() as db:
        free_times.free(db, kind, WHO[:1], first=FIRST, last=FIRST + timedelta(days=6), now=NOW)
    return time.perf_counter() - began


def _subtracted(taken: dict[str, Spans]) -> list[tuple[int, str]]:
    """Returns the same from lists that lie in memory, in order: each day minus what is taken."""
    found: list[tuple[int, str]] = []
    for who in WHO:
        busy, at = taken[who], 0
        for number in range(DAYS):
            midnight = _midnights()[number]
            for opens, closes in HOURS:
                here, ends = midnight + opens, midnight + closes
                left: Spans = []
                while at < len(busy) and busy[at][0] < ends:
                    start, end = busy[at]
                    if start > here:
                        left.append((here, start))
                    here = max(here, end)
                    at += 1
                if here < ends:
                    left.append((here, ends))
                for start, end in left:
                    first = start + -start % GRID
                    found += [(minute, who) for minute in range(first, end - MINUTES + 1, GRID)]
    return sorted(found)


@cache
def _midnights() -> list[int]:
    """Returns what would be each day's midnight by its offset at noon: clocks are set at night."""
    noons = (
        datetime.combine(FIRST + timedelta(days=number), clock(12), zone())
        for number in range(DAYS)
    )
    return [free_times.minute_of(noon) - 12 * 60 for noon in noons]


@contextmanager
def calendar() -> Iterator[tuple[Database, dict[str, Spans]]]:
    """Yields a calendar with its bookings, and the same bookings as lists by practitioner."""
    with tempfile.TemporaryDirectory(prefix="portal-calendar-") as folder:
        base = Database(Path(folder), bytes(range(32)))
        base.create_file()
        migrations.upgrade(base)
        bookings, taken = _bookings()
        with base.transaction() as db:
            write: Any = db.connection().execute
            write(insert(Practitioner), [Practitioner(id=w, name=w).model_dump() for w in WHO])
            people = [Patient(id=w, name=w, family=w, given="P").model_dump() for w in WHO]
            write(insert(Patient), people)
            write(
                insert(Schedule),
                [
                    Schedule(
                        practitioner_id=who, weekday=day, from_minute=first, to_minute=last
                    ).model_dump()
                    for who, day, (first, last) in itertools.product(WHO, range(7), HOURS)
                ],
            )
            write(insert(Appointment), bookings)
            # As a portal does that has been at work for a while.
            db.connection().exec_driver_sql("ANALYZE")
        try:
            yield base, taken
        finally:
            base.close()


def _bookings() -> tuple[list[dict[str, Any]], dict[str, Spans]]:
    dice = random.Random(4)  # noqa: S311 - the same bookings each time
    slots = [
        (who, day, minute)
        for who, day in itertools.product(WHO, range(DAYS))
        for first, last in HOURS
        for minute in range(first, last, MINUTES)
    ]
    taken: dict[str, Spans] = defaultdict(list)
    rows: list[dict[str, Any]] = []
    for who, day, minute in sorted(dice.sample(slots, BOOKINGS)):
        # The clock of the clinic: by local midnight, as nothing here is open while it is set.
        noon = datetime.combine(FIRST + timedelta(days=day), datetime.min.time(), zone())
        starts_at = noon.replace(hour=minute // 60, minute=minute % 60)
        start = free_times.minute_of(starts_at)
        taken[who].append((start, start + MINUTES))
        rows.append(
            Appointment(
                patient_id=who,
                practitioner_id=who,
                title="Check-up",
                starts_at=starts_at,
                ends_at=free_times.moment_of(start + MINUTES),
                created_at=NOW,
            ).model_dump()
        )
    return rows, taken
