"""Fitting: what is in the way of a time, what would fit instead, and what is free next."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from portal.models.appointments import STANDING, Appointment
from portal.models.people import Location, Practitioner
from portal.models.schedules import VisitType
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import free_times
from portal.services.appointments import rules
from portal.services.board import booking, strips, times
from portal.services.board.rows import OptionRow
from portal.services.free_times import moment_of
from portal.words import _, how_far, local

OPTIONS = 3
# How far ahead another time is looked for, and how far the next free one.
AHEAD_DAYS = 14
SEEK_DAYS = 90
# So many free times are listed, each with a number to press; of one practitioner not more than so
# many, so that it is a choice between people too.
SOUGHT, OF_ONE = 9, 3
_LONGEST_BUFFER = timedelta(hours=4)


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
    what = booking.asked(db, practitioner_id, patient_id, visit_type_id, minutes)
    return in_the_way(
        db,
        actor,
        practitioner_id=practitioner_id,
        patient_id=patient_id,
        start=moment_of(minute - what.kind.buffer_before),
        end=moment_of(minute + what.minutes + what.kind.buffer_after),
        now=now,
    )


def in_the_way(
    db: Session,
    actor: Actor,
    *,
    practitioner_id: str,
    patient_id: str,
    start: datetime,
    end: datetime,
    location_id: str | None = None,
    but: str = "",
    now: datetime,
) -> str:
    """Says whose visit lies in a time that is wanted, buffers included; `but` this one."""
    theirs = or_(
        col(Appointment.practitioner_id) == practitioner_id,
        col(Appointment.patient_id) == patient_id,
        # Of a place that is no room many have a part at once.
        and_(col(Appointment.location_id) == location_id, col(Location.is_room).is_(True)),
    )
    found = strips.visits(
        db, actor, theirs, col(Appointment.status).in_(STANDING), col(Appointment.id) != but,
        col(Appointment.starts_at) < end + _LONGEST_BUFFER,
        col(Appointment.ends_at) > start - _LONGEST_BUFFER, now=now,
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
    what = booking.asked(db, practitioner_id, patient_id, visit_type_id, minutes)
    kind = VisitType.model_validate(what.kind.model_dump() | {"minutes": what.minutes})
    first = local(moment_of(minute)).date()
    everybody = rules.practitioners(db, kind.id)
    found = free_times.free(
        db, kind, everybody, first=first, last=first + timedelta(days=AHEAD_DAYS), now=now,
        channel=what.channel, patient_id=patient_id, is_staff=True,
    )  # fmt: skip
    names = _names(db, everybody)
    return [
        _option(str(at + 1), time, names, now)
        for at, time in enumerate(_best(found, practitioner_id, minute))
    ]


def next_free(
    db: Session,
    actor: Actor,
    *,
    visit_type_id: str,
    first: date,
    practitioner_id: str = "",
    now: datetime,
) -> list[OptionRow]:
    """Returns the next free times for a type of visit, with whoever takes it or with one of them.

    A week is looked through at a time, so that a near one is found without reckoning a quarter.
    """
    require(actor, Permission.BOOK_APPOINTMENTS)
    kind = rules.visit_type(db, visit_type_id)
    everybody = rules.practitioners(db, kind.id)
    asked = [who for who in everybody if who == practitioner_id] if practitioner_id else everybody
    first = max(first, local(now).date())
    most = SOUGHT if len(asked) == 1 else OF_ONE
    found: list[free_times.FreeTime] = []
    for week in range(0, SEEK_DAYS, 7):
        start = first + timedelta(days=week)
        found += free_times.free(
            db, kind, asked, first=start, last=start + timedelta(days=6), now=now,
            channel=booking.channel(kind, ""), is_staff=True,
        )  # fmt: skip
        picked = _some_of_each(found, most)
        if len(picked) >= SOUGHT:
            break
    names = _names(db, asked)
    return [
        _option(str(at + 1), time, names, now)
        for at, time in enumerate(_some_of_each(found, most)[:SOUGHT])
    ]


def _some_of_each(found: Collection[free_times.FreeTime], most: int) -> list[free_times.FreeTime]:
    counted: dict[str, int] = {}
    picked = []
    for time in found:
        counted[time.practitioner_id] = counted.get(time.practitioner_id, 0) + 1
        if counted[time.practitioner_id] <= most:
            picked.append(time)
    return picked


def _option(key: str, time: free_times.FreeTime, names: dict[str, str], now: datetime) -> OptionRow:
    who, clock = names[time.practitioner_id], times.clock(time.starts_at)
    return OptionRow(
        key=key,
        practitioner_id=time.practitioner_id,
        minute=time.minute,
        words=_("{who} at {time}").format(who=who, time=clock),
        when=how_far(time.starts_at, now),
        at=clock,
        who=who,
    )


def _best(
    found: Collection[free_times.FreeTime], who: str, minute: int
) -> list[free_times.FreeTime]:
    """Returns the next time with the same one, the nearest with another, then what is next."""
    later = [time for time in found if time.minute >= minute] or list(found)
    own = [time for time in later if time.practitioner_id == who]
    others = [time for time in later if time.practitioner_id != who]
    picked = dict.fromkeys([*own[:1], *others[:1], *own[1:2], *others[1:], *own[2:]])
    return sorted(list(picked)[:OPTIONS], key=lambda time: time.minute)


def _names(db: Session, practitioner_ids: Collection[str]) -> dict[str, str]:
    query = select(col(Practitioner.id), col(Practitioner.name))
    rows = db.connection().execute(query.where(col(Practitioner.id).in_(practitioner_ids)))
    return {row.id: row.name for row in rows}
