"""Keeping addresses: made by a person for their own calendar, shown once, ended at any time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from portal.models.appointments import CalendarFeed
from portal.security import access, audit, feeds
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.words import when


@dataclass(frozen=True)
class FeedRow:
    """Whether there is an address for the open record, and when it was used."""

    patient_id: str = ""
    is_made: bool = False
    made: str = ""
    used: str = ""


def view(db: Session, actor: Actor, *, now: datetime) -> FeedRow:
    """Returns the actor's own address for the open record, without its secret."""
    patient = access.open_patient(db, actor)
    require(actor, Permission.SEE_APPOINTMENTS)
    audit.record(
        db, actor, "R", category="appointments", patient_id=patient.id, reason="calendar", now=now
    )
    found = db.scalars(select(CalendarFeed).where(_open(actor))).first()
    if found is None:
        return FeedRow(patient_id=patient.id)
    return FeedRow(
        patient_id=patient.id,
        is_made=True,
        made=when(found.created_at, now),
        used=when(found.used_at, now) if found.used_at else "",
    )


def make(db: Session, actor: Actor, *, now: datetime) -> str:
    """Makes an address for the open record and returns its secret, once; the one before ends.

    An address goes on telling outside of the portal: a helper who may only look makes none.
    """
    patient = access.open_patient(db, actor)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    _end(db, actor, now)
    token = feeds.new_token()
    row = CalendarFeed(
        digest=feeds.digest(token), user_id=actor.user_id, patient_id=patient.id, created_at=now
    )
    db.connection().execute(insert(CalendarFeed), [row.model_dump()])
    _trace(db, actor, "C", now)
    return token


def revoke(db: Session, actor: Actor, *, now: datetime) -> None:
    """Ends the address: who follows it sees nothing from now on. Twice is harmless."""
    access.open_patient(db, actor)
    if _end(db, actor, now):
        _trace(db, actor, "D", now)


def _end(db: Session, actor: Actor, now: datetime) -> int:
    ended = update(CalendarFeed).where(_open(actor)).values(revoked_at=now)
    return db.connection().execute(ended).rowcount


def _open(actor: Actor) -> Any:
    return (
        (col(CalendarFeed.user_id) == actor.user_id)
        & (col(CalendarFeed.patient_id) == actor.patient_id)
        & col(CalendarFeed.revoked_at).is_(None)
    )


def _trace(db: Session, actor: Actor, action: str, now: datetime) -> None:
    audit.record(
        db, actor, action, category="appointments", patient_id=actor.patient_id,
        reason="calendar address", now=now,
    )  # fmt: skip
