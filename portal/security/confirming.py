"""Confirming: before what is sensitive a factor is entered anew, and holds for a few minutes."""

from datetime import datetime, timedelta

from portal.errors import ConfirmFirst
from portal.security.actor import Actor

HOLDS = timedelta(minutes=10)


def require(actor: Actor, *, now: datetime) -> None:
    """Raises `ConfirmFirst` unless the actor has entered a factor in the last minutes."""
    if not is_confirmed(actor, now=now):
        raise ConfirmFirst


def is_confirmed(actor: Actor, *, now: datetime) -> bool:
    """Says whether what is sensitive may be done now; the portal itself always may."""
    if actor.is_system:
        return True
    at = actor.confirmed_at
    return at is not None and at <= now < at + HOLDS
