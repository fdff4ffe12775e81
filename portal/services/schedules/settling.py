"""Settling: what is to be done with a booking that lies outside of the hours."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import Invalid
from portal.models.appointments import Appointment
from portal.models.people import Practitioner
from portal.models.schedules import VisitType
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import board, free_times
from portal.services.appointments import booking, changing, rules
from portal.services.appointments.booking import TimeTaken
from portal.services.free_times import FreeTime
from portal.services.schedules.rows import ChoiceRow
from portal.words import _, local, when

OFFERED = 12
# Minutes since 1970 have eight for the next century.
DIGITS = 9
BEFORE, AHEAD = timedelta(days=7), timedelta(days=28)


class SayWhy(Invalid):
    """A booking is kept outside of the hours without a reason."""

    sentence = _("Say why this booking stays: it is read on the board.")


def keep(
    db: Session, actor: Actor, *, appointment_id: str, version: int, reason: str, now: datetime
) -> None:
    """Keeps a booking where nobody works, on purpose; the board shows it with the reason."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    said = booking.text(reason, booking.OVERBOOKED_MAX)
    if not said:
        raise SayWhy
    changing.change(db, actor, record, version, {"overbooked": said}, what="kept", now=now)


def choices(db: Session, actor: Actor, *, appointment_id: str, now: datetime) -> list[ChoiceRow]:
    """Returns free times near a booking's own: with the same one first of all."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    audit.record(
        db, actor, "R", category="appointments", patient_id=record.patient_id, entity=record.id,
        now=now,
    )  # fmt: skip
    found = _near(db, record, now)
    names = {
        row.id: row.name
        for row in db.connection().execute(select(col(Practitioner.id), col(Practitioner.name)))
    }
    said = _("{when}, with {name}")
    return [
        ChoiceRow(
            f"{one.minute} {one.practitioner_id}",
            said.format(when=when(one.starts_at, now), name=names[one.practitioner_id]),
        )
        for one in found
    ]


def move(
    db: Session, actor: Actor, *, appointment_id: str, version: int, to: str, now: datetime
) -> None:
    """Moves a booking to one of its `choices`; raises `TimeTaken` where that is free no more."""
    minute, _space, who = to.partition(" ")
    if not (minute.isascii() and minute.isdigit() and len(minute) <= DIGITS and who):
        raise Invalid(_("Choose a time from the list."))
    require(actor, Permission.BOOK_APPOINTMENTS)
    record = access.appointment(db, actor, appointment_id)
    if not any(
        (one.minute, one.practitioner_id) == (int(minute), who) for one in _near(db, record, now)
    ):
        raise TimeTaken
    board.drop(
        db, actor, appointment_id=record.id, version=version, practitioner_id=who,
        minute=int(minute), now=now,
    )  # fmt: skip


def _near(db: Session, record: Appointment, now: datetime) -> list[FreeTime]:
    kind, own, at = _kind(db, record), record.practitioner_id or "", record.starts_at
    everybody = [one for one in dict.fromkeys([own, *rules.practitioners(db, kind.id)]) if one]
    found = free_times.free(
        db, kind, everybody, first=max(local(now).date(), local(at).date() - BEFORE),
        last=local(at).date() + AHEAD, now=now, channel=record.channel,
        patient_id=record.patient_id, but=[record.id], is_staff=True,
    )  # fmt: skip
    near = sorted(found, key=lambda one: abs(one.starts_at - at))
    theirs = [one for one in near if one.practitioner_id == own]
    others = [one for one in near if one.practitioner_id != own]
    return sorted([*theirs[:OFFERED], *others[: OFFERED // 2]])


def _kind(db: Session, record: Appointment) -> VisitType:
    """Returns the booking's type, as long as the booking is, with the buffers that it has."""
    kind = db.get(VisitType, record.visit_type_id) if record.visit_type_id else None
    length = int((record.ends_at - record.starts_at).total_seconds()) // 60
    found = VisitType(name=record.title) if kind is None else kind
    own: dict[str, Any] = {
        "minutes": length,
        "channels": record.channel,
        "buffer_before": record.buffer_before,
        "buffer_after": record.buffer_after,
    }
    return VisitType.model_validate(found.model_dump() | own)
