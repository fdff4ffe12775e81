"""Asking a form by letter: who sends a link to one asks it of that patient, in the same breath.

A draft names the form (`/forms/` and its version); what is sent names what was asked of this
patient alone. So an unsent letter asks nothing, and one that is sent twice asks once.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.errors import Conflict
from portal.models.base import new_id
from portal.models.forms import Questionnaire, QuestionnaireResponse
from portal.models.messages import Communication, Thread
from portal.security import access, audit
from portal.security.actor import Actor
from portal.services.messages import happened, links
from portal.services.messages.promise import answer_by
from portal.words import _

FORMS = "/forms"
# More forms in a letter than anybody fills in.
MOST = 5


class FormRetired(Conflict):
    """A letter names a form that is asked of nobody any more."""

    sentence = _("A form that you link to was retired meanwhile. Take its link out, then send.")


class TooManyForms(Conflict):
    """A letter that asks more than anybody answers."""

    sentence = _("Link to five forms at most in one message.")


@dataclass(frozen=True)
class Named:
    """The words of a letter with each form’s link replaced, and which forms it asks, by new id."""

    words: str
    forms: dict[str, str] = field(default_factory=dict)


def named(db: Session, actor: Actor, thread: Thread, words: str) -> Named:
    """Finds the forms that a letter of the clinic links to; raises where one is not asked now.

    The newest version is asked, whichever was linked. A form that was asked in this conversation
    and is not filled in yet is linked again, not asked twice.
    """
    # Of what the privacy officer is asked nobody reads who treats: no form is asked there.
    if not access.is_clinic(actor) or thread.topic == access.PRIVACY:
        return Named(words)
    forms = _linked(db, words)
    if len(forms) > MOST:
        raise TooManyForms
    waiting = _waiting(db, thread)
    new: dict[str, str] = {}
    for linked, newest in forms.items():
        here = waiting.get(newest) or next((one for one in new if new[one] == newest), new_id())
        if newest not in waiting:
            new[here] = newest
        words = _link(linked).sub(_address(here), words)
    return Named(words, new)


def ask(
    db: Session,
    actor: Actor,
    thread: Thread,
    message: Communication,
    forms: dict[str, str],
    *,
    now: datetime,
) -> None:
    """Asks the patient of a conversation the forms that a sent letter links to."""
    for one, questionnaire_id in forms.items():
        asked = QuestionnaireResponse(
            id=one,
            patient_id=thread.patient_id,
            questionnaire_id=questionnaire_id,
            thread_id=thread.id,
            message_id=message.id,
            asked_by_id=message.sender_id,
            asked_by=message.sender_name,
            asked_at=now,
        )
        db.add(asked)
        whose, entity = thread.patient_id, f"QuestionnaireResponse/{one}"
        audit.record(db, actor, "C", category="forms", patient_id=whose, entity=entity, now=now)
    db.flush()


def handed_in(db: Session, actor: Actor, thread: Thread, *texts: str, now: datetime) -> None:
    """A form that was sent is an answer: it is the clinic’s turn, with a promise as for a letter.

    An open promise is kept, never pushed out; words that can mean an emergency mark it as urgent.
    """
    promised = thread.due_at if thread.waiting_for == "clinic" else None
    happened.after_letter(db, actor, thread, now=now)
    happened.mark_if_urgent(db, actor, thread.id, *texts, now=now)
    turn = {"waiting_for": "clinic", "due_at": promised or answer_by(db, now), "last_at": now}
    mine = col(Thread.id) == thread.id
    db.connection().execute(update(Thread).where(mine).values(**turn))


def _linked(db: Session, words: str) -> dict[str, str]:
    """Returns by each linked version of a form the one that is asked now."""
    ids = dict.fromkeys(_link(r"([A-Za-z0-9_-]{1,64})").findall(words))
    if not ids:
        return {}
    query = select(col(Questionnaire.id), col(Questionnaire.form_id))
    query = query.where(col(Questionnaire.id).in_(ids))
    known: dict[str, str] = {row.id: row.form_id for row in db.connection().execute(query)}
    active = select(col(Questionnaire.form_id), col(Questionnaire.id)).where(
        col(Questionnaire.form_id).in_(known.values()), col(Questionnaire.status) == "active"
    )
    newest: dict[str, Any] = {row.form_id: row.id for row in db.connection().execute(active)}
    if any(form not in newest for form in known.values()):
        raise FormRetired
    return {one: newest[known[one]] for one in ids if one in known}


def _waiting(db: Session, thread: Thread) -> dict[str, str]:
    """Returns what waits to be filled in of this conversation, by the version that was asked."""
    query = select(
        col(QuestionnaireResponse.questionnaire_id), col(QuestionnaireResponse.id)
    ).where(
        col(QuestionnaireResponse.thread_id) == thread.id,
        col(QuestionnaireResponse.status) == "in-progress",
    )
    return {row.questionnaire_id: row.id for row in db.connection().execute(query)}


def _address(form: str) -> str:
    return links.address(f"{FORMS}/{form}")


def _link(which: str) -> re.Pattern[str]:
    """Returns the pattern of an address of a form; it ends where the id does."""
    start = re.escape(links.address(f"{FORMS}/"))
    return re.compile(rf"(?<![^\s(]){start}{which}(?![A-Za-z0-9_-])", re.ASCII)
