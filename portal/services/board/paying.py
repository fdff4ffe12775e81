"""Who pays, on the board: what the flags of insurance and balance are made of.

Only for those who keep either (security/permissions.py): to all others the columns are empty, so
that neither the board nor the sheet on paper tells a doctor who owes what.
"""

from typing import Any

from sqlalchemy import exists, literal, null
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.models.coverage import Account, Coverage
from portal.models.people import Patient
from portal.security import policies
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services.coverage import checks
from portal.words import local

_NAMES = ("coverage_id", "covered", "self_pay", "cover_from", "cover_until", "verified_at", "owed")


def columns(db: Session, actor: Actor) -> tuple[Any, ...]:
    """Returns what a query over visits brings along of who pays."""
    if not has(actor, Permission.KEEP_COVERAGE):
        return (
            *(null().label(name) for name in _NAMES),
            literal(0).label("cover_days"),
            literal(value=False).label("cover_all"),
        )
    rules = policies.current(db)
    any_of = aliased(Coverage)
    known = exists().where(
        col(any_of.patient_id) == col(Patient.id), col(any_of.status) != "entered-in-error"
    )
    return (
        col(Coverage.id).label("coverage_id"),
        known.label("covered"),
        col(Coverage.self_pay),
        col(Coverage.starts_on).label("cover_from"),
        col(Coverage.ends_on).label("cover_until"),
        col(Coverage.verified_at),
        col(Account.balance).label("owed"),
        literal(rules.insurance_days).label("cover_days"),
        literal(rules.insurance_for_all).label("cover_all"),
    )


def joined(query: Any, actor: Actor) -> Any:
    """Joins what pays for each patient: at most one row of each."""
    if not has(actor, Permission.KEEP_COVERAGE):
        return query
    is_active = (col(Coverage.patient_id) == col(Patient.id)) & (col(Coverage.status) == "active")
    return query.outerjoin(Coverage, is_active).outerjoin(
        Account, col(Account.patient_id) == col(Patient.id)
    )


def lacks_check(visit: Any) -> bool:
    """Says whether the insurance of a visit's patient is still to be checked for it."""
    standing = checks.Standing(
        is_active=visit.coverage_id is not None,
        is_known=bool(visit.covered),
        self_pay=bool(visit.self_pay),
        starts_on=visit.cover_from,
        ends_on=visit.cover_until,
        verified_at=visit.verified_at,
    )
    return checks.lacks(
        standing,
        day=local(visit.starts_at).date(),
        at=visit.starts_at,
        days=visit.cover_days,
        for_all=bool(visit.cover_all),
    )
