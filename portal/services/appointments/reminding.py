"""Reminding: which reminders a visit has, and when; written with the booking, never by the clock.

Whole days before are days on the clinic's wall clock: nine o'clock stays nine o'clock when clocks
change. All else is time that passes. A reminder is of use until the next one is due, the last one
until the visit begins: what could not go out while the machine was down goes out late or is listed.
"""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.models.appointments import Appointment
from portal.models.schedules import VisitType
from portal.security.actor import Actor
from portal.services import notices
from portal.words import local, zone

KIND = "appointment.reminder"
# Where a visit has no type: seven days, two days and three hours before.
USUAL = "10080 2880 180"
DAY_MINUTES = 24 * 60
# What decides whether somebody is still to be reminded, and of when.
DECIDES = frozenset({"status", "starts_at", "confirmed_at"})
AT_ONCE = 500
_MINUTE = timedelta(minutes=1)


def moment(starts_at: datetime, minutes: int) -> datetime:
    """Returns when to remind of a visit so many minutes before it.

    A day's hour that the clock skips is the next one that there is; of one that comes twice it is
    the first.
    """
    days, rest = divmod(minutes, DAY_MINUTES)
    if rest:
        return starts_at - timedelta(minutes=minutes)
    shown = local(starts_at).replace(tzinfo=None, fold=0) - timedelta(days=days)
    while (found := _on_the_clock(shown)) is None:
        shown = shown.replace(second=0, microsecond=0) + _MINUTE
    return found


def _on_the_clock(shown: datetime) -> datetime | None:
    """Returns the first moment at which the clinic's clock shows this; None where it never does."""
    found = shown.replace(tzinfo=zone()).astimezone(UTC)
    return found if local(found).replace(tzinfo=None, fold=0) == shown else None


def is_awaited(visit: Any, now: datetime) -> bool:
    """Says whether somebody is still to be reminded of a visit: booked, to come, not confirmed."""
    return visit.status == "booked" and visit.confirmed_at is None and visit.starts_at > now


def plan(db: Session, record: Appointment, *, after: datetime, now: datetime) -> None:
    """Writes the reminders of a visit that are due after a moment; what has passed is not made up.

    The same one is never written twice (SECURITY JOB-01).
    """
    if not is_awaited(record, now):
        return
    due = sorted((moment(record.starts_at, one), one) for one in _before(db, record))
    due = [(at, minutes) for at, minutes in due if at > after]
    ends = [at for at, _minutes in due[1:]] + [record.starts_at]
    notices.remind(
        db,
        KIND,
        [(minutes, at, until) for (at, minutes), until in zip(due, ends, strict=False)],
        patient_id=record.patient_id,
        record_id=record.id,
        version=record.version,
        about_at=record.starts_at,
        now=now,
    )


def settle(
    db: Session, record: Appointment, before: dict[str, Any], *, after: datetime, now: datetime
) -> None:
    """Calls off what a change has made untrue or needless, and plans anew for another time.

    A change that was taken back leaves the visit awaited as before: then they are written again.
    """
    if not DECIDES & before.keys():
        return
    was = SimpleNamespace(**{name: before.get(name, getattr(record, name)) for name in DECIDES})
    stands = is_awaited(record, now)
    if stands and is_awaited(was, now) and was.starts_at == record.starts_at:
        return
    notices.call_off(db, record_id=record.id, why=_why(record, was), now=now)
    if stands:
        plan(db, record, after=after, now=now)
        _mark(db, [record.id], now)


def catch_up(db: Session, actor: Actor, *, now: datetime) -> int:
    """Plans for visits that were booked by what plans nothing: before this version, by an import.

    Returns how many; done twice it writes nothing twice.
    """
    del actor
    query = select(Appointment).where(
        col(Appointment.status) == "booked",
        col(Appointment.reminders_at).is_(None),
        col(Appointment.starts_at) > now,
    )
    found = list(db.scalars(query.order_by(col(Appointment.starts_at)).limit(AT_ONCE)))
    for record in found:
        plan(db, record, after=now, now=now)
    if found:
        _mark(db, [record.id for record in found], now)
    return len(found)


def _mark(db: Session, ids: list[str], now: datetime) -> None:
    """Notes that the reminders of visits were seen to: the clock looks at them no more."""
    theirs = col(Appointment.id).in_(ids) & col(Appointment.reminders_at).is_(None)
    db.connection().execute(update(Appointment).where(theirs).values(reminders_at=now))


def _before(db: Session, record: Appointment) -> set[int]:
    """Returns how many minutes before a visit of this type somebody is reminded."""
    kind = db.get(VisitType, record.visit_type_id) if record.visit_type_id else None
    return {int(one) for one in (kind.reminders if kind else USUAL).split()}


def _why(record: Appointment, was: Any) -> str:
    if record.status == "cancelled":
        return notices.CANCELLED
    if record.starts_at != was.starts_at:
        return notices.MOVED
    if record.status == "booked" and record.confirmed_at is not None:
        return notices.CONFIRMED
    return notices.OVER
