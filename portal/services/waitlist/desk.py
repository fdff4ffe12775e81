"""The waiting list as staff see it: what is out until when, who waits, what was filled."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.models.schedules import VisitType
from portal.models.waitlist import OPEN, WaitlistEntry, WaitlistOffer
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.services.appointments import rules
from portal.services.appointments.choosing import ChoiceRow
from portal.services.appointments.choosing.kinds import CHANNELS
from portal.services.waitlist import saying
from portal.services.waitlist.rows import DeskRow, FilledRow, TickRow
from portal.words import _, local, short_day, when

WAITING_MOST = 100
FILLED_MOST = 20
FILLED_FOR = timedelta(days=30)


def desk(db: Session, actor: Actor, *, patient_id: str = "", now: datetime) -> DeskRow:
    """Returns the whole list by whose turn it is; `patient_id`: who is to be put on it."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    whom = access.patient(db, actor, patient_id) if patient_id else None
    audit.record(
        db, actor, "R", category="appointments", patient_id=whom.id if whom else "",
        entity="Waitlist", now=now,
    )  # fmt: skip
    known, called = access.waitlist(actor), saying.names(db)
    waiting = saying.listed_entries(
        db, known, col(WaitlistEntry.status).in_(OPEN), most=WAITING_MOST,
        order=(col(WaitlistEntry.priority).desc(),),
    )  # fmt: skip
    out = saying.listed_offers(
        db, known, col(WaitlistOffer.state) == "offered", col(WaitlistOffer.expires_at) > now
    )
    filled = saying.listed_offers(
        db, known, col(WaitlistOffer.state) == "accepted",
        col(WaitlistOffer.ended_at) > now - FILLED_FOR,
    )  # fmt: skip
    newest = sorted(filled, key=lambda row: row[0].ended_at, reverse=True)
    return DeskRow(
        offers=[saying.offer_row(row, now, may=True) for row in out],
        waits=[saying.entry_row(row, called, now) for row in waiting],
        waiting=count(db, actor),
        filled=[_filled(row, now) for row in newest[:FILLED_MOST]],
        filled_total=len(filled),
        share=_share(db, len(filled), now),
        patient_id=whom.id if whom else "",
        patient_name=whom.name if whom else "",
        told=_told(db, whom.id) if whom else "",
        kinds=_kinds(db),
        people=[TickRow(f"with-{one}", called[one]) for one in rules.practitioners(db, "")],
        channels=[ChoiceRow(one, _(words)) for one, words in CHANNELS.items()],
        weekdays=saying.weekdays(),
        hours=saying.hours(),
        first=local(now).date().isoformat(),
    )


def count(db: Session, actor: Actor) -> int:
    """Returns how many wait, for a page that leaves its own trace."""
    query = select(func.count()).select_from(WaitlistEntry)
    query = query.where(access.waitlist(actor), col(WaitlistEntry.status).in_(OPEN))
    return db.connection().execute(query).scalar_one()


def _filled(row: Any, now: datetime) -> FilledRow:
    offer: WaitlistOffer = row[0]
    return FilledRow(
        id=offer.id,
        patient_id=offer.patient_id,
        name=row.name,
        what=f"{row.title}, {when(offer.starts_at, now)}, {row.who}",
        taken=short_day(offer.ended_at) if offer.ended_at else "",
    )


def _share(db: Session, filled: int, now: datetime) -> str:
    """Says how many of the times that were offered lately somebody took."""
    times = select(col(WaitlistOffer.practitioner_id), col(WaitlistOffer.starts_at)).where(
        col(WaitlistOffer.offered_at) > now - FILLED_FOR, col(WaitlistOffer.state) != "offered"
    )
    offered = select(func.count()).select_from(times.distinct().subquery())
    total = db.connection().execute(offered).scalar_one()
    if not total:
        return ""
    said = _("{filled} of {total} times that were offered in 30 days")
    return said.format(filled=min(filled, total), total=total)


def _told(db: Session, patient_id: str) -> str:
    if notices.is_written_to(db, "waitlist.offered", patient_id):
        return _("They are told by e-mail, and see it in the portal.")
    return _("No e-mail reaches them: call them while a time is offered, and book it here.")


def _kinds(db: Session) -> list[ChoiceRow]:
    query = select(col(VisitType.id), col(VisitType.name)).where(col(VisitType.active).is_(True))
    ordered = query.order_by(col(VisitType.position), col(VisitType.name))
    return [ChoiceRow(row.id, row.name) for row in db.connection().execute(ordered)]
