"""The frame of every page: who is signed in, whose record is open, and what waits, counted.

Counts are asked from the database each time, in the transaction of the view, never kept apart:
so they are always true, and always agree with what the page shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, literal, select
from sqlmodel import Session, col

from portal.models.clinical import DiagnosticReport
from portal.models.messages import Communication, Thread
from portal.models.people import Organization, Patient, ReadMark, RelatedPerson
from portal.security import access, helpers, scopes
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, sees_area
from portal.services import asked, clinic_hours, once, requests_queue
from portal.words import _, day

_CLINIC = select(
    col(Organization.name),
    col(Organization.phone),
    col(Organization.address),
    col(Organization.hours),
).where(col(Organization.is_clinic).is_(True))
# Reports that are nobody's news: nothing in them yet, or taken back.
NO_NEWS = ("entered-in-error", "cancelled", "registered")
TINTS = 5
TITLES = frozenset({"Dr", "Nurse", "Prof", "Mr", "Mrs", "Ms"})


@dataclass(frozen=True)
class RecordChoice:
    """A record that this person may open."""

    patient_id: str = ""
    name: str = ""
    initials: str = ""
    tint: int = 1
    note: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class FrameRow:
    """What the frame shows."""

    user_id: str = ""
    patient_id: str = ""
    own_patient_id: str = ""
    name: str = ""
    initials: str = ""
    tint: int = 4
    role: str = ""
    is_staff: bool = False
    # What of the staff's pages there is for this person.
    sees_patients: bool = False
    sees_messages: bool = False
    sees_results: bool = False
    administers: bool = False
    decides_requests: bool = False
    # What of the open record there is: all of one's own, of another's what was lent.
    sees_appointments: bool = False
    changes_appointments: bool = False
    sees_record: bool = False
    writes_messages: bool = False
    sees_log: bool = False
    sees_check_ups: bool = False
    held: str = ""
    today: str = ""
    # Empty, or the name of the person whose record is open with a helper.
    helping: str = ""
    helping_initials: str = ""
    # Whether one's own record, which is open, was joined with another one.
    is_joined: bool = False
    unread_messages: int = 0
    unread_results: int = 0
    waiting_threads: int = 0
    late_threads: int = 0
    unreleased_results: int = 0
    waiting_requests: int = 0
    clinic_name: str = ""
    clinic_phone: str = ""
    clinic_address: str = ""
    # The hours in words; until when it is open now; or that it is closed, and when it opens.
    clinic_hours: str = ""
    clinic_open: str = ""
    clinic_closed: str = ""
    choices: list[RecordChoice] = field(default_factory=list)


@dataclass(frozen=True)
class Counts:
    """What waits, as the database has it now."""

    # Whether the open record was joined with another one.
    is_joined: bool = False
    unread_messages: int = 0
    unread_results: int = 0
    waiting_threads: int = 0
    late_threads: int = 0
    unreleased_results: int = 0
    waiting_requests: int = 0


def view(db: Session, actor: Actor, *, now: datetime) -> FrameRow:
    """Returns the frame of the page that the actor looks at."""
    clinic = _clinic(db)
    whose = access.open_patient(db, actor).name if actor.acting_for else ""
    waiting = counts(db, actor, now=now)
    return FrameRow(
        user_id=actor.user_id,
        patient_id=actor.patient_id,
        own_patient_id=actor.own_patient_id,
        name=actor.name,
        initials=initials(actor.name),
        tint=tint(actor.user_id),
        role=actor.role,
        is_staff=actor.is_staff,
        sees_patients=has(actor, Permission.FIND_PATIENTS),
        sees_messages=access.reads_inbox(actor),
        sees_results=has(actor, Permission.SEE_CLINICAL) and sees_area(actor, "results"),
        sees_appointments=has(actor, Permission.SEE_APPOINTMENTS),
        changes_appointments=has(actor, Permission.CHANGE_APPOINTMENTS),
        sees_record=has(actor, Permission.SEE_CLINICAL),
        writes_messages=has(actor, Permission.WRITE_MESSAGES),
        sees_log=access.reads_trace(actor),
        sees_check_ups=access.sees_prevention(actor),
        held=scopes.write(actor.scopes),
        administers=has(actor, Permission.MANAGE_PEOPLE) or has(actor, Permission.SEE_TRACE),
        decides_requests=requests_queue.may_see(actor),
        today=day(now),
        helping=whose,
        helping_initials=initials(whose),
        is_joined=waiting.is_joined and not actor.acting_for,
        unread_messages=waiting.unread_messages,
        unread_results=waiting.unread_results,
        waiting_threads=waiting.waiting_threads,
        late_threads=waiting.late_threads,
        unreleased_results=waiting.unreleased_results,
        waiting_requests=waiting.waiting_requests,
        clinic_name=clinic.name if clinic else "",
        clinic_phone=clinic.phone if clinic else "",
        clinic_address=clinic.address if clinic else "",
        clinic_hours=clinic_hours.said(clinic.hours) if clinic else "",
        clinic_open=clinic_hours.open_now(clinic.hours, now) if clinic else "",
        clinic_closed=clinic_hours.closed_now(clinic.hours, now) if clinic else "",
        choices=_choices(db, actor, now),
    )


def _clinic(db: Session) -> Any | None:
    return db.connection().execute(_CLINIC).first()


def initials(name: str) -> str:
    """Returns two letters for a name: the first and the last word's, without titles."""
    words = [word for word in name.split() if not word.endswith(".") and word not in TITLES]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return "".join(letters).upper()


