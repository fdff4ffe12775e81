"""Reading one's own second factors."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.factors import Factor, RecoveryCode
from portal.models.people import User
from portal.security import audit, confirming, factors
from portal.security.actor import Actor
from portal.services.factors.rows import FactorRow, FactorsRow
from portal.words import _, short_day


def view(db: Session, actor: Actor, *, now: datetime) -> FactorsRow:
    """Returns the actor's own second factors; never anything that opens something."""
    user = db.get_one(User, actor.user_id)
    audit.record(db, actor, "R", category="factors", now=now)
    made = select(col(RecoveryCode.created_at)).where(col(RecoveryCode.user_id) == user.id)
    made_at = db.connection().execute(made.limit(1)).scalar_one_or_none()
    return FactorsRow(
        factors=[_row(one) for one in factors.of(db, user.id)],
        recovery_left=factors.recovery_left(db, user.id),
        recovery_made=short_day(made_at) if made_at else "",
        uses_email=factors.held(db, user).email,
        is_needed=factors.is_needed(db, user),
        is_confirmed=confirming.is_confirmed(actor, now=now),
    )


def _row(one: Factor) -> FactorRow:
    return FactorRow(
        factor_id=one.id,
        kind=one.kind,
        name=one.name or (_("Authenticator app") if one.kind == "totp" else _("Passkey")),
        added=short_day(one.created_at),
        used=short_day(one.used_at) if one.used_at else "",
    )
