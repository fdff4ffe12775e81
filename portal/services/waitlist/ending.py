"""Ending: an offer that is over gives its time back, and an entry that is over waits no more."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal import live
from portal.models.appointments import Appointment, Hold
from portal.models.waitlist import MOST_UNANSWERED, OPEN, WaitlistEntry, WaitlistOffer
from portal.security import audit
from portal.security.actor import Actor
from portal.services import notices
from portal.services.appointments import freeing, rescheduling


def end(db: Session, actor: Actor, offer: WaitlistOffer, state: str, *, now: datetime) -> bool:
    """Ends an offer that is out: the time is free, who was asked waits on. Says whether it was."""
    out = (col(WaitlistOffer.id) == offer.id, col(WaitlistOffer.state) == "offered")
    ended = update(WaitlistOffer).where(*out).values(state=state, ended_at=now)
    if db.connection().execute(ended).rowcount != 1:
        return False
    freeing.let_go(db, col(Hold.id) == offer.hold_id)
    entry = db.get_one(WaitlistEntry, offer.entry_id)
    waits = (col(WaitlistEntry.id) == entry.id, col(WaitlistEntry.status) == "offered")
    db.connection().execute(
        update(WaitlistEntry)
        .where(*waits)
        .values(status="waiting", version=col(WaitlistEntry.version) + 1, **_counted(state))
    )
    # What was not sent yet would lead to a time that nobody keeps any more.
    notices.withdraw(db, record_id=offer.id, version=2, now=now)
    _note(db, actor, entry, f"WaitlistOffer/{offer.id}", state, now)
    db.refresh(entry)
    if state == "expired" and entry.unanswered == MOST_UNANSWERED:
        _pause(db, actor, entry, offer, now)
    return True


def _counted(state: str) -> dict[str, Any]:
    """Returns how an offer that ends counts: unanswered ones in a row, until one is answered."""
    counts: dict[str, Any] = {"expired": col(WaitlistEntry.unanswered) + 1, "declined": 0}
    return {"unanswered": counts[state]} if state in counts else {}


def _pause(
    db: Session, actor: Actor, entry: WaitlistEntry, offer: WaitlistOffer, now: datetime
) -> None:
    """Tells somebody that nothing more is offered until they say so; their place stays."""
    notices.write(
        db, "waitlist.paused", patient_id=entry.patient_id, record_id=offer.id, version=2, now=now
    )
    _note(db, actor, entry, f"WaitlistEntry/{entry.id}", "paused", now)


def close(db: Session, actor: Actor, entry: WaitlistEntry, status: str, *, now: datetime) -> None:
    """Ends an entry, and withdraws what was offered to it."""
    out = (col(WaitlistOffer.entry_id) == entry.id, col(WaitlistOffer.state) == "offered")
    for offer in db.scalars(select(WaitlistOffer).where(*out)):
        end(db, actor, offer, "withdrawn", now=now)
    db.connection().execute(
        update(WaitlistEntry)
        .where(col(WaitlistEntry.id) == entry.id, col(WaitlistEntry.status).in_(OPEN))
        .values(status=status, ended_at=now, version=col(WaitlistEntry.version) + 1)
    )


def tidy(db: Session, actor: Actor, *, now: datetime) -> int:
    """Ends offers that nobody took in time, and entries that have nothing to wait for any more."""
    over = (col(WaitlistOffer.state) == "offered", col(WaitlistOffer.expires_at) <= now)
    query = select(WaitlistOffer).where(*over).order_by(col(WaitlistOffer.id))
    ended = sum(end(db, actor, one, "expired", now=now) for one in db.scalars(query).all())
    for entry in db.scalars(_without_purpose(now)).all():
        status = "expired" if entry.expires_at <= now else "cancelled"
        close(db, actor, entry, status, now=now)
        _note(db, actor, entry, f"WaitlistEntry/{entry.id}", status, now)
        ended += 1
    return ended


def is_private(db: Session, entry: WaitlistEntry) -> bool:
    """Says whether no helper may hear of an entry: it is about a confidential visit."""
    moved = db.get(Appointment, entry.appointment_id) if entry.appointment_id else None
    return moved is not None and moved.confidential


def _without_purpose(now: datetime) -> Any:
    """Returns the question for entries whose last day, or whose visit, has passed."""
    visit = aliased(Appointment)
    gone = col(visit.status).not_in(rescheduling.MOVABLE) | (col(visit.starts_at) <= now)
    return (
        select(WaitlistEntry)
        .outerjoin(visit, col(visit.id) == col(WaitlistEntry.appointment_id))
        .where(
            col(WaitlistEntry.status).in_(OPEN),
            (col(WaitlistEntry.expires_at) <= now) | (col(visit.id).is_not(None) & gone),
        )
        .order_by(col(WaitlistEntry.id))
    )


def _note(
    db: Session, actor: Actor, entry: WaitlistEntry, entity: str, what: str, now: datetime
) -> None:
    audit.record(
        db, actor, "U", category="appointments", patient_id=entry.patient_id, entity=entity,
        reason=what, now=now,
    )  # fmt: skip
    live.tell(db, "appointments", [entry.patient_id], is_private=is_private(db, entry))