def tint(key: str) -> int:
    """Returns the tint, 1 to 5, that belongs to a person: the same on every page."""
    return sum(key.encode()) % TINTS + 1


def counts(db: Session, actor: Actor, *, now: datetime) -> Counts:
    """Counts everything that waits, in one query."""
    if actor.is_staff:
        return _staff_counts(db, actor, now)
    if not actor.patient_id:
        return Counts()
    messages, results, joined = asked.rows(db, actor, _unread)[0]
    return Counts(unread_messages=messages, unread_results=results, is_joined=bool(joined))


def _unread(actor: Actor) -> Any:
    return select(_unread_messages(actor), _unread_results(actor), _joined(actor))


def _joined(actor: Actor) -> Any:
    joined = select(func.count()).select_from(Patient)
    return joined.where(
        col(Patient.id) == actor.patient_id, col(Patient.merged_into_id).is_not(None)
    ).scalar_subquery()


def _staff_counts(db: Session, actor: Actor, now: datetime) -> Counts:
    waiting = (
        select(func.count())
        .select_from(Thread)
        .where(col(Thread.waiting_for) == "clinic", access.threads(actor))
    )
    late = waiting.where(col(Thread.due_at) < now)
    unreleased: Any = literal(0)
    if has(actor, Permission.RELEASE_RESULTS):
        unreleased = (
            select(func.count())
            .select_from(DiagnosticReport)
            .where(
                col(DiagnosticReport.released_at).is_(None),
                col(DiagnosticReport.status).not_in(NO_NEWS),
                access.results(actor),
            )
            .scalar_subquery()
        )
    requests = requests_queue.count(actor)
    query = select(waiting.scalar_subquery(), late.scalar_subquery(), unreleased, requests)
    threads, late_threads, results, asked_for = db.connection().execute(query).one()
    return Counts(
        waiting_threads=threads,
        late_threads=late_threads,
        unreleased_results=results,
        waiting_requests=asked_for,
    )


def unread_messages(db: Session, actor: Actor) -> int:
    """Counts the clinic's messages in the open record that the actor has not read."""
    if not actor.patient_id:
        return 0
    return db.connection().execute(select(_unread_messages(actor))).scalar_one()


