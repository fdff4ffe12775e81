"""The calendar as far as free times need it: hours, exceptions, what is taken; a few queries."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    cast,
    extract,
    func,
    null,
    or_,
    select,
    true,
)
from sqlmodel import Session, col

from portal.models.appointments import STANDING, STEP_MINUTES, Appointment, Hold
from portal.models.people import Location
from portal.models.schedules import Schedule, ScheduleException
from portal.services.free_times import holidays
from portal.services.free_times.arithmetic import Span, Stretch, merged
from portal.services.free_times.hours import minute_of, moment_of, stretches, worked
from portal.words import zone

# No buffer and no visit reaches further than this beside the time that is asked for.
MARGIN = timedelta(days=1)


class Line(NamedTuple):
    """One line of somebody's week."""

    practitioner_id: str
    location_id: str | None
    weekday: int
    from_minute: int
    to_minute: int
    visit_types: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Says whether this line counts on a day."""
        return (
            day.weekday() == self.weekday
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True)
class Concerned:
    """Whose visits are read: these practitioners', and whoever else is in these rooms."""

    practitioners: Collection[str]
    rooms: Collection[str]


@dataclass
class Taken:
    """What nobody else can have, as spans by practitioner, place and patient."""

    practitioners: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    locations: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    patient: list[Span] = field(default_factory=list)


@dataclass
class Days:
    """A stretch of days with all that decides about free times in it."""

    first: date
    last: date
    lines: list[Line]
    # Spans of the whole clinic's and of one practitioner's closed and extra times.
    closed: list[Span]
    off: dict[str, list[Span]]
    extra: list[tuple[str, str | None, Span]]
    taken: Taken
    rooms: list[tuple[str, frozenset[str]]]
    # What a line means in these days; many people work the same hours.
    _worked: dict[Any, list[Stretch]] = field(default_factory=dict)

    def work(
        self, practitioner_id: str, visit_type_id: str
    ) -> Iterable[tuple[str | None, list[Stretch]]]:
        """Yields the places where somebody takes this type of visit, with when."""
        by_place: dict[str | None, list[Stretch]] = defaultdict(list)
        for line in self.lines:
            if line.practitioner_id == practitioner_id and _takes(line, visit_type_id):
                by_place[line.location_id].extend(self._line(line))
        for who, place, span in self.extra:
            if who == practitioner_id:
                by_place[place].extend(_cut(span))
        for place, found in by_place.items():
            yield place, _side_by_side(found)

    def _line(self, line: Line) -> list[Stretch]:
        hours = (line.weekday, line.from_minute, line.to_minute, line.valid_from, line.valid_to)
        if hours not in self._worked:
            self._worked[hours] = list(self._expanded(line))
        return self._worked[hours]

    def _expanded(self, line: Line) -> Iterable[Stretch]:
        ahead = (line.weekday - self.first.weekday()) % 7
        day, here = self.first + timedelta(days=ahead), zone()
        while day <= self.last:
            if line.holds_on(day):
                yield from worked(day, line.from_minute, line.to_minute, here)
            day += timedelta(days=7)


def read(
    db: Session,
    practitioner_ids: Collection[str],
    *,
    first: date,
    last: date,
    now: datetime,
    patient_id: str = "",
    but: Collection[str] = (),
    any_room: bool = True,
) -> Days:
    """Reads the days from `first` to `last`; visits and holds in `but` count as not there.

    Without `any_room` only what happens in the practitioners' own places is read of others.
    """
    begins = moment_of(stretches(first, zone())[0][0]) - MARGIN
    ends = moment_of(stretches(last, zone())[-1][1]) + MARGIN
    closed, off, extra = _exceptions(db, practitioner_ids, begins, ends)
    lines, rooms = _lines(db, practitioner_ids), _rooms(db)
    places: set[Any] = {line.location_id for line in lines} | {
        place for _who, place, _span in extra
    }
    # Of a place that is no room many have a part at once: nobody takes it from anybody.
    concerned = Concerned(
        practitioner_ids, sorted(one.id for one in rooms if any_room or one.id in places)
    )
    return Days(
        first=first,
        last=last,
        lines=lines,
        closed=[*closed, *holidays.closed(db, first, last)],
        off=off,
        extra=extra,
        taken=_taken(db, concerned, begins, ends, now, patient_id, but),
        rooms=[(one.id, frozenset(one.equipment.split())) for one in rooms if one.active],
    )


def _takes(line: Line, visit_type_id: str) -> bool:
    return not line.visit_types or visit_type_id in line.visit_types.split()


def _side_by_side(work: list[Stretch]) -> list[Stretch]:
    """Returns stretches in order of which none lies over another: hours may be written twice."""
    offsets = {offset for _first, _last, offset in work}
    return sorted(
        (first, last, offset)
        for offset in offsets
        for first, last in merged((one[0], one[1]) for one in work if one[2] == offset)
    )


def _cut(span: Span) -> Iterable[Stretch]:
    """Cuts a span where the clock's offset changes."""
    day, last = (moment_of(at).astimezone(zone()).date() for at in span)
    while day <= last:
        for first, end, offset in stretches(day, zone()):
            if max(first, span[0]) < min(end, span[1]):
                yield max(first, span[0]), min(end, span[1]), offset
        day += timedelta(days=1)


