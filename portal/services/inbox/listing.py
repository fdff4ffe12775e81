"""The inbox of the clinic: conversations that wait for an answer, the most overdue first."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlmodel import Session, col

from portal.errors import Invalid, NotAllowed
from portal.models.base import UtcDateTime
from portal.models.messages import Thread
from portal.models.people import Patient, User
from portal.models.pools import Pool, PoolTopic, ThreadDesk
from portal.security import access, audit
from portal.security.actor import Actor
from portal.services import messages, pages
from portal.services.inbox import away, covering
from portal.services.inbox.away import AwaysRow
from portal.services.inbox.steps import POOL_OF
from portal.services.inbox.words import left_of, snippet
from portal.services.inbox.words import pool as pool_words
from portal.services.messages import Choice
from portal.words import _, _n, age, how_far

# What of the inbox is shown; all but the last two wait for the clinic.
VIEWS = ("waiting", "mine", "unclaimed", "overdue", "answered", "closed")
_NOW: Any = bindparam("now", type_=UtcDateTime())
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
    is_urgent: bool = False
    # Where it lies, who has it, and for whom of those who are away one sees it.
    pool: str = ""
    owner: str = ""
    covered: str = ""


@dataclass(frozen=True)
class InboxRow:
    """One page of the inbox."""

    threads: list[WaitingRow] = field(default_factory=list)
    late: int = 0
    leaf: pages.Leaf = field(default_factory=pages.Leaf)
    view: str = "waiting"
    pool: str = ""
    pools: list[Choice] = field(default_factory=list)
    said: str = ""
    away: AwaysRow = field(default_factory=AwaysRow)


def view(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    page: int = 1,
    view: str = "waiting",
    pool: str = "",
) -> InboxRow:
    """Returns one page of what waits, the most overdue first; or of what has been answered."""
    if not access.reads_inbox(actor):
        raise NotAllowed
    if view not in VIEWS:
        raise Invalid
    audit.record(db, actor, "R", category="messages", entity="inbox", now=now)
    threads, total, late = waiting(
        db, actor, now=now, most=pages.SIZE, first=pages.first_row(page), view=view, pool=pool
    )
    said = _n("{count} waits for us", "{count} wait for us", total) if view == "waiting" else ""
    choices = [Choice(one.id, pool_words(one.id, one.name)) for one in _pools(db)]
    leaf, aways = pages.leaf(page, total), away.shown(db, actor, now=now)
    return InboxRow(threads, late, leaf, view, pool, choices, said, aways)


def waiting(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    most: int,
    first: int = 0,
    view: str = "waiting",
    pool: str = "",
) -> tuple[list[WaitingRow], int, int]:
    """Returns what waits, how many in all and how many are late; for a view that is traced."""
    covered = covering.covered_by(db, actor, now=now)
    query = (
        _ASKED.where(*_shown(view, [actor.user_id, *covered], now), access.threads(actor))
        .order_by(*_order(view), col(Thread.id))
        .limit(most)
        .offset(first)
    )
    if pool:
        query = query.where(pool == POOL_OF)
    rows = db.connection().execute(query, {"now": now}).all()
    last = messages.newest_letters(db, [row.id for row in rows])
    shown = [_row(actor, row, last.get(row.id), covered, now) for row in rows]
    return shown, rows[0].total if rows else 0, rows[0].late if rows else 0


def _pools(db: Session) -> Any:
    query = select(col(Pool.id), col(Pool.name)).order_by(col(Pool.position), col(Pool.name))
    return db.connection().execute(query)


def _asked() -> Any:
    is_late = (col(Thread.waiting_for) == "clinic") & (col(Thread.due_at) < _NOW)
    return (
        select(
            _threads,
            col(Patient.name),
            col(Patient.born_on),
            col(Patient.deceased),
            col(ThreadDesk.owner_id),
            func.coalesce(col(ThreadDesk.is_urgent), False).label("is_urgent"),
            col(User.name).label("owner"),
            col(Pool.id).label("pool_id"),
            col(Pool.name).label("pool"),
            func.count().over().label("total"),
            func.count().filter(is_late).over().label("late"),
        )
        .join(Patient, col(Patient.id) == col(Thread.patient_id))
        .join(PoolTopic, col(PoolTopic.topic) == col(Thread.topic))
        .outerjoin(ThreadDesk, col(ThreadDesk.thread_id) == col(Thread.id))
        .join(Pool, col(Pool.id) == POOL_OF)
        .outerjoin(User, col(User.id) == col(ThreadDesk.owner_id))
    )


# Built once: it runs with every list, and building it takes longer than running it.
_ASKED = _asked()


def _order(view: str) -> tuple[Any, ...]:
    """What is overdue comes first, then what is urgent, then what is due next."""
    if view in {"answered", "closed"}:
        return (col(Thread.last_at).desc(),)
    is_late = case((col(Thread.due_at) < _NOW, 0), else_=1)
    is_urgent = case((col(ThreadDesk.is_urgent).is_(True), 0), else_=1)
    return is_late, is_urgent, col(Thread.due_at)


def _shown(view: str, mine: list[str], now: datetime) -> tuple[Any, ...]:
    """Returns which conversations a view shows; `mine` are the owners whose are one's own too."""
    turn = {"answered": "patient", "closed": "nobody"}.get(view, "clinic")
    waits = col(Thread.waiting_for) == turn
    more = {
        "mine": lambda: col(ThreadDesk.owner_id).in_(mine),
        "unclaimed": lambda: covering.is_nobodys(col(ThreadDesk.owner_id), now),
        "overdue": lambda: col(Thread.due_at) < _NOW,
    }
    return (waits, more[view]()) if view in more else (waits,)


def _row(actor: Actor, row: Any, last: Any, covered: dict[str, str], now: datetime) -> WaitingRow:
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
        snippet=snippet(last.body) if last else "",
        who=_writer(last, row.name) if last else "",
        clock=left,
        tone=tone,
        icon=icon,
        is_waiting=row.waiting_for == "clinic",
        is_urgent=row.is_urgent,
        pool=pool_words(row.pool_id, row.pool),
        owner=owner_words(actor, row.owner_id, row.owner),
        covered=covered.get(row.owner_id or "", ""),
    )


def owner_words(actor: Actor, owner_id: str | None, name: str | None) -> str:
    """Says who has a conversation; nothing where nobody has."""
    if not owner_id:
        return ""
    return _("You") if owner_id == actor.user_id else name or ""


def _writer(last: Any, patient: str) -> str:
    """Returns who wrote last, where it was not the patient alone."""
    return "" if last.sender_name == patient else last.sender_name
