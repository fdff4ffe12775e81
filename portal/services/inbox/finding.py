"""Searching the inbox: by whom a conversation is about, and by what was written lately."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.models.messages import Thread
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services import messages, patients

QUERY_MAX = 100
# Whom a conversation is about is found among all; words are looked for in so many of the newest.
NEWEST = 500


def holds(db: Session, actor: Actor, query: str, now: datetime) -> tuple[Any, ...]:
    """Returns the condition for the conversations that fit what was typed.

    A name, a birth date or a record number finds all of a patient's, whatever their state; other
    words those of the newest five hundred that bear them in their subject or a letter.
    """
    newest = (
        select(col(Thread.id))
        .where(access.threads(actor))
        .order_by(col(Thread.last_at).desc())
        .limit(NEWEST)
    )
    words = col(Thread.id).in_(newest) & messages.holds(query)
    if not has(actor, Permission.FIND_PATIENTS):
        return (words,)
    found = patients.find(db, actor, words=query, now=now)
    about = [one.patient_id for one in found.hits if not found.is_close]
    return (or_(col(Thread.patient_id).in_(about), words),) if about else (words,)
