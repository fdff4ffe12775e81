"""Invitations to help: a link by e-mail, and a code that the patient passes on themselves.

Nobody learns whether an address has an account: it is looked up nowhere. The secret of the link is
kept under another hash than other links', so that it can never set anybody's password.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import settings
from portal.models.people import OneTimeLink, RelatedPerson
from portal.security import policies, signins
from portal.security.actor import Actor
from portal.services import notices

PURPOSE = "help"
DIGITS = 8
MOST_TRIES = 5


def send(db: Session, actor: Actor, help_: RelatedPerson, *, now: datetime) -> str:
    """Sends the link and returns the code, which is told to nobody but the patient."""
    end(db, help_.id, now=now)
    secret = secrets.token_urlsafe(signins.SECRET_BYTES)
    code = "".join(secrets.choice("0123456789") for _place in range(DIGITS))
    until = now + timedelta(days=policies.current(db).invitation_days)
    link = OneTimeLink(
        digest=_digest(secret),
        purpose=PURPOSE,
        user_id=actor.user_id,
        created_at=now,
        expires_at=until,
        sent_to=help_.email,
        subject_id=help_.id,
        created_by=actor.user_id,
    )
    link.code = _keyed(db, link.id, code)
    db.add(link)
    db.flush()
    notices.mail(
        db,
        "help.invitation",
        address=help_.email,
        key=link.id,
        now=now,
        given={
            "link": f"{settings.current().public_url}/helping/{secret}",
            "until": notices.moment(until),
            notices.LANGUAGE: notices.language_of(db, help_.patient_id),
        },
        useful_for=until - now,
    )
    return code


def end(db: Session, help_id: str, *, now: datetime) -> None:
    """Ends the links of a help that were not used."""
    is_open = (col(OneTimeLink.subject_id) == help_id) & (col(OneTimeLink.purpose) == PURPOSE)
    db.connection().execute(
        update(OneTimeLink)
        .where(is_open, col(OneTimeLink.used_at).is_(None), col(OneTimeLink.revoked_at).is_(None))
        .values(revoked_at=now)
    )


def open_link(db: Session, secret: str, *, now: datetime) -> OneTimeLink | None:
    """Returns the link of a secret while it can still be used."""
    query = select(OneTimeLink).where(
        col(OneTimeLink.digest) == _digest(secret),
        col(OneTimeLink.purpose) == PURPOSE,
        col(OneTimeLink.used_at).is_(None),
        col(OneTimeLink.revoked_at).is_(None),
        col(OneTimeLink.expires_at) > now,
        col(OneTimeLink.failures) < MOST_TRIES,
    )
    return db.scalars(query).first()


def fits(db: Session, link: OneTimeLink, code: str) -> bool:
    """Says whether the code is the link's; each try counts before it is looked at.

    The caller must let the transaction end well also for False: a refusal would forget the try.
    """
    this = (col(OneTimeLink.id) == link.id) & col(OneTimeLink.used_at).is_(None)
    counted = db.connection().execute(
        update(OneTimeLink)
        .where(this, col(OneTimeLink.failures) < MOST_TRIES)
        .values(failures=OneTimeLink.failures + 1)
    )
    if counted.rowcount != 1:
        return False
    given = "".join(sign for sign in code if sign.isdigit())
    return hmac.compare_digest(_keyed(db, link.id, given), link.code)


def use_up(db: Session, link: OneTimeLink, *, now: datetime) -> bool:
    """Uses a link up; of many at once one does."""
    this = (col(OneTimeLink.id) == link.id) & col(OneTimeLink.used_at).is_(None)
    return (
        db.connection().execute(update(OneTimeLink).where(this).values(used_at=now)).rowcount == 1
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(f"help:{secret}".encode()).hexdigest()


def _keyed(db: Session, link_id: str, code: str) -> str:
    key: bytes = db.info["code_key"]
    return hmac.digest(key, f"help:{link_id}:{code}".encode(), "sha256").hex()
