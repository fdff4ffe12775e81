"""Appointments as they are shown: coming and past, and one by itself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.models.appointments import STANDING, Appointment
from portal.models.people import Location, Patient, Practitioner, PractitionerRole
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import pages
from portal.services.appointments.changing import LATE, is_late
from portal.words import DAYS_SAID_RELATIVE, _, clock, how_far, local, short_month, when


@dataclass(frozen=True)
class AppointmentRow:
    """One visit. `kind` is the leaf's: "" (the next one), soft (later) or past."""

    id: str = ""
    version: int = 0
    title: str = ""
    when: str = ""
    far: str = ""
    at: str = ""
    until: str = ""
    month: str = ""
    day: str = ""
    year: str = ""
    kind: str = "soft"
    who: str = ""
    role: str = ""
    place: str = ""
    address: str = ""
    reason: str = ""
    preparation: str = ""
    status: str = ""
    status_words: str = ""
    tone: str = ""
    icon: str = ""
    is_confirmed: bool = False
    may_confirm: bool = False
    may_cancel: bool = False
    is_late: bool = False
    is_past: bool = False
    cancelled: str = ""
    patient_id: str = ""
    patient_name: str = ""
    starts_at: str = ""


@dataclass(frozen=True)
class AppointmentsRow:
    """One page of visits."""

    rows: list[AppointmentRow] = field(default_factory=list)
    leaf: pages.Leaf = field(default_factory=pages.Leaf)


def upcoming(db: Session, actor: Actor, *, now: datetime, page: int = 1) -> AppointmentsRow:
    """Returns one page of the patient's coming visits, the next one first."""
    scope = _coming(now)
    return _page(db, actor, scope, col(Appointment.starts_at).asc(), page, now)


def past(db: Session, actor: Actor, *, now: datetime, page: int = 1) -> AppointmentsRow:
    """Returns one page of the patient's past and cancelled visits, the newest first."""
    scope = ~_coming(now) & (col(Appointment.status) != "entered-in-error")
    return _page(db, actor, scope, col(Appointment.starts_at).desc(), page, now)


def coming(db: Session, actor: Actor, *, now: datetime, most: int = 3) -> list[AppointmentRow]:
    """Returns the next visits of the open record, for a page that leaves its own trace."""
    patient = access.open_patient(db, actor)
    query = _select(actor, patient.id, _coming(now)).order_by(col(Appointment.starts_at))
    rows = db.connection().execute(query.limit(most)).all()
    return [row_of(actor, row, now, is_next=at == 0) for at, row in enumerate(rows)]


def view(db: Session, actor: Actor, *, appointment_id: str, now: datetime) -> AppointmentRow:
    """Returns one visit with everything about it."""
    record = access.appointment(db, actor, appointment_id)
    whose = record.patient_id
    audit.record(
        db, actor, "R", category="appointments", patient_id=whose, entity=record.id, now=now
    )
    query = _select(actor, whose, col(Appointment.id) == record.id)
    row = db.connection().execute(query).one()
    return row_of(actor, row, now, is_next=_is_coming(row, now))


def nothing(db: Session, actor: Actor, *, now: datetime) -> None:
    """Shows that there is no such visit: nothing is read, and nothing is left as a trace."""
    del db, actor, now


def row_of(actor: Actor, row: Any, now: datetime, *, is_next: bool = False) -> AppointmentRow:
    """Returns a visit as it is shown."""
    at = local(row.starts_at)
    is_coming = _is_coming(row, now)
    is_open = is_coming and row.status in {"proposed", "pending", "booked"} and row.starts_at > now
    may = is_open and has(actor, Permission.CHANGE_APPOINTMENTS)
    words, tone, icon = _status(row, now)
    return AppointmentRow(
        id=row.id,
        version=row.version,
        title=row.title,
        when=when(row.starts_at, now),
        far=_far(row.starts_at, now) if is_coming else "",
        at=clock(row.starts_at),
        until=clock(row.ends_at),
        month=short_month(row.starts_at),
        day=str(at.day),
        year=str(at.year),
        kind=("" if is_next else "soft") if is_coming else "past",
        who=_person(row),
        role=row.role or "",
        place=row.place or "",
        address=row.address or "",
        reason=row.reason,
        preparation=row.preparation,
        status=row.status,
        status_words=words,
        tone=tone,
        icon=icon,
        is_confirmed=row.confirmed_at is not None,
        may_confirm=may and row.confirmed_at is None,
        may_cancel=may,
        is_late=may and is_late(row.starts_at, now),
        is_past=not is_coming,
        cancelled=_cancelled(row, now),
        patient_id=row.patient_id,
        patient_name=row.patient_name,
        starts_at=row.starts_at.isoformat(),
    )


