"""Reading forms: what was asked of a patient, and one form as who fills it in sees it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.forms import Questionnaire, QuestionnaireResponse
from portal.models.people import Patient
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import asked
from portal.services.forms import filling, finding
from portal.services.forms.rows import FormRow, FormsRow, FormView
from portal.words import _, clock, how_far, partial_day, short_day

# Nobody is asked more at a time; what is older is found in the messages.
MOST = 100
WAITING = 5


def view(db: Session, actor: Actor, *, now: datetime) -> FormsRow:
    """Returns the forms of the open record: those to fill in, then those that were sent."""
    patient = access.open_patient(db, actor)
    require(actor, Permission.SEE_MESSAGES)
    audit.record(db, actor, "R", category="forms", patient_id=patient.id, now=now)
    rows = asked.rows(db, actor, _all)
    return FormsRow(
        to_fill=[_row(one) for one in rows if not one.number],
        sent=[_row(one) for one in rows if one.number],
    )


def waiting(db: Session, actor: Actor, *, now: datetime) -> list[FormRow]:
    """Returns what is to be filled in, for Home, to who may do so."""
    if not has(actor, Permission.WRITE_MESSAGES):
        return []
    rows = asked.rows(db, actor, _open)
    return [
        FormRow(one.id, one.title, _asked_ago(one, now), href=f"/forms/{one.id}") for one in rows
    ]


def one(
    db: Session, actor: Actor, *, response_id: str, tab: str, now: datetime, seen: int = 0
) -> FormView:
    """Returns a form with what was sent and what the actor has begun; opening it leaves a trace.

    `tab` names the browser tab; `seen` is the newest of the actor’s answers that it knows.
    """
    patient = access.open_patient(db, actor)
    form = access.form(db, actor, response_id)
    entity = f"QuestionnaireResponse/{form.id}"
    audit.record(db, actor, "R", category="forms", patient_id=patient.id, entity=entity, now=now)
    asked_items = finding.items(db, form.questionnaire_id)
    versions = finding.versions(db, form.id)
    begun = finding.drafts(db, actor, form.id)
    shown = finding.answers(versions[0] if versions else None)
    shown |= {link_id: draft.value for link_id, draft in begun.items()}
    turns = {
        link_id: draft.edition
        for link_id, draft in begun.items()
        if draft.tab != tab and draft.edition > seen
    }
    return FormView(
        id=form.id,
        patient_id=patient.id,
        patient_name=patient.name,
        born=_born(patient),
        title=finding.title(db, form.questionnaire_id),
        asked=finding.asked_words(form),
        about=patient.name if actor.acting_for else "",
        questions=[
            finding.row(it, shown.get(it.link_id, ""), turns.get(it.link_id, 0))
            for it in asked_items
        ],
        edition=max((draft.edition for draft in begun.values()), default=0),
        number=form.number,
        key=f"{filling.key_stem(tab, form.id)}{form.number + 1}",
        saved=_saved(begun),
        is_begun=bool(begun),
        may_write=has(actor, Permission.WRITE_MESSAGES),
        sent=[finding.sent(asked_items, version) for version in versions],
    )


def nothing(db: Session, actor: Actor, *, now: datetime) -> None:
    """Shows that there is no such form: nothing is read, and nothing is left as a trace."""
    del db, actor, now


def _all(actor: Actor) -> Any:
    newest = col(QuestionnaireResponse.asked_at).desc()
    return _asked(actor).order_by(newest, col(QuestionnaireResponse.id)).limit(MOST)


def _open(actor: Actor) -> Any:
    waits = _asked(actor).where(col(QuestionnaireResponse.status) == "in-progress")
    oldest = col(QuestionnaireResponse.asked_at)
    return waits.order_by(oldest, col(QuestionnaireResponse.id)).limit(WAITING)


def _asked(actor: Actor) -> Any:
    return (
        select(
            col(QuestionnaireResponse.id),
            col(QuestionnaireResponse.number),
            col(QuestionnaireResponse.status),
            col(QuestionnaireResponse.asked_by),
            col(QuestionnaireResponse.asked_at),
            col(QuestionnaireResponse.sent_at),
            col(Questionnaire.title),
        )
        .join(Questionnaire, col(Questionnaire.id) == col(QuestionnaireResponse.questionnaire_id))
        .where(
            col(QuestionnaireResponse.patient_id) == actor.patient_id,
            access.forms(actor),
        )
    )


def _row(one: Any) -> FormRow:
    words, tone, sign = finding.state(one)
    under = finding.asked_words(one)
    if one.sent_at:
        under = _("Sent on {day}, {time}").format(
            day=short_day(one.sent_at), time=clock(one.sent_at)
        )
    return FormRow(one.id, one.title, under, words, tone, sign, f"/forms/{one.id}")


def _asked_ago(one: Any, now: datetime) -> str:
    named = {"name": one.asked_by, "day": how_far(one.asked_at, now).lower()}
    return _("{name} asked you, {day}").format(**named)


def _born(patient: Patient) -> str:
    return _("Born {day}").format(day=partial_day(patient.birth_date))


def _saved(begun: dict[str, Any]) -> str:
    if not begun:
        return ""
    at = max(draft.saved_at for draft in begun.values())
    named = {"day": short_day(at), "time": clock(at)}
    return _("Saved as a draft on {day}, {time}").format(**named)
