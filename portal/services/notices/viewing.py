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
from portal.security.permissions import Permission, has, require
from portal.services import pages
from portal.services.notices import (
    codes,
    filling,
    ledger,
    naming,
    rendering,
    saying,
    searching,
    ways,
    writing,
)
from portal.services.notices.rendering import Written
from portal.services.notices.searching import KindRow, Wanted
from portal.services.notices.texts import TEXTS
from portal.services.notices.writing import USEFUL
from portal.words import LANGUAGES, _, _n, clinics, when


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
    wanted: Wanted = field(default_factory=Wanted)
    kinds: list[KindRow] = field(default_factory=list)
    finds_patients: bool = False
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
    # In which language it is; its name where it is another than the clinic's.
    lang: str = ""
    language: str = ""


def view(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    shown: str = "all",
    page: int = 1,
    wanted: Wanted = Wanted(),  # noqa: B008 - frozen
) -> OutboxRow:
    """Returns one page of the outbox: what waits with the next first, all else the newest first."""
    require(actor, Permission.MANAGE_PEOPLE)
    shown = shown if shown in searching.FILTERS else "all"
    audit.record(db, actor, "R", category="outbox", now=now)
    rows = db.execute(
        searching.query(actor, shown, wanted).limit(pages.SIZE).offset(pages.first_row(page))
    ).all()
    rules = settings.current()
    return OutboxRow(
        notices=[_row(db, row[0], searching.whom(actor, row), now) for row in rows],
        leaf=pages.leaf(page, rows[0].total if rows else 0),
        shown=shown,
        wanted=wanted,
        kinds=searching.kinds(),
        finds_patients=has(actor, Permission.FIND_PATIENTS),
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
    is_secret = bool(TEXTS[notice.kind].secrets) or rendering.NEWS in given
    is_masked = not settings.current().demo and is_secret
    shown = rendering.masked(notice.kind, given) if is_masked else given
    house = naming.house(db, settings.current().public_url)
    written = saying.in_words(db, notice, shown, house)
    subject, lines = _by_its_way(notice, written)
    is_letter = notice.channel == ways.EMAIL
    is_other = written.language != clinics()
    return LetterRow(
        notice=_row(db, notice, name, now),
        sender=written.sender,
        subject=subject,
        lines=lines,
        link=written.link if is_letter else "",
        link_words=written.link_words if is_letter else "",
        is_masked=is_masked,
        lang=written.language,
        language=LANGUAGES[written.language] if is_other else "",
    )


def _by_its_way(notice: OutboxNotice, written: Written) -> tuple[str, list[str]]:
    """Returns what a notice is headed by, and what its reader sees."""
    if notice.channel == ways.SMS:
        return _("Text message"), [rendering.as_sms(written)]
    if notice.channel == ways.PUSH:
        return _("On their devices"), [written.sender, written.short]
    return written.subject, list(written.lines)


def retry(db: Session, actor: Actor, *, notice_id: str, now: datetime) -> None:
    """Lets a notice be tried again at once, whatever pause it has; a sent one never."""
    require(actor, Permission.MANAGE_PEOPLE)
    notice, _name = _found(db, notice_id)
    if not may_retry(db, notice):
        raise CannotRetry
    notice.state, notice.due_at, notice.problem = "pending", now, ""
    notice.ended_at = None
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
    query = select(func.count()).where(searching.FILTERS[shown])
    return db.connection().execute(query).scalar_one()


def _row(db: Session, notice: OutboxNotice, name: str | None, now: datetime) -> NoticeRow:
    status, tone = codes.status(notice)
    waits = notice.state == "pending" and notice.tries > 0
    return NoticeRow(
        notice_id=notice.id,
        subject=_subject(notice),
        whom=ledger.by_way(notice, name or notice.address or _("Whom it concerns")),
        at=when(notice.created_at, now),
        status=status,
        tone=tone,
        tries=_n("{count} try", "{count} tries", notice.tries) if notice.tries else "",
        problem=codes.words(notice.problem),
        next_try=_next(notice, now),
        may_retry=(waits or notice.state == "dead") and may_retry(db, notice),
    )


def _subject(notice: OutboxNotice) -> str:
    text = TEXTS.get(notice.kind)
    if notice.about_at is not None or text is None:
        return ledger.what(notice)
    return _(text.subject).replace("{clinic}", _("the clinic"))


def _next(notice: OutboxNotice, now: datetime) -> str:
    """Says when a notice is due that was tried, or whose moment is still to come."""
    if notice.state != "pending" or not (notice.tries or codes.waits(notice, now)):
        return ""
    said = _("Next try: {at}") if notice.tries else _("Goes out {at}")
    return said.format(at=when(notice.due_at, now))
