"""Home's news: results, messages, what waits for an answer, and what the clinic tells."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Session, col

from portal.models.forms import QuestionnaireResponse
from portal.models.messages import Announcement, Communication, Thread
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services import asked, audience, frame, results
from portal.services.forms import FormRow
from portal.services.home.rows import NewsRow
from portal.words import _, _n, age, clock, how_far, local, partial_day

NEWS = 6
WAITING = 5
ANNOUNCEMENTS = 3
SNIPPET = 90


def result_news(row: Any, values: list[Any]) -> NewsRow:
    """Says a new result in a line: its sentence, and its furthest value."""
    said = results.report_row(row, values)
    by = row.author or row.ordered_by or _("Your clinician")
    comment = _("{name} has written a comment for you").format(name=by) if row.note else ""
    state = said.state or said.under
    return NewsRow(
        key=f"result:{row.id}",
        kind="result",
        href=said.href,
        title=said.title,
        say=said.said,
        under=comment or state,
        icon="tube",
        line=said.line,
        new=_("New result"),
    )


def messages(db: Session, actor: Actor, now: datetime) -> list[NewsRow]:
    """Returns one line for each conversation with unread messages, the newest first."""
    return [_message_news(row, now) for row in asked.rows(db, actor, _messages)]


def _messages(actor: Actor) -> Any:
    newest_first = (col(Communication.sent_at).desc(), col(Communication.id))
    unread = (
        select(
            col(Communication.thread_id),
            col(Communication.sender_id),
            col(Communication.sender_name),
            col(Communication.sent_at),
            func.substr(col(Communication.body), 1, SNIPPET * 2).label("body"),
            col(Thread.subject),
            func.row_number()
            .over(partition_by=col(Communication.thread_id), order_by=newest_first)
            .label("place"),
            func.count().over(partition_by=col(Communication.thread_id)).label("unread"),
        )
        .join(Thread, col(Thread.id) == col(Communication.thread_id))
        .where(frame.new_message(actor))
        .subquery()
    )
    newest = select(unread).where(unread.c.place == 1)
    return newest.order_by(unread.c.sent_at.desc()).limit(NEWS + 1)


def _message_news(row: Any, now: datetime) -> NewsRow:
    new = _n("New message", "{count} new messages", row.unread)
    return NewsRow(
        key=f"thread:{row.thread_id}",
        kind="message",
        href=f"/messages/{row.thread_id}",
        title=_("{name} wrote to you").format(name=row.sender_name),
        say=row.subject,
        under=f"“{_snippet(row.body)}”, {_at(row.sent_at, now)}",
        icon="message",
        letters=frame.initials(row.sender_name),
        tint=frame.tint(row.sender_id or row.sender_name),
        new=new,
    )


def _snippet(text: str) -> str:
    flat = " ".join(text.split())
    if len(flat) <= SNIPPET:
        return flat
    return flat[:SNIPPET].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def _at(at: datetime, now: datetime) -> str:
    """Says a moment in short: the time today, else the day."""
    return clock(at) if local(at).date() == local(now).date() else how_far(at, now).lower()


def form_news(row: FormRow) -> NewsRow:
    """Says in a line that a form is to be filled in."""
    return NewsRow(
        key=f"form:{row.id}",
        kind="form",
        href=row.href,
        title=_("A form to fill in: {title}").format(title=row.title),
        under=row.under,
        icon="form",
    )


def to_answer(db: Session, actor: Actor, now: datetime) -> list[NewsRow]:
    """Returns the conversations in which the clinic waits for the patient's answer."""
    if not has(actor, Permission.WRITE_MESSAGES):
        return []
    return [
        NewsRow(
            key=f"answer:{row.id}",
            kind="answer",
            href=f"/messages/{row.id}",
            title=_("Answer: {subject}").format(subject=row.subject),
            under=_("We asked you something, {day}").format(day=_at(row.last_at, now)),
            icon="message",
        )
        for row in asked.rows(db, actor, _to_answer)
    ]


def _to_answer(actor: Actor) -> Any:
    unread = select(col(Communication.id)).where(
        col(Communication.thread_id) == col(Thread.id), frame.new_message(actor)
    )
    # Where the newest letter asks a form, that form is the answer, and stands there itself.
    asks_a_form = select(col(QuestionnaireResponse.id)).where(
        col(QuestionnaireResponse.thread_id) == col(Thread.id),
        col(QuestionnaireResponse.status) == "in-progress",
        col(QuestionnaireResponse.asked_at) >= col(Thread.last_at),
    )
    return (
        select(col(Thread.id), col(Thread.subject), col(Thread.last_at))
        .where(
            col(Thread.patient_id) == actor.patient_id,
            col(Thread.waiting_for) == "patient",
            access.threads(actor),
            # What is not read yet stands under "What is new".
            ~unread.exists(),
            ~asks_a_form.exists(),
        )
        .order_by(col(Thread.last_at).desc(), col(Thread.id))
        .limit(WAITING)
    )


_ANNOUNCED = (
    select(
        col(Announcement.id),
        col(Announcement.title),
        col(Announcement.body),
        col(Announcement.published_at),
    )
    .where(
        col(Announcement.published_at) <= bindparam("now"),
        or_(col(Announcement.ends_at).is_(None), col(Announcement.ends_at) > bindparam("now")),
        *audience.includes(bindparam("practitioner"), bindparam("age")),
    )
    .order_by(col(Announcement.published_at).desc(), col(Announcement.id))
    .limit(ANNOUNCEMENTS)
)


def announcements(db: Session, patient: Any, now: datetime) -> list[NewsRow]:
    """Returns what the clinic tells a patient now: them, some with them, or everybody."""
    whose = {
        "now": now,
        "practitioner": patient.general_practitioner_id or "",
        "age": age(patient.born_on, now) if patient.born_on else -1,
    }
    return [
        NewsRow(
            key=f"announcement:{row.id}",
            kind="announcement",
            title=row.title,
            under=row.body,
            icon="horn",
            read=partial_day(local(row.published_at).date().isoformat()),
        )
        for row in db.connection().execute(_ANNOUNCED, whose)
    ]
