"""Resting: the hours in which somebody is not to be told, and the hour of their mail of the day."""

from datetime import datetime

from sqlmodel import Session

from portal import live
from portal.errors import Invalid, NotFound
from portal.models.people import User
from portal.security import audit
from portal.security.actor import Actor
from portal.services import notices
from portal.words import _, clock, zone


class NoSuchHours(Invalid):
    """A beginning without an end, the same hour twice, or none of a day."""

    sentence = _("Choose when the quiet hours begin and when they end, or neither.")


def choose_hours(
    db: Session, actor: Actor, *, quiet_from: str, quiet_to: str, daily_at: str, now: datetime
) -> None:
    """Sets when the actor is not to be told, and when once a day; what waits is judged anew."""
    first, last, daily = (_minute(one) for one in (quiet_from, quiet_to, daily_at))
    if (first is None) != (last is None) or (first is not None and first == last):
        raise NoSuchHours
    # One choice after the other: two tabs may save at once.
    if db.get(User, actor.user_id, with_for_update=True) is None:
        raise NotFound
    mine = notices.hours_of(db, actor.user_id)
    mine.quiet_from, mine.quiet_to, mine.daily_at = first, last, daily
    db.add(mine)
    db.flush()
    notices.look_again(db, actor.user_id, now)
    entity = f"User/{actor.user_id}"
    audit.record(db, actor, "U", category="account", entity=entity, reason="hours", now=now)
    live.tell_users(db, "account", [actor.user_id])


def chosen(db: Session, user_id: str) -> dict[str, str]:
    """Returns an account's hours as a form sends them."""
    mine = notices.hours_of(db, user_id)
    return {
        "quiet_from": _text(mine.quiet_from),
        "quiet_to": _text(mine.quiet_to),
        "daily_at": _text(mine.daily_at),
    }


def hours() -> list[tuple[str, str]]:
    """Returns the hours of a day to choose from: as minutes, and in words."""
    shown = (datetime(2026, 1, 1, hour, tzinfo=zone()) for hour in range(24))
    return [(str(at.hour * 60), clock(at)) for at in shown]


def _minute(text: str) -> int | None:
    if not text:
        return None
    if text not in {value for value, _words in hours()}:
        raise NoSuchHours
    return int(text)


def _text(minute: int | None) -> str:
    return "" if minute is None else str(minute)
