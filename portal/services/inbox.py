"""The inbox of the clinic: conversations that wait for an answer, the latest promise first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.errors import NotAllowed
from portal.models.messages import Communication, Thread
from portal.models.people import Patient
from portal.security import access, audit
from portal.security.actor import Actor
from portal.services import messages, pages
from portal.words import _, _n, age, clock, how_far, local, midnight, weekday

SNIPPET = 120
_SOON = timedelta(hours=4)
_threads: Any = Thread.__table__  # pyright: ignore[reportAttributeAccessIssue]


@dataclass(frozen=True)
class WaitingRow:
    """A conversation that waits for the clinic; `clock` says how long there still is."""

    id: str = ""
    href: str = ""
    patient_id: str = ""
    name: str = ""
    age: str = ""
    subject: str = ""
    topic: str = ""
    snippet: str = ""
    who: str = ""
    clock: str = ""
    tone: str = ""
    icon: str = ""
    is_waiting: bool = True


@dataclass(frozen=True)
class InboxRow:
    """One page of the inbox."""

    threads: list[WaitingRow] = field(default_factory=list)
    late: int = 0
    leaf: pages.Leaf = field(default_factory=pages.Leaf)
    # Whether what waits for patients is shown instead.
    is_answered: bool = False
    said: str = ""


def view(
    db: Session, actor: Actor, *, now: datetime, page: int = 1, answered: bool = False
) -> InboxRow:
    """Returns one page of what waits, the most overdue first; or of what has been answered."""
    if not access.reads_inbox(actor):
        raise NotAllowed
    audit.record(db, actor, "R", category="messages", entity="inbox", now=now)
    threads, total, late = waiting(
        db, actor, now=now, most=pages.SIZE, first=pages.first_row(page), answered=answered
    )
    said = _n("{count} waits for us", "{count} wait for us", total)
    return InboxRow(threads, late, pages.leaf(page, total), answered, "" if answered else said)


def waiting(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    most: int,
    first: int = 0,
    answered: bool = False,
) -> tuple[list[WaitingRow], int, int]:
    """Returns what waits, how many in all and how many are late; for a view that is traced."""
    late = func.count().filter(col(Thread.due_at) < now).over()
    order = col(Thread.last_at).desc() if answered else col(Thread.due_at).asc().nulls_last()
    query = (
        select(
            _threads,
            col(Patient.name),
            col(Patient.born_on),
            col(Patient.deceased),
            func.count().over().label("total"),
            late.label("late"),
        )
        .join(Patient, col(Patient.id) == col(Thread.patient_id))
        .where(_turn(answered=answered), access.threads(actor))
        .order_by(order, col(Thread.id))
        .limit(most)
        .offset(first)
    )
    rows = db.connection().execute(query).all()
    last = _last(db, [row.id for row in rows])
    shown = [_row(row, last.get(row.id), now) for row in rows]
    return shown, rows[0].total if rows else 0, rows[0].late if rows and not answered else 0


def _turn(*, answered: bool) -> Any:
    turns = ("patient", "nobody") if answered else ("clinic",)
    return col(Thread.waiting_for).in_(turns)


def _row(row: Any, last: Any, now: datetime) -> WaitingRow:
    left, tone, icon = left_of(row.due_at, now)
    if row.waiting_for != "clinic":
        left, tone, icon = how_far(row.last_at, now), "", ""
    return WaitingRow(
        id=row.id,
        href=f"/staff/messages?thread={row.id}",
        patient_id=row.patient_id,
        name=row.name,
        age=str(age(row.born_on, now)) if row.born_on and not row.deceased else "",
        subject=row.subject,
        topic=messages.topics()[row.topic],
        snippet=_snippet(last.body) if last else "",
        who=_writer(last, row.name) if last else "",
        clock=left,
        tone=tone,
        icon=icon,
        is_waiting=row.waiting_for == "clinic",
    )


def _writer(last: Any, patient: str) -> str:
    """Returns who wrote last, where it was not the patient alone."""
    return "" if last.sender_name == patient else last.sender_name


def left_of(due_at: datetime | None, now: datetime) -> tuple[str, str, str]:
    """Says how long there is until the promised answer, with a tone and an icon."""
    if due_at is None:
        return "", "", ""
    left = due_at - now
    if left < timedelta():
        return _("{time} late").format(time=_span(-left)), "late", "clock"
    if left < _SOON:
        return _("{time} left").format(time=_span(left)), "soon", "clock"
    if due_at < midnight(now, 1):
        return _("by {time}").format(time=clock(due_at)), "", "clock"
    return _("by {day}").format(day=_near_day(due_at, now)), "", "clock"


def _near_day(at: datetime, now: datetime) -> str:
    days = (local(at).date() - local(now).date()).days
    return _("tomorrow") if days == 1 else weekday(at)


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return _("{count} min").format(count=max(minutes, 1))
    hours, rest = divmod(minutes, 60)
    if hours < 24:  # noqa: PLR2004 - a day
        return _("{hours} h {minutes:02d}").format(hours=hours, minutes=rest)
    return _n("{count} day", "{count} days", hours // 24)


def _last(db: Session, ids: list[str]) -> dict[str, Any]:
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
        col(Communication.sender_name),
        func.substr(col(Communication.body), 1, 2 * SNIPPET).label("body"),
    ).where(col(Communication.id).in_(wanted))
    return {row.thread_id: row for row in db.connection().execute(query)}


def _snippet(body: str) -> str:
    words = " ".join(body.split())
    return words if len(words) <= SNIPPET else words[:SNIPPET].rpartition(" ")[0] + " …"
