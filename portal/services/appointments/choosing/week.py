"""A week at a glance, and the times of one of its days."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel import dates
from sqlmodel import Session

from portal.models.schedules import VisitType
from portal.services import free_times
from portal.services.appointments.choosing import zones
from portal.services.appointments.choosing.people import Person
from portal.services.appointments.choosing.rows import DayRow, PartRow, TimeRow, Wanted, WeekRow
from portal.services.free_times import FreeTime
from portal.words import _, _n, clock, day, language, local, weekday, when

NOON = 12
WEEK = timedelta(days=7)
# So far beyond the week is looked at once for the next day with a free time.
FAR = timedelta(days=28)


@dataclass(frozen=True)
class Asked:
    """Whose times are looked for: of which type, with whom, how, for whom."""

    kind: VisitType
    people: Sequence[Person]
    channel: str
    patient_id: str
    but: Collection[str]
    wanted: Wanted
    now: datetime

    def free(self, db: Session, first: date, last: date) -> list[FreeTime]:
        """Returns the free times of some days, each start once, those not wanted left out."""
        found = free_times.free(
            db, self.kind, [one.id for one in self.people], first=first, last=last, now=self.now,
            channel=self.channel, patient_id=self.patient_id, but=self.but,
        )  # fmt: skip
        return [time for time in _once(found, self.people) if fits(time, self.wanted)]

    @property
    def last(self) -> date:
        """The last day on which this type can be booked."""
        return local(self.now + timedelta(days=self.kind.ahead_days)).date()


def fits(time: FreeTime, wanted: Wanted) -> bool:
    """Says whether a time is in the part of the day and on the weekday that suit."""
    at = local(time.starts_at)
    part = "morning" if at.hour < NOON else "afternoon"
    return (not wanted.part or wanted.part == part) and (
        not wanted.weekday or wanted.weekday == str(at.weekday())
    )


def row(db: Session, asked: Asked) -> WeekRow:
    """Returns the week that holds the wanted day. Weeks begin as today does: no day is past."""
    today = local(asked.now).date()
    first = first_free(db, asked)
    chosen = _day_of(asked.wanted.day) or (local(first.starts_at).date() if first else today)
    chosen = min(max(chosen, today), max(asked.last, today))
    begins = today + (chosen - today) // WEEK * WEEK
    times: dict[date, list[FreeTime]] = defaultdict(list)
    for time in asked.free(db, begins, begins + timedelta(days=6)):
        times[local(time.starts_at).date()].append(time)
    if not times[chosen] and (others := [one for one in sorted(times) if times[one]]):
        chosen = next((one for one in others if one > chosen), others[0])
    following = None if any(times.values()) else _next(db, asked, begins + WEEK)
    return WeekRow(
        said=_span(begins, asked.now),
        before=(begins - timedelta(days=1)).isoformat() if begins > today else "",
        after=(begins + WEEK).isoformat() if begins + WEEK <= asked.last else "",
        days=_days(db, asked, begins, times, chosen),
        parts=_parts(chosen, times[chosen], asked),
        first=time_row(first, asked, is_long=True) if first else TimeRow(),
        first_day=local(first.starts_at).date().isoformat() if first else "",
        nothing="" if any(times.values()) else _nothing(following, first, asked),
        next_day=local(following.starts_at).date().isoformat() if following else "",
        next_said=day(following.starts_at) if following else "",
    )


def first_free(db: Session, asked: Asked) -> FreeTime | None:
    """Returns the first free time of all."""
    return _next(db, asked, local(asked.now).date())


def time_row(time: FreeTime, asked: Asked, *, is_long: bool = False) -> TimeRow:
    """Returns a free time; `is_long` says its day as well."""
    name = next((one.name for one in asked.people if one.id == time.practitioner_id), "")
    long = zones.told_apart(when(time.starts_at, asked.now), time.starts_at)
    said = _("{when}, with {name}").format(when=long, name=name)
    there = zones.there_said(asked.wanted.zone, time.starts_at)
    return TimeRow(
        minute=time.minute,
        who=time.practitioner_id,
        at=long if is_long else zones.told_apart(clock(time.starts_at), time.starts_at),
        say=f"{said}, {there}" if there else said,
        name=name,
        there=zones.there(asked.wanted.zone, time.starts_at),
    )


def _once(found: Iterable[FreeTime], people: Sequence[Person]) -> list[FreeTime]:
    """Keeps one of the times that start at the same moment: with the patient's own doctor first."""
    rank: Mapping[str, int] = {one.id: at for at, one in enumerate(people)}
    kept: dict[int, FreeTime] = {}
    for time in found:
        before = kept.get(time.minute)
        if before is None or rank[time.practitioner_id] < rank[before.practitioner_id]:
            kept[time.minute] = time
    return [kept[minute] for minute in sorted(kept)]


