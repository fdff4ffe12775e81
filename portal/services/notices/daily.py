"""The notice of the day: what could wait for one account, counted, in one without its words.

By e-mail, or on the account's devices: whichever way each of them would have gone.

It is a notice of its own, with tries and an end of its own. What it counts ends with it: each was
asked once more whether it still concerns the account.
"""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.audit import OutboxNotice
from portal.models.base import new_id
from portal.models.people import User
from portal.security import mailed_links
from portal.services import agreements, once
from portal.services.notices import filling, handing_on, hours, rendering, ways
from portal.services.notices.codes import COLLECTED, DAILY
from portal.services.notices.writing import USEFUL

KIND = "news.daily"


def write(db: Session, first: OutboxNotice, now: datetime) -> None:
    """Writes the notice of the day for the account of one, which the caller ends."""
    others = [row for row in _waiting(db, first) if handing_on.still_concerns(db, row, now)]
    told = [row for row in others if row.channel == first.channel]
    for row in told:
        row.state, row.problem, row.sent_at = "sent", COLLECTED, now
        row.given = b""
        db.add(row)
    letters = sum(row.kind == "message" for row in (first, *told))
    notice_id, user_id = new_id(), first.user_id or ""
    given = {
        "messages": str(letters),
        "others": str(1 + len(told) - letters),
        rendering.NEWS: mailed_links.to_end_news(db, user_id, now=now),
    }
    notice = OutboxNotice(
        id=notice_id,
        key=f"{KIND}:{first.id}",
        kind=KIND,
        user_id=user_id,
        channel=first.channel,
        address=first.address,
        given=filling.seal(db, notice_id, given),
        due_at=now,
        created_at=now,
        useful_until=now + USEFUL,
    )
    once.insert(db, OutboxNotice, [notice.model_dump()])


def is_wanted(db: Session, notice: OutboxNotice) -> bool:
    """Says whether the account still reads news there; if no device is left, it is an e-mail."""
    user = db.get(User, notice.user_id or "")
    if user is None or user.disabled or not agreements.may_write_to(db, user.id):
        return False
    if notice.channel == ways.PUSH:
        if ways.takes_pushes(db, user.id):
            return True
        notice.channel, notice.address = ways.EMAIL, user.email
    is_proven = user.email_verified_at is not None and user.email_bounced_at is None
    return bool(user.email) and is_proven and user.email == notice.address


def _waiting(db: Session, first: OutboxNotice) -> list[OutboxNotice]:
    """Returns what else waits for the account's mail of the day, held until this is committed."""
    # What was judged in this transaction before is written down first: the question sees it.
    db.flush()
    query = select(OutboxNotice).where(
        col(OutboxNotice.user_id) == first.user_id,
        col(OutboxNotice.id) != first.id,
        col(OutboxNotice.state) == "pending",
        col(OutboxNotice.channel) == first.channel,
        col(OutboxNotice.kind).in_(hours.COLLECTED),
        col(OutboxNotice.problem) == DAILY,
    )
    return list(db.scalars(query.order_by(col(OutboxNotice.id)).with_for_update()))
