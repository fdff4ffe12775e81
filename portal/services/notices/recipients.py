"""Recipients: who is told that there is news about a patient.

The patient's own account, and those of helpers who may open what is new, today: each is asked the
same question that their page would ask (security/access.py), so that nobody hears of what they
could not find. Of what is confidential no helper is told; nor of what nobody can name any more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.messages import Communication
from portal.models.people import Patient, RelatedPerson, User
from portal.security import access, helpers
from portal.security.actor import STAFF, Actor
from portal.services.notices import ways


@dataclass(frozen=True)
class Recipient:
    """An account to tell, by the way that it chose, at a proven address."""

    user_id: str
    address: str
    channel: str = ways.EMAIL


def recipients(
    db: Session, kind: str, *, patient_id: str, record_id: str, now: datetime
) -> list[Recipient]:
    """Returns whom to tell about a record: nobody, where nobody has a proven address."""
    patient = db.get(Patient, patient_id)
    if patient is None or patient.deceased or patient.merged_into_id:
        return []
    return [
        Recipient(row.id, way[1], way[0])
        for row in _accounts(db, patient_id)
        if (way := ways.way_to(db, kind, row))
        and _may_hear(db, kind, row, patient_id, record_id, now)
    ]


def is_written_to(db: Session, kind: str, patient_id: str) -> bool:
    """Says whether anybody is told outside the portal: the patient themselves, or who helps."""
    return any(ways.way_to(db, kind, row) for row in _accounts(db, patient_id))


_COLUMNS: tuple[Any, ...] = (
    User.id,
    User.name,
    User.role,
    User.email,
    User.email_verified_at,
    User.email_bounced_at,
    User.phone,
    User.phone_verified_at,
    User.patient_id,
)


def _accounts(db: Session, patient_id: str) -> list[Any]:
    helping = select(col(RelatedPerson.user_id)).where(
        col(RelatedPerson.patient_id) == patient_id, col(RelatedPerson.status) == "active"
    )
    rows = db.connection().execute(
        select(*(col(one) for one in _COLUMNS))
        .where(or_(col(User.patient_id) == patient_id, col(User.id).in_(helping)))
        .where(col(User.disabled).is_(False), col(User.role).not_in(STAFF))
        .order_by(col(User.id))
    )
    return list(rows.all())


def _may_hear(
    db: Session, kind: str, user: Any, patient_id: str, record_id: str, now: datetime
) -> bool:
    own = user.patient_id or ""
    held = frozenset[str]()
    if own != patient_id:
        found = helpers.helped_by(db, user.id, now=now).get(patient_id)
        if found is None:
            return False
        held = found.scopes
    actor = Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        own_patient_id=own,
        patient_id=patient_id,
        scopes=held,
        at=now,
    )
    try:
        return _finds(db, kind.partition(".")[0], actor, record_id)
    except NotFound:
        return False


def _finds(db: Session, about: str, actor: Actor, record_id: str) -> bool:
    """Says whether this person would find what the notice is about; raises `NotFound` if not."""
    if about == "result":
        return bool(access.result(db, actor, record_id))
    if about == "appointment":
        return bool(access.appointment(db, actor, record_id))
    if about == "waitlist":
        return bool(access.waitlist_offer(db, actor, record_id))
    if about == "prevention":
        return bool(access.preventive_rule(db, actor, record_id))
    if about == "message":
        said = db.get(Communication, record_id)
        # Who wrote it knows.
        return said is not None and said.sender_id != actor.user_id and _reads(db, actor, said)
    return not actor.acting_for


def _reads(db: Session, actor: Actor, said: Communication) -> bool:
    return bool(access.thread(db, actor, said.thread_id))
