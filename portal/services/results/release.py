"""Releasing a result to its patient."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict
from portal.models.clinical import DiagnosticReport, Observation
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.words import _

NOT_RELEASED = ("registered", "entered-in-error")


class NotReady(Conflict):
    """The lab has not reported yet, or the report was withdrawn."""

    sentence = _("There is nothing to release yet: the lab has not reported, or took it back.")


def release(db: Session, actor: Actor, *, report_id: str, now: datetime) -> bool:
    """Shows a result to its patient and writes the notice; a second click changes nothing.

    Returns whether it was released by this call.
    """
    report = access.result(db, actor, report_id)
    require(actor, Permission.RELEASE_RESULTS)
    if report.status in NOT_RELEASED:
        raise NotReady
    released = db.connection().execute(
        update(DiagnosticReport)
        .where(col(DiagnosticReport.id) == report.id, col(DiagnosticReport.released_at).is_(None))
        .values(released_at=now, is_history=False)
    )
    if not released.rowcount:
        return False
    db.expire(report)
    _release_values(db, report_id, now)
    notices.write(db, "result.released", patient_id=report.patient_id, record_id=report_id, now=now)
    audit.record(
        db,
        actor,
        "U",
        category="results",
        patient_id=report.patient_id,
        entity=f"DiagnosticReport/{report_id}",
        reason="released",
        now=now,
    )
    live.tell(db, "results", [report.patient_id], is_private=report.confidential)
    return True


def _release_values(db: Session, report_id: str, now: datetime) -> None:
    of_report = select(col(Observation.id)).where(col(Observation.report_id) == report_id)
    db.connection().execute(
        update(Observation)
        .where(
            or_(
                col(Observation.report_id) == report_id,
                col(Observation.component_of).in_(of_report.scalar_subquery()),
            ),
            col(Observation.released_at).is_(None),
        )
        .values(released_at=now)
        .execution_options(synchronize_session=False)
    )
