"""What can be put into an answer: a ready one, filled for this conversation, or a link."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, select, true
from sqlmodel import Session, col

from portal.errors import Invalid, NotFound
from portal.models.answers import AnswerTemplate
from portal.models.appointments import Appointment
from portal.models.clinical import DiagnosticReport
from portal.models.forms import Questionnaire
from portal.models.messages import Draft, Thread
from portal.models.people import Organization
from portal.security import access, audit
from portal.security.actor import Actor
from portal.services import messages
from portal.services.inbox import steps, templates
from portal.services.messages import links
from portal.words import _, partial_day, when

RESULTS, FORMS = 5, 50
_PAGES = {"book": links.BOOK, "record": links.RECORD, "documents": links.DOCUMENTS}
_TEMPLATE, _RESULT, _FORM = "answer:", "result:", "form:"


class NotFilled(Invalid):
    """An answer with a field that nobody has filled yet."""


@dataclass(frozen=True)
class ReadyRow:
    """Something that can be put into an answer; `is_link`: an address of this portal."""

    id: str = ""
    said: str = ""
    is_link: bool = False


def offered(db: Session, actor: Actor, *, thread_id: str, now: datetime) -> list[ReadyRow]:
    """Returns what can be put into an answer in this conversation; results only named."""
    thread = steps.found(db, actor, thread_id)
    query = select(col(AnswerTemplate.id), col(AnswerTemplate.title))
    answers = db.connection().execute(query.order_by(col(AnswerTemplate.title)))
    results = db.connection().execute(_results(actor, thread).limit(RESULTS)).all()
    if results:
        audit.record(db, actor, "R", category="results", patient_id=thread.patient_id, now=now)
    forms = db.connection().execute(_forms(thread).limit(FORMS)).all()
    return [
        *(ReadyRow(f"{_TEMPLATE}{row.id}", row.title) for row in answers),
        ReadyRow("book", _("Link to book an appointment"), is_link=True),
        ReadyRow("record", _("Link to their health record"), is_link=True),
        ReadyRow("documents", _("Link to their documents"), is_link=True),
        *(ReadyRow(f"{_FORM}{row.id}", _form_said(row), is_link=True) for row in forms),
        *(ReadyRow(f"{_RESULT}{row.id}", _result_said(row), is_link=True) for row in results),
    ]


def put_in(
    db: Session, actor: Actor, *, thread_id: str, ready_id: str, client_key: str, now: datetime
) -> None:
    """Adds it to the end of what the actor has begun to write here; nothing is sent."""
    thread = steps.found(db, actor, thread_id)
    query = select(col(Draft.body)).where(
        col(Draft.user_id) == actor.user_id, col(Draft.place) == thread.id
    )
    before = (db.connection().execute(query).scalar_one_or_none() or "").rstrip()
    words = _words(db, actor, thread, ready_id, now)
    body = f"{before}\n\n{words}" if before else words
    messages.save_draft(db, actor, place=thread.id, client_key=client_key, body=body, now=now)


def require_filled(body: str) -> None:
    """Raises `NotFilled` while one of our fields still stands in an answer."""
    for name in templates.IN_BRACES.findall(body):
        if name in templates.FIELDS:
            raise NotFilled(
                _("Write what belongs in the place of {{{name}}} first.").format(name=name)
            )


def _words(db: Session, actor: Actor, thread: Thread, ready_id: str, now: datetime) -> str:
    if ready_id in _PAGES:
        return links.address(_PAGES[ready_id])
    kind, _sep, record_id = ready_id.partition(":")
    if f"{kind}:" == _RESULT:
        query = _results(actor, thread).where(col(DiagnosticReport.id) == record_id)
        if db.connection().execute(query).first() is None:
            raise NotFound
        return links.address(f"/results/{record_id}")
    if f"{kind}:" == _FORM:
        query = _forms(thread).where(col(Questionnaire.id) == record_id)
        if db.connection().execute(query).first() is None:
            raise NotFound
        return links.address(f"{messages.FORMS}/{record_id}")
    one = db.get(AnswerTemplate, record_id) if f"{kind}:" == _TEMPLATE else None
    if one is None:
        raise NotFound
    return _filled(db, actor, thread, one.body, now)


def _filled(db: Session, actor: Actor, thread: Thread, body: str, now: datetime) -> str:
    """Fills what there is to fill; what is not known stays in its braces, and cannot be sent so."""
    clinic = db.scalars(select(Organization).where(col(Organization.is_clinic))).first()
    given = {
        templates.PATIENT: access.partner(db, thread).name,
        templates.ME: actor.name,
        templates.CLINIC: clinic.name if clinic else "",
        templates.PHONE: clinic.phone if clinic else "",
        templates.NEXT_VISIT: _next_visit(db, actor, thread, now),
        templates.BOOK: links.address(links.BOOK),
    }
    return templates.IN_BRACES.sub(lambda found: given.get(found[1], "") or found[0], body)


def _next_visit(db: Session, actor: Actor, thread: Thread, now: datetime) -> str:
    query = (
        select(col(Appointment.starts_at))
        .where(
            col(Appointment.patient_id) == thread.patient_id,
            access.appointments(actor),
            col(Appointment.status).in_(("pending", "booked")),
            col(Appointment.starts_at) > now,
            *_told(thread, Appointment),
        )
        .order_by(col(Appointment.starts_at))
        .limit(1)
    )
    starts_at = db.connection().execute(query).scalar_one_or_none()
    return when(starts_at, now) if starts_at else ""


def _results(actor: Actor, thread: Thread) -> Any:
    return (
        select(
            col(DiagnosticReport.id),
            col(DiagnosticReport.title),
            col(DiagnosticReport.plain),
            col(DiagnosticReport.effective),
        )
        .where(
            col(DiagnosticReport.patient_id) == thread.patient_id,
            access.results(actor),
            col(DiagnosticReport.released_at).is_not(None),
            *_told(thread, DiagnosticReport),
        )
        .order_by(col(DiagnosticReport.sort_at).desc().nulls_last(), col(DiagnosticReport.id))
    )


def _forms(thread: Thread) -> Any:
    """Returns the forms that can be asked here: the privacy officer asks none."""
    is_asked = false() if thread.topic == access.PRIVACY else true()
    return (
        select(col(Questionnaire.id), col(Questionnaire.title))
        .where(col(Questionnaire.status) == "active", is_asked)
        .order_by(col(Questionnaire.title), col(Questionnaire.id))
    )


def _form_said(row: Any) -> str:
    return _("Link to the form {title}: it is asked when you send").format(title=row.title)


def _told(thread: Thread, table: Any) -> tuple[Any, ...]:
    """What is between the patient and the clinic goes into no letter that a helper may read."""
    return () if thread.confidential else (col(table.confidential).is_(False),)


def _result_said(row: Any) -> str:
    named = {"title": row.plain or row.title, "day": partial_day(row.effective)}
    return _("Link to the result {title}, {day}").format(**named)
