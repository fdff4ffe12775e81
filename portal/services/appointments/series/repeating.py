"""Repeating: each date with what it is, and those that are free booked in one transaction."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from portal.errors import Invalid
from portal.models.appointments import Appointment
from portal.models.base import new_id
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import notices
from portal.services.appointments import booking, changing
from portal.services.appointments.booking import TimeTaken
from portal.services.appointments.series import judging
from portal.services.appointments.series.dates import (
    FURTHEST,
    MOST,
    NoSeries,
    Rule,
    at_clock,
    dates,
)
from portal.services.appointments.states import WrongStep
from portal.services.free_times import minute_of, moment_of
from portal.words import _, day_and_month, local, when

_REPEATED = ("proposed", "pending", "booked", "arrived", "checked-in", "fulfilled")


class NothingFree(Invalid):
    """None of the dates that were chosen can be had."""

    sentence = _("None of these dates can be had any more. Look again.")


@dataclass(frozen=True)
class DateRow:
    """One date of a series: free, or why not and the nearest time that is.

    Minutes are since 1970; 0 where there is none.
    """

    day: str = ""
    minute: int = 0
    when: str = ""
    is_free: bool = False
    why: str = ""
    nearest: int = 0
    nearest_said: str = ""


@dataclass(frozen=True)
class Outcome:
    """What was done, and what was left out with the reason, for a person to read."""

    done: int = 0
    left: tuple[str, ...] = ()


def ahead(
    db: Session, actor: Actor, *, appointment_id: str, rule: Rule, now: datetime
) -> list[DateRow]:
    """Returns each date on which a visit would come again: free, or why not and what is near."""
    record = _to_repeat(db, actor, appointment_id)
    audit.record(
        db, actor, "R", category="appointments", patient_id=record.patient_id, entity=record.id,
        now=now,
    )  # fmt: skip
    return [_row(db, record, day, at, now) for day, at in dates(record.starts_at, rule, now)]


def repeat(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    version: int,
    minutes: list[int],
    now: datetime,
) -> Outcome:
    """Books a visit again at these minutes (since 1970), all in one transaction.

    What is taken by now is left out and said; the patient is told once, not of each.
    """
    record = _to_repeat(db, actor, appointment_id)
    chosen = sorted(set(minutes))
    if not chosen or len(chosen) > MOST or chosen[-1] > minute_of(now + FURTHEST):
        raise NoSeries
    series_id = record.series_id or new_id()
    made: list[str] = []
    left: list[str] = []
    for at in map(moment_of, chosen):
        why = judging.outside(db, record, at)
        try:
            if not why:
                made.append(_book(db, actor, record, at, series_id, now))
        except TimeTaken as refusal:
            why = judging.words(refusal)
        left += [f"{when(at, now)}: {why}"] if why else []
    if not made:
        raise NothingFree
    for one in made[1:]:
        notices.withdraw(db, record_id=one, version=2, now=now)
    if record.series_id is None:
        changing.change(
            db, actor, record, version, {"series_id": series_id}, what="repeated", now=now
        )
    return Outcome(len(made), tuple(left))


def _to_repeat(db: Session, actor: Actor, appointment_id: str) -> Appointment:
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.BOOK_APPOINTMENTS)
    if record.status not in _REPEATED:
        raise WrongStep(_("A visit that was cancelled or missed is not repeated. Book a new one."))
    return record


def _again(record: Appointment, at: datetime, series_id: str | None, now: datetime) -> Appointment:
    return Appointment(
        patient_id=record.patient_id,
        practitioner_id=record.practitioner_id,
        location_id=record.location_id,
        title=record.title,
        reason=record.reason,
        preparation=record.preparation,
        starts_at=at,
        ends_at=at + (record.ends_at - record.starts_at),
        confidential=record.confidential,
        visit_type_id=record.visit_type_id,
        channel=record.channel,
        buffer_before=record.buffer_before,
        buffer_after=record.buffer_after,
        series_id=series_id,
        created_at=now,
    )


def _book(
    db: Session, actor: Actor, record: Appointment, at: datetime, series_id: str, now: datetime
) -> str:
    wanted = _again(record, at, series_id, now)
    length = int((wanted.ends_at - wanted.starts_at).total_seconds()) // 60
    booking.check_time(actor, at, length, now)
    booking.place(db, actor, wanted, now=now)
    return wanted.id


def _row(
    db: Session, record: Appointment, day: date, at: datetime | None, now: datetime
) -> DateRow:
    if at is None:
        said_day = day_and_month(day)
        why = _("The clock is set that night: there is no such hour.")
        row = DateRow(day.isoformat(), 0, said_day, why=why)
        near = at_clock(day, local(record.starts_at).time().replace(hour=12)) or record.starts_at
    else:
        why = judging.outside(db, record, at) or judging.refused(
            db, _again(record, at, None, now), now
        )
        row = DateRow(day.isoformat(), minute_of(at), when(at, now), not why, why)
        near = at
    if row.is_free:
        return row
    other = judging.nearest(db, record, day, near, now)
    if other is None:
        return row
    return replace(row, nearest=other.minute, nearest_said=when(other.starts_at, now))
