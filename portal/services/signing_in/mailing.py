"""Codes by e-mail: the weaker second factor, where a patient has no other and the clinic allows."""

from datetime import datetime

from sqlmodel import Session

from portal.errors import TooMany
from portal.models.people import SignIn, User
from portal.security import factors, short_codes
from portal.services import notices

PURPOSE = "sign-in"


def send(db: Session, user: User, sign_in_id: str, *, now: datetime) -> None:
    """Sends a code for one sign-in; raises `TooMany` where several were sent just now."""
    code = short_codes.make(db, subject_id=sign_in_id, purpose=PURPOSE, user_id=user.id, now=now)
    notices.mail(
        db,
        "sign-in.code",
        address=user.email,
        key=f"{sign_in_id}:{now.isoformat()}",
        given={"code": code},
        user_id=user.id,
        useful_for=short_codes.LIFE,
        now=now,
    )


def send_first(db: Session, half: SignIn, *, now: datetime) -> None:
    """Sends the code of a sign-in that has just begun, where nothing else is left to somebody."""
    user = db.get_one(User, half.user_id)
    if not factors.held(db, user).email:
        return
    try:
        send(db, user, half.id, now=now)
    except TooMany:
        # The page says that none was sent, and offers it again.
        return


def take(db: Session, sign_in_id: str, code: str, *, now: datetime) -> bool:
    """Uses up the code that was sent for a sign-in; says whether it was right."""
    return short_codes.take(db, subject_id=sign_in_id, purpose=PURPOSE, code=code, now=now)


def masked(address: str) -> str:
    """Returns an address as its owner knows it again, and nobody else: m•••@example.org."""
    name, at, host = address.partition("@")
    return f"{name[:1]}•••{at}{host}" if at else ""
