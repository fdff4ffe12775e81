"""Visit links: answering for one visit from a mail, without signing in.

Whoever opens the link acts as the account that it was mailed to, for this visit alone and with the
rights that this account has at that moment: what it may not do signed in, it may not do here. The
page says when the visit is, and no more. To give the visit up shows with whom it is and what giving
it up means, so that needs a second fact: the patient's birth date. To open a link changes nothing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.errors import NotFound, Refusal
from portal.models.appointments import Appointment
from portal.models.mailed_links import MailedLink
from portal.models.people import Patient, Practitioner
from portal.models.schedules import VisitType
from portal.security import access, audit, mailed_links, throttle
from portal.security.actor import Actor, nobody
from portal.security.permissions import Permission, has
from portal.services import appointments
from portal.services.appointments import changing, lateness, reasons
from portal.words import _, clock, day


class LinkOver(NotFound):
    """The link was never one, its visit has begun, or the right to it has ended."""

    sentence = _("This link does not work any more.")


class VisitChanged(Refusal):
    """The visit was moved, cancelled, or has begun: the link was for how it stood then."""

    sentence = _("This visit was changed since we wrote to you.")
    status = 409


@dataclass(frozen=True)
class VisitRow:
    """What the link's page shows: when the visit is, and what was answered. Nothing of it else."""

    when: str = ""
    # Whether it is the account's own; else that of somebody whom they help.
    is_own: bool = True
    is_confirmed: bool = False
    # At what time somebody who runs late has said that they come; empty for who did not.
    expected: str = ""
    may_act: bool = True
    # Minutes, and when that would be; on the day of the visit alone.
    late: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class GivingUpRow:
    """What is shown before a visit is given up, to whoever knows the birth date."""

    when: str = ""
    who: str = ""
    late: str = ""
    reasons: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Opened:
    link: MailedLink
    actor: Actor
    record: Appointment


def is_open(db: Session, *, token: str, now: datetime) -> bool:
    """Says whether a link is one and has not ended: what costs no turn at the database."""
    return mailed_links.found(db, token, purpose="visit", now=now) is not None


def look(db: Session, *, token: str, source: str, now: datetime) -> VisitRow:
    """Returns what a link shows; leaves one row in the trace and changes nothing."""
    opened = _open(db, token, source, now)
    _note(db, opened, "R", now)
    return _row(opened, now)


def confirm(db: Session, *, token: str, source: str, now: datetime) -> VisitRow:
    """Says that the patient is coming; twice is harmless."""
    opened = _open(db, token, source, now)
    record = opened.record
    appointments.confirm(
        db, opened.actor, appointment_id=record.id, version=record.version, now=now
    )
    return _row(opened, now)


def run_late(db: Session, *, token: str, minutes: int, source: str, now: datetime) -> VisitRow:
    """Says that the patient comes so many minutes late, on the day of the visit."""
    opened = _open(db, token, source, now)
    record = opened.record
    appointments.run_late(
        db, opened.actor, appointment_id=record.id, version=record.version, minutes=minutes, now=now
    )
    return _row(opened, now)


def prove(
    db: Session, *, token: str, born: date | None, source: str, now: datetime
) -> GivingUpRow | None:
    """Returns what giving the visit up means; None for a wrong birth date, which is counted.

    Raises `TooMany` while this account or this network address must wait.
    """
    opened = _open(db, token, source, now)
    if not _proves(db, opened, born, source, now):
        return None
    _note(db, opened, "R", now)
    record = opened.record
    kind = db.get(VisitType, record.visit_type_id) if record.visit_type_id else None
    who = db.get(Practitioner, record.practitioner_id) if record.practitioner_id else None
    hours = kind.cancel_hours if kind else None
    is_late = changing.is_late(record.starts_at, now, hours)
    return GivingUpRow(
        when=_when(record),
        who=who.name if who else "",
        late=changing.late_said(hours) if is_late else "",
        reasons=[(code, _(words)) for code, words in reasons.REASONS.items()],
    )


def cancel(
    db: Session, *, token: str, born: date | None, code: str, source: str, now: datetime
) -> bool:
    """Gives the visit up, and its time to the waiting list; False for a wrong birth date."""
    opened = _open(db, token, source, now)
    if not _proves(db, opened, born, source, now):
        return False
    record = opened.record
    appointments.cancel(
        db, opened.actor, appointment_id=record.id, version=record.version, reason="", code=code,
        now=now,
    )  # fmt: skip
    return True


def _open(db: Session, token: str, source: str, now: datetime) -> _Opened:
    """Returns whose a link is and its visit, if that still stands as it did when it was mailed."""
    link = mailed_links.found(db, token, purpose="visit", now=now)
    actor = mailed_links.actor_of(db, link, source=source, now=now) if link else None
    if link is None or actor is None:
        raise LinkOver
    try:
        record = access.appointment(db, actor, link.appointment_id or "")
    except NotFound as refused:
        raise LinkOver from refused
    if record.starts_at != link.about_at or record.status != "booked":
        raise VisitChanged
    return _Opened(link, actor, record)


def _note(db: Session, opened: _Opened, action: str, now: datetime) -> None:
    audit.record(
        db, opened.actor, action, category="appointments", patient_id=opened.record.patient_id,
        entity=opened.record.id, now=now,
    )  # fmt: skip


def _row(opened: _Opened, now: datetime) -> VisitRow:
    record = opened.record
    may_act = has(opened.actor, Permission.CHANGE_APPOINTMENTS)
    is_today = lateness.is_the_day(record.starts_at, now)
    return VisitRow(
        when=_when(record),
        is_own=not opened.actor.acting_for,
        is_confirmed=record.confirmed_at is not None,
        expected=clock(record.expected_at) if record.expected_at else "",
        may_act=may_act,
        late=_late(record) if may_act and is_today else [],
    )


def _late(record: Appointment) -> list[tuple[str, str]]:
    said = _("{minutes} min, so {time}")
    return [
        (
            str(minutes),
            said.format(minutes=minutes, time=clock(record.starts_at + timedelta(minutes=minutes))),
        )
        for minutes in lateness.CHOICES
    ]


def _when(record: Appointment) -> str:
    return f"{day(record.starts_at)}, {clock(record.starts_at)}"


def _proves(db: Session, opened: _Opened, born: date | None, source: str, now: datetime) -> bool:
    """Judges the second fact. Wrong ones are counted of the account and of the network address."""
    name = f"visit link {opened.actor.user_id} {opened.record.id}"
    counted = throttle.begin(db, name=name, address=source, now=now)
    patient = db.get(Patient, opened.record.patient_id)
    if patient is not None and patient.born_on is not None and patient.born_on == born:
        throttle.forgive(db, counted, now=now)
        return True
    audit.record(
        db, nobody(source), "E", category="appointments", patient_id=opened.record.patient_id,
        entity=opened.record.id, outcome="refused", reason="birth date", now=now,
    )  # fmt: skip
    return False
