"""Using: link, code and birth date together set a new password, once."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col

from portal.models.base import new_id
from portal.models.factors import Factor, RecoveryCode
from portal.models.people import OneTimeLink, User
from portal.models.requests import WayBack
from portal.security.actor import Actor, nobody
from portal.services import new_password, notices
from portal.services.accounts import LinkUsedUp, check_new_password
from portal.services.invitations import proving
from portal.services.ways_back.beginning import OPEN, PURPOSE, note_act


def owner(db: Session, *, token: str, now: datetime) -> proving.Opening:
    """Returns what a link asks for; raises `LinkUsedUp`. Uses nothing up."""
    return proving.look(db, token=token, purpose=PURPOSE, now=now)


def prove(db: Session, *, given: proving.Given, password: str, now: datetime) -> str:
    """Judges link, code and birth date; raises `Invalid` for a password that would be guessed.

    Only who has proved themselves learns the second: it tells of name and birth date.
    """
    link, user, outcome = proving.judge(db, given, purpose=PURPOSE, now=now)
    _end_spent(db, link, user, given, outcome, now)
    if outcome == "right" and user is not None:
        check_new_password(db, user.id, password=password)
    return outcome


def use(db: Session, *, given: proving.Given, hashed: str, now: datetime) -> str:
    """Sets the new password where link, code and birth date are right, once; else counts a try.

    Returns "right", "wrong" or "over". Old factors go where the way back says so; then new ones
    are due at the next sign-in.
    """
    link, user, outcome = proving.judge(db, given, purpose=PURPOSE, now=now)
    _end_spent(db, link, user, given, outcome, now)
    if outcome != "right" or link is None or user is None:
        return outcome
    one = db.get(WayBack, link.subject_id)
    if one is None:
        raise LinkUsedUp
    proving.take(db, link, now=now)
    mine = (col(WayBack.id) == one.id) & col(WayBack.status).in_(OPEN)
    if db.connection().execute(update(WayBack).where(mine).values(status="used")).rowcount != 1:
        raise LinkUsedUp
    actor = _as_actor(user, given.source)
    new_password.put(db, actor, user, hashed=hashed, way="way back", now=now)
    if one.drops_factors:
        _drop_factors(db, user, now)
    note_act(db, actor, one, user, "E", "way back used", now)
    return outcome


def _end_spent(
    db: Session,
    link: OneTimeLink | None,
    user: User | None,
    given: proving.Given,
    outcome: str,
    now: datetime,
) -> None:
    """Ends a way back with its link after too many wrong tries: the desk sees it, begins anew."""
    one = db.get(WayBack, link.subject_id) if link and outcome == "over" else None
    if one is None or user is None:
        return
    mine = (col(WayBack.id) == one.id) & col(WayBack.status).in_(OPEN)
    if db.connection().execute(update(WayBack).where(mine).values(status="expired")).rowcount:
        stranger = nobody(given.source)
        note_act(db, stranger, one, user, "U", "way back ended: too many wrong tries", now)


def _drop_factors(db: Session, user: User, now: datetime) -> None:
    db.connection().execute(delete(Factor).where(col(Factor.user_id) == user.id))
    db.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    user.factor_failures = 0
    db.add(user)
    given = {"at": notices.moment(now), "what": "factors-dropped"}
    notices.to_user(db, "factor.changed", user.id, key=new_id(), given=given, now=now)


def _as_actor(user: User, source: str) -> Actor:
    return Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        own_patient_id=user.patient_id or "",
        patient_id=user.patient_id or "",
        source=source,
    )
