"""Booking at the desk: a few letters, and what was booked last time is filled in.

Where the time is taken, or runs out of the hours, it is booked over on purpose alone, with a
reason; what would fit instead says services/board/fitting.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import Invalid, NotFound
from portal.models.appointments import CHANNELS, Appointment
from portal.models.people import Practitioner
from portal.models.schedules import Schedule, VisitType
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import appointments, free_times, patients
from portal.services.appointments import rules
from portal.services.appointments.booking import TimeTaken
from portal.services.board import times
from portal.services.board.rows import HitRow, HitsRow, KindRow
from portal.services.free_times import moment_of
from portal.services.free_times.arithmetic import without
from portal.words import _, local

WALK_IN = _("Walk-in")


class OutsideHours(TimeTaken):
    """The visit would run past the hours or into a break."""

    sentence = _("This runs out of the hours or into a break. Choose another time, or book over.")


@dataclass(frozen=True)
class Usual:
    """What would be booked for somebody: their last visit's type, length and channel."""

    kind: VisitType
    minutes: int
    channel: str


def kinds(db: Session, actor: Actor, *, now: datetime) -> list[KindRow]:
    """Returns the types of visit that the desk books."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    del now
    return [
        KindRow(kind.id, _("{name}, {count} min").format(name=kind.name, count=kind.minutes))
        for kind in _kinds(db)
    ]


def people(db: Session, actor: Actor, *, now: datetime) -> list[KindRow]:
    """Returns with whom the desk books: who has hours."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    del now
    query = (
        select(col(Practitioner.id), col(Practitioner.name))
        .where(
            col(Practitioner.active).is_(True),
            col(Practitioner.id).in_(select(col(Schedule.practitioner_id))),
        )
        .order_by(col(Practitioner.name), col(Practitioner.id))
    )
    return [KindRow(row.id, row.name) for row in db.connection().execute(query)]


def find(db: Session, actor: Actor, *, words: str, now: datetime) -> HitsRow:
    """Returns who fits what was typed, each with what would be booked for them."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    if not words.strip():
        return HitsRow(words)
    found = patients.find(db, actor, words=words, now=now)
    usual = _usual(db, [hit.patient_id for hit in found.hits])
    rows = [
        HitRow(
            patient_id=hit.patient_id,
            name=hit.name,
            age=hit.age,
            beside=" · ".join(part for part in (hit.born, hit.record_number) if part),
            usual=_said(usual.get(hit.patient_id)),
        )
        for hit in found.hits
        if not hit.deceased
    ]
    return HitsRow(words, rows, is_close=found.is_close, has_more=found.has_more)


def book(
    db: Session,
    actor: Actor,
    *,
    practitioner_id: str,
    minute: int,
    patient_id: str,
    visit_type_id: str = "",
    minutes: int = 0,
    overbooked: str = "",
    is_walk_in: bool = False,
    now: datetime,
) -> str:
    """Books for an existing patient and returns the visit's id.

    What is not said is as last time. Raises `TimeTaken` where the time is somebody else's and
    `OutsideHours` where it runs out of the hours, unless `overbooked` says why.
    """
    require(actor, Permission.BOOK_APPOINTMENTS)
    check_practitioner(db, practitioner_id)
    what = asked(db, practitioner_id, patient_id, visit_type_id, minutes)
    starts_at = moment_of(minute)
    day = local(starts_at).date()
    hours = times.read(db, day, day)[day]
    if not (overbooked or is_walk_in):
        within(hours, practitioner_id, starts_at, what.minutes)
    in_person = what.channel == free_times.IN_PERSON
    found = appointments.book(
        db,
        actor,
        patient_id=patient_id,
        practitioner_id=practitioner_id,
        location_id=hours.places.get(practitioner_id) if in_person else None,
        title=what.kind.name,
        starts_at=starts_at,
        minutes=what.minutes,
        preparation=what.kind.preparation,
        visit_type=what.kind,
        channel=what.channel,
        overbooked=overbooked or (_(WALK_IN) if is_walk_in else ""),
        now=now,
    )
    if is_walk_in:
        appointments.move(db, actor, appointment_id=found, version=1, status="arrived", now=now)
    return found


def asked(
    db: Session, practitioner_id: str, patient_id: str, visit_type_id: str, minutes: int
) -> Usual:
    """Returns what is booked: as chosen, else as last time, else the first that this one does."""
    last = _usual(db, [patient_id]).get(patient_id)
    if visit_type_id:
        kind = rules.visit_type(db, visit_type_id)
        same = last is not None and last.kind.id == kind.id
        found = last if last and same else Usual(kind, kind.minutes, channel(kind, ""))
    else:
        found = last or _first(db, practitioner_id)
    return Usual(found.kind, minutes or found.minutes, found.channel)


def check_practitioner(db: Session, practitioner_id: str) -> None:
    """Raises `NotFound` for somebody that there is not."""
    if db.get(Practitioner, practitioner_id) is None:
        raise NotFound


def within(hours: times.Day, who: str, starts_at: datetime, minutes: int) -> None:
    """Raises `OutsideHours` where a visit would not lie in somebody's hours, if they have any."""
    start = times.minute_in(hours.day, starts_at)
    worked = hours.worked(who)
    if hours.work.get(who) and without([(start, start + minutes)], worked):
        raise OutsideHours


def _usual(db: Session, patient_ids: Collection[str]) -> dict[str, Usual]:
    """Returns what somebody had last, by one query for all of them."""
    if not patient_ids:
        return {}
    query = (
        select(Appointment, VisitType)
        .join(VisitType, col(VisitType.id) == col(Appointment.visit_type_id))
        .where(
            col(Appointment.patient_id).in_(patient_ids),
            col(Appointment.status).not_in(("cancelled", "entered-in-error", "noshow")),
            col(VisitType.active).is_(True),
        )
        .order_by(col(Appointment.starts_at).desc())
    )
    found: dict[str, Usual] = {}
    for visit, kind in db.execute(query):
        length = int((visit.ends_at - visit.starts_at).total_seconds()) // 60
        usual = Usual(kind, length, channel(kind, visit.channel))
        found.setdefault(visit.patient_id, usual)
    return found


def _first(db: Session, practitioner_id: str) -> Usual:
    """Returns what somebody who was never here is booked for: what takes new patients, if any."""
    for kind in sorted(_kinds(db), key=lambda one: not one.new_patients):
        if practitioner_id in rules.practitioners(db, kind.id):
            return Usual(kind, kind.minutes, channel(kind, ""))
    raise Invalid(_("Choose what kind of visit it is."))


def channel(kind: VisitType, wanted: str) -> str:
    """Returns how a visit takes place: as wanted where its type is offered so, else as it is."""
    offered = [one for one in CHANNELS if one in kind.channels.split()]
    return wanted if wanted in offered or not offered else offered[0]


def _kinds(db: Session) -> list[VisitType]:
    query = select(VisitType).where(col(VisitType.active).is_(True))
    return list(db.scalars(query.order_by(col(VisitType.position), col(VisitType.name))))


def _said(usual: Usual | None) -> str:
    if usual is None:
        return ""
    return _("{name}, {count} min").format(name=usual.kind.name, count=usual.minutes)
