"""Reading one conversation, and marking what has been read."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal import live
from portal.models.messages import Communication
from portal.models.people import PractitionerRole, ReadMark, User
from portal.security import access, audit, policies
from portal.security.actor import Actor
from portal.services import attachments, once, openings
from portal.services.attachments import FileRow
from portal.services.frame import initials, is_unread, tint
from portal.services.messages import correcting, links
from portal.services.messages.drafts import DraftRow, draft
from portal.services.messages.links import LinkRow
from portal.services.messages.promise import answer_by
from portal.services.messages.said import name_of, said, unread
from portal.services.messages.writing import topics
from portal.services.openings import OpeningRow
from portal.words import _, partial_day, when

# The letters shown at once; those before them come when they are asked for.
LETTERS = 50
LETTERS_MOST = 1000


@dataclass(frozen=True)
class LetterRow:
    """One message as it is shown. `mine` stands on the right: written on the reader's side."""

    id: str
    name: str
    letters: str
    tint: int
    role: str
    at: str
    body: str
    mine: bool
    is_new: bool
    opens_new: bool = False
    # Where a letter of the clinic leads within this portal.
    links: list[LinkRow] = field(default_factory=list)
    files: list[FileRow] = field(default_factory=list)
    # Which earlier letter it puts right, in words; and that a later one puts this right.
    corrects: str = ""
    is_corrected: bool = False


@dataclass(frozen=True)
class ThreadView:
    """A conversation, its last letters, whose turn it is, and the reader's draft."""

    id: str = ""
    subject: str = ""
    topic: str = ""
    who: str = ""
    patient_id: str = ""
    patient_name: str = ""
    born: str = ""
    letters: list[LetterRow] = field(default_factory=list)
    earlier: int = 0
    unread: int = 0
    promised: str = ""
    is_overdue: bool = False
    answer_by: str = ""
    # What an answer about health may cost; "" where it costs nothing.
    fee: str = ""
    draft: DraftRow = field(default_factory=DraftRow)
    may_write: bool = True
    # Why the record is open to somebody of the staff who does not treat the patient.
    opening: OpeningRow = field(default_factory=OpeningRow)


def view(
    db: Session,
    actor: Actor,
    *,
    thread_id: str,
    now: datetime,
    key: str = "tab",
    shown: int = LETTERS,
    fresh: tuple[str, ...] = (),
) -> ThreadView:
    """Returns a conversation with its last `shown` letters.

    `fresh` are letters that stay marked as new although they have been read: in this very tab.
    """
    thread = access.thread(db, actor, thread_id)
    whose, partner = thread.patient_id, access.partner(db, thread)
    audit.record(db, actor, "R", category="messages", patient_id=whose, entity=thread.id, now=now)
    rows = _letters(db, actor, thread.id, min(max(shown, 1), LETTERS_MOST))
    shown_ones = _shown(actor, rows, now, fresh, thread.topic)
    letters = _marked(_put_right(db, _attached(db, actor, shown_ones), now))
    due = thread.due_at if thread.waiting_for == "clinic" else None
    return ThreadView(
        id=thread.id,
        subject=thread.subject,
        topic=topics()[thread.topic],
        who=_with_whom(rows),
        patient_id=whose,
        patient_name=partner.name,
        born=_("Born {day}").format(day=partial_day(partner.birth_date)),
        letters=letters,
        earlier=(rows[0].total if rows else 0) - len(rows),
        unread=sum(_is_new(actor, row) for row in rows),
        promised=when(due, now) if due else "",
        is_overdue=due is not None and due < now,
        answer_by=when(due if due and due > now else answer_by(db, now), now),
        draft=draft(db, actor, patient_id=whose, place=thread.id, key=key, now=now),
        fee=policies.current(db).message_fee if thread.topic in access.HEALTH_TOPICS else "",
        may_write=access.writes_about(actor, thread.topic),
        opening=openings.named(db, actor, whose, now=now),
    )


def nothing(db: Session, actor: Actor, *, now: datetime) -> None:
    """Shows that there is no such conversation: nothing is read, and nothing is left as a trace."""
    del db, actor, now


