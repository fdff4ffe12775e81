"""The frame of every page: who is signed in, whose record is open, and what waits, counted.

Counts are asked from the database each time, never kept apart, so they are always true.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import Session, col

from portal.models.clinical import DiagnosticReport
from portal.models.messages import Communication, Thread
from portal.models.people import Organization, Patient, ReadMark
from portal.security import access, helpers
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.words import _, day


@dataclass(frozen=True)
class RecordChoice:
    """A record that this person may open."""

    patient_id: str
    name: str
    initials: str
    note: str
    is_open: bool


@dataclass(frozen=True)
class FrameRow:
    """What the frame shows."""

    user_id: str = ""
    patient_id: str = ""
    name: str = ""
    initials: str = ""
    role: str = ""
    is_staff: bool = False
    today: str = ""
    # Empty, or the name of the person whose record is open with a helper.
    helping: str = ""
    unread_messages: int = 0
    unread_results: int = 0
    waiting_threads: int = 0
    unreleased_results: int = 0
    clinic_name: str = ""
    clinic_phone: str = ""
    clinic_address: str = ""
    clinic_hours: str = ""
    choices: list[RecordChoice] = field(default_factory=list)


def view(db: Session, actor: Actor, *, now: datetime) -> FrameRow:
    """Returns the frame of the page that the actor looks at."""
    clinic = db.scalars(select(Organization).where(col(Organization.is_clinic))).first()
    whose = access.open_patient(db, actor) if actor.patient_id else None
    return FrameRow(
        user_id=actor.user_id,
        patient_id=actor.patient_id,
        name=actor.name,
        initials=initials(actor.name),
        role=actor.role,
        is_staff=actor.is_staff,
        today=day(now),
        helping=whose.name if whose and actor.acting_for else "",
        unread_messages=unread_messages(db, actor),
        unread_results=unread_results(db, actor),
        waiting_threads=_waiting_threads(db, actor),
        unreleased_results=_unreleased(db, actor),
        clinic_name=clinic.name if clinic else "",
        clinic_phone=clinic.phone if clinic else "",
        clinic_address=clinic.address if clinic else "",
        clinic_hours=clinic.hours if clinic else "",
        choices=_choices(db, actor, now),
    )


def initials(name: str) -> str:
    """Returns two letters for a name: the first and the last word's, without titles."""
    words = [word for word in name.split() if not word.endswith(".") and word != "Dr"]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return "".join(letters).upper()


def is_unread(actor: Actor, kind: str, record_id: object) -> ColumnElement[bool]:
    """Returns the condition that the actor has not read a record yet."""
    mark = exists().where(
        col(ReadMark.user_id) == actor.user_id,
        col(ReadMark.kind) == kind,
        col(ReadMark.record_id) == record_id,
    )
    return ~mark


def unread_messages(db: Session, actor: Actor) -> int:
    """Counts the clinic's messages in the open record that the actor has not read."""
    if not actor.patient_id:
        return 0
    query = (
        select(func.count())
        .select_from(Communication)
        .join(Thread, col(Thread.id) == col(Communication.thread_id))
        .where(
            col(Communication.patient_id) == actor.patient_id,
            col(Communication.from_clinic).is_(True),
            access.threads(actor),
            is_unread(actor, "message", col(Communication.id)),
        )
    )
    return db.connection().execute(query).scalar_one()


def unread_results(db: Session, actor: Actor) -> int:
    """Counts the released results in the open record that the actor has not read."""
    if not actor.patient_id:
        return 0
    query = select(func.count()).select_from(DiagnosticReport).where(new_result(actor))
    return db.connection().execute(query).scalar_one()


def new_result(actor: Actor) -> ColumnElement[bool]:
    """Returns the condition for a result that is news to the actor."""
    return (
        (col(DiagnosticReport.patient_id) == actor.patient_id)
        & col(DiagnosticReport.is_history).is_(False)
        & col(DiagnosticReport.status).not_in(("entered-in-error", "cancelled", "registered"))
        & access.results(actor)
        & is_unread(actor, "result", col(DiagnosticReport.id))
    )


def _waiting_threads(db: Session, actor: Actor) -> int:
    if not actor.is_staff:
        return 0
    query = select(func.count()).select_from(Thread)
    query = query.where(col(Thread.waiting_for) == "clinic", access.threads(actor))
    return db.connection().execute(query).scalar_one()


def _unreleased(db: Session, actor: Actor) -> int:
    if not has(actor, Permission.RELEASE_RESULTS):
        return 0
    query = select(func.count()).select_from(DiagnosticReport)
    query = query.where(col(DiagnosticReport.released_at).is_(None), access.results(actor))
    return db.connection().execute(query).scalar_one()


def _choices(db: Session, actor: Actor, now: datetime) -> list[RecordChoice]:
    if actor.is_staff:
        return []
    helped = helpers.helped_by(db, actor.user_id, now=now)
    if not helped:
        return []
    ids = [actor.own_patient_id, *helped] if actor.own_patient_id else helped
    rows = db.connection().execute(
        select(col(Patient.id), col(Patient.name)).where(col(Patient.id).in_(ids))
    )
    return [
        RecordChoice(
            patient_id=row.id,
            name=row.name,
            initials=initials(row.name),
            note=_("You") if row.id == actor.own_patient_id else _("You help this person"),
            is_open=row.id == actor.patient_id,
        )
        for row in sorted(rows, key=lambda row: (row.id != actor.own_patient_id, row.name))
    ]
