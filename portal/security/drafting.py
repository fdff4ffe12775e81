"""Drafting: where somebody may write to the clinic or for it: in a conversation, or a new one."""

from sqlmodel import Session

from portal.errors import NotAllowed
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, require


def patient_of(db: Session, actor: Actor, place: str) -> str:
    """Returns about whom the actor may write at a place; refuses where they may not."""
    if place == access.NEW:
        require(actor, Permission.WRITE_MESSAGES)
        return access.open_patient(db, actor).id
    thread = access.thread(db, actor, place)
    if not access.writes_about(actor, thread.topic):
        require(actor, Permission.WRITE_MESSAGES)
        raise NotAllowed
    return thread.patient_id