def open_thread(
    db: Session,
    actor: Actor,
    *,
    thread_id: str,
    now: datetime,
    key: str = "tab",
    shown: int = LETTERS,
    fresh: tuple[str, ...] = (),
) -> ThreadView:
    """Returns a conversation as it is opened, and marks it read everywhere."""
    seen = view(db, actor, thread_id=thread_id, now=now, key=key, shown=shown, fresh=fresh)
    if seen.unread or seen.earlier:
        mark_read(db, actor, thread_id=thread_id, now=now)
    return seen


def mark_read(db: Session, actor: Actor, *, thread_id: str, now: datetime) -> int:
    """Marks what the other side wrote in a conversation as read; returns how much was new."""
    thread = access.thread(db, actor, thread_id)
    new = select(col(Communication.id)).where(
        col(Communication.thread_id) == thread.id, *unread(actor)
    )
    ids = db.connection().execute(new).scalars().all()
    marks = [
        ReadMark(user_id=actor.user_id, kind="message", record_id=one, at=now).model_dump()
        for one in ids
    ]
    marked = once.insert(db, ReadMark, marks)
    if marked:
        live.tell(db, "messages", [thread.patient_id], is_private=thread.confidential)
    return marked


def _letters(db: Session, actor: Actor, thread_id: str, shown: int) -> list[Any]:
    is_new = is_unread(actor, "message", col(Communication.id))
    query = (
        select(
            col(Communication.id),
            col(Communication.sender_id),
            col(Communication.sender_name),
            col(Communication.from_clinic),
            col(Communication.body),
            col(Communication.sent_at),
            is_new.label("is_new"),
            func.count().over().label("total"),
            col(User.role),
            _title_of_sender().label("title"),
        )
        .outerjoin(User, col(User.id) == col(Communication.sender_id))
        .where(col(Communication.thread_id) == thread_id)
        .order_by(col(Communication.sent_at).desc(), col(Communication.id))
        .limit(shown)
    )
    return list(reversed(db.connection().execute(query).all()))


def _title_of_sender() -> Any:
    return (
        select(col(PractitionerRole.title))
        .where(
            col(PractitionerRole.practitioner_id) == col(User.practitioner_id),
            col(PractitionerRole.active).is_(True),
        )
        .limit(1)
        .scalar_subquery()
    )


def _is_new(actor: Actor, row: Any) -> bool:
    return bool(row.is_new) and row.from_clinic != actor.is_staff


def _shown(
    actor: Actor, rows: list[Any], now: datetime, fresh: tuple[str, ...], topic: str
) -> list[LetterRow]:
    return [
        LetterRow(
            id=row.id,
            name=name_of(actor, row.sender_id, row.sender_name),
            letters=initials(row.sender_name),
            tint=tint(row.sender_name),
            role=_role(row, topic) if row.from_clinic else "",
            at=said(row.sent_at, now),
            body=row.body,
            mine=row.from_clinic == actor.is_staff,
            is_new=_is_new(actor, row) or row.id in fresh,
            links=links.of(row.body) if row.from_clinic else [],
        )
        for row in rows
    ]


def _attached(db: Session, actor: Actor, letters: list[LetterRow]) -> list[LetterRow]:
    found = attachments.of_messages(db, actor, ids=[letter.id for letter in letters])
    return [replace(one, files=found[one.id]) if one.id in found else one for one in letters]


def _put_right(db: Session, letters: list[LetterRow], now: datetime) -> list[LetterRow]:
    marks = correcting.of_letters(db, [one.id for one in letters], now)
    return [
        replace(
            one, corrects=marks.corrects.get(one.id, ""), is_corrected=one.id in marks.corrected
        )
        for one in letters
    ]


def _role(row: Any, topic: str) -> str:
    if topic == access.PRIVACY:
        return _("Privacy officer")
    named = {"front_desk": _("Front desk"), "manager": _("Practice manager"), "nurse": _("Nurse")}
    role = row.title or named.get(row.role or "", "")
    return "" if row.sender_name.startswith(role) else role


def _marked(letters: list[LetterRow]) -> list[LetterRow]:
    """Puts the line "New" above the first new letter."""
    first = next((at for at, letter in enumerate(letters) if letter.is_new), None)
    if first is None:
        return letters
    return [*letters[:first], replace(letters[first], opens_new=True), *letters[first + 1 :]]


def _with_whom(rows: list[Any]) -> str:
    names = list(dict.fromkeys(row.sender_name for row in rows if row.from_clinic))
    if not names:
        return _("With the clinic")
    return _("With {names}").format(names=", ".join(names[-3:]))
