"""Throttling: how often somebody may try to sign in.

Counted in the database, so that a restart forgives nothing. A try is counted before the password
is looked at and given back when it was right: of a thousand tries at the same moment no more are
looked at than of a thousand in a row. A name that nobody has is counted like any other, so that
waiting says nothing about who has an account.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from portal.errors import TooMany
from portal.models.people import Tries

# After so many wrong passwords each further try waits, twice as long each time, never longer
# than a quarter of an hour: attackers are slowed, no patient is locked out (AUTHN-06, AUTHN-07).
FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
# NIST SP 800-63B-4 3.2.2: after so many in a row only a new link helps.
MOST_IN_A_ROW = 100
# From one address; a whole clinic may sit behind one.
WINDOW = timedelta(minutes=15)
MOST_FROM_ADDRESS = 100
# So many failures in all look like an attack on everybody: then names wait sooner.
CALM_AT_MOST = 500
FREE_TRIES_UNDER_ATTACK = 2
KEPT = timedelta(days=30)
ALL = "all"
# Second factors: five tries at once, then one more every twelve minutes: never more than ten in
# an hour, and nobody waits for longer than a quarter of an hour (MFA-05, AUTHN-06).
FACTOR_TRIES = 5
FACTOR_REFILL = timedelta(minutes=12)


@dataclass(frozen=True)
class Counted:
    """A try that has been counted: what to give back when it was right."""

    name: str
    address: str
    # How many wrong ones in a row there were before.
    before: int = 0
    # The name at a place that it is known at; empty anywhere else.
    place: str = ""


def begin(
    db: Session, *, name: str, address: str, now: datetime, is_known: bool = False
) -> Counted:
    """Counts a try to sign in with a (folded) name; raises `TooMany` while it must wait.

    `is_known`: this account has been signed in at this address before. There it has a count of
    its own, which no stranger elsewhere fills: whoever keeps trying a name, or keeps everybody
    behind one address busy, does not keep its owner out where they usually are (AUTHN-07).
    """
    keys = _key(db, "name", name), _key(db, "address", address)
    place = _key(db, "place", f"{name} {address}") if is_known else ""
    rows = _rows(db, [*keys, ALL, *filter(None, [place])], now)
    own = rows[place] if place and rows[place].count < MOST_IN_A_ROW else None
    by_name, near, everywhere = own or rows[keys[0]], rows[keys[1]], rows[ALL]
    before = rows[keys[0]].count + (own.count if own else 0)
    if by_name.count >= MOST_IN_A_ROW or (by_name.wait_until and now < by_name.wait_until):
        raise TooMany
    near, everywhere = _in_window(near, now), _in_window(everywhere, now)
    if near.count >= MOST_FROM_ADDRESS and own is None:
        raise TooMany
    is_calm = everywhere.count < CALM_AT_MOST or own is not None
    _count(by_name, FREE_TRIES if is_calm else FREE_TRIES_UNDER_ATTACK, now)
    for row in (near, everywhere):
        row.count, row.last_at = row.count + 1, now
    db.add_all([by_name, near, everywhere])
    db.flush()
    return Counted(*keys, before=before, place=place)


def _count(by_name: Tries, free: int, now: datetime) -> None:
    by_name.count, by_name.last_at = by_name.count + 1, now
    over = by_name.count - free
    if over >= 0:
        by_name.wait_until = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 10))


def forgive(db: Session, counted: Counted, *, now: datetime) -> None:
    """Gives a try back that was right: the name starts anew, the others lose one."""
    theirs = col(Tries.key).in_(tuple(filter(None, (counted.name, counted.place))))
    db.connection().execute(update(Tries).where(theirs).values(count=0, wait_until=None))
    db.connection().execute(
        update(Tries)
        .where(col(Tries.key).in_((counted.address, ALL)), col(Tries.count) > 0)
        .values(count=Tries.count - 1, last_at=now)
    )


def begin_factor(db: Session, user_id: str, *, now: datetime) -> None:
    """Counts a try of a second factor; raises `TooMany` while the account must wait."""
    row = _only(db, _key(db, "factor", user_id), now)
    back = int((now - row.since) / FACTOR_REFILL) if row.count else row.count
    row.count = max(0, row.count - max(0, back))
    row.since = row.since + back * FACTOR_REFILL if row.count else now
    if row.count >= FACTOR_TRIES:
        raise TooMany
    row.count += 1
    row.last_at = now
    db.add(row)
    db.flush()


def forgive_factor(db: Session, user_id: str) -> None:
    """Gives a try of a second factor back that was right."""
    key = _key(db, "factor", user_id)
    theirs = (col(Tries.key) == key) & (col(Tries.count) > 0)
    db.connection().execute(update(Tries).where(theirs).values(count=Tries.count - 1))


def _only(db: Session, key: str, now: datetime) -> Tries:
    return _rows(db, [key], now)[key]


def start_anew(db: Session, *, name: str) -> None:
    """Forgets every try with a name: its owner has set a new password by a link."""
    db.connection().execute(delete(Tries).where(col(Tries.key) == _key(db, "name", name)))


def spend(
    db: Session, kind: str, value: str, *, most: int, window: timedelta, now: datetime
) -> bool:
    """Counts one of `most` things within a window; says whether there was one left.

    For what costs others something: a mail to an address, a request for the front desk.
    """
    key = _key(db, kind, value)
    row = _rows(db, [key], now)[key]
    if now - row.since >= window or now < row.since - window:
        row.count, row.since = 0, now
    if row.count >= most:
        return False
    row.count, row.last_at = row.count + 1, now
    db.add(row)
    db.flush()
    return True


def tidy(db: Session, *, now: datetime) -> None:
    """Forgets names and addresses that nobody has tried for a month, but none that is shut."""
    old = (col(Tries.last_at) < now - KEPT) & (col(Tries.count) < MOST_IN_A_ROW)
    db.connection().execute(delete(Tries).where(old))


def _key(db: Session, kind: str, value: str) -> str:
    # Keyed, for what is typed into the field of a name is now and then a password.
    key: bytes = db.info["throttle_key"]
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()


def _rows(db: Session, keys: Sequence[str], now: datetime) -> dict[str, Tries]:
    """Returns the counters, made where they are missing, held until the end of the transaction."""
    kind = db.connection().dialect.name
    insert = postgresql.insert if kind == "postgresql" else sqlite.insert
    wanted = [{"key": key, "count": 0, "since": now, "last_at": now} for key in sorted(keys)]
    db.connection().execute(insert(Tries).on_conflict_do_nothing(), wanted)
    query = select(Tries).where(col(Tries.key).in_(keys)).order_by(col(Tries.key))
    return {row.key: row for row in db.scalars(query.with_for_update())}


def _in_window(row: Tries, now: datetime) -> Tries:
    if now - row.since >= WINDOW:
        row.count, row.since = 0, now
    return row
