"""News links: ending mails about news from the mail itself, without signing in.

The link ends mails to the account that it was mailed to, and can do nothing else; to be written to
again needs a sign-in. To open it changes nothing (SECURITY MSG-06).
"""

from datetime import datetime

from sqlmodel import Session

from portal.errors import NotFound
from portal.security import mailed_links
from portal.security.actor import Actor
from portal.services import agreements
from portal.words import _


class LinkOver(NotFound):
    """The link was never one, is too old, or its account is gone."""

    sentence = _("This link does not work any more.")


def look(db: Session, *, token: str, source: str, now: datetime) -> bool:
    """Says whether mails about news still go to the account of a link; raises `LinkOver`."""
    return agreements.may_write_to(db, _owner(db, token, source, now).user_id)


def end(db: Session, *, token: str, source: str, now: datetime) -> None:
    """Ends mails about news; twice is harmless. Mails about an account's safety go on."""
    actor = _owner(db, token, source, now)
    if agreements.may_write_to(db, actor.user_id):
        agreements.take_back(db, actor, now=now)


def _owner(db: Session, token: str, source: str, now: datetime) -> Actor:
    link = mailed_links.found(db, token, purpose="news", now=now)
    actor = mailed_links.actor_of(db, link, source=source, now=now) if link else None
    if actor is None:
        raise LinkOver
    return actor
