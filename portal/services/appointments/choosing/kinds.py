"""The types of visit that are open to a person, and those that need a call."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.schedules import VisitType
from portal.services.appointments import rules
from portal.services.appointments.choosing.rows import KindRow
from portal.words import _, _n

CHANNELS = {
    "in-person": _("At the clinic"),
    "phone": _("By phone"),
    "video": _("By video"),
}


def listed(db: Session, patient_id: str, *, now: datetime) -> list[KindRow]:
    """Returns every type of visit that a patient reads of, in the clinic's order."""
    query = (
        select(VisitType)
        .where(col(VisitType.active).is_(True))
        .order_by(col(VisitType.position), col(VisitType.name), col(VisitType.id))
    )
    stands = rules.standing(db, patient_id, now=now)
    return [row_of(one, stands, rules.practitioners(db, one.id)) for one in db.scalars(query)]


def row_of(one: VisitType, stands: rules.Standing, takers: Sequence[str]) -> KindRow:
    """Returns a type of visit in plain words, with whether this person may book it."""
    enough = bool(one.open_limit) and stands.is_open.get(one.id, 0) >= one.open_limit
    why_not = _why_not(one, stands, takers)
    if not why_not and enough:
        why_not = _("You already have one planned. You can give it another time.")
    return KindRow(
        id=one.id,
        name=one.name,
        about=one.description,
        minutes=_n("{count} minute", "{count} minutes", one.minutes),
        channels=ways(one.channels),
        urgent=one.urgent,
        is_asked=one.how_booked == "approval",
        is_open=not why_not,
        why_not=why_not,
        has_enough=enough,
        only=takers[0] if len(takers) == 1 else "",
        asks_reason=one.asks_reason,
        prompt=one.reason_prompt or _("What is it about?"),
    )


def ways(channels: str) -> str:
    """Says how a visit can take place; nothing where it is always at the clinic."""
    known = [key for key in CHANNELS if key in channels.split()]
    if known in ([], ["in-person"]):
        return ""
    names = [_(CHANNELS[key]).lower() if at else _(CHANNELS[key]) for at, key in enumerate(known)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {_('or')} {names[-1]}"


def _why_not(one: VisitType, stands: rules.Standing, takers: Sequence[str]) -> str:
    if not rules.is_open_to(one, stands):
        if one.who_books != "staff" and one.how_booked != "view-only":
            return _("For the first visit with us, please call: we plan it together.")
        return _("We plan this with you. Please call us.")
    if not takers:
        return _("Nobody offers this at the moment. Please call us.")
    return ""
