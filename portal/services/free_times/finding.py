"""Finding free times: computed from hours, exceptions and what is taken; never stored.

What is free here is an offer; who gets it is decided by the claims when it is booked or held.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple, overload

from sqlmodel import Session

from portal.models.schedules import VisitType
from portal.services.free_times import calendar
from portal.services.free_times.arithmetic import (
    Span,
    Stretch,
    merged,
    starts,
    whole_steps,
    without,
)
from portal.services.free_times.calendar import Days
from portal.services.free_times.hours import minute_of, moment_of, stretches
from portal.words import local, zone

# Where one is seen in person a room may be needed; on the phone or by video never.
IN_PERSON = "in-person"


class FreeTime(NamedTuple):
    """A start that is free, in minutes since 1970, with whom and where."""

    minute: int
    practitioner_id: str
    location_id: str | None = None

    @property
    def starts_at(self) -> datetime:
        """The moment of the start."""
        return moment_of(self.minute)


class FreeTimes(Sequence[FreeTime]):
    """Free starts in order, kept as plain tuples until somebody looks at one.

    There are tens of thousands, of which a page shows dozens; and of plain tuples Python's
    collector keeps no account.
    """

    def __init__(self, plain: list[tuple[int, str, str | None]]) -> None:
        """Takes each start's minute, practitioner and place, in order."""
        self.plain = plain

    def __len__(self) -> int:
        """Returns how many there are."""
        return len(self.plain)

    def __iter__(self) -> Iterator[FreeTime]:
        """Yields them in order."""
        return map(FreeTime._make, self.plain)

    @overload
    def __getitem__(self, index: int) -> FreeTime: ...
    @overload
    def __getitem__(self, index: slice) -> "FreeTimes": ...
    def __getitem__(self, index: int | slice) -> "FreeTime | FreeTimes":
        """Returns one, or some of them."""
        if isinstance(index, slice):
            return FreeTimes(self.plain[index])
        return FreeTime(*self.plain[index])


def free(
    db: Session,
    visit_type: VisitType,
    practitioner_ids: Collection[str],
    *,
    first: date,
    last: date,
    now: datetime,
    channel: str = IN_PERSON,
    patient_id: str = "",
    but: Collection[str] = (),
    is_staff: bool = False,
) -> FreeTimes:
    """Returns every free start from day `first` to day `last`, in order.

    `patient_id`: not while this person has another visit. `but`: visits and holds that count as
    gone, as when one is moved. For staff neither the shortest notice nor the furthest day counts.
    """
    lowest, highest = _window(visit_type, now, is_staff=is_staff)
    first = max(first, local(moment_of(lowest)).date())
    last = min(last, local(moment_of(highest)).date())
    if first > last or channel not in visit_type.channels.split():
        return FreeTimes([])
    # More than these days is read, for what reaches into them; nothing else of it is offered.
    lowest = max(lowest, stretches(first, zone())[0][0])
    highest = min(highest, stretches(last, zone())[-1][1] - 1)
    days = calendar.read(
        db, practitioner_ids, first=first, last=last, now=now, patient_id=patient_id, but=but,
        any_room=visit_type.needs_room or bool(visit_type.needs_equipment),
    )  # fmt: skip
    found: list[tuple[int, str, str | None]] = []
    for who in sorted(practitioner_ids):
        for room, starts_at in _of_one(days, visit_type, who, channel):
            some = starts_at[bisect_left(starts_at, lowest) : bisect_right(starts_at, highest)]
            found += zip(some, repeat(who), repeat(room))
    # Whoever was first stays first of those at the same minute.
    found.sort(key=itemgetter(0))
    return FreeTimes(found)


def worked_days(
    db: Session,
    visit_type_id: str,
    practitioner_ids: Collection[str],
    *,
    first: date,
    last: date,
    now: datetime,
) -> set[date]:
    """Returns the days on which somebody takes this type of visit, whether or not it is full."""
    days = calendar.read(db, practitioner_ids, first=first, last=last, now=now)
    return {
        local(moment_of(start)).date()
        for who in practitioner_ids
        for _place, work in days.work(who, visit_type_id)
        for start, _end, _offset in _opened(work, merged([*days.closed, *days.off.get(who, ())]))
    }


def _window(visit_type: VisitType, now: datetime, *, is_staff: bool) -> Span:
    here = minute_of(now)
    notice = 0 if is_staff else visit_type.notice_minutes
    ahead = timedelta(days=730 if is_staff else visit_type.ahead_days)
    return here + notice + (1 if notice == 0 else 0), minute_of(now + ahead)


def _of_one(
    days: Days, visit_type: VisitType, who: str, channel: str
) -> Iterable[tuple[str | None, list[int]]]:
    """Yields where somebody is free and when, in order: of several places the first that is."""
    closed = merged([*days.closed, *days.off.get(who, ())])
    opened = [
        (room, _opened(work, closed))
        for place, work in days.work(who, visit_type.id)
        for room in _places(days, visit_type, place, channel)
    ]
    seen: set[int] = set()
    for room, work in opened:
        found = _starts(days, visit_type, who, room, work)
        if len(opened) > 1:
            found = [minute for minute in found if minute not in seen]
            seen.update(found)
        yield room, found


def _opened(work: list[Stretch], closed: Sequence[Span]) -> list[Stretch]:
    """Returns the stretches that are left when what is closed is taken out."""
    if not closed:
        return work
    return [
        (start, end, offset)
        for first, last, offset in work
        for start, end in without([(first, last)], closed)
    ]


def _places(
    days: Days, visit_type: VisitType, place: str | None, channel: str
) -> Sequence[str | None]:
    """Returns where the visit could be: none needed, the practitioner's own, or any that fits."""
    if channel != IN_PERSON:
        return [None]
    needed = visit_type.needs_equipment
    if not visit_type.needs_room and not needed:
        return [place]
    own = [room for room, has in days.rooms if room == place and (not needed or needed in has)]
    return own or [room for room, has in days.rooms if not needed or needed in has]


def _starts(
    days: Days, visit_type: VisitType, who: str, room: str | None, work: list[Stretch]
) -> list[int]:
    # As the database claims: whole steps, whatever somebody wrote into a buffer.
    early, late = (whole_steps(at) for at in (visit_type.buffer_before, visit_type.buffer_after))
    minutes = visit_type.minutes
    taken = days.taken
    busy = sorted(taken.practitioners.get(who, []) + taken.locations.get(room or "", []))
    found = starts(work, busy, minutes=minutes, grid=visit_type.grid, early=early, late=late)
    if not taken.patient:
        return found
    # The patient is not kept by buffers: only the visit itself must not lie over another one.
    theirs = merged(taken.patient)
    return [
        minute
        for minute in found
        if not any(start < minute + minutes and minute < end for start, end in theirs)
    ]
