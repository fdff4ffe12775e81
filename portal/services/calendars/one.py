"""One visit as a calendar file: when and where, and no word about health."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.integrations import calendar
from portal.models.appointments import Appointment
from portal.models.people import Location, Organization
from portal.security import access, audit
from portal.security.actor import Actor
from portal.words import _, zone


def file(db: Session, actor: Actor, *, appointment_id: str, host: str, now: datetime) -> bytes:
    """Returns a visit as a file that any calendar reads."""
    record = access.appointment(db, actor, appointment_id)
    audit.record(
        db, actor, "R", category="appointments", patient_id=record.patient_id, entity=record.id,
        reason="calendar", now=now,
    )  # fmt: skip
    name = clinic_name(db)
    return calendar.make(name, [entry(db, record, name, host)], zone(), now=now)


def clinic_name(db: Session) -> str:
    """Returns the clinic's name, as it stands in the title of each entry."""
    query = select(col(Organization.name)).where(col(Organization.is_clinic).is_(True))
    return db.connection().execute(query.limit(1)).scalar_one_or_none() or _("the clinic")


def bare(record: Appointment, name: str, host: str) -> calendar.Entry:
    """Returns a visit as its time and the clinic's name, and nothing else."""
    return calendar.Entry(
        uid=f"{record.id}@{host}",
        title=_("Appointment at {clinic}").format(clinic=name),
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        sequence=record.version,
        is_asked=record.status in {"proposed", "pending"},
        is_cancelled=record.status == "cancelled",
    )


def entry(db: Session, record: Appointment, name: str, host: str) -> calendar.Entry:
    """Returns a visit with its place, for a file that a person fetches by themselves."""
    plain = bare(record, name, host)
    place = db.get(Location, record.location_id) if record.location_id else None
    where = ", ".join(part for part in (place.name, place.address) if part) if place else ""
    says = {"phone": _("By phone: we call you."), "video": _("By video.")}
    note = says.get(record.channel, "")
    return replace(plain, place=where, note=note)