def _next(db: Session, asked: Asked, first: date) -> FreeTime | None:
    while first <= asked.last:
        found = asked.free(db, first, first + FAR)
        if found:
            return found[0]
        first += FAR + timedelta(days=1)
    return None


def _days(
    db: Session, asked: Asked, begins: date, times: Mapping[date, list[FreeTime]], chosen: date
) -> list[DayRow]:
    ids = [one.id for one in asked.people]
    opened = free_times.worked_days(
        db, asked.kind.id, ids, first=begins, last=begins + timedelta(days=6), now=asked.now
    )
    shown: list[DayRow] = []
    for at in range(7):
        one = begins + timedelta(days=at)
        free = len(times.get(one, ()))
        said = _day_said(free, is_late=one > asked.last, is_worked=one in opened)
        shown.append(
            DayRow(
                day=one.isoformat(),
                weekday=dates.format_date(one, "EEE", locale=language()),
                number=str(one.day),
                said=said,
                label=f"{dates.format_date(one, 'EEEE d MMMM', locale=language())}: {said}",
                free=free,
                is_open=bool(free),
                is_chosen=one == chosen and bool(free),
            )
        )
    return shown


def _day_said(free: int, *, is_late: bool, is_worked: bool) -> str:
    if free:
        return _n("{count} free", "{count} free", free)
    if is_late:
        return _("Later")
    return _("None") if is_worked else _("Closed")


def _parts(chosen: date, times: Sequence[FreeTime], asked: Asked) -> list[PartRow]:
    name = weekday(chosen)
    halves = (
        ("morning", _("{day} morning"), [one for one in times if _hour(one) < NOON]),
        ("afternoon", _("{day} afternoon"), [one for one in times if _hour(one) >= NOON]),
    )
    return [
        PartRow(
            key=key,
            title=title.format(day=name),
            said=_n("{count} free", "{count} free", len(found)),
            times=[time_row(one, asked) for one in found],
        )
        for key, title, found in halves
        if found
    ]


def _hour(time: FreeTime) -> int:
    return local(time.starts_at).hour


def _nothing(following: FreeTime | None, first: FreeTime | None, asked: Asked) -> str:
    if following:
        return _("Nothing is free in this week.")
    if first:
        return _("Nothing is free in this week or later. Look at the weeks before.")
    if asked.wanted.part or asked.wanted.weekday:
        return _("Nothing that can be booked now fits. Try another day or time of day.")
    return _("Nothing is free in the weeks that can be booked now. Please call us.")


def _span(begins: date, now: datetime) -> str:
    ends = begins + timedelta(days=6)
    year = " y" if ends.year != local(now).year else ""
    first = "d" if begins.month == ends.month else "d MMMM"
    said = [
        dates.format_date(begins, first, locale=language()),
        dates.format_date(ends, f"d MMMM{year}", locale=language()),
    ]
    return _("{first} to {last}").format(first=said[0], last=said[1])


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
