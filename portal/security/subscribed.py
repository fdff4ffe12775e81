"""Subscribed devices: browsers in which an account asked to be told by push messages.

Where a device's push service is and the device's keys are sealed for their row (SECURITY KEY-03).
One browser is never that of two accounts: whoever asked last has it. It ends by a tap of its owner,
with the sign-in in which it was asked for when that is ended from elsewhere, with a new password,
with the account, and when its push service says that it is gone.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portal.errors import Conflict
from portal.models.base import new_id
from portal.models.people import SignIn
from portal.models.telling import PushSubscription
from portal.security import sealed

TABLE, COLUMN = "push_subscription", "secret"


@dataclass(frozen=True)
class Keys:
    """Where a browser's push service is, and the browser's two keys, as it gave them."""

    endpoint: str
    key: str
    auth: str


def digest_of(endpoint: str) -> str:
    """Returns what an endpoint is found by; the page compares the same of its own browser."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def begin(
    db: Session, user_id: str, keys: Keys, *, sign_in_id: str, device: str, now: datetime
) -> str:
    """Makes a browser one of an account's, whoever had it before; returns the id of its row."""
    digest, row_id = digest_of(keys.endpoint), new_id()
    _delete(db, col(PushSubscription.endpoint_hash) == digest)
    said = json.dumps([keys.endpoint, keys.key, keys.auth]).encode()
    made = PushSubscription(
        id=row_id,
        user_id=user_id,
        endpoint_hash=digest,
        secret=sealed.seal(db, said, table=TABLE, column=COLUMN, row_id=row_id),
        sign_in_id=sign_in_id,
        device=device[:200],
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(made)
    except IntegrityError as error:
        # The same browser, twice at the same moment.
        raise Conflict from error
    return row_id


def keys_of(db: Session, record: PushSubscription) -> Keys:
    """Returns where a device is written to; raises `Unsealable` for what is not its own."""
    said = sealed.unseal(db, record.secret, table=TABLE, column=COLUMN, row_id=record.id)
    return Keys(*json.loads(said))


def of(db: Session, user_id: str) -> list[PushSubscription]:
    """Returns an account's devices, the newest first."""
    query = select(PushSubscription).where(col(PushSubscription.user_id) == user_id)
    newest = col(PushSubscription.created_at).desc()
    return list(db.scalars(query.order_by(newest, col(PushSubscription.id))))


def count(db: Session, user_id: str) -> int:
    """Returns how many devices an account has."""
    query = select(func.count()).where(col(PushSubscription.user_id) == user_id)
    return db.connection().execute(query).scalar_one()


def end_all(db: Session, user_id: str, *, but: str = "") -> None:
    """Ends every device of an account; `but` is a sign-in whose own browser goes on."""
    theirs = col(PushSubscription.user_id) == user_id
    _delete(db, theirs & _not_in(but))


def end_everybodys(db: Session, *, but: str) -> None:
    """Ends every device of everybody but that of one sign-in."""
    _delete(db, _not_in(but))


def end_with(db: Session, lost: SignIn, *, but: str) -> None:
    """Ends the device that a sign-in was open on, which is ended from elsewhere.

    A browser has a new sign-in each day, so whatever calls itself the same counts as it: rather one
    device too many has to ask again than a lost phone goes on showing things.
    """
    same = or_(
        col(PushSubscription.sign_in_id) == lost.id, col(PushSubscription.device) == lost.device
    )
    theirs = (col(PushSubscription.user_id) == lost.user_id) & same
    _delete(db, theirs & _not_in(but))


def end(db: Session, user_id: str, *ids: str) -> int:
    """Ends some devices of one account; returns how many there were."""
    theirs = (col(PushSubscription.user_id) == user_id) & col(PushSubscription.id).in_(ids)
    return _delete(db, theirs)


def note_use(db: Session, ids: tuple[str, ...], *, now: datetime) -> None:
    """Notes that the push services of these devices have just taken a message for them."""
    used = update(PushSubscription).where(col(PushSubscription.id).in_(ids))
    db.connection().execute(used.values(used_at=now))


def tidy(db: Session, *, before: datetime) -> int:
    """Ends the devices that have taken nothing since a moment; returns how many."""
    last = func.coalesce(col(PushSubscription.used_at), col(PushSubscription.created_at))
    return _delete(db, last < before)


def _not_in(sign_in_id: str) -> Any:
    return col(PushSubscription.sign_in_id) != sign_in_id if sign_in_id else true()


def _delete(db: Session, which: Any) -> int:
    return db.connection().execute(delete(PushSubscription).where(which)).rowcount
