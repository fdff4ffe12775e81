"""Weekly hours: who works when, where, for which visits; changed after a look at who is hit."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.people import Location, Practitioner
from portal.models.schedules import DAY_MINUTES, Schedule, VisitType
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.board import times
from portal.services.schedules import outside, preview
from portal.services.schedules.rows import OutsideRow, PlanRow, PreviewRow
from portal.services.schedules.trying import ChangedMeanwhile, WouldFallOut, as_if
from portal.words import _, local

WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"),
)  # fmt: skip
FURTHEST = date(2200, 1, 1)


class HoursOverlap(Conflict):
    """Somebody would be in two places, or twice in one."""

    sentence = _("These hours lie over others of the same day. Change those, or choose other ones.")


class NoSuchHours(Invalid):
    """Hours that end before they begin, or on no day."""

    sentence = _("Choose at least one weekday, and an end that is later than the beginning.")


class BadBreak(Invalid):
    """A break that is not within the hours."""

    sentence = _("The break must lie within the hours. Leave both fields empty for none.")


@dataclass(frozen=True)
class Hours:
    """Hours as they are entered: on some weekdays, with a break; of one line where it has an id.

    Minutes are those of the clinic's clock since midnight; `break_to` is 0 where there is none.
    """

    practitioner_id: str
    weekdays: tuple[int, ...]
    from_minute: int
    to_minute: int
    location_id: str = ""
    visit_types: tuple[str, ...] = ()
    break_from: int = 0
    break_to: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    line_id: str = ""
    version: int = 0


@dataclass(frozen=True)
class Ending:
    """Hours that are to be taken out of the week."""

    line_id: str
    version: int


def check(
    db: Session, actor: Actor, *, change: Hours | Ending, visit_type_id: str = "", now: datetime
) -> PlanRow:
    """Returns what a change would do, without doing it: whom it hits, what patients would see."""
    require(actor, Permission.SET_SCHEDULE)
    said = _said(db, change)
    with_whom = _whose(db, change)
    before = outside.ids(db, now=now, practitioner_id=with_whom)
    with as_if(db):
        _write(db, change, now)
        fallen = outside.ids(db, now=now, practitioner_id=with_whom) - before
        row = outside.listed(db, actor, now=now, only=fallen) if fallen else OutsideRow()
        week = _week(db, change, visit_type_id, with_whom, now)
    audit.record(db, actor, "R", category="schedule", entity="try-out", now=now)
    return PlanRow(said, row, week, is_there=True)


def put(
    db: Session, actor: Actor, *, change: Hours | Ending, knows: int = 0, now: datetime
) -> None:
    """Changes the hours. `knows`: of how many bookings that fall out the person was told."""
    require(actor, Permission.SET_SCHEDULE)
    said, with_whom = _said(db, change), _whose(db, change)
    before = outside.ids(db, now=now, practitioner_id=with_whom)
    with as_if(db):
        _write(db, change, now)
        fallen = outside.ids(db, now=now, practitioner_id=with_whom) - before
    if len(fallen) > knows:
        raise WouldFallOut(len(fallen))
    _write(db, change, now)
    action = "D" if isinstance(change, Ending) else "U" if change.line_id else "C"
    audit.record(
        db, actor, action, category="schedule", entity=f"Practitioner/{with_whom}",
        reason=f"{said}; {len(fallen)} bookings outside", now=now,
    )  # fmt: skip
    live.tell(db, "appointments")


def _whose(db: Session, change: Hours | Ending) -> str:
    if isinstance(change, Hours) and not change.line_id:
        return change.practitioner_id
    return _line(db, change.line_id).practitioner_id


def _line(db: Session, line_id: str) -> Schedule:
    found = db.get(Schedule, line_id)
    if found is None:
        raise NotFound
    return found


def _said(db: Session, change: Hours | Ending) -> str:
    """Says a change in one line, as it will stand in the trace."""
    if isinstance(change, Ending):
        return _("No longer: {what}").format(what=words(_line(db, change.line_id)))
    days = ", ".join(_(WEEKDAYS[day]) for day in change.weekdays if day in range(7))
    span = _("{first} to {last}").format(
        first=times.said(change.from_minute), last=times.said(change.to_minute)
    )
    now_said = f"{days} {span}"
    if not change.line_id:
        return now_said
    was = words(_line(db, change.line_id))
    return _("{before} becomes {after}").format(before=was, after=now_said)


def words(line: Schedule) -> str:
    """Says a line of somebody's week."""
    span = _("{first} to {last}").format(
        first=times.said(line.from_minute), last=times.said(line.to_minute)
    )
    return f"{_(WEEKDAYS[line.weekday])} {span}"


