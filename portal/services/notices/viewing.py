"""Viewing the outbox: each notice as it would look, how it stands, and what stands in its way.

Codes and links are never shown in a real clinic: who reads the outbox must not be able to use them.
A demo clinic shows them, because its people are invented and their mail goes nowhere.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal import live, settings
from portal.errors import Conflict, NotFound
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import pages
from portal.services.notices import filling, outbox, reminders, rendering, writing
from portal.services.notices.texts import TEXTS
from portal.services.notices.writing import USEFUL
from portal.words import _, _n, when

FILTERS: dict[str, tuple[str, ...]] = {
    "all": ("pending", "claimed", "sent", "dead", "withdrawn"),
    "waiting": ("pending", "claimed"),
    "sent": ("sent",),
    "dead": ("dead", "withdrawn"),
}


class CannotRetry(Conflict):
    """What the notice needs is gone, or it went out meanwhile."""

    sentence = _(
        "This cannot be sent again: its code or link is used up or wiped, or it has gone out. "
        "Ask for a new one where it came from."
    )


@dataclass(frozen=True)
class NoticeRow:
    """A notice as staff see it."""

    notice_id: str = ""
    subject: str = ""
    whom: str = ""
    at: str = ""
    status: str = ""
    tone: str = ""
    tries: str = ""
    problem: str = ""
    next_try: str = ""
    may_retry: bool = False


@dataclass(frozen=True)
class OutboxRow:
    """One page of the outbox. `is_real` is false where nothing leaves the machine."""

    notices: list[NoticeRow] = field(default_factory=list)
    leaf: pages.Leaf = field(default_factory=pages.Leaf)
    shown: str = "all"
    waiting: int = 0
    dead: int = 0
    is_real: bool = False
    is_demo: bool = False


@dataclass(frozen=True)
class LetterRow:
    """One notice as its reader would see it."""

    notice: NoticeRow = field(default_factory=NoticeRow)
    sender: str = ""
    subject: str = ""
    lines: list[str] = field(default_factory=list)
    link: str = ""
    link_words: str = ""
    is_masked: bool = False


def view(
    db: Session, actor: Actor, *, now: datetime, shown: str = "all", page: int = 1
) -> OutboxRow:
    """Returns one page of the outbox, the newest first."""
    require(actor, Permission.MANAGE_PEOPLE)
    audit.record(db, actor, "R", category="outbox", now=now)
    states = FILTERS.get(shown, FILTERS["all"])
    query = (
        select(OutboxNotice, col(User.name), func.count().over().label("total"))
        .join(User, col(User.id) == col(OutboxNotice.user_id), isouter=True)
        .where(col(OutboxNotice.state).in_(states))
        .order_by(col(OutboxNotice.created_at).desc(), col(OutboxNotice.id))
        .limit(pages.SIZE)
        .offset(pages.first_row(page))
    )
    rows = db.execute(query).all()
    rules = settings.current()
    return OutboxRow(
        notices=[_row(db, row[0], row[1], now) for row in rows],
        leaf=pages.leaf(page, rows[0].total if rows else 0),
        shown=shown if shown in FILTERS else "all",
        waiting=_count(db, "waiting"),
        dead=_count(db, "dead"),
        is_real=bool(rules.smtp_url) and not rules.demo,
        is_demo=rules.demo,
    )


def letter(db: Session, actor: Actor, *, notice_id: str, now: datetime) -> LetterRow:
    """Returns one notice as it would look; without its codes and links but in a demo."""
    require(actor, Permission.MANAGE_PEOPLE)
    notice, name = _found(db, notice_id)
    audit.record(
        db,
        actor,
        "R",
        category="outbox",
        patient_id=notice.patient_id or "",
        entity=f"OutboxNotice/{notice.id}",
        now=now,
    )
    if notice.kind not in TEXTS:
        return LetterRow(_row(db, notice, name, now), subject=notice.kind)
    given = filling.given_of(db, notice) if filling.is_whole(db, notice) else {}
    given = reminders.filled(notice, given)
    is_secret = bool(TEXTS[notice.kind].secrets) or rendering.NEWS in given
    is_masked = not settings.current().demo and is_secret
    written = rendering.write_out(
        notice.kind,
        rendering.masked(notice.kind, given) if is_masked else given,
        outbox.house(db, settings.current().public_url),
        carry=outbox.carry(db, notice.user_id),
    )
    return LetterRow(
        notice=_row(db, notice, name, now),
        sender=written.sender,
        subject=written.subject,
        lines=list(written.lines),
        link=written.link,
        link_words=written.link_words,
        is_masked=is_masked,
    )


def retry(db: Session, actor: Actor, *, notice_id: str, now: datetime) -> None:
    """Lets a notice be tried again at once, whatever pause it has; a sent one never."""
    require(actor, Permission.MANAGE_PEOPLE)
    notice, _name = _found(db, notice_id)
    if not may_retry(db, notice):
        raise CannotRetry
    notice.state, notice.due_at, notice.problem = "pending", now, ""
    notice.useful_until = max(notice.useful_until or now, now + USEFUL / 24)
    db.add(notice)
    audit.record(
        db,
        actor,
        "U",
        category="outbox",
        patient_id=notice.patient_id or "",
        entity=f"OutboxNotice/{notice.id}",
        reason="retry",
        now=now,
    )
    live.tell(db, "outbox", (live.STAFF,))
    writing.kick(db)


def may_retry(db: Session, notice: OutboxNotice) -> bool:
    """Says whether a notice may be tried again: it has not gone out, and all it needs is there."""
    if notice.kind not in TEXTS or notice.state not in {"pending", "dead"}:
        return False
    if not filling.is_whole(db, notice):
        return False
    given = filling.given_of(db, notice)
    return all(name in given for name in TEXTS[notice.kind].secrets)


def _found(db: Session, notice_id: str) -> tuple[OutboxNotice, str]:
    row: Any = db.execute(
        select(OutboxNotice, col(User.name))
        .join(User, col(User.id) == col(OutboxNotice.user_id), isouter=True)
        .where(col(OutboxNotice.id) == notice_id)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1] or ""


def _count(db: Session, shown: str) -> int:
    query = select(func.count()).where(col(OutboxNotice.state).in_(FILTERS[shown]))
    return db.connection().execute(query).scalar_one()


def _row(db: Session, notice: OutboxNotice, name: str | None, now: datetime) -> NoticeRow:
    text = TEXTS.get(notice.kind)
    status, tone = _status(notice)
    waits = notice.state == "pending" and notice.tries > 0
    return NoticeRow(
        notice_id=notice.id,
        subject=_(text.subject).replace("{clinic}", _("the clinic")) if text else notice.kind,
        whom=name or notice.address or _("Whom it concerns"),
        at=when(notice.created_at, now),
        status=status,
        tone=tone,
        tries=_n("{count} try", "{count} tries", notice.tries) if notice.tries else "",
        problem=problem_words(notice.problem),
        next_try=_("Next try: {at}").format(at=when(notice.due_at, now)) if waits else "",
        may_retry=(waits or notice.state == "dead") and may_retry(db, notice),
    )


def _status(notice: OutboxNotice) -> tuple[str, str]:
    if notice.state == "sent":
        return _ENDED.get(notice.problem, (_("Sent"), "ok"))
    return {
        "pending": (_("Waiting"), "info"),
        "claimed": (_("Going out"), "info"),
        "dead": (_("Not sent"), "bad"),
        "withdrawn": (_("Taken back"), ""),
    }[notice.state]


_ENDED = {
    outbox.KEPT_HERE: (_("Would have gone out"), "info"),
    outbox.PORTAL_ONLY: (_("In the portal only"), ""),
    outbox.HANDED_ON: (_("Passed on"), "ok"),
}
_PROBLEMS = {
    outbox.KEPT_HERE: _("Nothing leaves this machine: no mail server is set up, or it is a demo."),
    outbox.PORTAL_ONLY: _("Nobody concerned has a proven e-mail address and wants e-mails."),
    outbox.HANDED_ON: _("Written anew for each account that it concerns."),
    outbox.TOO_LATE: _("Too late: it could not go out while it was of use."),
    outbox.GIVEN_UP: _("Given up after a day of tries."),
    outbox.NO_ADDRESS: _("It has no address."),
    outbox.UNKNOWN: _("This version of the portal has no text for it."),
    outbox.DAMAGED: _("What it was to say was damaged, or is not its own. Ask for a new one."),
    outbox.NO_LONGER: _("The right to know of it, or the address, has ended meanwhile."),
    writing.MOVED: _("The visit was moved."),
    writing.CANCELLED: _("The visit was cancelled."),
    writing.CONFIRMED: _("The visit was confirmed."),
    writing.OVER: _("The visit has begun, or is over."),
    "not-an-address": _("The address cannot be written to."),
    "tls": _("The mail server’s certificate does not hold, or it speaks no TLS."),
    "slow": _("The mail server was too slow."),
    "no-answer": _("The mail server does not answer."),
    "535": _("The mail server does not take the portal’s name and password."),
}


def problem_words(code: str) -> str:
    """Says a problem in words; what the mail server said as its number."""
    if not code:
        return ""
    if code.startswith(writing.OUTDATED):
        return _("What it was about has changed since.")
    known = _PROBLEMS.get(code)
    return _(known) if known else _("The mail server answered {code}.").format(code=code)
