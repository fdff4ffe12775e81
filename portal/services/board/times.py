"""Times of one day on the board: who works when, what is closed, where one can be booked.

Reckoned in minutes since midnight on the clinic's clock: what a weekly schedule is written in and
what people read at the edge of the board.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.appointments import STEP_MINUTES
from portal.models.schedules import DAY_MINUTES, Schedule, ScheduleException
from portal.security import policies
from portal.services.free_times import holidays
from portal.services.free_times.arithmetic import Span, merged, without
from portal.words import _, local, zone

# What is shown where nobody works and nothing is booked.
USUAL = (8 * 60, 18 * 60)
# Free times are offered at these minutes of the clock, as most types of visit start.
GRID = 10


@dataclass(frozen=True)
class Block:
    """A stretch taken out of somebody's day, or of everybody's."""

    id: str
    span: Span
    words: str
    kind: str


@dataclass
class Day:
    """The hours of one day, by practitioner; `None` in `closed` is the whole clinic."""

    day: date
    work: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    # The same with the types of visit that are taken then; none of them for all.
    kinds: dict[str, list[tuple[Span, frozenset[str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    places: dict[str, str] = field(default_factory=dict)
    closed: dict[str | None, list[Block]] = field(default_factory=lambda: defaultdict(list))

    def worked(self, practitioner_id: str) -> list[Span]:
        """Returns when somebody works, without what is closed."""
        blocks = self.blocks(practitioner_id)
        return without(merged(self.work.get(practitioner_id, ())), merged(b.span for b in blocks))

    def takes(self, practitioner_id: str, visit_type_id: str) -> list[Span]:
        """Returns when somebody works and takes this type of visit."""
        kinds = self.kinds.get(practitioner_id, ())
        taken = merged(span for span, some in kinds if not some or visit_type_id in some)
        return without(taken, merged(b.span for b in self.blocks(practitioner_id)))

    def blocks(self, practitioner_id: str) -> list[Block]:
        """Returns what is closed for somebody: for them, and for all."""
        return [*self.closed.get(None, ()), *self.closed.get(practitioner_id, ())]


def begins(day: date) -> datetime:
    """Returns the first moment of a day of the clinic."""
    return datetime.combine(day, time(), zone()).astimezone(UTC)


def minute_in(day: date, at: datetime) -> int:
    """Returns a moment as minutes of a day, not before it begins nor after it ends."""
    here = local(at)
    if here.date() != day:
        return 0 if here.date() < day else DAY_MINUTES
    return here.hour * 60 + here.minute


def span_in(day: date, starts_at: datetime, ends_at: datetime) -> Span:
    """Returns a visit as minutes of a day, as long as it takes: also where clocks are set in it."""
    start = minute_in(day, starts_at)
    takes = int((ends_at - max(starts_at, begins(day))).total_seconds()) // 60
    return start, min(start + takes, DAY_MINUTES)


def moment_in(day: date, minute: int) -> datetime:
    """Returns a minute of a day's clock as a moment."""
    return datetime.combine(day, time(minute // 60, minute % 60), zone()).astimezone(UTC)


def exists(day: date, minute: int) -> bool:
    """Says whether the clock shows this minute on a day: it jumps over some when put forward."""
    return minute_in(day, moment_in(day, minute)) == minute


def said(minute: int) -> str:
    """Says a minute of the day as the board does: 9:05, 13:30."""
    return f"{minute // 60}:{minute % 60:02}"


def clock(at: datetime) -> str:
    """Says a moment as the board does."""
    here = local(at)
    return said(here.hour * 60 + here.minute)


def read(db: Session, first: date, last: date) -> dict[date, Day]:
    """Reads the hours of some days, of everybody."""
    days = {day: Day(day) for day in _days(first, last)}
    for line in db.scalars(select(Schedule).order_by(col(Schedule.from_minute))):
        for day, found in days.items():
            until = line.valid_to or day
            if day.weekday() == line.weekday and line.valid_from <= day <= until:
                span = (line.from_minute, line.to_minute)
                found.work[line.practitioner_id].append(span)
                kinds = frozenset(line.visit_types.split())
                found.kinds[line.practitioner_id].append((span, kinds))
                if line.location_id:
                    found.places.setdefault(line.practitioner_id, line.location_id)
    _take_out(db, days, first, last)
    names = holidays.named(policies.current(db).holiday_region, first, last)
    for day, name in names.items():
        days[day].closed[None].append(Block("", (0, DAY_MINUTES), name, "closure"))
    return days


def _days(first: date, last: date) -> Iterable[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _take_out(db: Session, days: dict[date, Day], first: date, last: date) -> None:
    query = select(ScheduleException).where(
        col(ScheduleException.starts_at) < begins(last + timedelta(days=1)),
        col(ScheduleException.ends_at) > begins(first),
    )
    words = {"off": _("Off"), "closure": _("Closed"), "block": _("Blocked")}
    for one in db.scalars(query):
        for day, found in days.items():
            span = (minute_in(day, one.starts_at), minute_in(day, one.ends_at))
            if span[0] >= span[1]:
                continue
            if one.kind == "extra" and one.practitioner_id:
                found.work[one.practitioner_id].append(span)
                found.kinds[one.practitioner_id].append((span, frozenset()))
            elif one.kind != "extra":
                block = Block(one.id, span, one.note or words[one.kind], one.kind)
                found.closed[one.practitioner_id].append(block)


def shown(days: Collection[Day], visits: Iterable[Span]) -> Span:
    """Returns from which to which minute the board shows, in full hours."""
    spans = [span for day in days for found in day.work.values() for span in found]
    all_of_it = [USUAL, *spans, *visits]
    first = min(start for start, _end in all_of_it) // 60 * 60
    last = -(-max(end for _start, end in all_of_it) // 60) * 60
    return first, min(last, DAY_MINUTES)


def free(worked: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Returns the free starts, each until the next: on the grid of the clock, and where one ends.

    What is left beside a visit is offered too, however short: a fit-in may be wanted there.
    """
    found: list[Span] = []
    for start, end in without(merged(worked), merged(taken)):
        here = start
        while here < end:
            until = min(end, here - here % GRID + GRID)
            if until - here >= STEP_MINUTES:
                found.append((here, until))
            here = until
    return found
