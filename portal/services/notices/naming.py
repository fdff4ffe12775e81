"""Naming: what a notice may name of the clinic, what its reader wants it to say, and how."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from portal.models.audit import OutboxNotice
from portal.models.people import Organization, Patient, User
from portal.services.notices.rendering import House
from portal.services.notices.ways import Account
from portal.words import clinics, offered


@dataclass(frozen=True)
class Reader:
    """What whoever reads a notice wants it to say, and in which language."""

    carry: str
    language: str


# Built once: it is asked for each letter that goes out.
_READER = select(col(User.notices_carry), col(User.language)).where(
    col(User.id) == bindparam("user_id")
)


def house(db: Session, portal: str) -> House:
    """Returns what every notice may name of the clinic."""
    query = select(col(Organization.name), col(Organization.phone))
    row = db.connection().execute(query.where(col(Organization.is_clinic))).first()
    return House(row.name if row else "", row.phone if row else "", portal)


def reader(
    db: Session, notice: OutboxNotice, known: str = "", account: Account | None = None
) -> Reader:
    """Returns how an account wants to be written to; `known`: the language of who has none.

    `account`: that account, where the caller has asked for it already.
    """
    if not notice.user_id:
        language = offered(known) or language_of(db, notice.patient_id or "")
        return Reader("clinic", language or clinics())
    row = account or db.connection().execute(_READER, {"user_id": notice.user_id}).first()
    if row is None:
        return Reader("clinic", clinics())
    return Reader(row.notices_carry or "clinic", offered(row.language) or clinics())


def language_of(db: Session, patient_id: str) -> str:
    """Returns the language of a patient: as they chose, else as the record says; empty if none."""
    if not patient_id:
        return ""
    query = (
        select(col(User.language), col(Patient.language).label("on_file"))
        .select_from(Patient)
        .join(User, col(User.patient_id) == col(Patient.id), isouter=True)
        .where(col(Patient.id) == patient_id)
    )
    row = db.connection().execute(query).first()
    return offered((row.language or "") or row.on_file) if row else ""
