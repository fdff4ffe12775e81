"""Appointments as they are shown: coming and past, and one by itself."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.models.appointments import STANDING, Appointment
from portal.models.people import Location, Patient, Practitioner, PractitionerRole
from portal.models.schedules import VisitType
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import pages
from portal.services.appointments import reasons, serial
from portal.services.appointments.changing import is_late, late_said, was_late
from portal.words import DAYS_SAID_RELATIVE, _, clock, how_far, local, short_month, when

_MAP = "https://www.openstreetmap.org/search"
_CHANNELS = {"phone": (_("We call you"), "phone"), "video": (_("By video"), "video")}
# What patients book they also move by themselves.
_BOOKS_ITSELF = (
    col(VisitType.active).is_(True)
    & (col(VisitType.who_books) != "staff")
    & (col(VisitType.how_booked) != "view-only")
)


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
    # A map of the address, at another house: asked for only when it is tapped.
    map: str = ""
    directions: str = ""
    # How it takes place, where it is not at the clinic; and the icon for it.
    channel: str = ""
    channel_icon: str = ""
    reason: str = ""
    preparation: str = ""
    status: str = ""
    status_words: str = ""
    tone: str = ""
    icon: str = ""
    is_confirmed: bool = False
    may_confirm: bool = False
    may_cancel: bool = False
    may_move: bool = False
    # Whether one can wait for it to come earlier.
    may_wait: bool = False
    may_come: bool = False
    is_late: bool = False
    # How near it is, where cancelling it now is late.
    late: str = ""
    is_past: bool = False
    cancelled: str = ""
    patient_id: str = ""
    patient_name: str = ""
    starts_at: str = ""
    # Which one of its series it is: "2 of 6".
    series: str = ""


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
    shown = row_of(actor, row, now, is_next=_is_coming(row, now))
    return replace(shown, series=serial.said(db, row))


def nothing(db: Session, actor: Actor, *, now: datetime) -> None:
    """Shows that there is no such visit: nothing is read, and nothing is left as a trace."""
    del db, actor, now


def row_of(actor: Actor, row: Any, now: datetime, *, is_next: bool = False) -> AppointmentRow:
    """Returns a visit as it is shown."""
    at = local(row.starts_at)
    is_coming = _is_coming(row, now)
    is_open = is_coming and row.status in {"proposed", "pending", "booked"} and row.starts_at > now
    may = is_open and has(actor, Permission.CHANGE_APPOINTMENTS)
    late = may and is_late(row.starts_at, now, row.cancel_hours)
    words, tone, icon = _status(row, now)
    channel, channel_icon = _CHANNELS.get(row.channel, ("", ""))
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
        map=map_of(row.address or ""),
        directions=row.directions or "",
        channel=_(channel) if channel else "",
        channel_icon=channel_icon,
        reason=row.reason,
        preparation=row.preparation,
        status=row.status,
        status_words=words,
        tone=tone,
        icon=icon,
        is_confirmed=row.confirmed_at is not None,
        may_confirm=may and row.confirmed_at is None and row.status == "booked",
        may_cancel=may,
        may_move=may and bool(row.visit_type_id) and row.books_itself,
        may_wait=may and bool(row.visit_type_id),
        may_come=_may_come(actor, row, now),
        is_late=late,
        late=late_said(row.cancel_hours) if late else "",
        is_past=not is_coming,
        cancelled=_cancelled(row, now),
        patient_id=row.patient_id,
        patient_name=row.patient_name,
        starts_at=row.starts_at.isoformat(),
    )


def map_of(address: str) -> str:
    """Returns a map of an address: a search of OpenStreetMap, which learns nothing of whom."""
    place = " ".join(address.split())
    return f"{_MAP}?{urlencode({'query': place})}" if place else ""


def _may_come(actor: Actor, row: Any, now: datetime) -> bool:
    """Says whether somebody can say now that they are here: on the day, at the clinic."""
    is_today = local(row.starts_at).date() == local(now).date()
    is_open = row.status == "booked" and row.channel == "in-person" and row.ends_at > now
    return is_today and is_open and has(actor, Permission.CHANGE_APPOINTMENTS)


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
            col(Location.directions),
            col(VisitType.cancel_hours),
            _BOOKS_ITSELF.label("books_itself"),
            col(Patient.name).label("patient_name"),
            func.count().over().label("total"),
        )
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .outerjoin(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .outerjoin(Location, col(Location.id) == col(Appointment.location_id))
        .outerjoin(VisitType, col(VisitType.id) == col(Appointment.visit_type_id))
        .where(col(Appointment.patient_id) == patient_id, mine, scope)
    )


def _person(row: Any) -> str:
    if not row.who:
        return _("With the clinic")
    return row.who if row.who.startswith(row.prefix) else f"{row.prefix} {row.who}"


def _status(row: Any, now: datetime) -> tuple[str, str, str]:
    """Returns the words, the tone and the icon of a visit's state."""
    if row.status in {"arrived", "checked-in"} and row.ends_at > now:
        return _("You are here"), "ok", "check"
    if not _is_coming(row, now):
        return _ended(row)
    if row.status in {"proposed", "pending"}:
        return _("We have not confirmed it yet"), "warn", "clock"
    if row.confirmed_at is not None:
        return _("Confirmed"), "ok", "check"
    return _("Please confirm"), "info", "calendar"


def _ended(row: Any) -> tuple[str, str, str]:
    if row.status == "cancelled":
        is_own = row.cancelled_by == "patient"
        return _("Cancelled by you") if is_own else _("Cancelled by the clinic"), "", "x"
    if row.status == "noshow":
        words = _("You left before the visit") if row.stage == "left" else _("You did not come")
        return words, "", "x"
    return _("Past"), "", "check"


def _cancelled(row: Any, now: datetime) -> str:
    if row.status != "cancelled" or row.cancelled_at is None:
        return ""
    said = when(row.cancelled_at, now)
    words = _("Cancelled on {when}.").format(when=said)
    reason = reasons.said(row.cancel_code, row.cancel_reason)
    if reason:
        words += " " + _("Reason: {reason}").format(reason=reason)
    if is_late(row.starts_at, row.cancelled_at, row.cancel_hours):
        words += " " + was_late(row.cancel_hours)
    return words
