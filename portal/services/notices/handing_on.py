"""Handing on: a notice about a patient becomes one for each account that is to be told of it."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.models.audit import OutboxNotice
from portal.models.base import new_id
from portal.security import mailed_links
from portal.services.notices import filling, reminders, rendering
from portal.services.notices.recipients import Circle, Recipient, recipients
from portal.services.notices.texts import TEXTS
from portal.words import local

ONE_A_DAY = frozenset({"prevention.due"})


def copies(
    db: Session, notice: OutboxNotice, now: datetime, circle: Circle | None = None
) -> list[dict[str, Any]]:
    """Returns one notice for each account that is to be told, to be written at once."""
    return [_copy(db, notice, to, now) for to in _recipients(db, notice, now, circle)]


def still_concerns(
    db: Session, notice: OutboxNotice, now: datetime, circle: Circle | None = None
) -> bool:
    """Asks again before each try: a right may have ended, an address may be another's by now.

    If another way was chosen meanwhile, the notice goes by that one.
    """
    if not (notice.record_id and notice.patient_id and notice.user_id):
        return True
    found = {to.user_id: to for to in _recipients(db, notice, now, circle)}
    to = found.get(notice.user_id)
    if to is None or (to.channel == notice.channel and to.address != notice.address):
        return False
    notice.channel, notice.address = to.channel, to.address
    return True


def _recipients(
    db: Session, notice: OutboxNotice, now: datetime, circle: Circle | None
) -> list[Recipient]:
    return recipients(
        db,
        notice.kind,
        patient_id=notice.patient_id or "",
        record_id=notice.record_id,
        now=now,
        circle=circle,
    )


def _told_with(notice: OutboxNotice) -> str:
    """Returns what an account hears of once: of all that is found due on one day, in one letter."""
    if notice.kind not in ONE_A_DAY:
        return notice.key
    return f"{notice.kind}:{notice.patient_id}:{local(notice.created_at).date()}"


def _copy(db: Session, notice: OutboxNotice, to: Recipient, now: datetime) -> dict[str, Any]:
    """Returns a notice as one account gets it, sealed anew for its own row."""
    notice_id = new_id()
    given = filling.given_of(db, notice) | reminders.link_for(db, notice, to.user_id, now)
    if not TEXTS[notice.kind].always:
        given |= {rendering.NEWS: mailed_links.to_end_news(db, to.user_id, now=now)}
    return OutboxNotice(
        id=notice_id,
        key=f"{_told_with(notice)[:220]}:to:{to.user_id}",
        kind=notice.kind,
        patient_id=notice.patient_id,
        user_id=to.user_id,
        channel=to.channel,
        address=to.address,
        record_id=notice.record_id,
        given=filling.seal(db, notice_id, given),
        about_at=notice.about_at,
        due_at=now,
        created_at=notice.created_at,
        useful_until=notice.useful_until,
    ).model_dump()
