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
from portal.services.inbox import away, covering, finding
from portal.services.inbox.away import AwaysRow
from portal.services.inbox.steps import POOL_OF
from portal.services.inbox.words import left_of, snippet
from portal.services.inbox.words import pool as pool_words
from portal.services.messages import Choice
from portal.words import _, _n, age, how_far

# What of the inbox is shown; all but the last two wait for the clinic.
FOUND = "found"
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
    # What was looked for; then all that fits is shown, the newest first.
    query: str = ""
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
    query: str = "",
) -> InboxRow:
    """Returns one page of what waits, the most overdue first; or of what has been answered.

    With a `query` it is what fits it, in whatever state, the newest first.
    """
    if not access.reads_inbox(actor):
        raise NotAllowed
    if view not in VIEWS:
        raise Invalid
    audit.record(db, actor, "R", category="messages", entity="inbox", now=now)
    query, first = query.strip()[: finding.QUERY_MAX], pages.first_row(page)
    if query:
        fits = finding.holds(db, actor, query, now)
        view = FOUND
        threads, total, late = _listed(db, actor, fits, view, now, first)
    else:
        threads, total, late = waiting(
            db, actor, now=now, most=pages.SIZE, first=first, view=view, pool=pool
        )
    said = _n("{count} waits for us", "{count} wait for us", total) if view == "waiting" else ""
    choices = [Choice(one.id, pool_words(one.id, one.name)) for one in _pools(db)]
    leaf, aways = pages.leaf(page, total), away.shown(db, actor, now=now)
    return InboxRow(threads, late, leaf, view, pool, query, choices, said, aways)


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
    which = _shown(view, [actor.user_id, *covered], now)
    if pool:
        which = (*which, pool == POOL_OF)
    return _listed(db, actor, which, view, now, first, most, covered)


def _listed(
    db: Session,
    actor: Actor,
    which: tuple[Any, ...],
    view: str,
    now: datetime,
    first: int,
    most: int = pages.SIZE,
    covered: dict[str, str] | None = None,
) -> tuple[list[WaitingRow], int, int]:
    covered = covering.covered_by(db, actor, now=now) if covered is None else covered
    chosen = _CHOSEN.where(*which, access.threads(actor))
    chosen = chosen.order_by(*_order(view, col(ThreadDesk.is_urgent))).limit(most).offset(first)
    part = chosen.subquery("page")
    query = _named(part).order_by(*_order(view, part.c.is_urgent))
    rows = db.connection().execute(query, {"now": now}).all()
    last = messages.newest_letters(db, [row.id for row in rows])
    shown = [_row(actor, row, last.get(row.id), covered, now) for row in rows]
    return shown, rows[0].total if rows else 0, rows[0].late if rows else 0


def _pools(db: Session) -> Any:
    query = select(col(Pool.id), col(Pool.name)).order_by(col(Pool.position), col(Pool.name))
    return db.connection().execute(query)


def _chosen() -> Any:
    """Asks which conversations are shown, and counts all that could be: names come afterwards."""
    is_late = (col(Thread.waiting_for) == "clinic") & (col(Thread.due_at) < _NOW)
    return (
        select(
            col(Thread.id).label("thread_id"),
            col(ThreadDesk.owner_id),
            func.coalesce(col(ThreadDesk.is_urgent), False).label("is_urgent"),
            POOL_OF.label("lies_in"),
            func.count().over().label("total"),
            func.count().filter(is_late).over().label("late"),
        )
        .join(PoolTopic, col(PoolTopic.topic) == col(Thread.topic))
        .outerjoin(ThreadDesk, col(ThreadDesk.thread_id) == col(Thread.id))
    )


# Built once: it runs with every list, and building it takes longer than running it.
_CHOSEN = _chosen()


def _named(chosen: Any) -> Any:
    return (
        select(
            _threads,
            chosen,
            col(Patient.name),
            col(Patient.born_on),
            col(Patient.deceased),
            col(User.name).label("owner"),
            col(Pool.id).label("pool_id"),
            col(Pool.name).label("pool"),
        )
        .join(Thread, col(Thread.id) == chosen.c.thread_id)
        .join(Patient, col(Patient.id) == col(Thread.patient_id))
        .join(Pool, col(Pool.id) == chosen.c.lies_in)
        .outerjoin(User, col(User.id) == chosen.c.owner_id)
    )


def _order(view: str, is_urgent: Any) -> tuple[Any, ...]:
    """What is overdue comes first, then what is urgent (by this column), then what is due next."""
    if view in {"answered", "closed", FOUND}:
        return col(Thread.last_at).desc(), col(Thread.id)
    is_late = case((col(Thread.due_at) < _NOW, 0), else_=1)
    return is_late, case((is_urgent.is_(True), 0), else_=1), col(Thread.due_at), col(Thread.id)


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
