"""The page of the hours: one practitioner's week, what is otherwise, and who lies outside."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from babel import dates
from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.people import Location, Practitioner, User
from portal.models.schedules import Schedule, VisitType
from portal.security import audit, policies
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services.board import times
from portal.services.free_times import holidays
from portal.services.schedules import closing, outside
from portal.services.schedules.hours import WEEKDAYS
from portal.services.schedules.rows import (
    ChoiceRow,
    HolidayRow,
    HoursRow,
    LineRow,
    WeekdayRow,
)
from portal.words import _, language, local, short_day

YEAR = timedelta(days=365)
# What the bar of a day shows: from six to ten.
BAR = (6 * 60, 22 * 60)


def view(db: Session, actor: Actor, *, practitioner_id: str = "", now: datetime) -> HoursRow:
    """Returns the hours of one practitioner, or of the first by name."""
    require(actor, Permission.SET_SCHEDULE)
    audit.record(db, actor, "R", category="schedule", entity="hours", now=now)
    people = _people(db)
    known = [one.value for one in people]
    who = practitioner_id if practitioner_id in known else known[0] if known else ""
    region = policies.current(db).holiday_region
    kinds = _kinds(db)
    return HoursRow(
        practitioner_id=who,
        name=next((one.words for one in people if one.value == who), ""),
        may_set=True,
        may_settle=has(actor, Permission.BOOK_APPOINTMENTS),
        people=[ChoiceRow(one.value, one.words, one.value == who) for one in people],
        types=kinds,
        places=_places(db),
        week=_week(db, who, kinds, now),
        exceptions=closing.view(db, now=now),
        region=region,
        holidays=_holidays(region, local(now).date()),
        outside=outside.listed(db, actor, now=now),
        today=local(now).date().isoformat(),
    )


def _people(db: Session) -> list[ChoiceRow]:
    """Returns who works here: who signs in as one, or has hours. Who only signed records is not."""
    scheduled = select(col(Schedule.practitioner_id))
    signs_in = select(col(User.practitioner_id)).where(
        col(User.practitioner_id).is_not(None), col(User.disabled).is_(False)
    )
    query = (
        select(col(Practitioner.id), col(Practitioner.name))
        .where(
            col(Practitioner.active).is_(True),
            col(Practitioner.id).in_(scheduled) | col(Practitioner.id).in_(signs_in),
        )
        .order_by(col(Practitioner.name), col(Practitioner.id))
    )
    return [ChoiceRow(row.id, row.name) for row in db.connection().execute(query)]


def _kinds(db: Session) -> list[ChoiceRow]:
    query = select(col(VisitType.id), col(VisitType.name)).where(col(VisitType.active).is_(True))
    rows = db.connection().execute(query.order_by(col(VisitType.position), col(VisitType.name)))
    return [ChoiceRow(row.id, row.name) for row in rows]


def _places(db: Session) -> list[ChoiceRow]:
    query = select(col(Location.id), col(Location.name)).where(col(Location.active).is_(True))
    rows = db.connection().execute(query.order_by(col(Location.is_room).desc(), col(Location.name)))
    return [ChoiceRow(row.id, row.name) for row in rows]


def _week(db: Session, who: str, kinds: list[ChoiceRow], now: datetime) -> list[WeekdayRow]:
    names = {row.id: row.name for row in db.connection().execute(
        select(col(Location.id), col(Location.name)))}  # fmt: skip
    query = (
        select(Schedule)
        .where(col(Schedule.practitioner_id) == who)
        .order_by(col(Schedule.weekday), col(Schedule.from_minute), col(Schedule.valid_from))
    )
    found: dict[int, list[LineRow]] = defaultdict(list)
    for line in db.scalars(query):
        if line.valid_to is None or line.valid_to >= local(now).date():
            place = names.get(line.location_id or "", "")
            found[line.weekday].append(_line(line, place, kinds, now))
    return [WeekdayRow(str(at), _(WEEKDAYS[at]), found[at]) for at in range(7)]


def _line(line: Schedule, place: str, kinds: list[ChoiceRow], now: datetime) -> LineRow:
    taken = set(line.visit_types.split())
    named = [one.value for one in kinds if one.value in taken]
    span = _("{first} to {last}")
    return LineRow(
        id=line.id,
        version=line.version,
        weekday=str(line.weekday),
        day=_(WEEKDAYS[line.weekday]),
        said=span.format(first=times.said(line.from_minute), last=times.said(line.to_minute)),
        place=place or _("Any free room"),
        kinds=_kinds_said(named, kinds) if taken else _("All kinds of visit"),
        valid=_valid(line, local(now).date()),
        starts=_clock(line.from_minute),
        ends=_clock(line.to_minute),
        location_id=line.location_id or "",
        valid_from=line.valid_from.isoformat(),
        valid_to=line.valid_to.isoformat() if line.valid_to else "",
        types=[ChoiceRow(one.value, one.words, one.value in taken) for one in kinds],
        left=_share(line.from_minute),
        width=_share(line.to_minute, line.from_minute),
    )


def _share(minute: int, since: int = BAR[0]) -> str:
    """Returns how far along a day's bar a minute lies, or how long a stretch is there."""
    here, begins = (min(max(at, BAR[0]), BAR[1]) for at in (minute, since))
    return f"{(here - begins) * 100 / (BAR[1] - BAR[0]):.2f}%"


def _kinds_said(named: list[str], kinds: list[ChoiceRow]) -> str:
    """Says for which visits hours are; where they are for most, for which they are not."""
    others = [one.words for one in kinds if one.value not in named]
    if not others:
        return _("All kinds of visit")
    if len(others) < len(named):
        return _("All but {what}").format(what=", ".join(others))
    return ", ".join(one.words for one in kinds if one.value in named)


def _clock(minute: int) -> str:
    """Returns a minute of the day as a browser's field of time takes it: 24:00 is the last one."""
    shown = min(minute, 24 * 60 - 1)
    return f"{shown // 60:02}:{shown % 60:02}"


def _valid(line: Schedule, today: date) -> str:
    parts: list[str] = []
    if line.valid_from > today:
        parts.append(_("from {day}").format(day=short_day(line.valid_from)))
    if line.valid_to:
        parts.append(_("until {day}").format(day=short_day(line.valid_to)))
    return " ".join(parts)


def _holidays(region: str, today: date) -> list[HolidayRow]:
    named = holidays.named(region, today, today + YEAR)
    return [
        HolidayRow(
            day.isoformat(), dates.format_date(day, "EEE d MMM y", locale=language()), named[day]
        )
        for day in sorted(named)
    ]
