"""Booking at the desk: a few letters, and what was booked last time is filled in.

Where the time is taken, or runs out of the hours, the desk is told what would fit instead, and may
book over it on purpose, with a reason.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.errors import Invalid, NotFound
from portal.models.appointments import CHANNELS, STANDING, Appointment
from portal.models.people import Practitioner
from portal.models.schedules import VisitType
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import appointments, free_times, patients
from portal.services.appointments import rules
from portal.services.appointments.booking import TimeTaken
from portal.services.board import strips, times
from portal.services.board.rows import HitRow, HitsRow, KindRow, OptionRow
from portal.services.free_times import moment_of
from portal.services.free_times.arithmetic import without
from portal.words import _, how_far, local

OPTIONS = 3
# How far ahead another time is looked for.
AHEAD_DAYS = 14
_LONGEST_BUFFER = timedelta(hours=4)
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
    if db.get(Practitioner, practitioner_id) is None:
        raise NotFound
    what = asked(db, practitioner_id, patient_id, visit_type_id, minutes)
    starts_at = moment_of(minute)
    day = local(starts_at).date()
    hours = times.read(db, day, day)[day]
    if not (overbooked or is_walk_in):
        _within(hours, practitioner_id, starts_at, what.minutes)
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


def clash(
    db: Session,
    actor: Actor,
    *,
    practitioner_id: str,
    minute: int,
    patient_id: str,
    visit_type_id: str = "",
    minutes: int = 0,
    now: datetime,
) -> str:
    """Says into whose visit this would run, buffers included; nothing where into nobody's."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    del now
    what = asked(db, practitioner_id, patient_id, visit_type_id, minutes)
    start = moment_of(minute - what.kind.buffer_before)
    end = moment_of(minute + what.minutes + what.kind.buffer_after)
    theirs = or_(
        col(Appointment.practitioner_id) == practitioner_id,
        col(Appointment.patient_id) == patient_id,
    )
    found = strips.visits(
        db, actor, theirs, col(Appointment.status).in_(STANDING),
        col(Appointment.starts_at) < end + _LONGEST_BUFFER,
        col(Appointment.ends_at) > start - _LONGEST_BUFFER,
    )  # fmt: skip
    for one in found:
        early, late = timedelta(minutes=one.buffer_before), timedelta(minutes=one.buffer_after)
        if one.starts_at - early < end and one.ends_at + late > start:
            said = _("Runs into {name}, {start} to {end}, with {who}.")
            return said.format(
                name=one.name,
                start=times.clock(one.starts_at),
                end=times.clock(one.ends_at),
                who=one.who or _("nobody yet"),
            )
    return ""


def options(
    db: Session,
    actor: Actor,
    *,
    practitioner_id: str,
    minute: int,
    patient_id: str,
    visit_type_id: str = "",
    minutes: int = 0,
    now: datetime,
) -> list[OptionRow]:
    """Returns up to three times that fit: the next with the same one, with others, and later."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    what = asked(db, practitioner_id, patient_id, visit_type_id, minutes)
    kind = VisitType.model_validate(what.kind.model_dump() | {"minutes": what.minutes})
    first = local(moment_of(minute)).date()
    everybody = rules.practitioners(db, kind.id)
    found = free_times.free(
        db, kind, everybody, first=first, last=first + timedelta(days=AHEAD_DAYS), now=now,
        channel=what.channel, patient_id=patient_id, is_staff=True,
    )  # fmt: skip
    names = _names(db, everybody)
    return [
        OptionRow(
            key=str(at + 1),
            practitioner_id=time.practitioner_id,
            minute=time.minute,
            words=_("{who} at {time}").format(
                who=names[time.practitioner_id], time=times.clock(time.starts_at)
            ),
            when=how_far(time.starts_at, now),
        )
        for at, time in enumerate(_best(found, practitioner_id, minute))
    ]


def asked(
    db: Session, practitioner_id: str, patient_id: str, visit_type_id: str, minutes: int
) -> Usual:
    """Returns what is booked: as chosen, else as last time, else the first that this one does."""
    last = _usual(db, [patient_id]).get(patient_id)
    if visit_type_id:
        kind = rules.visit_type(db, visit_type_id)
        same = last is not None and last.kind.id == kind.id
        found = last if last and same else Usual(kind, kind.minutes, _channel(kind, ""))
    else:
        found = last or _first(db, practitioner_id)
    return Usual(found.kind, minutes or found.minutes, found.channel)


def _within(hours: times.Day, who: str, starts_at: datetime, minutes: int) -> None:
    start = times.minute_in(hours.day, starts_at)
    worked = hours.worked(who)
    if hours.work.get(who) and without([(start, start + minutes)], worked):
        raise OutsideHours


def _best(
    found: Collection[free_times.FreeTime], who: str, minute: int
) -> list[free_times.FreeTime]:
    """Returns the next time with the same one, the nearest with another, then what is next."""
    later = [time for time in found if time.minute >= minute] or list(found)
    own = [time for time in later if time.practitioner_id == who]
    others = [time for time in later if time.practitioner_id != who]
    picked = dict.fromkeys([*own[:1], *others[:1], *own[1:2], *others[1:], *own[2:]])
    return sorted(list(picked)[:OPTIONS], key=lambda time: time.minute)


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
        usual = Usual(kind, length, _channel(kind, visit.channel))
        found.setdefault(visit.patient_id, usual)
    return found


def _first(db: Session, practitioner_id: str) -> Usual:
    for kind in _kinds(db):
        if practitioner_id in rules.practitioners(db, kind.id):
            return Usual(kind, kind.minutes, _channel(kind, ""))
    raise Invalid(_("Choose what kind of visit it is."))


def _channel(kind: VisitType, wanted: str) -> str:
    offered = [one for one in CHANNELS if one in kind.channels.split()]
    return wanted if wanted in offered or not offered else offered[0]


def _kinds(db: Session) -> list[VisitType]:
    query = select(VisitType).where(col(VisitType.active).is_(True))
    return list(db.scalars(query.order_by(col(VisitType.position), col(VisitType.name))))


def _names(db: Session, practitioner_ids: Collection[str]) -> dict[str, str]:
    query = select(col(Practitioner.id), col(Practitioner.name))
    rows = db.connection().execute(query.where(col(Practitioner.id).in_(practitioner_ids)))
    return {row.id: row.name for row in rows}


def _said(usual: Usual | None) -> str:
    if usual is None:
        return ""
    return _("{name}, {count} min").format(name=usual.kind.name, count=usual.minutes)
