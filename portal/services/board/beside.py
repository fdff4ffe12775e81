"""Beside the board: who waits, what is to be approved, confirmed and closed; what can be undone."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.models.appointments import Appointment, AppointmentChange
from portal.models.people import Patient, Practitioner
from portal.security import access
from portal.security.actor import Actor
from portal.services import waitlist
from portal.services.appointments import changing, history, states
from portal.services.board import freed, times
from portal.services.board.rows import ListedRow, SideRow, UndoRow
from portal.words import _, how_far, midnight

MOST = 8
WAITING_MOST = 30
# How far back a visit that nobody closed is asked for: a weekend, and a day.
UNRESOLVED_DAYS = 4
_CHANGES = {
    "confirmed": _("Confirmed"),
    "moved": _("Moved"),
    "late": _("Running late"),
    "undone": _("Taken back"),
    "kept": _("Kept outside of the hours"),
    "repeated": _("Made a series"),
    "cancelled": _("Cancelled"),
}


def lists(db: Session, actor: Actor, *, now: datetime) -> SideRow:
    """Returns the lists of what is to be done now, whichever day the board shows."""
    starts, status = col(Appointment.starts_at), col(Appointment.status)
    today, tomorrow, after = midnight(now), midnight(now, 1), midnight(now, 2)
    waiting, _all = _listed(
        db, actor, WAITING_MOST, col(Appointment.arrived_at),
        status == "arrived", starts >= today, starts < tomorrow,
    )  # fmt: skip
    asked, approve = _listed(
        db, actor, MOST, starts, status.in_(("proposed", "pending")), starts >= now
    )
    open_tomorrow = (status == "booked", starts >= tomorrow, starts < after)
    unconfirmed, most = _listed(
        db, actor, MOST, starts, *open_tomorrow, col(Appointment.confirmed_at).is_(None)
    )
    since = today - timedelta(days=UNRESOLVED_DAYS)
    still = status.in_(("booked", "arrived", "checked-in"))
    unresolved, left = _listed(db, actor, MOST, starts, still, starts >= since, starts < today)
    return SideRow(
        waiting=[_waits(row) for row in waiting],
        approve=[_listed_row(row, f"{_near(row, now)} {_who(row)}") for row in asked],
        approve_total=approve,
        tomorrow=[_listed_row(row, _who(row)) for row in unconfirmed],
        tomorrow_total=most,
        unresolved=[_listed_row(row, f"{_near(row, now)} {_word(row)}") for row in unresolved],
        unresolved_total=left,
        freed=freed.listed(db, actor, now=now),
        listed=waitlist.count(db, actor),
    )


def undoable(db: Session, actor: Actor, *, now: datetime) -> UndoRow:
    """Returns the actor's own last change, where it may still be taken back."""
    query = (
        select(AppointmentChange, col(Patient.name), col(Patient.id).label("patient_id"))
        .join(Appointment, col(Appointment.id) == col(AppointmentChange.appointment_id))
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .where(
            col(AppointmentChange.user_id) == actor.user_id,
            col(AppointmentChange.at) > now - changing.UNDO,
            col(AppointmentChange.undone_at).is_(None),
            col(AppointmentChange.what).not_in(history.KEPT),
            col(AppointmentChange.version) == col(Appointment.version),
            access.appointments(actor),
        )
        .order_by(col(AppointmentChange.at).desc(), col(AppointmentChange.version).desc())
    )
    row = db.execute(query.limit(1)).first() if actor.user_id else None
    if row is None:
        return UndoRow()
    change = row[0]
    ends = change.at + changing.UNDO
    is_told = change.what in {"moved", "cancelled", "booked"}
    told = _("The patient is told at {time}").format(time=times.clock(ends)) if is_told else ""
    return UndoRow(
        words=f"{row.name}: {said(change.what)}",
        told=told,
        until=int(ends.timestamp()),
        left=max(0, int((ends - now).total_seconds())),
    )


def said(what: str) -> str:
    """Says what a change was."""
    state = states.STATES.get(what)
    return _CHANGES[what] if what in _CHANGES else _(state.words) if state else what


def _listed(db: Session, actor: Actor, most: int, order: Any, *scope: Any) -> tuple[list[Any], int]:
    query = (
        select(
            col(Appointment.id),
            col(Appointment.version),
            col(Appointment.patient_id),
            col(Appointment.status),
            col(Appointment.stage),
            col(Appointment.starts_at),
            col(Appointment.arrived_at),
            col(Patient.name),
            col(Practitioner.name).label("who"),
            func.count().over().label("total"),
        )
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .outerjoin(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .where(*scope, access.appointments(actor))
        .order_by(order, col(Appointment.id))
        .limit(most)
    )
    rows = list(db.connection().execute(query))
    return rows, rows[0].total if rows else 0


def _waits(row: Any) -> ListedRow:
    since = int(row.arrived_at.timestamp()) if row.arrived_at else 0
    return _listed_row(row, _who(row), since)


def _listed_row(row: Any, what: str, since: int = 0) -> ListedRow:
    return ListedRow(row.id, row.version, row.patient_id, row.name, what, since)


def _who(row: Any) -> str:
    return f"{times.clock(row.starts_at)} {row.who or ''}".strip()


def _near(row: Any, now: datetime) -> str:
    return how_far(row.starts_at, now)


def _word(row: Any) -> str:
    here = states.of(row)
    return _(states.STATES[here].words) if here in states.STATES else here
