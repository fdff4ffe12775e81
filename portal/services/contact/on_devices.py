"""On devices: browsers in which the actor asked to be told, by their push services.

What is shown there says no more than a text message does. Never at a computer that others use; and
not for who works here, whom no news is sent to.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal import live, settings
from portal.errors import Conflict, Invalid, NotAllowed
from portal.integrations import push
from portal.models.people import SignIn, User
from portal.models.telling import PushSubscription
from portal.security import access, audit, subscribed
from portal.security.actor import Actor
from portal.services import browsers, notices
from portal.words import _, short_day, when

# Each gets every notice at the same time, so their number is limited.
MOST = 10


class NotHere(NotAllowed):
    """The sign-in is one at a shared computer, or the clinic tells nobody on devices."""

    sentence = _("Notices are not shown on a computer that others use too.")


class NotSent(NotAllowed):
    """The clinic has switched it off."""

    sentence = _("This clinic tells nobody on their devices.")


class TooManyDevices(Conflict):
    """So many devices are told already."""

    sentence = _("Ten devices get notices already. End one of them first.")


class NoPlace(Invalid):
    """What the browser gave is no push service that we can write to."""

    sentence = _("This browser gave us no place to write to. Use another browser, or e-mail.")


class NoDevice(Conflict):
    """There is no device that a test could go to."""

    sentence = _("No device gets notices yet. Turn them on first.")


@dataclass(frozen=True)
class DeviceRow:
    """A device that gets notices. By `mark` the page knows whether it is the one it is open on."""

    id: str = ""
    device: str = ""
    icon: str = ""
    said: str = ""
    mark: str = ""


@dataclass(frozen=True)
class DevicesToldRow:
    """The devices that get notices, and whether this one may be among them."""

    devices: list[DeviceRow] = field(default_factory=list)
    # What a browser subscribes to; empty where it is not offered.
    key: str = ""
    is_shared: bool = False


def devices_told(db: Session, actor: Actor, *, now: datetime) -> DevicesToldRow:
    """Returns the actor's devices; the caller notes the reading."""
    if actor.is_staff or not settings.current().push:
        return DevicesToldRow()
    is_shared = _is_shared(db, actor)
    return DevicesToldRow(
        devices=[_row(one, now) for one in subscribed.of(db, actor.user_id)],
        key="" if is_shared else push.keys.public(push.keys.of(db.info["push_key"])),
        is_shared=is_shared,
    )


def tell_here(
    db: Session, actor: Actor, *, endpoint: str, key: str, auth: str, now: datetime
) -> None:
    """Lets the browser that asks be told from now on, whoever was told there before."""
    _offered(db, actor)
    given = push.Device(endpoint, key, auth)
    if not push.is_device(given):
        raise NoPlace
    # One after the other: two tabs may ask at once.
    db.get(User, actor.user_id, with_for_update=True)
    digest = subscribed.digest_of(endpoint)
    others = [one for one in subscribed.of(db, actor.user_id) if one.endpoint_hash != digest]
    if len(others) >= MOST:
        raise TooManyDevices
    here = db.get(SignIn, actor.sign_in_id)
    keys = subscribed.Keys(endpoint, key, auth)
    row_id = subscribed.begin(
        db,
        actor.user_id,
        keys,
        sign_in_id=actor.sign_in_id,
        device=here.device if here else "",
        now=now,
    )
    _note(db, actor, "C", row_id, now)


def tell_no_more_here(db: Session, actor: Actor, *, endpoint: str, now: datetime) -> None:
    """Ends the actor's notices in the browser that asks; where there are none, nothing."""
    digest = subscribed.digest_of(endpoint)
    for one in subscribed.of(db, actor.user_id):
        if one.endpoint_hash == digest:
            end_device(db, actor, device_id=one.id, now=now)


def end_device(db: Session, actor: Actor, *, device_id: str, now: datetime) -> None:
    """Ends the notices on one of the actor's own devices."""
    record = access.own(db, actor, PushSubscription, device_id)
    subscribed.end(db, actor.user_id, record.id)
    _note(db, actor, "D", record.id, now)


def try_devices(db: Session, actor: Actor, *, now: datetime) -> None:
    """Sends something to see to every device of the actor; once a minute is enough."""
    if not notices.takes_pushes(db, actor.user_id):
        raise NoDevice
    key = f"{actor.user_id}:{now:%Y%m%d%H%M}"
    notices.mail(
        db,
        "device.test",
        address=actor.user_id,
        user_id=actor.user_id,
        channel=notices.PUSH,
        key=key,
        now=now,
    )
    entity = f"User/{actor.user_id}"
    audit.record(db, actor, "U", category="account", entity=entity, reason="device test", now=now)


def _offered(db: Session, actor: Actor) -> None:
    if not settings.current().push:
        raise NotSent
    if actor.is_staff:
        raise NotAllowed
    if _is_shared(db, actor):
        raise NotHere


def _is_shared(db: Session, actor: Actor) -> bool:
    query = select(col(SignIn.is_shared)).where(col(SignIn.id) == actor.sign_in_id)
    return bool(db.connection().execute(query).scalar_one_or_none())


def _row(record: PushSubscription, now: datetime) -> DeviceRow:
    said = _("Since {day}. Nothing has gone there yet.").format(day=short_day(record.created_at))
    if record.used_at is not None:
        said = _("Since {day}. Last told {at}.").format(
            day=short_day(record.created_at), at=when(record.used_at, now)
        )
    return DeviceRow(
        id=record.id,
        device=browsers.said(record.device),
        icon="mobile" if browsers.is_held_in_hand(record.device) else "laptop",
        said=said,
        mark=record.endpoint_hash,
    )


def _note(db: Session, actor: Actor, action: str, row_id: str, now: datetime) -> None:
    entity = f"PushSubscription/{row_id}"
    audit.record(db, actor, action, category="account", entity=entity, now=now)
    live.tell_users(db, "account", [actor.user_id])
