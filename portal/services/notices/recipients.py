"""Recipients: who is told that there is news about a patient.

The patient's own account, and the accounts of helpers whose scopes cover what is new, today, by
the clinic's calendar. Of what is confidential only the patient is told; so also where nobody can
say (any more) what it was about.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session, col

from portal.models.appointments import Appointment
from portal.models.clinical import DiagnosticReport
from portal.models.messages import Communication, Thread
from portal.models.people import Patient, RelatedPerson, User
from portal.security import helpers


@dataclass(frozen=True)
class Recipient:
    """An account to write to, at its proven address."""

    user_id: str
    address: str


def recipients(
    db: Session, kind: str, *, patient_id: str, record_id: str, now: datetime
) -> list[Recipient]:
    """Returns whom to tell about a record: nobody, where nobody has a proven address."""
    patient = db.get(Patient, patient_id)
    if patient is None or patient.deceased or patient.merged_into_id:
        return []
    area = _shared_area(db, kind, record_id)
    helping = select(col(RelatedPerson.user_id)).where(
        col(RelatedPerson.patient_id) == patient_id, col(RelatedPerson.status) == "active"
    )
    whose = col(User.patient_id) == patient_id
    rows = db.connection().execute(
        select(col(User.id), col(User.email), col(User.patient_id))
        .where(or_(whose, col(User.id).in_(helping)) if area else whose)
        .where(col(User.disabled).is_(False), col(User.email) != "")
        .where(col(User.email_verified_at).is_not(None))
        .order_by(col(User.id))
    )
    return [
        Recipient(row.id, row.email)
        for row in rows
        if row.id != _writer(db, kind, record_id)
        and (row.patient_id == patient_id or _may_read(db, row.id, patient_id, area, now))
    ]


def _writer(db: Session, kind: str, record_id: str) -> str | None:
    """Returns who wrote a message: that one knows."""
    if kind != "message":
        return None
    query = select(col(Communication.sender_id)).where(col(Communication.id) == record_id)
    return db.connection().execute(query).scalar_one_or_none()


def _may_read(db: Session, user_id: str, patient_id: str, area: str, now: datetime) -> bool:
    held = helpers.helped_by(db, user_id, now=now).get(patient_id)
    return held is not None and bool(area) and f"{area}:read" in held.scopes


def _shared_area(db: Session, kind: str, record_id: str) -> str:
    """Returns the area of the record that helpers must have been given; empty: none is told."""
    group = kind.partition(".")[0]
    if group not in _ABOUT:
        return ""
    area, query = _ABOUT[group]
    confidential = db.connection().execute(query, {"id": record_id}).scalar_one_or_none()
    return area if confidential is False else ""


def _asks(column: Any, key: Any) -> Any:
    return select(column).where(key == bindparam("id"))


_ABOUT: dict[str, tuple[str, Any]] = {
    "result": ("results", _asks(col(DiagnosticReport.confidential), col(DiagnosticReport.id))),
    "appointment": ("appointments", _asks(col(Appointment.confidential), col(Appointment.id))),
    "message": (
        "messages",
        _asks(col(Thread.confidential), col(Communication.id)).join(
            Communication, col(Communication.thread_id) == col(Thread.id)
        ),
    ),
}
