"""Exceptions: time off, a closed clinic, a blocked or an extra time; bookings stay, listed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid, NotFound
from portal.models.people import Location, Practitioner
from portal.models.schedules import EXCEPTIONS, ScheduleException
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services.schedules import outside
from portal.services.schedules.rows import ExceptionRow, PlanRow
from portal.services.schedules.trying import WouldFallOut, as_if
from portal.words import _, clock, local, short_day

NOTE_MAX = 200
LONGEST = timedelta(days=400)
SHOWN = 200
KINDS = {
    "off": (_("Time off"), "out"),
    "closure": (_("Closed"), "lock"),
    "block": (_("Blocked"), "stop"),
    "extra": (_("Extra hours"), "plus"),
}


@dataclass(frozen=True)
class Exceptional:
    """An exception as it is entered. No practitioner: the whole clinic, which can only close."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    practitioner_id: str = ""
    location_id: str = ""
    note: str = ""


def view(db: Session, *, now: datetime) -> list[ExceptionRow]:
    """Returns what is going on and still to come, in order."""
    query = (
        select(ScheduleException, col(Practitioner.name))
        .outerjoin(Practitioner, col(Practitioner.id) == col(ScheduleException.practitioner_id))
        .where(col(ScheduleException.ends_at) > now)
        .order_by(col(ScheduleException.starts_at), col(ScheduleException.id))
        .limit(SHOWN)
    )
    return [_row(one, name) for one, name in db.execute(query)]


def check(db: Session, actor: Actor, *, change: Exceptional, now: datetime) -> PlanRow:
    """Returns whom an exception would hit, without writing it."""
    _may(actor, change)
    before = outside.ids(db, now=now, practitioner_id=change.practitioner_id)
    with as_if(db):
        row = _write(db, change, now)
        fallen = outside.ids(db, now=now, practitioner_id=change.practitioner_id) - before
        listed = outside.listed(db, actor, now=now, only=fallen)
    audit.record(db, actor, "R", category="schedule", entity="try-out", now=now)
    return PlanRow(_said(db, row), listed, is_there=True)


def put(db: Session, actor: Actor, *, change: Exceptional, knows: int = 0, now: datetime) -> str:
    """Writes an exception and returns its id. `knows`: how many bookings the person was shown."""
    _may(actor, change)
    before = outside.ids(db, now=now, practitioner_id=change.practitioner_id)
    with as_if(db):
        _write(db, change, now)
        fallen = outside.ids(db, now=now, practitioner_id=change.practitioner_id) - before
    if len(fallen) > knows:
        raise WouldFallOut(len(fallen))
    row = _write(db, change, now)
    _trace(db, actor, "C", row.id, f"{_said(db, row)}; {len(fallen)} bookings outside", now)
    return row.id


def remove(db: Session, actor: Actor, *, exception_id: str, now: datetime) -> None:
    """Takes an exception back: its times are free again, or no longer extra."""
    require(actor, Permission.SET_SCHEDULE)
    found = db.get(ScheduleException, exception_id)
    if found is None:
        raise NotFound
    said = _said(db, found)
    mine = col(ScheduleException.id) == found.id
    if db.connection().execute(delete(ScheduleException).where(mine)).rowcount != 1:
        raise NotFound
    _trace(db, actor, "D", exception_id, said, now)


def _may(actor: Actor, change: Exceptional) -> None:
    """Who books may take somebody's time out, as on the board; managers close the clinic."""
    is_small = change.kind in {"off", "block"} and change.practitioner_id
    if not (is_small and has(actor, Permission.BOOK_APPOINTMENTS)):
        require(actor, Permission.SET_SCHEDULE)


def _trace(
    db: Session, actor: Actor, action: str, exception_id: str, reason: str, now: datetime
) -> None:
    audit.record(
        db, actor, action, category="schedule", entity=f"ScheduleException/{exception_id}",
        reason=reason, now=now,
    )  # fmt: skip
    live.tell(db, "appointments")


def _write(db: Session, change: Exceptional, now: datetime) -> ScheduleException:
    _check(db, change)
    row = ScheduleException(
        kind=change.kind,
        practitioner_id=change.practitioner_id or None,
        location_id=change.location_id or None,
        starts_at=change.starts_at,
        ends_at=change.ends_at,
        note=" ".join(change.note.replace("\x00", "").split()),
        created_at=now,
    )
    db.connection().execute(insert(ScheduleException), [row.model_dump()])
    return row


def _check(db: Session, change: Exceptional) -> None:
    if change.kind not in EXCEPTIONS or len(change.note) > NOTE_MAX:
        raise Invalid
    if not timedelta() < change.ends_at - change.starts_at <= LONGEST:
        raise Invalid(_("Choose an end that is later than the beginning, by 400 days at most."))
    if not change.practitioner_id and change.kind != "closure":
        raise Invalid(_("Choose whom it is about. The whole clinic can only be closed."))
    for table, key in ((Practitioner, change.practitioner_id), (Location, change.location_id)):
        if key and db.get(table, key) is None:
            raise Invalid(_("Choose who works, and where, from the list."))


def _said(db: Session, one: ScheduleException) -> str:
    who = db.get(Practitioner, one.practitioner_id) if one.practitioner_id else None
    parts = (_(KINDS[one.kind][0]), who.name if who else _("the whole clinic"), span(one))
    return ", ".join(parts)


def span(one: Any) -> str:
    """Says from when to when: whole days by their days alone."""
    starts, ends = local(one.starts_at), local(one.ends_at)
    is_whole = starts.hour == starts.minute == ends.hour == ends.minute == 0
    last = ends.date() - timedelta(days=1) if is_whole else ends.date()
    if is_whole:
        days = dict.fromkeys(short_day(day) for day in (starts.date(), last))
        return _together(days)
    if starts.date() == last:
        first = f"{short_day(starts)}, {clock(one.starts_at)}"
        return _("{first} to {last}").format(first=first, last=clock(one.ends_at))
    return _together(f"{short_day(at)}, {clock(at)}" for at in (one.starts_at, one.ends_at))


def _together(ends: Iterable[str]) -> str:
    said = list(ends)
    return said[0] if len(said) == 1 else _("{first} to {last}").format(first=said[0], last=said[1])


def _row(one: ScheduleException, name: str | None) -> ExceptionRow:
    words, icon = KINDS[one.kind]
    return ExceptionRow(
        id=one.id,
        words=_(words),
        when=span(one),
        who=name or _("The whole clinic"),
        note=one.note,
        icon=icon,
    )
