"""Telling: by which way somebody is told of what, what the notices say, and what was agreed to."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from portal import live, settings
from portal.errors import Invalid, NotFound
from portal.models.people import User
from portal.models.telling import WAYS, NoticeChoice
from portal.security import audit
from portal.security.actor import Actor
from portal.services import agreements, notices
from portal.services.agreements import AgreedRow
from portal.services.contact import on_devices, resting, speaking
from portal.services.contact.on_devices import DevicesToldRow
from portal.words import _

BARE, CLINIC = "bare", "clinic"


class NoSuchWay(Invalid):
    """No text message would arrive there."""

    sentence = _(
        "Text messages do not reach you yet. Confirm your phone number first, or choose another "
        "way."
    )


class NoDeviceYet(Invalid):
    """No push message would arrive anywhere."""

    sentence = _(
        "No device of yours gets notices yet. Turn them on there first, or choose another way."
    )


@dataclass(frozen=True)
class WayRow:
    """A way to be told, to choose."""

    value: str = ""
    words: str = ""


@dataclass(frozen=True)
class TellingRow:
    """What notices carry, and every text that was agreed to."""

    carries: str = CLINIC
    agreed: list[AgreedRow] = field(default_factory=list)
    # Whether news may be told by e-mail; safety always is.
    may_write: bool = False
    # By which way of which news, and by which ways it could be.
    visits: str = notices.EMAIL
    messages: str = notices.EMAIL
    results: str = notices.EMAIL
    check_ups: str = notices.EMAIL
    ways: list[WayRow] = field(default_factory=list)
    has_email: bool = False
    # Minutes of the clinic's day, as text; empty for none. And the hours to choose from.
    quiet_from: str = ""
    quiet_to: str = ""
    daily_at: str = ""
    hours: list[WayRow] = field(default_factory=list)
    # The clinic sends text messages, and the phone has still to be proven.
    needs_phone: bool = False
    # In which language; empty for the clinic's. And those to choose from.
    language: str = ""
    languages: list[WayRow] = field(default_factory=list)
    told_on: DevicesToldRow = field(default_factory=DevicesToldRow)
    # Devices get notices, but no kind of news is told there.
    on_devices_for_nothing: bool = False
    is_staff: bool = False


def telling(db: Session, actor: Actor, *, now: datetime) -> TellingRow:
    """Returns how the actor is told, what their notices carry, and what they agreed to."""
    user = _account(db, actor)
    audit.record(db, actor, "R", category="account", entity=f"User/{user.id}", now=now)
    chosen, told_on = _chosen(db, user), on_devices.devices_told(db, actor, now=now)
    return TellingRow(
        carries=user.notices_carry,
        agreed=agreements.history(db, actor, now=now),
        may_write=agreements.may_write_to(db, user.id),
        **chosen,
        ways=_ways(db, user),
        **resting.chosen(db, user.id),
        hours=[WayRow(value, words) for value, words in resting.hours()],
        has_email=bool(user.email) and user.email_verified_at is not None,
        needs_phone=bool(settings.current().sms_url) and not notices.takes_texts(user),
        language=speaking.chosen(user),
        languages=[WayRow(value, words) for value, words in speaking.languages()],
        told_on=told_on,
        on_devices_for_nothing=bool(told_on.devices) and notices.PUSH not in chosen.values(),
        is_staff=actor.is_staff,
    )


def choose(
    db: Session,
    actor: Actor,
    *,
    visits: str,
    messages: str,
    results: str,
    check_ups: str = notices.EMAIL,
    now: datetime,
) -> None:
    """Sets by which way the actor is told of which news. A helper chooses for themselves alone."""
    # One choice after the other: two tabs may save at once.
    user = db.get(User, actor.user_id, with_for_update=True)
    if user is None:
        raise NotFound
    wanted = {
        "visits": visits,
        "messages": messages,
        "results": results,
        "check-ups": check_ups,
    }
    if notices.SMS in wanted.values() and not notices.takes_texts(user):
        raise NoSuchWay
    if notices.PUSH in wanted.values() and not notices.takes_pushes(db, user.id):
        raise NoDeviceYet
    if not set(wanted.values()) <= set(WAYS):
        raise Invalid
    db.connection().execute(delete(NoticeChoice).where(col(NoticeChoice.user_id) == user.id))
    db.add_all(NoticeChoice(user_id=user.id, kind=kind, way=way) for kind, way in wanted.items())
    entity = f"User/{user.id}"
    audit.record(db, actor, "U", category="account", entity=entity, reason="how told", now=now)
    live.tell_users(db, "account", [user.id])


def _chosen(db: Session, user: User) -> dict[str, str]:
    """Returns the ways as they are used: where nothing arrives by one, it is an e-mail."""
    there = {row.value for row in _ways(db, user)}
    chosen = {kind.replace("-", "_"): way for kind, way in notices.chosen(db, user.id).items()}
    return {kind: way if way in there else notices.EMAIL for kind, way in chosen.items()}


def _ways(db: Session, user: User) -> list[WayRow]:
    texts, pushes = notices.takes_texts(user), notices.takes_pushes(db, user.id)
    return [
        WayRow(notices.EMAIL, _("By e-mail")),
        *([WayRow(notices.SMS, _("By text message"))] if texts else []),
        *([WayRow(notices.PUSH, _("On my devices"))] if pushes else []),
        WayRow(notices.PORTAL, _("Only here in the portal")),
    ]


def carry(db: Session, actor: Actor, *, what: str, now: datetime) -> None:
    """Sets what the actor's own notices carry."""
    if what not in {BARE, CLINIC}:
        raise Invalid
    user = _account(db, actor)
    user.notices_carry = what
    db.add(user)
    entity = f"User/{user.id}"
    audit.record(db, actor, "U", category="account", entity=entity, reason="notices", now=now)
    live.tell_users(db, "account", [user.id])


def _account(db: Session, actor: Actor) -> User:
    user = db.get(User, actor.user_id)
    if user is None:
        raise NotFound
    return user
