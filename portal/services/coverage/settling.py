"""Entering what a patient owes, as the clinic's own books say it: the portal keeps none yet."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid
from portal.models.coverage import Account
from portal.security import audit
from portal.security.actor import Actor
from portal.services import once
from portal.services.coverage import finding, money
from portal.services.coverage.insurance import Changed
from portal.words import _, local

_FIRST = date(1900, 1, 1)


class NotYet(Invalid):
    """Nobody knows what will be owed on a day to come."""

    sentence = _("Enter the day for which the balance holds: today or before.")


def settle(
    db: Session,
    actor: Actor,
    *,
    patient_id: str,
    version: int,
    amount: str,
    currency: str,
    as_of: date | None = None,
    now: datetime,
) -> None:
    """Enters the open balance; raises `Changed` where another than was seen stands.

    `version`: of the balance that was seen, 0 where there was none; `as_of`: today if not said.
    """
    patient = finding.whose(db, actor, patient_id)
    code = money.currency(currency)
    today = local(now).date()
    day = as_of or today
    if not _FIRST <= day <= today:
        raise NotYet
    values: dict[str, Any] = {
        "balance": money.minor(amount, code),
        "currency": code,
        "as_of": day,
        "entered_at": now,
        "entered_by": actor.name,
    }
    standing = finding.account(db, actor, patient.id)
    if (standing.version if standing else 0) != version:
        raise Changed
    made = standing or Account(patient_id=patient.id, **values)
    if standing is None:
        done = once.insert(db, Account, [made.model_dump()])
    else:
        same = (col(Account.id) == made.id, col(Account.version) == version)
        changed = update(Account).where(*same).values(**values, version=version + 1)
        done = db.connection().execute(changed).rowcount
    if done != 1:
        raise Changed
    audit.record(
        db, actor, "U" if standing else "C", category="coverage", patient_id=patient.id,
        entity=f"Account/{made.id}", reason="balance", now=now,
    )  # fmt: skip
    live.tell(db, "coverage", [live.STAFF])
