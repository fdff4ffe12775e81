"""Rules of booking for patients: which types of visit are open to them, and how many."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.errors import Conflict, NotFound
from portal.models.appointments import STANDING, Appointment
from portal.models.people import Practitioner
from portal.models.schedules import Schedule, VisitType
from portal.security.actor import Actor
from portal.security.permissions import Permission
from portal.security.permissions import require as require_permission
from portal.words import _


class OnlyByPhone(Conflict):
    """The clinic books this type of visit itself."""

    sentence = _("We book this kind of visit with you by phone. Please call us.")


class EnoughOpen(Conflict):
    """Somebody has as many visits of this type as the clinic allows at once."""

    sentence = _(
        "You already have as many visits of this kind as can be booked ahead. "
        "Cancel one first, or call us."
    )


@dataclass(frozen=True)
class Standing:
    """What counts of a person's visits: whether they have been here, and what is open by type."""

    has_been_here: bool = False
    is_open: dict[str, int] = field(default_factory=dict)


def standing(db: Session, patient_id: str, *, now: datetime) -> Standing:
    """Returns what a patient has had and has open."""
    been = select(col(Appointment.id)).where(
        col(Appointment.patient_id) == patient_id, col(Appointment.status) == "fulfilled"
    )
    counted = (
        select(col(Appointment.visit_type_id), func.count())
        .where(
            col(Appointment.patient_id) == patient_id,
            col(Appointment.status).in_(STANDING),
            col(Appointment.starts_at) > now,
            col(Appointment.visit_type_id).is_not(None),
        )
        .group_by(col(Appointment.visit_type_id))
    )
    ask = db.connection().execute
    return Standing(
        has_been_here=ask(been.limit(1)).first() is not None,
        is_open={str(row[0]): row[1] for row in ask(counted)},
    )


def is_open_to(one: VisitType, stands: Standing) -> bool:
    """Says whether a patient may book a type of visit or ask for it by themselves."""
    if not one.active or one.who_books == "staff" or one.how_booked == "view-only":
        return False
    return stands.has_been_here or (one.new_patients and one.who_books == "public")


def visit_type(db: Session, visit_type_id: str) -> VisitType:
    """Returns a type of visit that is in use."""
    found = db.get(VisitType, visit_type_id)
    if found is None or not found.active:
        raise NotFound
    return found


def require(db: Session, actor: Actor, one: VisitType, *, now: datetime, moves: bool) -> None:
    """Raises the refusal that fits unless the actor may book this type in the open record."""
    require_permission(actor, Permission.CHANGE_APPOINTMENTS)
    if not is_open_to(one, standing(db, actor.patient_id, now=now)):
        raise OnlyByPhone
    if not moves:
        require_room(db, actor.patient_id, one, now=now)


def require_room(db: Session, patient_id: str, one: VisitType, *, now: datetime) -> None:
    """Raises `EnoughOpen` where somebody has as many visits of a type as they may have at once."""
    is_open = standing(db, patient_id, now=now).is_open
    if one.open_limit and is_open.get(one.id, 0) >= one.open_limit:
        raise EnoughOpen


def practitioners(db: Session, visit_type_id: str) -> list[str]:
    """Returns who takes a type of visit, by name; for no type, who takes any."""
    query = (
        select(col(Practitioner.id), col(Schedule.visit_types))
        .join(Schedule, col(Schedule.practitioner_id) == col(Practitioner.id))
        .where(col(Practitioner.active).is_(True))
        .order_by(col(Practitioner.name), col(Practitioner.id))
    )
    found: dict[str, None] = {}
    for row in db.connection().execute(query):
        kinds = row.visit_types.split()
        if not kinds or not visit_type_id or visit_type_id in kinds:
            found[row.id] = None
    return list(found)
