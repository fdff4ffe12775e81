"""History: each change of a visit with its time and person, and what it was before.

Waiting times follow from it, and so does undo (services/appointments/undoing).
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from portal.models.appointments import AppointmentChange
from portal.security.actor import Actor

# What is no change to take back: a change taken back, and that others belong to a visit now. Of a
# series each visit is taken back by itself, the last one first.
KEPT = ("undone", "repeated")


def write(
    db: Session,
    actor: Actor,
    appointment_id: str,
    what: str,
    *,
    version: int,
    before: dict[str, Any],
    now: datetime,
) -> None:
    """Notes a change that has just been made."""
    row = AppointmentChange(
        appointment_id=appointment_id,
        at=now,
        user_id=actor.user_id,
        by=actor.name,
        what=what,
        version=version,
        before=json.dumps(before, default=_kept),
    )
    db.connection().execute(insert(AppointmentChange), [row.model_dump()])


def read(text: str) -> dict[str, Any]:
    """Returns the columns of a change as they were, moments as moments."""
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") and value else value
        for name, value in json.loads(text).items()
    }


def _kept(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
