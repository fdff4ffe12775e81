"""The second steps of the demo's people: apps for the staff, codes by e-mail for the others.

The page of the second step shows their codes, in demo mode alone.
"""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.agreements import PolicyValue
from portal.models.people import User
from portal.security import factors, totp
from portal.security.actor import STAFF
from portal.services.demo.people import NAME, Town

POLICY = "emailed_codes"


def give(db: Session, town: Town, *, now: datetime) -> None:
    """Gives every member of staff an authenticator app, and lets the clinic e-mail codes."""
    theirs = select(User).where(col(User.id).in_(town.users.values()), col(User.role).in_(STAFF))
    for user in db.scalars(theirs):
        made = factors.new_app(db, user.id, totp.make_secret(), name="", now=now)
        made.confirmed_at = now
        db.add(made)
    if db.get(PolicyValue, POLICY) is None:
        db.add(PolicyValue(key=POLICY, value="yes", changed_at=now, changed_by=NAME))
    db.flush()
