"""The list of conversations: who wrote last, what is new, whose turn it is."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlmodel import Session, col

from portal.models.messages import Communication, Draft, Thread
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import pages
from portal.services.frame import initials, tint
from portal.services.messages.said import name_of, said, unread
from portal.services.messages.writing import topics
from portal.words import _, day, local, when

SNIPPET = 140
QUERY_MAX = 100


@dataclass(frozen=True)
class ThreadRow:
    """A conversation in a list."""

    id: str
    subject: str
    topic: str
    snippet: str
    who: str
    letters: str
    tint: int
    at: str
    turn: str
    is_overdue: bool
    is_waiting: bool
    unread: int = 0
    has_draft: bool = False
    patient_id: str = ""
    patient_name: str = ""


@dataclass(frozen=True)
class ThreadsRow:
    """One page of conversations."""

    threads: list[ThreadRow] = field(default_factory=list)
    leaf: pages.Leaf = field(default_factory=pages.Leaf)
    query: str = ""
    may_write: bool = True


def threads(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    page: int = 1,
    query: str = "",
    patient_id: str = "",
) -> ThreadsRow:
    """Returns one page of a patient's conversations, newest first; `query` looks into all words."""
    patient = access.patient(db, actor, patient_id or actor.patient_id)
    require(actor, Permission.SEE_MESSAGES)
    audit.record(db, actor, "R", category="messages", patient_id=patient.id, now=now)
    query = query.strip()[:QUERY_MAX]
    fits = (holds(query),) if query else ()
    scope = (col(Thread.patient_id) == patient.id, access.threads(actor), *fits)
    found = db.connection().execute(
        select(_threads, func.count().over().label("total"))
        .where(*scope)
        .order_by(col(Thread.last_at).desc(), col(Thread.id))
        .limit(pages.SIZE)
        .offset(pages.first_row(page))
    )
    rows = found.all()
    total = rows[0].total if rows else 0
    return ThreadsRow(
        _rows(db, actor, rows, patient.name, now),
        pages.leaf(page, total),
        query,
        may_write=has(actor, Permission.WRITE_MESSAGES),
    )


_threads: Any = Thread.__table__  # pyright: ignore[reportAttributeAccessIssue]


def holds(query: str) -> Any:
    """Returns the condition that the subject or a letter of a conversation has these words."""
    words = exists().where(
        col(Communication.thread_id) == col(Thread.id),
        col(Communication.body).icontains(query, autoescape=True),
    )
    return or_(col(Thread.subject).icontains(query, autoescape=True), words)


def _rows(
    db: Session, actor: Actor, rows: Any, patient_name: str, now: datetime
) -> list[ThreadRow]:
    ids = [row.id for row in rows]
    last, new = newest_letters(db, ids), _unread_of(db, actor, ids)
    drafts = _drafts_of(db, actor, ids)
    return [
        replace(
            _row(actor, row, last.get(row.id), now),
            unread=new.get(row.id, 0),
            has_draft=row.id in drafts,
            patient_name=patient_name,
        )
        for row in rows
    ]


def _row(actor: Actor, row: Any, last: Any, now: datetime) -> ThreadRow:
    return ThreadRow(
        id=row.id,
        subject=row.subject,
        topic=topics()[row.topic],
        snippet=_snippet(last.body) if last else "",
        who=name_of(actor, last.sender_id, last.sender_name) if last else "",
        letters=initials(last.sender_name) if last else "",
        tint=tint(last.sender_name) if last else 1,
        at=said(row.last_at, now),
        turn=_turn(actor, row, now),
        is_overdue=_is_overdue(row, now),
        is_waiting=row.waiting_for == "clinic",
        patient_id=row.patient_id,
    )


def newest_letters(db: Session, ids: list[str]) -> dict[str, Any]:
    """Returns the newest letter of each of these conversations, found before: its beginning."""
    if not ids:
        return {}
    newest = (
        select(col(Communication.id))
        .where(col(Communication.thread_id) == col(Thread.id))
        .order_by(col(Communication.sent_at).desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = select(newest).select_from(Thread).where(col(Thread.id).in_(ids))
    query = select(
        col(Communication.thread_id),
        col(Communication.sender_id),
        col(Communication.sender_name),
        func.substr(col(Communication.body), 1, 2 * SNIPPET).label("body"),
    ).where(col(Communication.id).in_(wanted))
    return {row.thread_id: row for row in db.connection().execute(query)}


def _unread_of(db: Session, actor: Actor, ids: list[str]) -> dict[str, int]:
    query = (
        select(col(Communication.thread_id), func.count())
        .where(col(Communication.thread_id).in_(ids), *unread(actor))
        .group_by(col(Communication.thread_id))
    )
    return {row[0]: row[1] for row in db.connection().execute(query)} if ids else {}


def _drafts_of(db: Session, actor: Actor, ids: list[str]) -> set[str]:
    query = select(col(Draft.place)).where(
        col(Draft.user_id) == actor.user_id, col(Draft.place).in_(ids)
    )
    return set(db.connection().execute(query).scalars()) if ids else set()


def _is_overdue(row: Any, now: datetime) -> bool:
    return row.waiting_for == "clinic" and row.due_at is not None and row.due_at < now


def _turn(actor: Actor, row: Any, now: datetime) -> str:
    if row.waiting_for != "clinic" or row.due_at is None:
        return ""
    if actor.is_staff:
        return _("Answer by {time}").format(time=when(row.due_at, now))
    if _is_overdue(row, now):
        return _("Our answer is late. If it cannot wait, call us.")
    return _("We answer by {day}").format(day=_day(row.due_at, now))


def _day(at: datetime, now: datetime) -> str:
    return when(at, now).rpartition(",")[0] if local(at).year == local(now).year else day(at)


def _snippet(body: str) -> str:
    words = " ".join(body.split())
    return words if len(words) <= SNIPPET else words[:SNIPPET].rpartition(" ")[0] + " …"