def _write(db: Session, change: Hours | Ending, now: datetime) -> None:
    if isinstance(change, Ending):
        same = (col(Schedule.id) == change.line_id, col(Schedule.version) == change.version)
        _one(db, delete(Schedule).where(*same), change.line_id)
        return
    _check(db, change)
    lines = [_values(change, day, span, now) for day in change.weekdays for span in _spans(change)]
    for values in lines:
        _apart(db, change, values)
    if change.line_id:
        same = (col(Schedule.id) == change.line_id, col(Schedule.version) == change.version)
        values = lines[0] | {"version": change.version + 1}
        _one(db, update(Schedule).where(*same).values(**values), change.line_id)
        lines = lines[1:]
    if lines:
        rows = [Schedule(**values).model_dump() for values in lines]
        db.connection().execute(insert(Schedule), rows)


def _one(db: Session, statement: Any, line_id: str) -> None:
    if db.connection().execute(statement).rowcount == 1:
        return
    found = db.get(Schedule, line_id, populate_existing=True)
    if found is None:
        raise ChangedMeanwhile(_("these hours were taken out of the week"))
    raise ChangedMeanwhile(_("it is now {what}").format(what=words(found)))


def _values(change: Hours, day: int, span: tuple[int, int], now: datetime) -> dict[str, Any]:
    return {
        "practitioner_id": change.practitioner_id,
        "location_id": change.location_id or None,
        "weekday": day,
        "from_minute": span[0],
        "to_minute": span[1],
        "visit_types": " ".join(change.visit_types),
        "valid_from": change.valid_from or local(now).date(),
        "valid_to": change.valid_to,
    }


def _spans(change: Hours) -> list[tuple[int, int]]:
    if not change.break_to:
        return [(change.from_minute, change.to_minute)]
    return [(change.from_minute, change.break_from), (change.break_to, change.to_minute)]


def _check(db: Session, change: Hours) -> None:
    """Raises the refusal that fits unless there are such hours, people, places and visits."""
    days = change.weekdays
    if not days or not set(days) <= set(range(7)) or (change.line_id and len(days) != 1):
        raise NoSuchHours
    if not 0 <= change.from_minute < change.to_minute <= DAY_MINUTES:
        raise NoSuchHours
    if change.break_to or change.break_from:
        inside = (change.from_minute, change.break_from, change.break_to, change.to_minute)
        if list(inside) != sorted(set(inside)):
            raise BadBreak
    first, last = change.valid_from, change.valid_to
    if any(day and not date(1970, 1, 1) <= day <= FURTHEST for day in (first, last)):
        raise Invalid(_("Choose a day of this century."))
    if first and last and last < first:
        raise Invalid(_("The last day must not be before the first one."))
    known = db.get(Practitioner, change.practitioner_id)
    place = db.get(Location, change.location_id) if change.location_id else None
    if known is None or (change.location_id and (place is None or not place.active)):
        raise Invalid(_("Choose who works, and where, from the list."))
    if change.line_id and _line(db, change.line_id).practitioner_id != change.practitioner_id:
        raise NotFound
    query = select(col(VisitType.id)).where(col(VisitType.id).in_(change.visit_types))
    if len(db.connection().execute(query).all()) != len(set(change.visit_types)):
        raise Invalid(_("Choose the kinds of visit from the list."))


def _apart(db: Session, change: Hours, values: dict[str, Any]) -> None:
    """Raises `HoursOverlap` where somebody would work twice at once."""
    query = select(Schedule).where(
        col(Schedule.practitioner_id) == values["practitioner_id"],
        col(Schedule.weekday) == values["weekday"],
        col(Schedule.id) != change.line_id,
        col(Schedule.from_minute) < values["to_minute"],
        col(Schedule.to_minute) > values["from_minute"],
    )
    first, last = values["valid_from"], values["valid_to"] or date.max
    for other in db.scalars(query):
        if other.valid_from <= last and first <= (other.valid_to or date.max):
            said = _("These hours lie over {what}. Change those, or choose other ones.")
            raise HoursOverlap(said.format(what=words(other)))


def _week(
    db: Session, change: Hours | Ending, visit_type_id: str, with_whom: str, now: datetime
) -> PreviewRow:
    """Returns the week in which the change begins, of the type that was asked for or the first."""
    wanted = (visit_type_id,) if visit_type_id else getattr(change, "visit_types", ())
    query = select(VisitType).where(col(VisitType.active).is_(True))
    if wanted:
        query = query.where(col(VisitType.id).in_(wanted))
    kind = db.scalars(query.order_by(col(VisitType.position), col(VisitType.name)).limit(1)).first()
    if kind is None:
        return PreviewRow()
    first = getattr(change, "valid_from", None)
    return preview.week(db, kind, now=now, first=first, practitioner_id=with_whom)
