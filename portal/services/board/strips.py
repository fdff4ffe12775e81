"""Strips: what of a visit stands on the board, from one query whatever the number of visits."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.appointments import STEP_MINUTES, Appointment, Hold
from portal.models.people import Location, Patient, Practitioner
from portal.models.schedules import VisitType
from portal.security import access
from portal.security.actor import Actor
from portal.services.appointments import states
from portal.services.board import flags, paying, times
from portal.services.board.rows import StripRow
from portal.services.frame import initials
from portal.words import _, age, local

# Those that leave their time free again.
GONE = ("cancelled", "entered-in-error", "waitlist")
# The board divides its columns so that up to so many stand side by side.
PARTS = 12
# How a state looks: its class on the page, and its icon.
LOOKS = {
    "proposed": ("request", "request"),
    "pending": ("request", "request"),
    "booked": ("booked", "booked"),
    "arrived": ("waiting", "waiting"),
    "checked-in": ("roomed", "roomed"),
    "in-room": ("roomed", "roomed"),
    "with-practitioner": ("seen", "seen"),
    "fulfilled": ("done", "done"),
    "noshow": ("noshow", "noshow"),
    "left": ("left", "left"),
    "cancelled": ("cancelled", "x"),
}


def visits(db: Session, actor: Actor, *scope: Any, now: datetime) -> list[Any]:
    """Returns the visits that a scope holds and the actor may see, in order, with their patients.

    What their flags are made of comes with each row.
    """
    query = (
        select(*_columns(), *flags.columns(db, actor, local(now).date()))
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .outerjoin(VisitType, col(VisitType.id) == col(Appointment.visit_type_id))
        .outerjoin(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .outerjoin(Location, col(Location.id) == col(Appointment.location_id))
        .where(*scope, access.appointments(actor))
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    return list(db.connection().execute(paying.joined(query, actor)))


def _columns() -> tuple[Any, ...]:
    return (
        col(Appointment.id),
        col(Appointment.version),
        col(Appointment.patient_id),
        col(Appointment.practitioner_id),
        col(Appointment.location_id),
        col(Appointment.status),
        col(Appointment.stage),
        col(Appointment.title),
        col(Appointment.starts_at),
        col(Appointment.ends_at),
        col(Appointment.buffer_before),
        col(Appointment.buffer_after),
        col(Appointment.confirmed_at),
        col(Appointment.expected_at),
        col(Appointment.arrived_at),
        col(Appointment.roomed_at),
        col(Appointment.channel),
        col(Appointment.overbooked),
        col(Patient.name),
        col(Patient.born_on),
        col(Patient.language),
        col(VisitType.board_name),
        col(VisitType.colour),
        col(Practitioner.name).label("who"),
        col(Location.is_room),
    )


def holds(db: Session, first: datetime, last: datetime, now: datetime) -> list[Hold]:
    """Returns the times that somebody holds while they book online."""
    query = select(Hold).where(
        col(Hold.starts_at) < last, col(Hold.ends_at) > first, col(Hold.expires_at) > now
    )
    return list(db.scalars(query))


def look(visit: Any) -> tuple[str, str, str]:
    """Returns the state of a visit as the board shows it: class, icon, word."""
    here = states.of(visit)
    shape, icon = LOOKS.get(here, ("booked", "booked"))
    if here == "booked" and visit.confirmed_at is not None:
        return "confirmed", "confirmed", _("Confirmed")
    return shape, icon, _(states.STATES[here].words) if here in states.STATES else here


def since(visit: Any) -> int:
    """Returns the second since which somebody waits or sits in a room; 0 for all others."""
    here = states.of(visit)
    at = {"arrived": visit.arrived_at, "in-room": visit.roomed_at}.get(here)
    return int(at.timestamp()) if at else 0


def strip(visit: Any, day: date, first: int, now: datetime) -> StripRow:
    """Returns a visit as a strip of a day's grid that begins at minute `first`."""
    shape, icon, words = look(visit)
    start, end = times.span_in(day, visit.starts_at, visit.ends_at)
    return StripRow(
        id=visit.id,
        version=visit.version,
        patient_id=visit.patient_id,
        grid_row=grid_row(start, end, first),
        at=times.said(start),
        until=times.clock(visit.ends_at),
        name=visit.name,
        letters=initials(visit.name),
        age=_age(visit, now),
        kind=visit.board_name or visit.title,
        colour=visit.colour or "slate",
        state=shape,
        words=words,
        icon=icon,
        due=_due(visit) if shape in {"booked", "confirmed"} else 0,
        since=since(visit),
        minutes=(end - start),
        before=visit.buffer_before,
        after=visit.buffer_after,
        who=visit.practitioner_id or "",
        room=(visit.location_id if visit.is_room else "") or "",
        flags=flags.of(visit, now),
    )


def _due(visit: Any) -> int:
    """Returns the second at which somebody is due: later for who has said that they run late."""
    return int((visit.expected_at or visit.starts_at).timestamp())


def held(one: Hold, day: date, first: int, *, is_room: bool) -> StripRow:
    """Returns a time that somebody holds; who it is stays theirs until they have booked."""
    start, end = times.span_in(day, one.starts_at, one.ends_at)
    return StripRow(
        grid_row=grid_row(start, end, first),
        at=times.said(start),
        until=times.clock(one.ends_at),
        name=_("Held"),
        letters="",
        kind=_("being booked online") if one.user_id else _("offered from the waiting list"),
        state="held",
        words=_("until {time}").format(time=times.clock(one.expires_at)),
        icon="held",
        minutes=end - start,
        before=one.buffer_before,
        after=one.buffer_after,
        who=one.practitioner_id or "",
        room=(one.location_id if is_room else "") or "",
    )


def grid_row(start: int, end: int, first: int) -> str:
    """Returns where a stretch of minutes lies in the grid."""
    row = (start - first) // STEP_MINUTES + 1
    span = max(1, -(-(end - start) // STEP_MINUTES))
    return f"{row} / span {span}"


def side_by_side(strips: Iterable[tuple[StripRow, int, int]]) -> list[StripRow]:
    """Puts strips that share a time beside each other; the others have their whole column."""
    found: list[StripRow] = []
    group: list[tuple[StripRow, int]] = []
    ends: list[int] = []
    for one, start, end in sorted(strips, key=lambda each: each[1:]):
        if ends and start >= max(ends):
            found += _parted(group, len(ends))
            group, ends = [], []
        at = next((at for at, until in enumerate(ends) if until <= start), len(ends))
        ends[at : at + 1] = [end]
        group.append((one, at))
    return found + _parted(group, len(ends))


def _parted(group: Collection[tuple[StripRow, int]], among: int) -> list[StripRow]:
    if among < 2:  # noqa: PLR2004 - it has the column to itself
        return [one for one, _at in group]
    width = max(1, PARTS // among)
    return [
        replace(one, grid_column=f"{min(at * width, PARTS - width) + 1} / span {width}")
        for one, at in group
    ]


def _age(visit: Any, now: datetime) -> str:
    if not visit.born_on:
        return ""
    years = age(visit.born_on, now)
    if years >= 2:  # noqa: PLR2004 - below two years months are said
        return str(years)
    months = max(0, (now.date() - visit.born_on) // timedelta(days=30))
    return _("{count} mo").format(count=months)