def _lines(db: Session, practitioner_ids: Collection[str]) -> list[Line]:
    query = select(
        col(Schedule.practitioner_id),
        col(Schedule.location_id),
        col(Schedule.weekday),
        col(Schedule.from_minute),
        col(Schedule.to_minute),
        col(Schedule.visit_types),
        col(Schedule.valid_from),
        col(Schedule.valid_to),
    ).where(col(Schedule.practitioner_id).in_(practitioner_ids))
    return [Line(*row) for row in db.connection().execute(query)]


def _exceptions(
    db: Session, practitioner_ids: Collection[str], begins: datetime, ends: datetime
) -> tuple[list[Span], dict[str, list[Span]], list[tuple[str, str | None, Span]]]:
    theirs = col(ScheduleException.practitioner_id)
    query = select(ScheduleException).where(
        col(ScheduleException.starts_at) < ends,
        col(ScheduleException.ends_at) > begins,
        or_(theirs.is_(None), theirs.in_(practitioner_ids)),
    )
    closed: list[Span] = []
    off: dict[str, list[Span]] = defaultdict(list)
    extra: list[tuple[str, str | None, Span]] = []
    for one in db.scalars(query):
        span = (minute_of(one.starts_at), -(-int(one.ends_at.timestamp()) // 60))
        if one.kind == "extra":
            extra.append((one.practitioner_id or "", one.location_id, span))
        elif one.practitioner_id is None:
            closed.append(span)
        else:
            off[one.practitioner_id].append(span)
    return closed, off, extra


def _taken(
    db: Session,
    concerned: Concerned,
    begins: datetime,
    ends: datetime,
    now: datetime,
    patient_id: str,
    but: Collection[str],
) -> Taken:
    taken, rooms = Taken(), set(concerned.rooms)
    stands = col(Appointment.status).in_(STANDING)
    held = col(Hold.expires_at) > now
    ask = db.connection().execute
    for table, scope in ((Appointment, stands), (Hold, held)):
        here = and_(
            scope,
            col(table.starts_at) < ends,
            col(table.starts_at) > begins - MARGIN,
            col(table.id).not_in(but) if but else true(),
        )
        theirs = col(table.practitioner_id).in_(concerned.practitioners)
        if rooms:
            theirs = or_(theirs, col(table.location_id).in_(concerned.rooms))
        asked = _around(db, table, with_place=bool(rooms)).where(here, theirs)
        around: Any = ask(asked).all()
        for who, place, begins_at, ends_at in around:
            found = list(zip(_numbers(begins_at), _numbers(ends_at), strict=True))
            if who:
                taken.practitioners[who] += found
            if place in rooms:
                taken.locations[place] += found
        if patient_id:
            mine = col(table.patient_id) == patient_id
            own: Any = ask(_itself(db, table).where(here, mine)).all()
            taken.patient += [(start, end) for start, end in own]
    return taken


def _around(db: Session, table: type[Appointment] | type[Hold], *, with_place: bool) -> Any:
    """Returns the question for visits with their buffers: in two texts for each who and where.

    Twenty thousand rows take longer to hand over than to find; and by practitioner alone they
    come in the order of an index. Both texts are written in one go, so they go side by side.
    """
    begins = _step_before(_minute(db, table.starts_at) - col(table.buffer_before))
    ends = _step_after(_minute(db, table.ends_at) + col(table.buffer_after))
    texts = [func.aggregate_strings(cast(one, String), ",") for one in (begins, ends)]
    who, place = col(table.practitioner_id), col(table.location_id)
    if not with_place:
        return select(who, null(), *texts).group_by(who)
    return select(who, place, *texts).group_by(who, place)


def _numbers(text: str) -> list[int]:
    return json.loads(f"[{text}]")


def _itself(db: Session, table: type[Appointment] | type[Hold]) -> Any:
    """Returns the question for visits without: buffers keep no patient."""
    return select(
        _step_before(_minute(db, table.starts_at)), _step_after(_minute(db, table.ends_at))
    )


def _step_before(minute: Any) -> Any:
    # Whole steps, as the database claims them; worked out there, because there are many.
    return minute // STEP_MINUTES * STEP_MINUTES


def _step_after(minute: Any) -> Any:
    return (minute + (STEP_MINUTES - 1)) // STEP_MINUTES * STEP_MINUTES


def _minute(db: Session, column: Any) -> ColumnElement[int]:
    """Returns a moment as minutes since 1970, worked out by the database.

    Twenty thousand of them take longer to read as times than to look through.
    """
    if db.get_bind().dialect.name == "sqlite":
        return cast(func.unixepoch(column), Integer) // 60
    return cast(func.floor(extract("epoch", column) / 60), Integer)


def _rooms(db: Session) -> list[Any]:
    """Returns every room, also those out of use: whoever stands there still has it."""
    query = (
        select(col(Location.id), col(Location.equipment), col(Location.active))
        .where(col(Location.is_room).is_(True))
        .order_by(col(Location.name), col(Location.id))
    )
    return list(db.connection().execute(query))
