"""The waiting list as patients see it: what they wait for, what is kept for them, the form."""

from datetime import datetime

from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.appointments import Appointment
from portal.models.schedules import VisitType
from portal.models.waitlist import OPEN, WaitlistEntry, WaitlistOffer
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import appointments
from portal.services.appointments import AppointmentsRow, rescheduling, rules
from portal.services.appointments.choosing import ChoiceRow, kinds
from portal.services.waitlist import saying
from portal.services.waitlist.rows import FormRow, OfferRow, WaitlistRow


def offers(db: Session, actor: Actor, *, now: datetime) -> list[OfferRow]:
    """Returns what is kept for the open record now, for a page that leaves its own trace."""
    found = saying.listed_offers(
        db,
        access.waitlist(actor),
        col(WaitlistOffer.patient_id) == actor.patient_id,
        col(WaitlistOffer.state) == "offered",
        col(WaitlistOffer.expires_at) > now,
    )
    may = has(actor, Permission.CHANGE_APPOINTMENTS)
    return [saying.offer_row(row, now, may=may) for row in found]


def upcoming(
    db: Session, actor: Actor, *, now: datetime, page: int = 1
) -> tuple[AppointmentsRow, list[OfferRow]]:
    """Returns one page of coming visits, and what is offered in place of them."""
    row = appointments.upcoming(db, actor, now=now, page=page)
    return row, offers(db, actor, now=now)


def past(
    db: Session, actor: Actor, *, now: datetime, page: int = 1
) -> tuple[AppointmentsRow, list[OfferRow]]:
    """Returns one page of past visits; nothing is offered there."""
    return appointments.past(db, actor, now=now, page=page), []


def view(
    db: Session, actor: Actor, *, kind: str = "", moves: str = "", entry: str = "", now: datetime
) -> WaitlistRow:
    """Returns the open record's entries, and the form for what the address names.

    Raises `NotFound` where that is nothing of the open record's.
    """
    patient = access.open_patient(db, actor)
    require(actor, Permission.SEE_APPOINTMENTS)
    audit.record(db, actor, "R", category="appointments", patient_id=patient.id, now=now)
    mine = (
        access.waitlist(actor),
        col(WaitlistEntry.patient_id) == patient.id,
        col(WaitlistEntry.status).in_(OPEN),
    )
    found = saying.listed_entries(db, *mine)
    called = saying.names(db)
    may = has(actor, Permission.CHANGE_APPOINTMENTS)
    waiting = {row[0].visit_type_id: row[0] for row in found}
    form = _form(db, actor, waiting, kind, moves, entry, now) if may else FormRow()
    return WaitlistRow(
        patient_id=patient.id,
        may_change=may,
        waits=[saying.entry_row(row, called, now) for row in found],
        offers=offers(db, actor, now=now),
        form=form,
        kinds=_kinds(db, patient.id, waiting, now) if may and not form.is_open else [],
    )


def _form(
    db: Session,
    actor: Actor,
    waiting: dict[str, WaitlistEntry],
    kind: str,
    moves: str,
    entry: str,
    now: datetime,
) -> FormRow:
    known = next((one for one in waiting.values() if one.id == entry), None)
    if entry and known is None:
        raise NotFound
    moved = _moved(db, actor, (known and known.appointment_id) or moves, now)
    wanted = known.visit_type_id if known else (moved and moved.visit_type_id) or kind
    if not wanted:
        return FormRow()
    chosen = rules.visit_type(db, wanted)
    # Who waits for it already changes what suits them: nobody stands in the line twice.
    known = known or waiting.get(chosen.id)
    if known is None and moved is None and not _is_open(db, actor, chosen, now):
        raise NotFound
    return saying.form_row(db, chosen, known, moved, now)


def _moved(db: Session, actor: Actor, moves: str, now: datetime) -> Appointment | None:
    if not moves:
        return None
    found = access.appointment(db, actor, moves)
    if found.patient_id != actor.patient_id or not found.visit_type_id:
        raise NotFound
    rescheduling.check(actor, found, now)
    return found


def _is_open(db: Session, actor: Actor, chosen: VisitType, now: datetime) -> bool:
    return rules.is_open_to(chosen, rules.standing(db, actor.patient_id, now=now))


def _kinds(
    db: Session, patient_id: str, waiting: dict[str, WaitlistEntry], now: datetime
) -> list[ChoiceRow]:
    """Returns what one can wait for by oneself, and does not wait for yet."""
    every = kinds.listed(db, patient_id, now=now)
    return [ChoiceRow(one.id, one.name) for one in every if one.is_open and one.id not in waiting]
