"""Sign-in and security events: what the trace says of doors, locks and keys.

Failures, ways back in, changed factors and passwords, what was sent that no page sends. How many
names and addresses must wait is said in numbers alone: which ones, only their keyed hashes know.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from portal import settings
from portal.errors import NotAllowed
from portal.models.audit import AuditEvent
from portal.models.people import Tries
from portal.security import audit, throttle
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services import pages, proofs, witness
from portal.services.administration.people import role_words
from portal.words import _, number, when

PERIODS = (1, 7, 30, 90)


@dataclass(frozen=True)
class Kind:
    """A kind of event: its words, the categories of the trace that it is made of, how it ended."""

    key: str
    words: str
    categories: tuple[str, ...]
    refused: bool | None = None


KINDS: tuple[Kind, ...] = (
    Kind(
        "failures",
        _("Failed sign-ins"),
        ("sign-in", "second step", "invitation", "confirming", "forgotten"),
        refused=True,
    ),
    Kind("sign-ins", _("Sign-ins"), ("sign-in",), refused=False),
    Kind("new", _("New devices"), ("new device",)),
    Kind("factors", _("Second factors"), ("factors", "recovery code", "trusted device")),
    Kind("passwords", _("Passwords and ways back"), ("password", "forgotten", "way back")),
    Kind("accounts", _("Accounts and roles"), ("user", "account", "invitation", "registration")),
    Kind("policies", _("Policies and texts"), ("policies", "texts")),
    Kind("breaches", _("Broken rules"), ("breach",)),
)
BY_KEY = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True)
class EventRow:
    """One event: when, what, who, from where."""

    at: str = ""
    what: str = ""
    detail: str = ""
    who: str = ""
    role: str = ""
    address: str = ""
    tone: str = ""
    ended: str = ""


@dataclass(frozen=True)
class CountRow:
    """How many events of a kind there were in the period."""

    key: str = ""
    words: str = ""
    count: str = "0"


@dataclass(frozen=True)
class SecurityRow:
    """One page of events, the counts of each kind, and what must wait just now."""

    events: list[EventRow] = field(default_factory=list)
    counts: list[CountRow] = field(default_factory=list)
    leaf: pages.Leaf = field(default_factory=pages.Leaf)
    kind: str = "failures"
    days: int = 7
    names_waiting: str = "0"
    names_closed: str = "0"
    addresses_waiting: str = "0"
    trace_rows: str = "0"
    may_check: bool = False


@dataclass(frozen=True)
class TraceRow:
    """What a check of the trace found."""

    said: str = ""
    is_whole: bool = True


def may_see(actor: Actor) -> bool:
    """Says whether the actor may see who signs in and who failed to."""
    return has(actor, Permission.SEE_TRACE) or has(actor, Permission.MANAGE_PEOPLE)


def security(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    kind: str = "failures",
    days: int = 7,
    page: int = 1,
) -> SecurityRow:
    """Returns the events of one kind in the last days, the newest first."""
    if not may_see(actor):
        raise NotAllowed
    audit.record(db, actor, "R", category="security events", reason=kind, now=now)
    days = days if days in PERIODS else PERIODS[1]
    since, chosen = now - timedelta(days=days), BY_KEY.get(kind, KINDS[0])
    query = (
        select(AuditEvent, func.count().over().label("total"))
        .where(_is_of(chosen), col(AuditEvent.at) >= since)
        .order_by(col(AuditEvent.seq).desc())
        .limit(pages.SIZE)
        .offset(pages.first_row(page))
    )
    rows = db.execute(query).all()
    waiting = _waiting(db, now)
    newest = db.connection().execute(select(func.max(col(AuditEvent.seq)))).scalar_one()
    return SecurityRow(
        events=[_event(row[0], now) for row in rows],
        counts=_counts(db, since),
        leaf=pages.leaf(page, rows[0].total if rows else 0),
        kind=chosen.key,
        days=days,
        names_waiting=number(waiting[0]),
        names_closed=number(waiting[1]),
        addresses_waiting=number(waiting[2]),
        trace_rows=number(newest or 0),
        may_check=may_check(actor),
    )


def may_check(actor: Actor) -> bool:
    """Says whether the actor may have the whole trace read."""
    return has(actor, Permission.SEE_TRACE) or actor.role == "administrator"


def check_trace(db: Session, actor: Actor, *, now: datetime) -> TraceRow:
    """Reads the whole trace and says whether any row was changed, added or taken away."""
    if not may_check(actor):
        raise NotAllowed
    verdict = audit.verify(db, db.info["audit_key"])
    audit.record(db, actor, "E", category="trace checked", now=now)
    told = witness.heard(db, settings.current().witness_dir)
    if verdict.is_whole and not told.is_fine:
        return TraceRow(told.words, is_whole=False)
    if verdict.is_whole:
        said = _("The trace is whole: {rows} rows, each as it was written.")
        return TraceRow(said.format(rows=number(verdict.rows)), is_whole=True)
    said = _("The trace is broken at row {row}. Keep the database as it is, and find out who.")
    return TraceRow(said.format(row=number(verdict.broken_at or 0)), is_whole=False)


def failures(db: Session, since: datetime) -> int:
    """Counts failed sign-ins since a moment."""
    query = select(func.count()).where(_is_of(KINDS[0]), col(AuditEvent.at) >= since)
    return db.connection().execute(query).scalar_one()


def _is_of(kind: Kind) -> Any:
    category = and_(col(AuditEvent.category).in_(kind.categories), col(AuditEvent.action) != "R")
    if kind.refused is None:
        return category
    return category & (
        (col(AuditEvent.outcome) != "success")
        if kind.refused
        else (col(AuditEvent.outcome) == "success")
    )


def _counts(db: Session, since: datetime) -> list[CountRow]:
    query = select(*(func.count().filter(_is_of(kind)).label(kind.key) for kind in KINDS)).where(
        col(AuditEvent.at) >= since
    )
    found = db.connection().execute(query).one()
    pairs = zip(KINDS, found, strict=True)
    return [CountRow(kind.key, kind.words, number(count)) for kind, count in pairs]


def _waiting(db: Session, now: datetime) -> tuple[int, int, int]:
    """Counts names that must wait, names closed until there is a new link, and full addresses."""
    is_name = col(Tries.wait_until).is_not(None)
    is_closed = is_name & (col(Tries.count) >= throttle.MOST_IN_A_ROW)
    waits = or_(is_closed, col(Tries.wait_until) > now)
    near = and_(
        col(Tries.wait_until).is_(None),
        col(Tries.key) != throttle.ALL,
        col(Tries.count) >= throttle.MOST_FROM_ADDRESS,
        col(Tries.since) > now - throttle.WINDOW,
    )
    count = func.count()
    query = select(count.filter(waits), count.filter(is_closed), count.filter(near))
    names, closed, full = db.connection().execute(query.select_from(Tries)).one()
    return names, closed, full


def _event(found: AuditEvent, now: datetime) -> EventRow:
    has_failed = found.outcome != "success"
    return EventRow(
        at=when(found.at, now),
        what=_WHAT.get(found.category, found.category),
        detail=_detail(found),
        who=found.actor_name or _("Nobody known"),
        role=role_words(found.role) if found.actor_name else "",
        address=found.source,
        tone="bad" if has_failed else "ok",
        ended=_("Refused") if has_failed else _("Done"),
    )


def _detail(found: AuditEvent) -> str:
    by, _colon, proof = found.reason.partition(": ")
    if by == "letter" and proofs.words(proof):
        return _("By letter. Identity: {proof}").format(proof=proofs.words(proof))
    return _DETAIL.get(found.reason, found.reason or found.entity.partition("/")[0])


_WHAT = {
    "sign-in": _("Signing in"),
    "second step": _("Second step"),
    "confirming": _("Confirming once more"),
    "new device": _("A new device"),
    "factors": _("Second factors"),
    "recovery code": _("A recovery code was used"),
    "trusted device": _("A trusted device"),
    "password": _("Password"),
    "forgotten": _("Forgotten password"),
    "way back": _("Way back in"),
    "user": _("Account"),
    "account": _("Own account"),
    "invitation": _("Invitation"),
    "registration": _("Request for an account"),
    "policies": _("Policy"),
    "texts": _("Text"),
    "breach": _("Something that no page sends"),
}
_DETAIL = {
    "password": _("Password"),
    "factor": _("Wrong second factor"),
    "totp": _("With an app’s code"),
    "passkey": _("With a passkey"),
    "recovery": _("With a recovery code"),
    "email": _("With a code by e-mail"),
    "trusted": _("On a trusted device"),
    "code or birth date": _("Wrong code or birth date"),
}