def unread_results(db: Session, actor: Actor) -> int:
    """Counts the released results in the open record that the actor has not read."""
    if not actor.patient_id:
        return 0
    return db.connection().execute(select(_unread_results(actor))).scalar_one()


def is_unread(actor: Actor, kind: str, record_id: object) -> ColumnElement[bool]:
    """Returns the condition that the actor has not read a record yet."""
    mark = exists().where(
        col(ReadMark.user_id) == actor.user_id,
        col(ReadMark.kind) == kind,
        col(ReadMark.record_id) == record_id,
    )
    return ~mark


def new_message(actor: Actor) -> ColumnElement[bool]:
    """Returns the condition for a message that is news to the actor; joined with its thread."""
    return (
        (col(Communication.patient_id) == actor.patient_id)
        & col(Communication.from_clinic).is_(True)
        & access.threads(actor)
        & is_unread(actor, "message", col(Communication.id))
    )


def new_result(actor: Actor) -> ColumnElement[bool]:
    """Returns the condition for a result that is news to the actor."""
    return (
        (col(DiagnosticReport.patient_id) == actor.patient_id)
        & col(DiagnosticReport.is_history).is_(False)
        & col(DiagnosticReport.status).not_in(NO_NEWS)
        & access.results(actor)
        & is_unread(actor, "result", col(DiagnosticReport.id))
    )


def _unread_messages(actor: Actor) -> ScalarSelect[int]:
    query = (
        select(func.count())
        .select_from(Communication)
        .join(Thread, col(Thread.id) == col(Communication.thread_id))
    )
    return query.where(new_message(actor)).scalar_subquery()


def _unread_results(actor: Actor) -> ScalarSelect[int]:
    query = select(func.count()).select_from(DiagnosticReport)
    return query.where(new_result(actor)).scalar_subquery()


def mark_read(
    db: Session, actor: Actor, kind: str, record_ids: Sequence[str], *, now: datetime
) -> int:
    """Notes that the actor has read these records; returns how many of them were news.

    Two devices that read at once are no conflict: the key of the mark decides.
    """
    marks = [
        ReadMark(user_id=actor.user_id, kind=kind, record_id=record_id, at=now).model_dump()
        for record_id in record_ids
    ]
    return once.insert(db, ReadMark, marks)


def _choices(db: Session, actor: Actor, now: datetime) -> list[RecordChoice]:
    """Returns the records that this person may open: their own first, then those they help with."""
    if actor.is_staff:
        return []
    held = helpers.helped_by(db, actor.user_id, now=now)
    rows = asked.rows(db, actor, _helped) if held else []
    helped = [_choice(actor, row) for row in rows if row.id in held]
    if not actor.own_patient_id or not (helped or actor.lost_patient_id):
        return helped
    return [_own_choice(actor), *helped]


def _helped(actor: Actor) -> Any:
    return (
        select(
            col(Patient.id),
            col(Patient.name),
            col(RelatedPerson.relationship).label("relation"),
        )
        .join(RelatedPerson, col(RelatedPerson.patient_id) == col(Patient.id))
        .where(col(RelatedPerson.user_id) == actor.user_id, col(RelatedPerson.status) == "active")
        .order_by(col(Patient.name), col(Patient.id))
    )


def _own_choice(actor: Actor) -> RecordChoice:
    return RecordChoice(
        patient_id=actor.own_patient_id,
        name=actor.name,
        initials=initials(actor.name),
        tint=tint(actor.own_patient_id),
        note=_("You"),
        is_open=actor.own_patient_id == actor.patient_id,
    )


def _choice(actor: Actor, row: Any) -> RecordChoice:
    said = _("You help as {relation}").format(relation=row.relation)
    note = said if row.relation else _("You help this person")
    return RecordChoice(
        patient_id=row.id,
        name=row.name,
        initials=initials(row.name),
        tint=tint(row.id),
        note=note,
        is_open=row.id == actor.patient_id,
    )
