"""Reminders in the outbox: whether they are still true when they go out, and what they say.

They name the clinic, a day and an hour, and lead to a page that says no more (SECURITY MSG-01).
"""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.appointments import Appointment
from portal.models.audit import OutboxNotice
from portal.security import mailed_links
from portal.services.notices.writing import CANCELLED, CONFIRMED, MOVED, OVER
from portal.words import clock, day


def untrue(db: Session, notice: OutboxNotice) -> str:
    """Says why a reminder must not go out: what became of its visit since; empty where it may.

    Asked with each try, in the transaction that takes the row (SECURITY JOB-04).
    """
    if notice.about_at is None:
        return ""
    query = select(
        col(Appointment.status), col(Appointment.starts_at), col(Appointment.confirmed_at)
    ).where(col(Appointment.id) == notice.record_id)
    visit = db.connection().execute(query).first()
    if visit is None or visit.status == "cancelled":
        return CANCELLED
    if visit.starts_at != notice.about_at:
        return MOVED
    if visit.status != "booked":
        return OVER
    return CONFIRMED if visit.confirmed_at is not None else ""


def filled(notice: OutboxNotice, given: dict[str, str]) -> dict[str, str]:
    """Returns what a notice is filled with, and the moment that it tells of in words."""
    if notice.about_at is None:
        return given
    return given | {"at": f"{day(notice.about_at)}, {clock(notice.about_at)}"}


def link_for(db: Session, notice: OutboxNotice, user_id: str, now: datetime) -> dict[str, str]:
    """Returns the secret of a link for one account to the visit that a reminder tells of."""
    if notice.about_at is None:
        return {}
    token = mailed_links.to_visit(
        db,
        user_id,
        patient_id=notice.patient_id or "",
        appointment_id=notice.record_id,
        about_at=notice.about_at,
        now=now,
    )
    return {"token": token}