def _far(at: datetime, now: datetime) -> str:
    """Says how far a visit is while it is near; the date alone says it later."""
    days = (local(at).date() - local(now).date()).days
    return how_far(at, now) if days <= DAYS_SAID_RELATIVE else ""


def _coming(now: datetime) -> Any:
    return (col(Appointment.ends_at) > now) & col(Appointment.status).in_(STANDING)


def _is_coming(row: Any, now: datetime) -> bool:
    return row.ends_at > now and row.status in STANDING


def _page(
    db: Session, actor: Actor, scope: Any, order: Any, page: int, now: datetime
) -> AppointmentsRow:
    patient = access.open_patient(db, actor)
    require(actor, Permission.SEE_APPOINTMENTS)
    audit.record(db, actor, "R", category="appointments", patient_id=patient.id, now=now)
    query = _select(actor, patient.id, scope).order_by(order, col(Appointment.id))
    first = pages.first_row(page)
    rows = db.connection().execute(query.limit(pages.SIZE).offset(first)).all()
    shown = [row_of(actor, row, now, is_next=first + at == 0) for at, row in enumerate(rows)]
    return AppointmentsRow(shown, pages.leaf(page, rows[0].total if rows else 0))


def _select(actor: Actor, patient_id: str, scope: Any) -> Any:
    mine = access.appointments(actor)
    title = (
        select(col(PractitionerRole.title))
        .where(
            col(PractitionerRole.practitioner_id) == col(Appointment.practitioner_id),
            col(PractitionerRole.active).is_(True),
        )
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Appointment.__table__,  # pyright: ignore[reportAttributeAccessIssue]
            col(Practitioner.name).label("who"),
            col(Practitioner.prefix),
            title.label("role"),
            col(Location.name).label("place"),
            col(Location.address),
            col(Patient.name).label("patient_name"),
            func.count().over().label("total"),
        )
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .outerjoin(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .outerjoin(Location, col(Location.id) == col(Appointment.location_id))
        .where(col(Appointment.patient_id) == patient_id, mine, scope)
    )


def _person(row: Any) -> str:
    if not row.who:
        return _("With the clinic")
    return row.who if row.who.startswith(row.prefix) else f"{row.prefix} {row.who}"


def _status(row: Any, now: datetime) -> tuple[str, str, str]:
    """Returns the words, the tone and the icon of a visit's state."""
    if row.status == "cancelled":
        by = (
            _("Cancelled by you") if row.cancelled_by == "patient" else _("Cancelled by the clinic")
        )
        return by, "", "x"
    if row.status == "noshow":
        return _("You did not come"), "", "x"
    if row.status in {"arrived", "checked-in"} and row.ends_at > now:
        return _("You are here"), "ok", "check"
    if not _is_coming(row, now):
        return _("Past"), "", "check"
    if row.confirmed_at is not None:
        return _("Confirmed"), "ok", "check"
    return (
        (_("We have not confirmed it yet"), "warn", "clock")
        if row.status in {"proposed", "pending"}
        else (_("Please confirm"), "info", "calendar")
    )


def _cancelled(row: Any, now: datetime) -> str:
    if row.status != "cancelled" or row.cancelled_at is None:
        return ""
    said = when(row.cancelled_at, now)
    words = _("Cancelled on {when}.").format(when=said)
    if row.cancel_reason:
        words += " " + _("Reason: {reason}").format(reason=row.cancel_reason)
    if row.starts_at - row.cancelled_at < LATE:
        words += " " + _("That was less than a day before.")
    return words
