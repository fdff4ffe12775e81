"""Kept: what somebody had entered when they were asked first to confirm that it is them (MFA-11).

Confirming leads to another page. What was chosen and typed waits here for its writer alone, who
finds it in the same form again; after an hour it is no longer what they had in mind.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.models.messages import BODY_MAX, Draft
from portal.security import access
from portal.security.actor import Actor

WAITS = timedelta(hours=1)
# Before the name of the act, where a draft of a message has the id of its conversation.
_PLACE = "confirm "


@dataclass(frozen=True)
class Kept:
    """What was entered for an act, as the form had it, in JSON; empty where nothing waits."""

    act: str = ""
    form: str = ""


def keep(
    db: Session, actor: Actor, *, patient_id: str, act: str, form: dict[str, str], now: datetime
) -> None:
    """Keeps a form about a patient; no trace: nothing was done, only its writer sees it."""
    patient = access.patient(db, actor, patient_id)
    text = json.dumps(form)
    if len(text) > BODY_MAX:
        return
    _forget(db, actor, patient.id)
    db.add(
        Draft(
            user_id=actor.user_id,
            patient_id=patient.id,
            place=f"{_PLACE}{act}"[:64],
            body=text,
            saved_at=now,
        )
    )
    db.flush()


def take(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> Kept:
    """Returns what the actor had entered about a patient, and keeps it no longer."""
    query = select(Draft).where(*_mine(actor, patient_id)).order_by(col(Draft.saved_at).desc())
    found = db.scalars(query).first()
    if found is None:
        return Kept()
    kept = Kept(found.place.removeprefix(_PLACE), found.body)
    is_fresh = now - found.saved_at < WAITS
    _forget(db, actor, patient_id)
    return kept if is_fresh else Kept()


def _forget(db: Session, actor: Actor, patient_id: str) -> None:
    db.connection().execute(delete(Draft).where(*_mine(actor, patient_id)))


def _mine(actor: Actor, patient_id: str) -> tuple[Any, ...]:
    return (
        col(Draft.user_id) == actor.user_id,
        col(Draft.patient_id) == patient_id,
        col(Draft.place).startswith(_PLACE),
    )
