"""A new password: what follows wherever one was chosen, in one place (SECURITY AUTHN-12)."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from portal.models.base import new_id
from portal.models.people import OneTimeLink, User
from portal.security import audit, signins, subscribed, throttle, trusted
from portal.security.actor import Actor
from portal.services import notices

# Links that would set a password: they end when one was set in any way.
SETTING = ("invitation", "reset", "way-back")


def put(
    db: Session,
    actor: Actor,
    user: User,
    *,
    hashed: str,
    way: str,
    now: datetime,
    but: str = "",
) -> None:
    """Sets a password: every sign-in, known device and open link ends, and the owner is told.

    `way` says how it came to be, for the trace; `but` is the sign-in that goes on, in which its
    owner has just chosen it. The second factor stays as it is.
    """
    user.password_hash = hashed
    db.add(user)
    db.flush()
    throttle.start_anew(db, name=user.sign_in_name)
    signins.end_all(db, user.id, reason="password changed", but=but, now=now)
    trusted.end_all(db, user.id, now=now)
    subscribed.end_all(db, user.id, but=but)
    end_links(db, user.id, now=now)
    notices.to_user(
        db, "password.changed", user.id, key=new_id(), given={"at": notices.moment(now)}, now=now
    )
    audit.record(db, actor, "U", category="password", entity=f"User/{user.id}", reason=way, now=now)


def end_links(db: Session, user_id: str, *, now: datetime) -> None:
    """Ends every open link that would set this person's password."""
    theirs = (col(OneTimeLink.user_id) == user_id) & col(OneTimeLink.purpose).in_(SETTING)
    still = theirs & col(OneTimeLink.used_at).is_(None) & col(OneTimeLink.revoked_at).is_(None)
    db.connection().execute(update(OneTimeLink).where(still).values(revoked_at=now))
