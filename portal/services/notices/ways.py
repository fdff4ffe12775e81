"""Ways: how an account is told of a kind of news, as it chose; by e-mail where it did not.

What is chosen is asked when a notice goes out, not when it is written. A way that is not there (no
proven phone, no device any more) is no reason to tell nobody: then it is an e-mail.
Only in the portal means just that.
"""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal import settings
from portal.models.telling import GROUPS, NoticeChoice
from portal.security import subscribed
from portal.services import agreements
from portal.services.notices.texts import TEXTS

EMAIL, SMS, PUSH, PORTAL = "email", "sms", "push", "portal"
VISITS, MESSAGES, RESULTS, CHECK_UPS = "visits", "messages", "results", "check-ups"
_GROUPS = {
    "appointment": VISITS,
    "waitlist": VISITS,
    "message": MESSAGES,
    "prevention": CHECK_UPS,
}


def group_of(kind: str) -> str:
    """Returns the group that a kind of news is chosen by."""
    return _GROUPS.get(kind.partition(".")[0], RESULTS)


def chosen(db: Session, user_id: str) -> dict[str, str]:
    """Returns by which way an account wants to be told of each group of news."""
    query = select(col(NoticeChoice.kind), col(NoticeChoice.way))
    mine = db.connection().execute(query.where(col(NoticeChoice.user_id) == user_id))
    return dict.fromkeys(GROUPS, EMAIL) | {row.kind: row.way for row in mine}


def takes_texts(user: Any) -> bool:
    """Says whether text messages reach an account: the clinic sends them, its phone is proven."""
    return bool(settings.current().sms_url and user.phone and user.phone_verified_at)


def takes_pushes(db: Session, user_id: str) -> bool:
    """Says whether an account has a device that is told, and the clinic tells anybody there."""
    return settings.current().push and subscribed.count(db, user_id) > 0


def way_to(db: Session, kind: str, user: Any) -> tuple[str, str] | None:
    """Returns the way and the address that an account is told by; None where it is not.

    Of its safety it is always told, by e-mail, whatever became of the last letter.
    """
    is_proven = user.email and user.email_verified_at is not None
    if TEXTS[kind].always:
        return (EMAIL, user.email) if is_proven else None
    if not agreements.may_write_to(db, user.id):
        return None
    way = chosen(db, user.id)[group_of(kind)]
    if way == SMS and takes_texts(user):
        return SMS, user.phone
    if way == PUSH and takes_pushes(db, user.id):
        # To the account, on whichever devices it has when it goes out.
        return PUSH, user.id
    if way == PORTAL or not is_proven or user.email_bounced_at is not None:
        return None
    return EMAIL, user.email
