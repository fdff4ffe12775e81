"""The view: one day with a column for each practitioner or each room, or a week of one of them.

The number of queries is the same whatever the number of visits; one row in the trace says that the
day was looked at.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import NotAllowed
from portal.models.appointments import STEP_MINUTES, Appointment, Hold
from portal.models.people import Location, Practitioner
from portal.models.schedules import DAY_MINUTES
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services.appointments import states
from portal.services.board import beside, flags, strips, times
from portal.services.board.rows import (
    NO_ROOM,
    BoardRow,
    ClosedRow,
    ColumnRow,
    CountRow,
    FreeRow,
    HeadRow,
    HourRow,
    StripRow,
)
from portal.services.board.times import Day
from portal.services.free_times.arithmetic import Span, merged, without
from portal.words import _, day_and_month, local
from portal.words import day as day_said

# So many columns the page has room for; who comes after them is named in the list view's search.
COLUMNS = 30
WEEK = 7
MODES = ("board", "rooms", "list", "week")
# In which order the states are counted in the foot.
_COUNTED = ("waiting", "roomed", "seen", "request", "confirmed", "booked", "done", "noshow")
_WORDS = {"roomed": "in-room", "seen": "with-practitioner", "request": "proposed"}
_STATE_OF = {"waiting": "arrived", "booked": "booked", "done": "fulfilled", "noshow": "noshow"}

Strips = list[tuple[StripRow, int, int]]


def view(
    db: Session, actor: Actor, *, day: date, now: datetime, mode: str = "board", who: str = ""
) -> BoardRow:
    """Returns a day by practitioner or by room, or the week of practitioner `who` around it."""
    if not actor.is_staff:
        raise NotAllowed
    require(actor, Permission.SEE_APPOINTMENTS)
    is_week = mode == "week" and bool(who)
    first = day - timedelta(days=day.weekday()) if is_week else day
    last = first + timedelta(days=WEEK - 1) if is_week else day
    found = Found(db, actor, first, last, who if is_week else "", now)
    may_book = has(actor, Permission.BOOK_APPOINTMENTS)
    if is_week:
        columns = found.week(who, may_book=may_book)
    elif mode == "rooms":
        columns = found.rooms(may_book=may_book)
    else:
        columns = found.practitioners(may_book=may_book)
    shown = len(found.visits)
    audit.record(
        db, actor, "R", category="appointments", entity=f"{first} board, {shown} visits", now=now
    )
    return BoardRow(
        head=_head(actor, found, day, len(columns)),
        columns=columns[:COLUMNS],
        side=beside.lists(db, actor, now=now),
        undo=beside.undoable(db, actor, now=now),
    )


class Found:
    """What the columns are made of, read once."""

    def __init__(
        self, db: Session, actor: Actor, first: date, last: date, who: str, now: datetime
    ) -> None:
        """Reads days `first` to `last`: of everybody, or of practitioner `who`."""
        self.now, self.first, self.last = now, first, last
        opens, ends = times.begins(first), times.begins(last + timedelta(days=1))
        scope = [
            col(Appointment.starts_at) < ends,
            col(Appointment.ends_at) > opens,
            col(Appointment.status).not_in(strips.GONE),
        ]
        if who:
            scope.append(col(Appointment.practitioner_id) == who)
        self.visits = strips.visits(db, actor, *scope, now=now)
        self.with_whom: dict[str | None, list[Any]] = defaultdict(list)
        for one in self.visits:
            self.with_whom[one.practitioner_id].append(one)
        self.held = strips.holds(db, opens, ends, now)
        self.days = times.read(db, first, last)
        self.people = _people(db)
        self.places = _places(db)
        lengths = [self._span(first, one) for one in self.visits] if first == last else []
        self.shown = times.shown(self.days.values(), lengths)

    def practitioners(self, *, may_book: bool) -> list[ColumnRow]:
        """Returns a column for everybody who works that day or has a visit then."""
        day = self.days[self.first]
        columns = [
            self._of(key, name, day, self.places.get(day.places.get(key, ""), ("", False))[0],
                     may_book=may_book)
            for key, (name, is_active) in self.people.items()
            if key in self.with_whom or (is_active and day.work.get(key))
        ]  # fmt: skip
        rest = [one for one in self.visits if one.practitioner_id not in self.people]
        return [*columns, self._plain("nobody", _("Nobody yet"), rest)] if rest else columns

    def rooms(self, *, may_book: bool) -> list[ColumnRow]:
        """Returns a column for every room, and one for what takes place in none."""
        first = self._minute(self.first, self.shown[0]) if may_book else 0
        in_use = {one.location_id for one in self.visits}
        columns = [
            self._plain(key, name, [one for one in self.visits if one.location_id == key], first)
            for key, (name, is_room) in self.places.items()
            if is_room or key in in_use
        ]
        rest = [one for one in self.visits if one.location_id not in self.places]
        return [*columns, self._plain(NO_ROOM, _("No room"), rest, first)] if rest else columns

    def week(self, who: str, *, may_book: bool) -> list[ColumnRow]:
        """Returns a column for each day of a week of one practitioner."""
        return [
            self._of(
                who, day_and_month(at), day, str(at.day), may_book=may_book, key=at.isoformat()
            )
            for at, day in self.days.items()
        ]

    def _of(
        self, who: str, name: str, day: Day, place: str, *, may_book: bool, key: str = ""
    ) -> ColumnRow:
        mine = [one for one in self.with_whom.get(who, ()) if _is_on(day.day, one)]
        held = [one for one in self.held if one.practitioner_id == who and _is_on(day.day, one)]
        taken = [self._around(day.day, one) for one in (*mine, *held)]
        blocks = day.blocks(who)
        worked = day.worked(who)
        free = times.free(worked, taken) if may_book else []
        # Not while clocks jump: nobody can come at a time that does not exist.
        shown = [span for span in free if times.exists(day.day, span[0])]
        return ColumnRow(
            key=key or who,
            name=name,
            place=place,
            total=len(mine),
            behind=_behind(mine, self.now),
            first=self._minute(day.day, self.shown[0]) if may_book else 0,
            usual=day.places.get(who, ""),
            strips=self._strips(day.day, mine, held),
            closed=[*self._off(worked, blocks), *self._blocks(blocks)],
            free=[self._free(day.day, span) for span in shown],
        )

    def _plain(self, key: str, name: str, visits: list[Any], first: int = 0) -> ColumnRow:
        return ColumnRow(
            key=key,
            name=name,
            total=len(visits),
            behind=_behind(visits, self.now),
            first=first,
            strips=self._strips(self.first, visits, []),
        )

    def _strips(self, day: date, visits: list[Any], held: list[Hold]) -> list[StripRow]:
        first = self.shown[0]
        rows: Strips = [
            (strips.strip(one, day, first, self.now), *self._span(day, one)) for one in visits
        ]
        rows += [
            (strips.held(one, day, first, is_room=self._is_room(one)), *self._span(day, one))
            for one in held
        ]
        return flags.doubled(strips.side_by_side(rows), flags.pairs(visits))

    def _is_room(self, one: Hold) -> bool:
        return self.places.get(one.location_id or "", ("", False))[1]

    def _span(self, day: date, one: Any) -> Span:
        return times.span_in(day, one.starts_at, one.ends_at)

    def _around(self, day: date, one: Any) -> Span:
        """Returns what a visit takes with its buffers; who left or did not come takes nothing."""
        if getattr(one, "status", "booked") == "noshow":
            return 0, 0
        start, end = self._span(day, one)
        return start - one.buffer_before, end + one.buffer_after

    def _off(self, worked: list[Span], blocks: list[times.Block]) -> list[ClosedRow]:
        """Returns the stretches in which nobody works: before, after, and in between."""
        holes = without([self.shown], merged([*worked, *(block.span for block in blocks)]))
        low = min((start for start, _end in worked), default=DAY_MINUTES)
        high = max((end for _start, end in worked), default=0)
        return [
            ClosedRow(
                grid_row=strips.grid_row(start, end, self.shown[0]),
                at=times.said(start),
                words=_("Break") if low < start and end < high else _("Off"),
                shape="block" if low < start and end < high else "off",
            )
            for start, end in holes
        ]

    def _blocks(self, blocks: list[times.Block]) -> list[ClosedRow]:
        first, last = self.shown
        return [
            ClosedRow(
                id=block.id if block.kind == "block" else "",
                grid_row=strips.grid_row(
                    max(block.span[0], first), min(block.span[1], last), first
                ),
                at=times.said(max(block.span[0], first)),
                words=block.words,
                shape="block",
            )
            for block in blocks
            if block.span[0] < last and block.span[1] > first
        ]

    def _free(self, day: date, span: Span) -> FreeRow:
        return FreeRow(
            grid_row=strips.grid_row(*span, self.shown[0]),
            minute=self._minute(day, span[0]),
            at=times.said(span[0]),
        )

    def _minute(self, day: date, minute: int) -> int:
        return int(times.moment_in(day, minute).timestamp()) // 60


def _is_on(day: date, one: Any) -> bool:
    return local(one.starts_at).date() == day


def _behind(visits: Iterable[Any], now: datetime) -> int:
    """Returns since when the first of those who wait is due, where that time has passed."""
    due = [one.starts_at for one in visits if states.of(one) == "arrived"]
    return int(min(due).timestamp()) if due and min(due) < now else 0


def _people(db: Session) -> dict[str, tuple[str, bool]]:
    query = select(col(Practitioner.id), col(Practitioner.name), col(Practitioner.active)).order_by(
        col(Practitioner.name), col(Practitioner.id)
    )
    return {row.id: (row.name, row.active) for row in db.connection().execute(query)}


def _places(db: Session) -> dict[str, tuple[str, bool]]:
    query = (
        select(col(Location.id), col(Location.name), col(Location.is_room))
        .where(col(Location.active).is_(True))
        .order_by(col(Location.name), col(Location.id))
    )
    return {row.id: (row.name, row.is_room) for row in db.connection().execute(query)}


def _head(actor: Actor, found: Found, day: date, columns: int) -> HeadRow:
    first, last = found.shown
    counted: dict[str, int] = defaultdict(int)
    for one in found.visits:
        counted[strips.look(one)[0]] += 1
    return HeadRow(
        day=day.isoformat(),
        said=day_said(day),
        short=day_and_month(day),
        is_today=local(found.now).date() == day,
        begins=int(times.moment_in(day, first).timestamp()),
        steps=(last - first) // STEP_MINUTES,
        hours=[
            HourRow((minute - first) // STEP_MINUTES, times.said(minute))
            for minute in range(first, last, 60)
        ],
        counts=[_count(shape, counted[shape]) for shape in _COUNTED if counted[shape]],
        may_book=has(actor, Permission.BOOK_APPOINTMENTS),
        more=max(0, columns - COLUMNS),
        printed=printed(actor, found.now),
    )


def printed(actor: Actor, now: datetime) -> str:
    """Says when something was printed and by whom."""
    said = _("Printed {day}, {time}, by {name}")
    day = day_and_month(local(now).date())
    return said.format(day=day, time=times.clock(now), name=actor.name)


def _count(shape: str, count: int) -> CountRow:
    if shape == "confirmed":
        return CountRow(shape, "confirmed", _("Confirmed"), count)
    state = _WORDS.get(shape) or _STATE_OF[shape]
    return CountRow(shape, strips.LOOKS[state][1], _(states.STATES[state].words), count)
