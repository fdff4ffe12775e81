"""Parcels: a notice that one deliverer holds, in words, ready to go out by its way."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portal import live
from portal.integrations import push
from portal.models.audit import OutboxNotice
from portal.models.telling import PushSubscription
from portal.security import audit, sealed, subscribed
from portal.security.actor import Actor
from portal.services.notices import filling, saying, ways
from portal.services.notices.rendering import House, Written
from portal.services.notices.ways import Account


@dataclass(frozen=True)
class DeviceTold:
    """A device that a notice goes to, by the id of its row."""

    id: str
    device: push.Device


@dataclass(frozen=True)
class Parcel:
    """A notice that one deliverer holds, in words, ready to go out."""

    notice_id: str
    worker: str
    tries: int
    address: str
    written: Written
    channel: str = ways.EMAIL
    user_id: str = ""
    # What the row keeps once it went out: without codes and links, sealed.
    kept: bytes = b""
    # Where a push goes, and until when it is of use there.
    devices: tuple[DeviceTold, ...] = ()
    until: datetime | None = None


def packed(
    db: Session, notice: OutboxNotice, *, worker: str, house: House, account: Account | None = None
) -> Parcel:
    """Returns a notice in words, with the devices of its account if it goes there."""
    written = saying.in_words(db, notice, filling.given_of(db, notice), house, account)
    return Parcel(
        notice_id=notice.id,
        worker=worker,
        tries=notice.tries,
        address=notice.address,
        written=written,
        channel=notice.channel,
        user_id=notice.user_id or "",
        kept=filling.kept(db, notice),
        devices=_devices(db, notice) if notice.channel == ways.PUSH else (),
        until=notice.useful_until,
    )


def has_device(db: Session, notice: OutboxNotice) -> bool:
    """Says whether a notice that goes to devices has any to go to."""
    return notice.channel != ways.PUSH or ways.takes_pushes(db, notice.user_id or "")


def note_devices(
    db: Session,
    actor: Actor,
    user_id: str,
    *,
    told: tuple[str, ...],
    gone: tuple[str, ...],
    now: datetime,
) -> None:
    """Notes which devices were told; those whose push service says that they are gone end."""
    if told:
        subscribed.note_use(db, told, now=now)
    if gone and subscribed.end(db, user_id, *gone):
        entity = f"PushSubscription/{','.join(gone)}"[:200]
        audit.record(db, actor, "D", category="account", entity=entity, reason="gone", now=now)
    if told or gone:
        live.tell_users(db, "account", [user_id])


def _devices(db: Session, notice: OutboxNotice) -> tuple[DeviceTold, ...]:
    found = subscribed.of(db, notice.user_id or "")
    return tuple(DeviceTold(record.id, _device(db, record)) for record in found)


def _device(db: Session, record: PushSubscription) -> push.Device:
    """Returns where a device is; of what is damaged nowhere, so that it ends like one gone."""
    try:
        keys = subscribed.keys_of(db, record)
    except sealed.Unsealable:
        return push.Device("", "", "")
    return push.Device(keys.endpoint, keys.key, keys.auth)
