"""Answering an offer: one tap takes the time, under the same claims as a booking, or leaves it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, NotFound
from portal.models.appointments import Appointment, Hold
from portal.models.waitlist import WaitlistEntry, WaitlistOffer
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.services.appointments import holding, rules
from portal.services.waitlist import ending
from portal.words import _, when


class OfferOver(Conflict):
    """The time went on to the next, was left already, or the visit moved meanwhile."""

    sentence = _(
        "This time is not kept for you any more. You stay on the waiting list: "
        "we offer you the next one that suits you."
    )


def accept(db: Session, actor: Actor, *, offer_id: str, now: datetime) -> str:
    """Books what is offered, or moves the visit that was to come earlier; returns the visit's id.

    The hold of the offer becomes the visit. A second tap finds it booked; whoever comes too late
    gets `OfferOver`, and nothing has changed.
    """
    offer = access.waitlist_offer(db, actor, offer_id)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    if not _take(db, offer, now):
        return _taken(db, offer)
    entry = db.get_one(WaitlistEntry, offer.entry_id)
    held = db.get(Hold, offer.hold_id)
    if held is None or not _still_earlier(db, actor, held):
        raise OfferOver
    kind = rules.visit_type(db, held.visit_type_id)
    if not held.moves_id and not entry.by_clinic:
        rules.require_room(db, entry.patient_id, kind, now=now)
    visit_id = holding.become(db, actor, held, kind, reason="", now=now)
    _settle(db, offer, entry, visit_id, now)
    audit.record(
        db, actor, "U", category="appointments", patient_id=entry.patient_id,
        entity=f"WaitlistOffer/{offer.id}", reason="accepted", now=now,
    )  # fmt: skip
    live.tell(db, "appointments", [entry.patient_id], is_private=ending.is_private(db, entry))
    return visit_id


@dataclass(frozen=True)
class Taken:
    """What an offer became. `said`: from when to when a visit moved; empty where none did."""

    visit_id: str
    said: str = ""


def take(db: Session, actor: Actor, *, offer_id: str, now: datetime) -> Taken:
    """Accepts an offer, and says what moved: whoever had a visit must know that it is no more."""
    offer = access.waitlist_offer(db, actor, offer_id)
    entry = db.get_one(WaitlistEntry, offer.entry_id)
    moved = db.get(Appointment, entry.appointment_id) if entry.appointment_id else None
    before, to = moved and moved.starts_at, when(offer.starts_at, now)
    visit_id = accept(db, actor, offer_id=offer_id, now=now)
    if before is None:
        return Taken(visit_id)
    if before == offer.starts_at:
        # A second tap: it has moved by the first.
        return Taken(visit_id, _("Your visit is moved to {to}.").format(to=to))
    said = _("Your visit is moved, from {before} to {to}.")
    return Taken(visit_id, said.format(before=when(before, now), to=to))


def decline(db: Session, actor: Actor, *, offer_id: str, now: datetime) -> None:
    """Leaves an offer to the next; who leaves it waits on. Twice is harmless."""
    offer = access.waitlist_offer(db, actor, offer_id)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    if offer.state == "declined":
        return
    if not ending.end(db, actor, offer, "declined", now=now):
        raise OfferOver


def _take(db: Session, offer: WaitlistOffer, now: datetime) -> bool:
    """Takes an offer, if it is out and not over: of two who try only one does."""
    here = (
        col(WaitlistOffer.id) == offer.id,
        col(WaitlistOffer.state) == "offered",
        col(WaitlistOffer.expires_at) > now,
    )
    taken = update(WaitlistOffer).where(*here).values(state="accepted", ended_at=now)
    return db.connection().execute(taken).rowcount == 1


def _taken(db: Session, offer: WaitlistOffer) -> str:
    """Returns what an offer became by an earlier tap; raises `OfferOver` for any other."""
    db.refresh(offer)
    if offer.state == "accepted" and offer.appointment_id:
        return offer.appointment_id
    raise OfferOver


def _still_earlier(db: Session, actor: Actor, held: Hold) -> bool:
    """Says whether the visit that is to move is still later than what is offered."""
    if not held.moves_id:
        return True
    try:
        moved: Appointment = access.appointment(db, actor, held.moves_id)
    except NotFound:
        return False
    return moved.starts_at > held.starts_at


def _settle(
    db: Session, offer: WaitlistOffer, entry: WaitlistEntry, visit_id: str, now: datetime
) -> None:
    ask = db.connection().execute
    mine = col(WaitlistOffer.id) == offer.id
    ask(update(WaitlistOffer).where(mine).values(appointment_id=visit_id))
    booked = {"status": "booked", "ended_at": now, "version": col(WaitlistEntry.version) + 1}
    ask(update(WaitlistEntry).where(col(WaitlistEntry.id) == entry.id).values(**booked))
    notices.withdraw(db, record_id=offer.id, version=2, now=now)
