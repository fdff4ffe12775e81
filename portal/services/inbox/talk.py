"""A conversation as staff see it: letters, and between them what happened and what was noted."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.messages import Communication, Thread
from portal.models.pools import Pool, ThreadEvent, ThreadNote
from portal.security import access
from portal.security.actor import Actor
from portal.services import forms, messages, notices
from portal.services.attachments import FileRow
from portal.services.frame import initials, tint
from portal.services.inbox import covering, notes, steps, words
from portal.services.inbox.listing import owner_words
from portal.services.messages import Choice, LetterRow, ThreadView
from portal.services.messages.said import said
from portal.services.notices import LedgerRow


@dataclass(frozen=True)
class LineRow:
    """A letter, something that happened, or a note that no patient ever gets."""

    id: str = ""
    kind: str = "letter"
    name: str = ""
    letters: str = ""
    tint: int = 1
    role: str = ""
    at: str = ""
    body: str = ""
    mine: bool = False
    icon: str = ""
    # Where what happened can be read: a form that was filled in.
    href: str = ""
    files: list[FileRow] = field(default_factory=list)
    corrects: str = ""
    is_corrected: bool = False
    # Of a letter of the clinic: who was to be told of it, and what became of that.
    told: list[LedgerRow] = field(default_factory=list)


@dataclass(frozen=True)
class TalkRow:
    """What staff alone see of a conversation; a patient's view has no place for it."""

    lines: list[LineRow] = field(default_factory=list)
    # The newest letter that is shown: who acts on another one is told (see moving.py).
    newest: str = ""
    pool: str = ""
    owner: str = ""
    owner_id: str = ""
    # For whom who is away one sees it.
    covered: str = ""
    is_mine: bool = False
    is_urgent: bool = False
    is_waiting: bool = False
    is_closed: bool = False
    # Names the note that is being written: twice sent, it stands once.
    note_key: str = ""
    # To which pools it may be passed on.
    onwards: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class Open:
    """An open conversation: what everybody in it sees, and what staff see besides."""

    view: ThreadView = field(default_factory=ThreadView)
    talk: TalkRow = field(default_factory=TalkRow)


def read(
    db: Session, actor: Actor, *, thread_id: str, now: datetime, key: str = "tab", by_itself: bool
) -> Open:
    """Returns a conversation for staff; one that is opened by hand is marked as read."""
    show = messages.view if by_itself else messages.open_thread
    seen = show(db, actor, thread_id=thread_id, now=now, key=key)
    thread = access.thread(db, actor, thread_id)
    talk = _talk(db, actor, thread, seen, now)
    return Open(
        replace(seen, letters=[]),
        replace(talk, note_key=notes.next_key(db, actor, thread, key)),
    )


def _talk(db: Session, actor: Actor, thread: Thread, seen: ThreadView, now: datetime) -> TalkRow:
    desk = steps.place(db, thread.id)
    owner = desk.owner_id or ""
    return TalkRow(
        lines=_lines(db, actor, thread, seen, now),
        newest=seen.letters[-1].id if seen.letters else "",
        pool=words.pool(desk.pool_id, desk.pool),
        owner=owner_words(actor, desk.owner_id, desk.owner),
        owner_id=owner,
        covered=covering.covered_by(db, actor, now=now).get(owner, ""),
        is_mine=owner == actor.user_id,
        is_urgent=bool(desk.is_urgent),
        is_waiting=thread.waiting_for == "clinic",
        is_closed=thread.waiting_for == "nobody",
        onwards=_onwards(db, thread, desk.pool_id),
    )


def _onwards(db: Session, thread: Thread, here: str) -> list[Choice]:
    """Returns the pools whose people may read it: none is asked to answer what they may not."""
    query = select(col(Pool.id), col(Pool.name), col(Pool.role)).where(
        col(Pool.role) != "", col(Pool.id) != here
    )
    return [
        Choice(row.id, words.pool(row.id, row.name))
        for row in db.connection().execute(query.order_by(col(Pool.position)))
        if access.role_writes(row.role, thread.topic)
    ]


def _lines(
    db: Session, actor: Actor, thread: Thread, seen: ThreadView, now: datetime
) -> list[LineRow]:
    """Returns all of it in the order of time, from the first letter that is shown."""
    ids = [one.id for one in seen.letters]
    query = select(col(Communication.id), col(Communication.sent_at)).where(
        col(Communication.id).in_(ids)
    )
    sent = {row.id: row.sent_at for row in db.connection().execute(query)}
    mine = [one.id for one in seen.letters if one.mine]
    told = notices.of_letters(db, actor, ids=mine, now=now)
    letters = [(sent[one.id], _letter(one, told.get(one.id, []))) for one in seen.letters]
    since = letters[0][0] if letters and seen.earlier else None
    noted = [(one.at, _note(one, now)) for one in notes.of(db, actor, thread, since)]
    filled = _forms(db, actor, thread, since, now)
    every = [*letters, *_events(db, thread, since, now), *filled, *noted]
    return [line for _at, line in sorted(every, key=lambda pair: pair[0])]


def _note(one: ThreadNote, now: datetime) -> LineRow:
    return LineRow(
        id=one.id,
        kind="note",
        name=one.author_name,
        letters=initials(one.author_name),
        tint=tint(one.author_name),
        at=said(one.at, now),
        body=one.body,
    )


def _letter(one: LetterRow, told: list[LedgerRow]) -> LineRow:
    return LineRow(
        id=one.id,
        name=one.name,
        letters=one.letters,
        tint=one.tint,
        role=one.role,
        at=one.at,
        body=one.body,
        mine=one.mine,
        files=one.files,
        corrects=one.corrects,
        is_corrected=one.is_corrected,
        told=told,
    )


def _events(
    db: Session, thread: Thread, since: datetime | None, now: datetime
) -> list[tuple[datetime, LineRow]]:
    query = select(ThreadEvent).where(col(ThreadEvent.thread_id) == thread.id)
    if since:
        query = query.where(col(ThreadEvent.at) >= since)
    return [
        (
            one.at,
            LineRow(
                id=one.id,
                kind="event",
                name=words.happened(one.kind, one.by_name, one.to_name, one.reason),
                at=said(one.at, now),
                icon=words.ICONS[one.kind],
            ),
        )
        for one in db.scalars(query.order_by(col(ThreadEvent.at), col(ThreadEvent.id)))
    ]


def _forms(
    db: Session, actor: Actor, thread: Thread, since: datetime | None, now: datetime
) -> list[tuple[datetime, LineRow]]:
    return [
        (at, LineRow(one.id, "event", one.said, at=said(at, now), icon="form", href=one.href))
        for at, one in forms.in_thread(db, actor, thread_id=thread.id, now=now)
        if since is None or at >= since
    ]
