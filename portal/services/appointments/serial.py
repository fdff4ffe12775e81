"""Serial: which visit of its series one is, said where a visit is shown."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.models.appointments import Appointment
from portal.words import _


def said(db: Session, visit: Any) -> str:
    """Says which of its series a visit is, as "2 of 6"; nothing for one by itself."""
    if not visit.series_id:
        return ""
    stands = (
        col(Appointment.series_id) == visit.series_id,
        col(Appointment.patient_id) == visit.patient_id,
        col(Appointment.status).not_in(("cancelled", "entered-in-error")),
    )
    before = func.count().filter(col(Appointment.starts_at) <= visit.starts_at)
    total, here = db.connection().execute(select(func.count(), before).where(*stands)).one()
    return _("{here} of {total}").format(here=max(here, 1), total=total) if total > 1 else ""
