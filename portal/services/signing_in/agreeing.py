"""Agreeing: the last thing that may be due, when a text has a new version."""

from datetime import datetime

from sqlmodel import Session

from portal.security.actor import Actor
from portal.services import agreements
from portal.services.agreements import Answers
from portal.services.signing_in.entry import Entry, go_on, half_open


def agree(db: Session, actor: Actor, *, answers: Answers, now: datetime) -> Entry:
    """Keeps the answers of somebody who is half in, and goes on with a new secret.

    Raises `NotSignedIn` where another step is due first: agreeing skips none.
    """
    half_open(db, actor, stage="agree")
    agreements.agree(db, actor, answers=answers, now=now)
    return go_on(db, actor, now=now)
