"""Leases: which rows of the outbox one deliverer holds, and for how long.

Rows are locked as they are found, so that two deliverers never find the same one; to the others
they are held by what is written in them, until the lease is over or their end is written down.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlmodel import Session, col

from portal.models.audit import OutboxNotice
from portal.services.notices.parcels import Parcel

# Longer than one letter may take; who died with a row in hand keeps it from the others so long.
LEASE = timedelta(seconds=60)

# Built once: building them costs more than running them. Without an address a row has no way yet:
# it is handed on.
_BY_THESE = or_(
    col(OutboxNotice.channel).in_(bindparam("channels", expanding=True)),
    col(OutboxNotice.address) == "",
)
_LOCKED = (
    select(OutboxNotice).where(_BY_THESE).limit(bindparam("most")).with_for_update(skip_locked=True)
)
_STALE = _LOCKED.where(
    col(OutboxNotice.state) == "claimed", col(OutboxNotice.claimed_until) <= bindparam("now")
)
_DUE = _LOCKED.where(
    col(OutboxNotice.state) == "pending", col(OutboxNotice.due_at) <= bindparam("now")
).order_by(col(OutboxNotice.due_at))
_HELD = update(OutboxNotice).where(
    col(OutboxNotice.id) == bindparam("held"),
    col(OutboxNotice.state) == "claimed",
    col(OutboxNotice.claimed_by) == bindparam("by"),
    col(OutboxNotice.tries) == bindparam("tried"),
)


def due(db: Session, now: datetime, channels: tuple[str, ...], most: int) -> Sequence[OutboxNotice]:
    """Returns rows whose deliverer has died, else those that have been due for longest.

    They are held until the transaction ends; what another deliverer holds is left to that one.
    """
    asked = {"now": now, "channels": channels, "most": most}
    return db.scalars(_STALE, asked).all() or db.scalars(_DUE, asked).all()


def is_to_go(notice: OutboxNotice, now: datetime) -> bool:
    """Says whether a row is still as it was found: what was done to another may have ended it."""
    if notice.state == "claimed":
        return notice.claimed_until is not None and notice.claimed_until <= now
    return notice.state == "pending" and notice.due_at <= now


def take(notice: OutboxNotice, worker: str, now: datetime) -> None:
    """Lets a deliverer hold a row for one try."""
    notice.state, notice.claimed_by, notice.claimed_until = "claimed", worker, now + LEASE
    notice.tries += 1


def end(db: Session, parcel: Parcel, **said: Any) -> bool:
    """Writes what became of what is held; False if its lease went to somebody else meanwhile."""
    said |= {"claimed_by": "", "claimed_until": None}
    held = {"held": parcel.notice_id, "by": parcel.worker, "tried": parcel.tries}
    new = {f"new_{name}": value for name, value in said.items()}
    return bool(db.connection().execute(_ending(frozenset(said)), held | new).rowcount)


@cache
def _ending(names: frozenset[str]) -> Any:
    """Returns the statement that writes these columns, built once for each of the few ends."""
    return _HELD.values({name: bindparam(f"new_{name}") for name in names})
