"""Forms as the clinic reads them: in the conversation, on the chart, and one to read and print.

That a form was filled in knows whoever reads the conversation; what was answered, who may open the
record as well (security/access.py).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.forms import Questionnaire, QuestionnaireResponse, ResponseVersion
from portal.models.people import Patient
from portal.security import access, audit
from portal.security.actor import Actor
from portal.services.forms import finding
from portal.services.forms.rows import FilledView, FormRow, LineRow
from portal.words import _, partial_day

MOST = 50


def read(db: Session, actor: Actor, *, response_id: str, now: datetime) -> FilledView:
    """Returns a form with all that was sent, the newest first; opening it leaves a trace."""
    form = access.filled_form(db, actor, response_id)
    whose, entity = form.patient_id, f"QuestionnaireResponse/{form.id}"
    audit.record(db, actor, "R", category="forms", patient_id=whose, entity=entity, now=now)
    patient = db.get_one(Patient, whose)
    asked = finding.items(db, form.questionnaire_id)
    words, tone, sign = finding.state(form)
    return FilledView(
        id=form.id,
        patient_id=patient.id,
        patient_name=patient.name,
        born=_("Born {day}").format(day=partial_day(patient.birth_date)),
        title=finding.title(db, form.questionnaire_id),
        asked=finding.asked_words(form, by_clinic=True),
        thread_id=form.thread_id,
        words=words if form.number else _("Not filled in yet"),
        tone=tone,
        sign=sign,
        sent=[finding.sent(asked, version) for version in finding.versions(db, form.id)],
    )


def of_patient(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> list[FormRow]:
    """Returns the forms of a patient for their chart, which leaves the trace.

    Which there are, and not what was answered.
    """
    del now
    patient = access.record(db, actor, patient_id)
    query = (
        _asked()
        .where(col(QuestionnaireResponse.patient_id) == patient.id, access.filled_forms(actor))
        .order_by(col(QuestionnaireResponse.asked_at).desc(), col(QuestionnaireResponse.id))
        .limit(MOST)
    )
    return [_row(one) for one in db.connection().execute(query)]


def in_thread(
    db: Session, actor: Actor, *, thread_id: str, now: datetime
) -> list[tuple[datetime, LineRow]]:
    """Returns when which form of a conversation was filled in or changed, for who reads it."""
    del now
    thread = access.thread(db, actor, thread_id)
    readable = access.filled_forms(actor).label("is_readable")
    query = (
        select(
            col(ResponseVersion.id),
            col(ResponseVersion.number),
            col(ResponseVersion.author_name),
            col(ResponseVersion.sent_at),
            col(ResponseVersion.response_id),
            col(Questionnaire.title),
            readable,
        )
        .select_from(ResponseVersion)
        .join(
            QuestionnaireResponse,
            col(QuestionnaireResponse.id) == col(ResponseVersion.response_id),
        )
        .join(Questionnaire, col(Questionnaire.id) == col(QuestionnaireResponse.questionnaire_id))
        .where(col(QuestionnaireResponse.thread_id) == thread.id, access.forms(actor))
    )
    return [(row.sent_at, _line(row)) for row in db.connection().execute(query)]


def _line(row: Any) -> LineRow:
    first = _("{name} filled in the form “{title}”")
    again = _("{name} changed the form “{title}”")
    said = (first if row.number == 1 else again).format(name=row.author_name, title=row.title)
    return LineRow(row.id, said, f"/staff/forms/{row.response_id}" if row.is_readable else "")


def _asked() -> Any:
    return select(
        col(QuestionnaireResponse.id),
        col(QuestionnaireResponse.number),
        col(QuestionnaireResponse.status),
        col(QuestionnaireResponse.asked_by),
        col(QuestionnaireResponse.asked_at),
        col(Questionnaire.title),
    ).join(Questionnaire, col(Questionnaire.id) == col(QuestionnaireResponse.questionnaire_id))


def _row(one: Any) -> FormRow:
    words, tone, sign = finding.state(one)
    words = words if one.number else _("Not filled in yet")
    return FormRow(
        one.id,
        one.title,
        finding.asked_words(one, by_clinic=True),
        words,
        tone,
        sign,
        f"/staff/forms/{one.id}",
    )
