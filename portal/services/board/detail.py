"""One chosen visit: what the desk needs beside it, what can be done with it, how it came here."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.appointments import Appointment, AppointmentChange
from portal.models.people import Location, Patient
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import notices
from portal.services.appointments import serial, states
from portal.services.board import beside, flags, strips, times
from portal.services.board.rows import ActRow, DetailRow, HistoryRow
from portal.words import _, age, local, partial_day, short_day

SHOWN = 8
# Key, state that it leads to, words; in the order in which a visit goes on.
ACTS = (
    ("Y", "booked", _("Approve")),
    ("A", "arrived", _("Arrived")),
    ("R", "in-room", _("To room")),
    ("S", "with-practitioner", _("Being seen")),
    ("D", "fulfilled", _("Done")),
    ("C", "confirmed", _("Confirm")),
    ("N", "noshow", _("No-show")),
    ("L", "left", _("Left")),
    ("X", "cancelled", _("Cancel visit")),
)
_OPEN = ("proposed", "pending", "booked")
_HERE = ("arrived", "checked-in", "in-room", "with-practitioner")


def one(db: Session, actor: Actor, *, appointment_id: str, now: datetime) -> DetailRow:
    """Returns one visit with everything that the desk may see of it."""
    require(actor, Permission.SEE_APPOINTMENTS)
    if not actor.is_staff:
        raise NotFound
    visit = next(
        iter(strips.visits(db, actor, col(Appointment.id) == appointment_id, now=now)), None
    )
    record = access.appointment(db, actor, appointment_id)
    patient = db.get(Patient, record.patient_id)
    if visit is None or patient is None:
        raise NotFound
    shape, icon, words = strips.look(visit)
    place = db.get(Location, record.location_id) if record.location_id else None
    audit.record(
        db, actor, "R", category="appointments", patient_id=patient.id, entity=record.id, now=now
    )
    return DetailRow(
        id=record.id,
        version=record.version,
        patient_id=patient.id,
        name=patient.name,
        age=str(age(patient.born_on, now)) if patient.born_on else "",
        born=partial_day(patient.birth_date),
        phone=patient.phone,
        state=shape,
        words=words,
        icon=icon,
        since=strips.since(visit),
        visit=f"{times.clock(record.starts_at)}–{times.clock(record.ends_at)}, {record.title}",
        who=", ".join(part for part in (visit.who, place.name if place else "") if part),
        reason=record.reason,
        overbooked=record.overbooked,
        series=serial.said(db, record),
        flags=flags.of(visit, now),
        acts=possible(record) if has(actor, Permission.BOOK_APPOINTMENTS) else [],
        history=_history(db, record.id, now),
        notices=notices.of_visit(db, actor, appointment_id=record.id, now=now),
    )


def possible(record: Appointment | Any) -> list[ActRow]:
    """Returns what can be done with a visit from where it is."""
    here = states.of(record)
    acts = [ActRow(key, act, _(words)) for key, act, words in ACTS if _follows(record, here, act)]
    if here in (*_OPEN, *_HERE):
        # Carried by the page, and dropped where one clicks: nobody has to drag.
        acts.append(ActRow("M", "move", _("Move")))
    return acts


def _follows(record: Any, here: str, act: str) -> bool:
    if act == "confirmed":
        return here in _OPEN and record.confirmed_at is None
    if act == "booked":
        return here in {"proposed", "pending"}
    return here in states.STATES[act].after


def changed(db: Session, actor: Actor, *, appointment_id: str, now: datetime) -> str:
    """Says how a visit stands now and who has changed it last, for who saw an older state."""
    record = access.appointment(db, actor, appointment_id)
    last = db.scalars(_changes(record.id).limit(1)).first()
    here = states.of(record)
    words = _(states.STATES[here].words) if here in states.STATES else here
    if last is None:
        return _("It is now: {state}.").format(state=words)
    said = _("{who}, {time}: {what}. It is now: {state}, {start}.")
    return said.format(
        who=last.by or _("Somebody"),
        time=_at(last.at, now),
        what=beside.said(last.what),
        state=words,
        start=times.clock(record.starts_at),
    )


def _changes(appointment_id: str) -> Any:
    return (
        select(AppointmentChange)
        .where(col(AppointmentChange.appointment_id) == appointment_id)
        .order_by(col(AppointmentChange.at).desc(), col(AppointmentChange.version).desc())
    )


def _history(db: Session, appointment_id: str, now: datetime) -> list[HistoryRow]:
    return [
        HistoryRow(_at(one.at, now), f"{beside.said(one.what)}: {one.by}")
        for one in db.scalars(_changes(appointment_id).limit(SHOWN))
    ]


def _at(at: datetime, now: datetime) -> str:
    is_today = local(at).date() == local(now).date()
    return times.clock(at) if is_today else short_day(at)
