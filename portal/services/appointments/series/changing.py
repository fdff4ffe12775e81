"""Changing a series: this visit, this and those after it, or all that are still to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.errors import Invalid, Refusal
from portal.models.appointments import Appointment
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.services.appointments import booking, freeing, rescheduling
from portal.services.appointments import changing as one_visit
from portal.services.appointments.series import judging
from portal.services.appointments.series.dates import MOST, at_clock
from portal.services.appointments.series.repeating import NothingFree, Outcome
from portal.words import _, local, when

SCOPES = ("one", "rest", "all")
_OPEN = ("proposed", "pending", "booked")


@dataclass(frozen=True)
class MemberRow:
    """What would become of one visit of a series: `becomes` its new time, or `why` it stays."""

    id: str = ""
    when: str = ""
    becomes: str = ""
    why: str = ""
    is_possible: bool = False


def moving(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    scope: str,
    starts_at: datetime,
    now: datetime,
) -> list[MemberRow]:
    """Returns what would become of each visit if this one were put there and they moved with it."""
    rows: list[tuple[datetime, MemberRow]] = []
    record = _record(db, actor, appointment_id, now)
    with judging.as_if(db):
        for one, at in _moves(db, actor, record, scope, starts_at, now):
            why = _in_vain(db, one, at, now)
            said = when(at, now) if at else ""
            row = MemberRow(one.id, when(one.starts_at, now), said, why, not why)
            rows.append((one.starts_at, row))
    return [row for _at, row in sorted(rows, key=lambda found: found[0])]


def move(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    version: int,
    scope: str,
    starts_at: datetime,
    now: datetime,
) -> Outcome:
    """Moves a visit, and of its series those that can; what cannot stays and is said."""
    record = _fresh(db, actor, appointment_id, version, now)
    done, left = list[Appointment](), list[str]()
    for one, at in _moves(db, actor, record, scope, starts_at, now):
        why = _in_vain(db, one, at, now, is_only_look=True)
        if at is None or why:
            left.append(f"{when(one.starts_at, now)}: {why}")
            continue
        was = when(one.starts_at, now)
        try:
            changes = {"starts_at": at, "ends_at": at + (one.ends_at - one.starts_at)}
            there = changes | {"overbooked": ""}
            rescheduling.put(db, actor, one, one.version, there, now=now, tells=False)
            done.append(one)
        except booking.TimeTaken as refusal:
            left.append(f"{was}: {judging.words(refusal)}")
    if not done:
        raise NothingFree
    _tell(db, actor, "moved", done, now)
    return Outcome(len(done), tuple(left))


def cancelling(
    db: Session, actor: Actor, *, appointment_id: str, scope: str, now: datetime
) -> list[MemberRow]:
    """Returns which visits would be cancelled."""
    record = _record(db, actor, appointment_id, now)
    gone = _("Cancelled")
    return [
        MemberRow(one.id, when(one.starts_at, now), gone, "", is_possible=True)
        for one in _members(db, actor, record, scope, now)
    ]


def cancel(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    version: int,
    scope: str,
    reason: str,
    now: datetime,
) -> Outcome:
    """Cancels a visit, or it and more of its series; what has begun meanwhile stays."""
    record = _fresh(db, actor, appointment_id, version, now)
    done = _members(db, actor, record, scope, now)
    for one in done:
        one_visit.cancel(
            db, actor, appointment_id=one.id, version=one.version, reason=reason, now=now,
            tells=False,
        )  # fmt: skip
    if not done:
        raise NothingFree
    _tell(db, actor, "cancelled", done, now)
    return Outcome(len(done))


def _tell(db: Session, actor: Actor, what: str, done: Sequence[Appointment], now: datetime) -> None:
    """Notes that the patient is to be told, once whatever the number of visits."""
    first = min(done, key=lambda one: one.starts_at)
    if len(done) == 1:
        one_visit.tell(db, actor, f"appointment.{what}", first, first.version, now)
        return
    notices.write_once_for(
        db, f"appointment.series-{what}", len(done), patient_id=first.patient_id,
        record_id=first.id, version=first.version, due_at=now + one_visit.UNDO, now=now,
    )  # fmt: skip


def _record(db: Session, actor: Actor, appointment_id: str, now: datetime) -> Appointment:
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    audit.record(
        db, actor, "R", category="appointments", patient_id=record.patient_id, entity=record.id,
        now=now,
    )  # fmt: skip
    return record


def _fresh(
    db: Session, actor: Actor, appointment_id: str, version: int, now: datetime
) -> Appointment:
    """Returns a visit as it was seen; who saw an older state of it is told."""
    del now
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    if record.version != version:
        raise one_visit.NotRead
    return record


def _members(
    db: Session, actor: Actor, record: Appointment, scope: str, now: datetime
) -> list[Appointment]:
    """Returns this visit, it and those after it, or all of its series: what is still to come."""
    if scope not in SCOPES:
        raise Invalid
    mine = col(Appointment.id) == record.id
    if scope != "one" and record.series_id:
        mine = (col(Appointment.series_id) == record.series_id) & (
            col(Appointment.patient_id) == record.patient_id
        )
    query = select(Appointment).where(
        mine,
        col(Appointment.status).in_(_OPEN),
        col(Appointment.starts_at) > now,
        col(Appointment.starts_at) >= (record.starts_at if scope == "rest" else now),
        access.appointments(actor),
    )
    return list(db.scalars(query.order_by(col(Appointment.starts_at)).limit(2 * MOST)))


def _moves(
    db: Session, actor: Actor, record: Appointment, scope: str, starts_at: datetime, now: datetime
) -> Iterator[tuple[Appointment, datetime | None]]:
    """Yields each visit with its new time, in the order in which none waits for another's place."""
    if starts_at <= now:
        raise Invalid(_("Choose a time that is still to come."))
    old, new = local(record.starts_at), local(starts_at)
    shift = new.date() - old.date()
    later = starts_at > record.starts_at
    for one in sorted(
        _members(db, actor, record, scope, now), key=lambda it: it.starts_at, reverse=later
    ):
        is_this = one.id == record.id
        day = local(one.starts_at).date() + shift
        yield one, starts_at if is_this else at_clock(day, new.time())


def _in_vain(
    db: Session,
    one: Appointment,
    at: datetime | None,
    now: datetime,
    *,
    is_only_look: bool = False,
) -> str:
    """Says why a visit cannot go there; where it can, it is there for whoever comes next."""
    if at is None:
        return _("The clock is set that night: there is no such hour.")
    if at <= now:
        return _("This time has passed.")
    why = judging.outside(db, one, at)
    if why or is_only_look:
        return why
    changes = {"starts_at": at, "ends_at": at + (one.ends_at - one.starts_at)}
    wanted = Appointment.model_validate(one.model_dump() | changes)
    freeing.clear(db, now=now, around=wanted)
    try:
        with booking.claiming(db, wanted):
            mine = col(Appointment.id) == one.id
            db.connection().execute(update(Appointment).where(mine).values(**changes))
    except Refusal as refusal:
        return judging.words(refusal)
    return ""
