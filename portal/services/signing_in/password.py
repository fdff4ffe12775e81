"""The password: the first thing that is asked, checked outside of any transaction."""

from datetime import datetime

from sqlmodel import Session

from portal.models.people import User
from portal.security import audit, throttle
from portal.security.actor import Actor
from portal.services import accounts
from portal.services.signing_in import arriving
from portal.services.signing_in.entry import BARE, Entry, Where, as_actor, begin


def enter(
    db: Session, who: accounts.Candidate, where: Where, *, fits: bool, now: datetime
) -> Entry | None:
    """Begins a sign-in after the password was checked; None where it did not fit.

    Does the same work for a name that nobody has: the time that it takes must not tell.
    """
    user = db.get(User, who.user_id)
    actor = as_actor(user, where.address) if user else _stranger(where.address)
    if user is None or not fits or not accounts.may_enter(user):
        audit.record(
            db, actor, "E", category="sign-in", outcome="refused", reason="password", now=now
        )
        return None
    throttle.forgive(db, who.counted, now=now)
    arriving.tell_of_failures(db, user, who.counted.before, now=now)
    return begin(
        db,
        user,
        factor=BARE,
        device=where.device,
        address=where.address,
        is_shared=where.is_shared,
        trusted_digest=where.trusted,
        now=now,
    )


def _stranger(address: str) -> Actor:
    return Actor(user_id="", name="", role="nobody", source=address)
