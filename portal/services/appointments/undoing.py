"""Undoing: for three minutes staff take a change back, and nobody outside has heard of it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.errors import Conflict
from portal.models.appointments import Appointment, AppointmentChange
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.services.appointments import booking, changing, freeing, history, states
from portal.words import _


class NothingToUndo(Conflict):
    """No change of this person can be taken back any more."""

    sentence = _("Nothing of yours can be undone: three minutes have passed, or it changed since.")


def undo(db: Session, actor: Actor, *, now: datetime) -> str:
    """Takes back the actor's own last change of a visit; returns the visit's id.

    Raises `NothingToUndo` when it is too old or the visit has changed since, and `TimeTaken` when
    somebody else has the time by now.
    """
    require(actor, Permission.BOOK_APPOINTMENTS)
    last = _last(db, actor, now)
    if last is None:
        raise NothingToUndo
    record = access.appointment(db, actor, last.appointment_id)
    if record.version != last.version:
        raise NothingToUndo
    if last.what == "booked" and not last.before.strip("{} "):
        before = states.step(record, "cancelled", now) | {"cancelled_by": "clinic"}
    else:
        before = history.read(last.before)
    wanted = Appointment.model_validate(record.model_dump() | before)
    freeing.clear(db, now=now, around=wanted)
    with booking.claiming(db, wanted):
        changing.change(db, actor, record, record.version, before, what="undone", now=now)
    notices.take_back(db, record_id=record.id, version=last.version, now=now)
    mark = update(AppointmentChange).where(col(AppointmentChange.id) == last.id)
    db.connection().execute(mark.values(undone_at=now))
    return record.id


def _last(db: Session, actor: Actor, now: datetime) -> AppointmentChange | None:
    query = (
        select(AppointmentChange)
        .where(
            col(AppointmentChange.user_id) == actor.user_id,
            col(AppointmentChange.at) > now - changing.UNDO,
            col(AppointmentChange.undone_at).is_(None),
            col(AppointmentChange.what).not_in(history.KEPT),
        )
        .order_by(col(AppointmentChange.at).desc(), col(AppointmentChange.version).desc())
    )
    return db.scalars(query.limit(1)).first()
