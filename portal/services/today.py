"""Today: what the staff see first. Visits, what waits for an answer, results, announcements.

Each part is there only for who may see it: whoever may not finds no heading and no count of it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from portal.errors import NotAllowed
from portal.models.appointments import Appointment
from portal.models.clinical import DiagnosticReport
from portal.models.people import Patient, Practitioner
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import announcements, contact, inbox, pages
from portal.services.announcements import AnnouncementRow
from portal.services.contact import BouncedRow
from portal.services.inbox import WaitingRow
from portal.words import _, _n, age, clock, day, how_far, midnight, short_day

VISITS = 100
WAITING = 8
RESULTS = 8
# Minutes of waiting from which the badge turns, as on the day board.
_LONG, _TOO_LONG = 10, 20
_OVER = ("fulfilled", "noshow")
_GONE = ("cancelled", "entered-in-error", "waitlist")
_NOT_READY = ("registered", "cancelled", "entered-in-error")
_PARTS = (Permission.SEE_APPOINTMENTS, Permission.PUBLISH)
# How long a released result without a comment stays on the list.
_LATELY = timedelta(days=14)


@dataclass(frozen=True)
class VisitRow:
    """A visit of today."""

    id: str = ""
    version: int = 0
    patient_id: str = ""
    href: str = ""
    at: str = ""
    name: str = ""
    age: str = ""
    title: str = ""
    who: str = ""
    words: str = ""
    tone: str = ""
    icon: str = ""
    # For who waits: since when (seconds since 1970), so that the minutes go on by themselves.
    since: int = 0
    is_over: bool = False
    # What the next press of its button makes of it, and the word on it.
    next: str = ""
    next_words: str = ""


@dataclass(frozen=True)
class HeldRow:
    """A result that waits: to be released, or for a word from the clinician."""

    id: str = ""
    patient_id: str = ""
    href: str = ""
    name: str = ""
    age: str = ""
    title: str = ""
    when: str = ""
    tone: str = ""
    may_release: bool = False


@dataclass(frozen=True)
class ResultsPart:
    """Results that wait for the clinic."""

    held: list[HeldRow] = field(default_factory=list)
    held_total: int = 0
    uncommented: list[HeldRow] = field(default_factory=list)
    uncommented_total: int = 0


@dataclass(frozen=True)
class TodayRow:
    """What the staff see first; the parts that are not theirs stay empty and unnamed."""

    said: str = ""
    has_visits: bool = False
    has_inbox: bool = False
    has_results: bool = False
    has_announcements: bool = False
    has_patients: bool = False
    is_empty: bool = False
    may_release: bool = False
    visits: list[VisitRow] = field(default_factory=list)
    visits_total: int = 0
    more_visits: str = ""
    inbox: list[WaitingRow] = field(default_factory=list)
    inbox_total: int = 0
    late: int = 0
    results: ResultsPart = field(default_factory=ResultsPart)
    announcements: list[AnnouncementRow] = field(default_factory=list)
    # Whom no mail reaches, for who asks them for another address.
    bounced: list[BouncedRow] = field(default_factory=list)


def view(db: Session, actor: Actor, *, now: datetime) -> TodayRow:
    """Returns the start of a day for a member of the staff."""
    if not actor.is_staff:
        raise NotAllowed
    visits, total, over = _visits(db, actor, now)
    threads, waiting, late = [], 0, 0
    if access.reads_inbox(actor):
        threads, waiting, late = inbox.waiting(db, actor, now=now, most=WAITING)
    publishes = has(actor, Permission.PUBLISH)
    audit.record(db, actor, "R", category="today", entity=f"{total} visits", now=now)
    return TodayRow(
        said=_said(actor, total, over, now),
        has_visits=has(actor, Permission.SEE_APPOINTMENTS),
        has_inbox=access.reads_inbox(actor),
        has_results=has(actor, Permission.SEE_CLINICAL),
        has_announcements=publishes,
        has_patients=has(actor, Permission.FIND_PATIENTS),
        is_empty=not access.reads_inbox(actor)
        and not any(has(actor, permission) for permission in _PARTS),
        may_release=has(actor, Permission.RELEASE_RESULTS),
        visits=visits,
        visits_total=total,
        more_visits=_more(total - len(visits)),
        inbox=threads,
        inbox_total=waiting,
        late=late,
        results=_waiting_results(db, actor, now, RESULTS),
        announcements=announcements.standing(db, actor, now=now) if publishes else [],
        bounced=contact.bounced(db, actor),
    )


def waiting_results(db: Session, actor: Actor, *, now: datetime) -> ResultsPart:
    """Returns the results that wait for the clinic, for their own page."""
    require(actor, Permission.SEE_CLINICAL)
    audit.record(db, actor, "R", category="results", entity="waiting", now=now)
    return _waiting_results(db, actor, now, pages.SIZE)


def _said(actor: Actor, total: int, over: int, now: datetime) -> str:
    parts = [day(now), actor.name]
    if has(actor, Permission.SEE_APPOINTMENTS):
        parts.append(_n("{count} visit", "{count} visits", total))
        if over:
            parts.append(_n("{count} over", "{count} over", over))
    return ", ".join(parts)


def _more(count: int) -> str:
    return _n("and {count} more, later", "and {count} more, later", count) if count > 0 else ""


def _visits(db: Session, actor: Actor, now: datetime) -> tuple[list[VisitRow], int, int]:
    if not has(actor, Permission.SEE_APPOINTMENTS):
        return [], 0, 0
    is_over = case((col(Appointment.status).in_(_OVER), 1), else_=0)
    query = (
        select(
            col(Appointment.id),
            col(Appointment.version),
            col(Appointment.patient_id),
            col(Appointment.status),
            col(Appointment.title),
            col(Appointment.starts_at),
            col(Appointment.ends_at),
            col(Appointment.confirmed_at),
            col(Appointment.arrived_at),
            col(Patient.name),
            col(Patient.born_on),
            col(Practitioner.name).label("who"),
            func.count().over().label("total"),
            func.sum(is_over).over().label("over"),
        )
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .outerjoin(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .where(*_of_today(actor, now))
        .order_by(is_over, col(Appointment.starts_at), col(Appointment.id))
        .limit(VISITS)
    )
    rows = db.connection().execute(query).all()
    shown = sorted(rows, key=lambda row: row.starts_at)
    may = has(actor, Permission.BOOK_APPOINTMENTS)
    first = rows[0] if rows else None
    total, over = (first.total, first.over) if first else (0, 0)
    return [_visit(row, now, _mine(actor), may=may) for row in shown], total, over


def _of_today(actor: Actor, now: datetime) -> list[Any]:
    scope = [
        col(Appointment.starts_at) >= midnight(now),
        col(Appointment.starts_at) < midnight(now, 1),
        col(Appointment.status).not_in(_GONE),
        access.appointments(actor),
    ]
    mine = _mine(actor)
    return [*scope, col(Appointment.practitioner_id) == mine] if mine else scope


def _mine(actor: Actor) -> str:
    """Returns whose visits are shown: a practitioner's own, everybody's to the others."""
    return actor.practitioner_id if actor.role == "practitioner" else ""


def _visit(row: Any, now: datetime, mine: str, *, may: bool) -> VisitRow:
    words, tone, icon = visit_status(row, now)
    move, move_words = _next_move(row) if may else ("", "")
    return VisitRow(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        href=f"/staff/patients/{row.patient_id}",
        at=clock(row.starts_at),
        name=row.name,
        age=str(age(row.born_on, now)) if row.born_on else "",
        title=row.title,
        who="" if mine else (row.who or ""),
        words=words,
        tone=tone,
        icon=icon,
        since=int(row.arrived_at.timestamp()) if _is_waiting(row) else 0,
        is_over=row.status in _OVER,
        next=move,
        next_words=move_words,
    )


def _is_waiting(row: Any) -> bool:
    return row.status == "arrived" and row.arrived_at is not None


def _next_move(row: Any) -> tuple[str, str]:
    moves = {
        "booked": ("arrived", _("Arrived")),
        "arrived": ("checked-in", _("Being seen")),
        "checked-in": ("fulfilled", _("Done")),
    }
    return moves.get(row.status, ("", ""))


def visit_status(row: Any, now: datetime) -> tuple[str, str, str]:
    """Returns the word, the tone and the icon of a visit, as the staff say it."""
    if row.status == "arrived":
        return _waiting(row.arrived_at, now)
    words = {
        "fulfilled": (_("Done"), "", "done"),
        "noshow": (_("No-show"), "", "noshow"),
        "checked-in": (_("Being seen"), "info", "seen"),
        "proposed": (_("To approve"), "info", "request"),
        "pending": (_("To approve"), "info", "request"),
        "cancelled": (_("Cancelled"), "", "x"),
    }
    if row.status in words:
        return words[row.status]
    late = int((now - row.starts_at).total_seconds() // 60)
    if late > 0 and now < row.ends_at + timedelta(hours=1):
        return _("Late {count} min").format(count=late), "bad", "late"
    if row.confirmed_at is not None:
        return _("Confirmed"), "ok", "confirmed"
    return _("Booked"), "", "booked"


def _waiting(arrived_at: datetime | None, now: datetime) -> tuple[str, str, str]:
    if arrived_at is None:
        return _("Waiting"), "soon", "waiting"
    minutes = max(0, int((now - arrived_at).total_seconds() // 60))
    tone = "late" if minutes >= _TOO_LONG else "soon" if minutes >= _LONG else "info"
    return _("Waiting {count} min").format(count=minutes), tone, "waiting"


def _waiting_results(db: Session, actor: Actor, now: datetime, most: int) -> ResultsPart:
    if not has(actor, Permission.SEE_CLINICAL):
        return ResultsPart()
    released = col(DiagnosticReport.released_at)
    held, held_total = _reports(db, actor, [released.is_(None)], now, most)
    silent = [released > now - _LATELY, col(DiagnosticReport.note) == ""]
    uncommented, total = _reports(db, actor, silent, now, most)
    return ResultsPart(held, held_total, uncommented, total)


def _reports(
    db: Session, actor: Actor, scope: list[Any], now: datetime, most: int
) -> tuple[list[HeldRow], int]:
    query = (
        select(
            col(DiagnosticReport.id),
            col(DiagnosticReport.patient_id),
            col(DiagnosticReport.title),
            col(DiagnosticReport.sort_at),
            col(DiagnosticReport.released_at),
            col(Patient.name),
            col(Patient.born_on),
            func.count().over().label("total"),
        )
        .join(Patient, col(Patient.id) == col(DiagnosticReport.patient_id))
        .where(
            *scope,
            col(DiagnosticReport.is_history).is_(False),
            col(DiagnosticReport.status).not_in(_NOT_READY),
            access.results(actor),
        )
        .order_by(col(DiagnosticReport.sort_at).desc().nulls_last(), col(DiagnosticReport.id))
        .limit(most)
    )
    rows = db.connection().execute(query).all()
    may = has(actor, Permission.RELEASE_RESULTS)
    return [_held(row, now, may=may) for row in rows], rows[0].total if rows else 0


def _held(row: Any, now: datetime, *, may: bool) -> HeldRow:
    is_held = row.released_at is None
    since = how_far(row.sort_at, now) if row.sort_at else ""
    seen = short_day(row.released_at) if not is_held else since
    return HeldRow(
        id=row.id,
        patient_id=row.patient_id,
        href=f"/staff/patients/{row.patient_id}",
        name=row.name,
        age=str(age(row.born_on, now)) if row.born_on else "",
        title=row.title,
        when=seen,
        tone="soon" if is_held else "",
        may_release=is_held and may,
    )
