"""Finding who pays for a patient: for whoever keeps insurance and balances, and nobody else."""

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.coverage import Account, Coverage
from portal.models.people import Patient
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, require


def whose(db: Session, actor: Actor, patient_id: str) -> Patient:
    """Returns the patient; raises `NotAllowed` for whoever keeps no insurance."""
    require(actor, Permission.KEEP_COVERAGE)
    return access.patient(db, actor, patient_id)


def active(db: Session, actor: Actor, patient_id: str) -> Coverage | None:
    """Returns the insurance that holds for a patient, if one is entered."""
    query = select(Coverage).where(
        col(Coverage.patient_id) == patient_id,
        col(Coverage.status) == "active",
        access.whose(actor, Permission.KEEP_COVERAGE, col(Coverage.patient_id)),
    )
    return db.scalars(query.execution_options(populate_existing=True)).first()


def account(db: Session, actor: Actor, patient_id: str) -> Account | None:
    """Returns what a patient owes, if anybody ever entered it."""
    query = select(Account).where(
        col(Account.patient_id) == patient_id,
        access.whose(actor, Permission.KEEP_COVERAGE, col(Account.patient_id)),
    )
    return db.scalars(query.execution_options(populate_existing=True)).first()
