"""Links in mails: what one of them opens, for whom, and until when.

The address is the key: long, unguessable, kept only as its SHA-256, good for one purpose and one
account. To open it changes nothing, for mail scanners open links too (SECURITY MSG-06). What the
account may do is asked anew each time: a right that has ended has ended here.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.mailed_links import MailedLink
from portal.models.people import Patient, User
from portal.security import helpers
from portal.security.actor import STAFF, Actor

TOKEN_BYTES = 32
# Whoever keeps a mail for a while can still say that it was one too many.
NEWS_LIFE = timedelta(days=90)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def to_visit(
    db: Session,
    user_id: str,
    *,
    patient_id: str,
    appointment_id: str,
    about_at: datetime,
    now: datetime,
) -> str:
    """Returns the secret of a link to a visit at the time that it has; it ends when that begins."""
    link = MailedLink(
        digest="",
        purpose="visit",
        user_id=user_id,
        patient_id=patient_id,
        appointment_id=appointment_id,
        about_at=about_at,
        created_at=now,
        expires_at=about_at,
    )
    return _made(db, link)


def to_end_news(db: Session, user_id: str, *, now: datetime) -> str:
    """Returns the secret of a link that ends mails about news to an account."""
    link = MailedLink(
        digest="", purpose="news", user_id=user_id, created_at=now, expires_at=now + NEWS_LIFE
    )
    return _made(db, link)


def _made(db: Session, link: MailedLink) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link.digest = digest(token)
    db.add(link)
    return token


def digest(token: str) -> str:
    """Returns what is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def found(db: Session, token: str, *, purpose: str, now: datetime) -> MailedLink | None:
    """Returns the link that a secret opens for a purpose; None for none, or one that has ended."""
    if not _TOKEN.fullmatch(token):
        return None
    query = select(MailedLink).where(
        col(MailedLink.digest) == digest(token),
        col(MailedLink.purpose) == purpose,
        col(MailedLink.expires_at) > now,
    )
    return db.scalars(query).first()


def actor_of(db: Session, link: MailedLink, *, source: str, now: datetime) -> Actor | None:
    """Returns the account that a link was mailed to as the actor; None where it may nothing more.

    Whoever holds the link acts as that account, for this one thing. The account was written to
    because it may see the visit; whether it may also confirm or cancel is judged as ever.
    """
    user = db.get(User, link.user_id)
    if user is None or user.disabled or user.role in STAFF:
        return None
    own, held = user.patient_id or "", frozenset[str]()
    patient = db.get(Patient, link.patient_id) if link.patient_id else None
    if patient is not None and (patient.deceased or patient.merged_into_id):
        return None
    if patient is not None and patient.id != own:
        opened = helpers.helped_by(db, user.id, now=now).get(patient.id)
        if opened is None:
            return None
        held = opened.scopes
    return Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        own_patient_id=own,
        patient_id=patient.id if patient else own,
        source=source,
        scopes=held,
        at=now,
        is_by_link=True,
    )
