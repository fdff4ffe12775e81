"""Ways: how an account is told of a kind of news, as it chose; by e-mail where it did not.

What is chosen is asked when a notice goes out, not when it is written. A way that is not there (no
proven phone, no device any more) is no reason to tell nobody: then it is an e-mail.
Only in the portal means just that.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from portal import settings
from portal.models.telling import GROUPS, NoticeChoice
from portal.security import subscribed
from portal.services.notices.texts import TEXTS

EMAIL, SMS, PUSH, PORTAL = "email", "sms", "push", "portal"
VISITS, MESSAGES, RESULTS, CHECK_UPS = "visits", "messages", "results", "check-ups"
_GROUPS = {
    "appointment": VISITS,
    "waitlist": VISITS,
    "message": MESSAGES,
    "prevention": CHECK_UPS,
}


@dataclass(frozen=True)
class Account:
    """An account that may be told of news, with what was chosen for it."""

    id: str
    name: str
    role: str
    email: str
    email_verified_at: datetime | None
    email_bounced_at: datetime | None
    phone: str
    phone_verified_at: datetime | None
    phone_refused_at: datetime | None
    patient_id: str | None
    # What its notices carry, and in which language; see models/people.py.
    notices_carry: str
    language: str
    # Whether it agreed to be written to of news, and by which way of each group of them.
    agreed: bool
    ways: Mapping[str, str]


# Built once: building costs more than running it, and the deliverer asks it all day.
_CHOSEN = select(col(NoticeChoice.user_id), col(NoticeChoice.kind), col(NoticeChoice.way)).where(
    col(NoticeChoice.user_id).in_(bindparam("ids", expanding=True))
)


def group_of(kind: str) -> str:
    """Returns the group that a kind of news is chosen by."""
    return _GROUPS.get(kind.partition(".")[0], RESULTS)


def chosen(db: Session, user_id: str) -> dict[str, str]:
    """Returns by which way an account wants to be told of each group of news."""
    return chosen_by(db, [user_id])[user_id]


def chosen_by(db: Session, user_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Returns the same of several accounts, each by its id."""
    found = {user_id: dict[str, str](dict.fromkeys(GROUPS, EMAIL)) for user_id in user_ids}
    for row in db.connection().execute(_CHOSEN, {"ids": list(found)}):
        found[row.user_id][row.kind] = row.way
    return found


def takes_texts(user: Any) -> bool:
    """Says whether texts reach an account: the clinic sends them, its phone is proven and taken."""
    is_reached = user.phone and user.phone_verified_at and not user.phone_refused_at
    return bool(settings.current().sms_url and is_reached)


def takes_pushes(db: Session, user_id: str) -> bool:
    """Says whether an account has a device that is told, and the clinic tells anybody there."""
    return settings.current().push and subscribed.count(db, user_id) > 0


def way_to(db: Session, kind: str, user: Account) -> tuple[str, str] | None:
    """Returns the way and the address that an account is told by; None where it is not.

    Of its safety it is always told, by e-mail, whatever became of the last letter.
    """
    is_proven = user.email and user.email_verified_at is not None
    if TEXTS[kind].always:
        return (EMAIL, user.email) if is_proven else None
    if not user.agreed:
        return None
    way = user.ways[group_of(kind)]
    if way == SMS and takes_texts(user):
        return SMS, user.phone
    if way == PUSH and takes_pushes(db, user.id):
        # To the account, on whichever devices it has when it goes out.
        return PUSH, user.id
    if way == PORTAL or not is_proven or user.email_bounced_at is not None:
        return None
    return EMAIL, user.email
