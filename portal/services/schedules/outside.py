"""Outside: bookings that lie where nobody works any more, until each of them is settled.

The list is worked out anew each time and kept nowhere: what was moved, cancelled or kept with a
reason is off it, and whatever a new closure, holiday or change of hours hits is on it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.models.appointments import Appointment
from portal.models.people import Patient, Practitioner
from portal.models.schedules import Schedule
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services.board import times
from portal.services.free_times.arithmetic import without
from portal.services.schedules.rows import OutRow, OutsideRow
from portal.words import _, _n, local, when

OPEN = ("proposed", "pending", "booked")
SHOWN = 40


def ids(db: Session, *, now: datetime, practitioner_id: str = "") -> set[str]:
    """Returns the bookings that lie outside, of everybody or of one practitioner."""
    return {row.id for row in _all(db, now, practitioner_id)}


def listed(
    db: Session, actor: Actor, *, now: datetime, only: Collection[str] | None = None
) -> OutsideRow:
    """Returns the bookings that lie outside, or `only` these of them: the nearest first.

    Who may not see appointments is told how many there are, and of whom nothing.
    """
    found = [row for row in _all(db, now) if only is None or row.id in only]
    said = _n(
        "{count} booking outside of the hours", "{count} bookings outside of the hours", len(found)
    )
    if not found or not has(actor, Permission.SEE_APPOINTMENTS):
        return OutsideRow(len(found), said if found else "")
    why = {row.id: row.why for row in found}
    rows = _shown(db, actor, [row.id for row in found][:SHOWN])
    audit.record(
        db, actor, "R", category="appointments", entity=f"outside of hours, {len(rows)} visits",
        now=now,
    )  # fmt: skip
    return OutsideRow(
        len(found),
        said,
        [
            OutRow(
                id=row.id,
                version=row.version,
                when=when(row.starts_at, now),
                name=row.name,
                title=row.title,
                who=row.who or "",
                why=why[row.id],
            )
            for row in rows
        ],
    )


class _Out:
    """A booking that lies outside, and why: off, closed, no hours then, or not for its kind."""

    def __init__(self, visit: Any, why: str) -> None:
        self.id, self.why = visit.id, why


def _all(db: Session, now: datetime, practitioner_id: str = "") -> list[_Out]:
    """Returns what lies outside, in order of time. A few queries, whatever the number of visits."""
    visits = _booked(db, now, practitioner_id)
    if not visits:
        return []
    by_day: dict[Any, list[Any]] = defaultdict(list)
    for visit in visits:
        by_day[local(visit.starts_at).date()].append(visit)
    days = times.read(db, min(by_day), max(by_day))
    return [
        _Out(visit, why)
        for at in sorted(by_day)
        for visit in by_day[at]
        if (why := _why(days[at], visit))
    ]


def _booked(db: Session, now: datetime, practitioner_id: str) -> list[Any]:
    # Somebody of another clinic, whose visits were imported, has no hours here at all.
    here = col(Appointment.practitioner_id).in_(select(col(Schedule.practitioner_id)))
    mine = [col(Appointment.practitioner_id) == practitioner_id] if practitioner_id else []
    query = (
        select(
            col(Appointment.id),
            col(Appointment.practitioner_id),
            col(Appointment.visit_type_id),
            col(Appointment.starts_at),
            col(Appointment.ends_at),
        )
        .where(
            *mine,
            col(Appointment.status).in_(OPEN),
            col(Appointment.starts_at) > now,
            col(Appointment.overbooked) == "",
            col(Appointment.practitioner_id).is_not(None),
            or_(here, col(Appointment.visit_type_id).is_not(None)),
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    return list(db.connection().execute(query))


def _why(day: times.Day, visit: Any) -> str:
    """Says why a booking lies outside; nothing where it does not."""
    span = [_span(day, visit)]
    who = visit.practitioner_id
    if not without(span, day.worked(who)):
        is_taken = not visit.visit_type_id or not without(span, day.takes(who, visit.visit_type_id))
        return "" if is_taken else _("Not for this kind of visit then")
    for block in day.blocks(who):
        if _meet(span, [block.span]):
            return block.words
    return _("Not within hours")


def _span(day: times.Day, visit: Any) -> tuple[int, int]:
    return times.minute_in(day.day, visit.starts_at), times.minute_in(day.day, visit.ends_at)


def _meet(some: Iterable[tuple[int, int]], others: Collection[tuple[int, int]]) -> bool:
    return any(start < to and at < end for start, end in some for at, to in others)


def _shown(db: Session, actor: Actor, which: Collection[str]) -> list[Any]:
    query = (
        select(
            col(Appointment.id),
            col(Appointment.version),
            col(Appointment.starts_at),
            col(Appointment.title),
            col(Patient.name),
            col(Practitioner.name).label("who"),
        )
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .outerjoin(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .where(col(Appointment.id).in_(which), access.appointments(actor))
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    return list(db.connection().execute(query))
