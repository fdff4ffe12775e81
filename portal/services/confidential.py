"""Confidential: what stays between the patient and the clinic. Staff mark it, and may unmark it.

A marked visit, conversation or result is hidden from helpers everywhere (security/access.py), with
all that belongs to it. Marking leaves a trace.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid, NotAllowed
from portal.models.appointments import Appointment
from portal.models.clinical import DiagnosticReport, Encounter
from portal.models.messages import Thread
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.words import _, short_day

SHOWN = 12
# What may be marked: how it is found, who may, and whom the change is told to.
KINDS: dict[str, tuple[Any, Permission, str]] = {
    "appointment": (Appointment, Permission.BOOK_APPOINTMENTS, "appointments"),
    "thread": (Thread, Permission.WRITE_MESSAGES, "messages"),
    "result": (DiagnosticReport, Permission.SEE_CLINICAL, "results"),
    "visit": (Encounter, Permission.SEE_CLINICAL, "record"),
}


# How the trace says it; no helper is told of such a row.
MARKED = "confidential"


@dataclass(frozen=True)
class MarkRow:
    """Something that can be marked, as staff see it."""

    id: str
    kind: str
    kind_words: str
    title: str
    at: str
    is_confidential: bool


def mark(
    db: Session, actor: Actor, *, kind: str, record_id: str, confidential: bool, now: datetime
) -> None:
    """Marks something as confidential, or opens it to helpers again."""
    if kind not in KINDS:
        raise Invalid
    table, permission, topic = KINDS[kind]
    if not access.is_clinic(actor):
        raise NotAllowed
    record: Any = _find(db, actor, kind, record_id)
    require(actor, permission)
    key = (col(table.id) == record.id) & col(table.confidential).is_(not confidential)
    done = db.connection().execute(update(table).where(key).values(confidential=confidential))
    if not done.rowcount:
        return
    audit.record(
        db,
        actor,
        "U",
        category=topic if topic != "record" else "visits",
        patient_id=record.patient_id,
        entity=f"{table.__name__}/{record.id}",
        reason=MARKED if confidential else f"no longer {MARKED}",
        now=now,
    )
    # A helper's page that shows it asks again as well: it goes at once, without a word.
    live.tell(db, topic, [record.patient_id])


def _find(db: Session, actor: Actor, kind: str, record_id: str) -> Any:
    if kind == "appointment":
        return access.appointment(db, actor, record_id)
    if kind == "thread":
        return access.thread(db, actor, record_id)
    if kind == "result":
        return access.result(db, actor, record_id)
    return access.clinical(db, actor, Encounter, record_id)


def of_patient(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> list[MarkRow]:
    """Returns the newest of what this member of staff may mark; for a view with its own trace."""
    del now
    rows: list[MarkRow] = []
    for kind, (table, scope, at) in _lists(actor).items():
        query = (
            select(table)
            .where(col(table.patient_id) == patient_id, scope)
            .order_by(at.desc())
            .limit(SHOWN)
        )
        rows += [_row(kind, record) for record in db.scalars(query)]
    return rows


def _lists(actor: Actor) -> dict[str, tuple[Any, Any, Any]]:
    return {
        "appointment": (Appointment, access.appointments(actor), col(Appointment.starts_at)),
        "thread": (Thread, access.threads(actor), col(Thread.last_at)),
        "result": (DiagnosticReport, access.results(actor), col(DiagnosticReport.sort_at)),
        "visit": (Encounter, access.entries(actor, Encounter), col(Encounter.sort_at)),
    }


def _row(kind: str, record: Any) -> MarkRow:
    words = {
        "appointment": _("Appointment"),
        "thread": _("Conversation"),
        "result": _("Result"),
        "visit": _("Visit"),
    }
    at = {"appointment": "starts_at", "thread": "last_at"}.get(kind, "sort_at")
    moment: datetime | None = getattr(record, at)
    title = record.subject if kind == "thread" else record.title
    return MarkRow(
        record.id,
        kind,
        words[kind],
        title,
        short_day(moment) if moment else "",
        record.confidential,
    )
