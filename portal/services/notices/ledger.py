"""The ledger: of each notice that was intended, what happened to it and when, in words.

It says to whom by name, never an address, and nothing of what the notice is about but its kind.
Who reads it has found the visit or the patient; of messages and results it lists those alone that
the reader may find.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.appointments import Appointment
from portal.models.audit import OutboxNotice
from portal.models.clinical import DiagnosticReport
from portal.models.messages import Communication, Thread
from portal.models.people import User
from portal.models.prevention import PreventiveRule
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services.notices import codes, ways
from portal.services.notices.texts import TEXTS
from portal.words import _, before, when

SHOWN, AHEAD = 12, 4
# Of a patient so many notices, past and to come, are looked through for what the reader may see.
LOOKED_THROUGH = 100
_KINDS = {
    "appointment.booked": _("The booking"),
    "appointment.asked": _("What was asked for"),
    "appointment.moved": _("The new time"),
    "appointment.cancelled": _("The cancellation"),
    "appointment.series-moved": _("New times of several visits"),
    "appointment.series-cancelled": _("The cancellation of several visits"),
    "waitlist.offered": _("An offer of the waiting list"),
    "waitlist.paused": _("That the waiting list pauses"),
    "result.released": _("That a result is there"),
    "message": _("That a message is there"),
    "prevention.due": _("That something is due"),
}


@dataclass(frozen=True)
class LedgerRow:
    """One intended notice: what of, to whom, and what became of it, when and why."""

    id: str = ""
    what: str = ""
    whom: str = ""
    status: str = ""
    tone: str = ""
    at: str = ""
    why: str = ""


def of_visit(db: Session, actor: Actor, *, appointment_id: str, now: datetime) -> list[LedgerRow]:
    """Returns what was intended about a visit, the next or newest first; the caller found it."""
    if not has(actor, Permission.SEE_APPOINTMENTS):
        return []
    return _rows(db, now, col(OutboxNotice.record_id) == appointment_id)


def of_letters(
    db: Session, actor: Actor, *, ids: list[str], now: datetime
) -> dict[str, list[LedgerRow]]:
    """Returns to staff what was intended about each of these messages; the caller found them."""
    if not ids or not actor.is_staff:
        return {}
    about = col(OutboxNotice.record_id).in_(ids)
    query = _with_names(col(OutboxNotice.kind) == "message", about)
    found: dict[str, list[LedgerRow]] = {}
    for notice, name in db.execute(query.order_by(col(OutboxNotice.due_at), col(OutboxNotice.id))):
        found.setdefault(notice.record_id, []).append(_row(notice, name or "", now))
    return found


def of_patient(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> list[LedgerRow]:
    """Returns what was intended about a patient, as far as the reader may know of it."""
    mine = col(OutboxNotice.patient_id) == patient_id
    due = col(OutboxNotice.due_at)
    both = (col(OutboxNotice.kind), col(OutboxNotice.record_id))
    past = select(*both).where(mine, due <= now).order_by(due.desc()).limit(LOOKED_THROUGH)
    ahead = select(*both).where(mine, due > now).order_by(due).limit(LOOKED_THROUGH)
    records: dict[str, set[str]] = {}
    for row in (*db.connection().execute(past), *db.connection().execute(ahead)):
        records.setdefault(row.kind.partition(".")[0], set()).add(row.record_id)
    if not access.opens_record(db, actor, patient_id):
        # Of what is due only those hear who may open the record.
        records.pop("prevention", None)
    known = {one for about, ids in records.items() for one in _known(db, actor, about, ids)}
    if not known:
        return []
    which = (mine, col(OutboxNotice.record_id).in_(known))
    # What comes next, and then what has happened: next year's reminders hide neither.
    coming = _rows(db, now, *which, due > now, order=due.asc(), most=AHEAD)
    return [*reversed(coming), *_rows(db, now, *which, due <= now)]


def _known(db: Session, actor: Actor, about: str, ids: set[str]) -> set[str]:
    """Returns which of these records the reader may find."""
    if about == "waitlist":
        return ids if has(actor, Permission.SEE_APPOINTMENTS) else set()
    ask = db.connection().execute
    if about == "message":
        said = select(col(Communication.id), col(Communication.thread_id))
        rows = ask(said.where(col(Communication.id).in_(ids))).all()
        talks = {row.thread_id for row in rows}
        query = select(col(Thread.id)).where(col(Thread.id).in_(talks), access.threads(actor))
        open_ = set(ask(query).scalars())
        return {row.id for row in rows if row.thread_id in open_}
    if about == "appointment":
        query = select(col(Appointment.id)).where(access.appointments(actor))
        return set(ask(query.where(col(Appointment.id).in_(ids))).scalars())
    if about == "prevention":
        query = select(col(PreventiveRule.id)).where(access.preventive_rules(actor))
        return set(ask(query.where(col(PreventiveRule.id).in_(ids))).scalars())
    if about == "result":
        query = select(col(DiagnosticReport.id)).where(access.results(actor))
        return set(ask(query.where(col(DiagnosticReport.id).in_(ids))).scalars())
    return set()


def _rows(
    db: Session, now: datetime, *which: Any, order: Any = None, most: int = SHOWN
) -> list[LedgerRow]:
    due = col(OutboxNotice.due_at).desc() if order is None else order
    query = _with_names(*which).order_by(due, col(OutboxNotice.id)).limit(most)
    return [_row(row[0], row[1] or "", now) for row in db.execute(query)]


def _with_names(*which: Any) -> Any:
    return (
        select(OutboxNotice, col(User.name))
        .join(User, col(User.id) == col(OutboxNotice.user_id), isouter=True)
        # Of what was handed on, each account's own row tells.
        .where(*which, col(OutboxNotice.problem) != codes.HANDED_ON)
    )


def _row(notice: OutboxNotice, name: str, now: datetime) -> LedgerRow:
    status, tone = codes.status(notice)
    at = notice.sent_at or notice.ended_at or notice.due_at
    if codes.waits(notice, now):
        status = _("Waits until")
    return LedgerRow(
        id=notice.id,
        what=what(notice),
        whom=by_way(notice, name),
        status=status,
        tone=tone,
        at=when(at, now),
        why=codes.words(notice.problem),
    )


def by_way(notice: OutboxNotice, name: str) -> str:
    """Says to whom, and by which way if it is no e-mail."""
    if notice.channel == ways.SMS:
        return _("{name}, by text message").format(name=name)
    if notice.channel == ways.PUSH:
        return _("{name}, on their devices").format(name=name)
    return name


def what(notice: OutboxNotice) -> str:
    """Says what a notice is about; of a reminder, which one it is."""
    if notice.about_at is not None:
        minutes = notice.key.partition("/")[2].partition(":")[0]
        said = before(int(minutes)) if minutes.isdecimal() else ""
        return _("Reminder, {before}").format(before=said) if said else _("Reminder")
    text = TEXTS.get(notice.kind)
    known = _KINDS.get(notice.kind) or (text.subject if text else notice.kind)
    return _(known).replace("{clinic}", _("the clinic"))
