"""How letters are said: who wrote, when, in which role, and what is unread."""

from datetime import datetime
from typing import Any

from sqlmodel import col

from portal.models.messages import Communication
from portal.security.actor import Actor
from portal.services.frame import is_unread
from portal.words import _, clock, how_far, local, when


def unread(actor: Actor) -> tuple[Any, ...]:
    """Returns the conditions for what the other side wrote and the actor has not read."""
    theirs = col(Communication.from_clinic).is_(not actor.is_staff)
    return theirs, is_unread(actor, "message", col(Communication.id))


def said(at: datetime, now: datetime) -> str:
    """Says when a message was sent: "Today, 9:12 am", "Yesterday, 7:40 pm", else the day."""
    days = (local(now).date() - local(at).date()).days
    return f"{how_far(at, now)}, {clock(at)}" if days in {0, 1} else when(at, now)


def name_of(actor: Actor, sender_id: str | None, sender_name: str) -> str:
    """Says who wrote: "You", or the name."""
    return _("You") if sender_id is not None and sender_id == actor.user_id else sender_name
