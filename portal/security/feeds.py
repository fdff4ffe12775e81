"""Feeds: an address that a person's own calendar reads, and who that address stands for.

The address is the key: long, unguessable, kept only as its SHA-256. It opens the times of
appointments and nothing else; it ends when it is revoked, when the account is disabled, and when
the right to the record ends. All of that is asked anew with every fetch.
"""

import hashlib
import re
import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.models.appointments import CalendarFeed
from portal.models.people import User
from portal.security import helpers
from portal.security.actor import STAFF, Actor

TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """Returns a new secret for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Returns what is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(db: Session, token: str, *, source: str, now: datetime) -> Actor | None:
    """Returns who reads at an address: its owner, looking at the one record; None for nobody."""
    if not _TOKEN.fullmatch(token):
        return None
    row = (
        db.connection()
        .execute(
            select(
                col(CalendarFeed.id),
                col(CalendarFeed.patient_id),
                col(User.id).label("user_id"),
                col(User.name),
                col(User.role),
                col(User.patient_id).label("own"),
            )
            .join(User, col(User.id) == col(CalendarFeed.user_id))
            .where(
                col(CalendarFeed.digest) == digest(token),
                col(CalendarFeed.revoked_at).is_(None),
                col(User.disabled).is_(False),
            )
        )
        .first()
    )
    if row is None or row.role in STAFF:
        return None
    own = row.own or ""
    held = frozenset[str]()
    if row.patient_id != own:
        opened = helpers.helped_by(db, row.user_id, now=now).get(row.patient_id)
        if opened is None:
            return None
        held = opened.scopes
    used = update(CalendarFeed).where(col(CalendarFeed.id) == row.id).values(used_at=now)
    db.connection().execute(used)
    return Actor(
        user_id=row.user_id,
        name=row.name,
        role=row.role,
        own_patient_id=own,
        patient_id=row.patient_id,
        source=source,
        scopes=held,
        at=now,
        # A machine asks by itself, every hour: nobody looked.
        is_glance=True,
    )
