"""Filling in: what was begun waits on every device; it is sent once, and changed by sending again.

Like the draft of a message, what was begun is its writer’s alone and leaves no trace until it is
sent. Of two who write the same answer at once the slower is told what the other wrote: what each
page has seen is counted, so that nothing is lost in silence.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound, TooMany
from portal.models.forms import KEY_MAX, QuestionnaireResponse, ResponseDraft, ResponseVersion
from portal.models.messages import Thread
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import messages, once
from portal.services.forms import finding, judging
from portal.words import _, clock

# So often can one form be sent, the first time and each change.
MOST = 50


class ChangedElsewhere(Conflict):
    """The same answer was written in another browser tab, or on another device."""

    sentence = _("You answered this on another device meanwhile. Look at it, then decide.")


class SentMeanwhile(Conflict):
    """Somebody else, or another device, has sent the form since this page showed it."""


class TooManyVersions(TooMany):
    """A form that was changed more often than anybody reads."""

    sentence = _("You have changed this form many times. Write us a message, or call us.")


class NothingChanged(Invalid):
    """What would be sent is what was sent already."""

    sentence = _("Nothing was changed, so nothing was sent.")


def keep(
    db: Session,
    actor: Actor,
    *,
    response_id: str,
    link_id: str,
    words: str,
    number: int,
    seen: int,
    tab: str,
    now: datetime,
) -> str:
    """Keeps an answer as far as it is written; returns how that is said.

    Nothing is said, and nothing kept, of what stands there already or was sent meanwhile.
    `number`: how often the form was sent when the page showed it; `seen`: its newest answer then.
    """
    form = _mine_to_fill(db, actor, response_id)
    question = _question(db, form, link_id)
    value = judging.begun(question, words)
    _alone(db, form)
    # The last stroke of an answer may arrive after the form itself.
    if form.number > number and _last(db, form).client_key.startswith(key_stem(tab, form.id)):
        return ""
    _require_seen(db, form, number)
    begun = finding.drafts(db, actor, form.id)
    before = begun.get(link_id)
    if value == (before.value if before else _standing(db, form, link_id)):
        return ""
    if before and _is_foreign(before, seen, tab):
        raise ChangedElsewhere(_elsewhere(question, before.value))
    edition = max((one.edition for one in begun.values()), default=0) + 1
    values: dict[str, Any] = {"value": value, "edition": edition, "tab": tab, "saved_at": now}
    own = (*finding.mine(actor, form.id), col(ResponseDraft.link_id) == link_id)
    done = db.connection().execute(update(ResponseDraft).where(*own).values(**values))
    if not done.rowcount:
        new = ResponseDraft(
            response_id=form.id,
            user_id=actor.user_id,
            patient_id=form.patient_id,
            link_id=link_id,
            **values,
        )
        once.insert(db, ResponseDraft, [new.model_dump()])
    return _("Saved as a draft at {time}").format(time=clock(now))


def send(
    db: Session,
    actor: Actor,
    *,
    response_id: str,
    answers: dict[str, str],
    number: int,
    seen: int,
    tab: str,
    client_key: str,
    now: datetime,
) -> int:
    """Sends the answers to a form, for the first time or changed; returns how often it was sent.

    The same key never sends twice. Raises `Incomplete`, `ChangedElsewhere`, `SentMeanwhile`.
    """
    form = _mine_to_fill(db, actor, response_id)
    _alone(db, form)
    before = _sent_before(db, actor, form, client_key)
    if before:
        return before
    _require_seen(db, form, number)
    if form.number >= MOST:
        raise TooManyVersions
    _require_alone(db, actor, form, answers, seen, tab)
    given = judging.judged(finding.questions(db, form.questionnaire_id), answers)
    if form.number and given == finding.answers(_last(db, form)):
        _forget(db, actor, form)
        raise NothingChanged
    sent = ResponseVersion(
        response_id=form.id,
        patient_id=form.patient_id,
        number=number + 1,
        answers=msgspec.json.encode(given).decode(),
        author_id=actor.user_id,
        author_name=_name(db, actor),
        sent_at=now,
        client_key=client_key,
    )
    if not once.insert(db, ResponseVersion, [sent.model_dump()]):
        return _sent_before(db, actor, form, client_key) or _raise_sent(db, form)
    _noted(db, actor, form, sent, given, now)
    return sent.number


def key_stem(tab: str, response_id: str) -> str:
    """Returns how the keys of what a browser tab sends of a form begin."""
    return f"{tab[:24]}.{response_id[:24]}."


def drop(db: Session, actor: Actor, *, response_id: str, now: datetime) -> None:
    """Throws away what the actor has begun to answer; what was sent stands."""
    del now
    _forget(db, actor, _mine_to_fill(db, actor, response_id))


def _mine_to_fill(db: Session, actor: Actor, response_id: str) -> QuestionnaireResponse:
    """Returns a form of the open record that the actor may fill in."""
    patient = access.open_patient(db, actor)
    form = access.form(db, actor, response_id)
    if form.patient_id != patient.id:
        raise NotFound
    require(actor, Permission.WRITE_MESSAGES)
    return form


def _alone(db: Session, form: QuestionnaireResponse) -> None:
    """Lets whoever writes in a form go one after the other, and shows each what is true then."""
    db.connection().execute(_ONE_AT_A_TIME, {"response_id": form.id})
    db.refresh(form)


def _question(db: Session, form: QuestionnaireResponse, link_id: str) -> judging.Question:
    for one in finding.questions(db, form.questionnaire_id):
        if one.link_id == link_id and one.kind != "display":
            return one
    raise NotFound


def _standing(db: Session, form: QuestionnaireResponse, link_id: str) -> str:
    """Returns what was answered to a question when the form was last sent; "" for nothing."""
    return finding.answers(_last(db, form)).get(link_id, "") if form.number else ""


def _is_foreign(draft: Any, seen: int, tab: str) -> bool:
    return draft.edition > seen and draft.tab != tab


def _elsewhere(question: judging.Question, value: str) -> str:
    said = judging.said(question.kind, value) or _("nothing")
    if len(said) > 100:  # noqa: PLR2004 - as much as is read at a glance
        said = f"{said[:100]}…"
    return _(
        "On another device you answered: “{answer}”. Decide: what stands here when you send the "
        "form is what counts."
    ).format(answer=said)


def _require_seen(db: Session, form: QuestionnaireResponse, number: int) -> None:
    if form.number != number:
        _raise_sent(db, form)


def _raise_sent(db: Session, form: QuestionnaireResponse) -> int:
    if not finding.versions(db, form.id):
        raise Invalid
    said = _(
        "{name} has sent this form meanwhile. Look at what was sent, then change it if needed."
    )
    raise SentMeanwhile(said.format(name=_last(db, form).author_name))


def _require_alone(
    db: Session,
    actor: Actor,
    form: QuestionnaireResponse,
    answers: dict[str, str],
    seen: int,
    tab: str,
) -> None:
    """Raises `ChangedElsewhere` where an answer that was not seen would be written over."""
    for link_id, draft in finding.drafts(db, actor, form.id).items():
        if (
            _is_foreign(draft, seen, tab)
            and answers.get(link_id, "").strip() != draft.value.strip()
        ):
            raise ChangedElsewhere


def _sent_before(db: Session, actor: Actor, form: QuestionnaireResponse, client_key: str) -> int:
    if not client_key or len(client_key) > KEY_MAX:
        raise Invalid
    query = select(col(ResponseVersion.number)).where(
        col(ResponseVersion.response_id) == form.id,
        col(ResponseVersion.author_id) == actor.user_id,
        col(ResponseVersion.client_key) == client_key,
    )
    return db.connection().execute(query).scalar_one_or_none() or 0


def _last(db: Session, form: QuestionnaireResponse) -> ResponseVersion:
    return finding.versions(db, form.id)[0]


def _forget(db: Session, actor: Actor, form: QuestionnaireResponse) -> None:
    gone = delete(ResponseDraft).where(*finding.mine(actor, form.id))
    db.connection().execute(gone)


def _name(db: Session, actor: Actor) -> str:
    if not actor.acting_for:
        return actor.name
    whom = access.open_patient(db, actor).name
    return _("{helper} for {patient}").format(helper=actor.name, patient=whom)[:300]


def _noted(
    db: Session,
    actor: Actor,
    form: QuestionnaireResponse,
    sent: ResponseVersion,
    given: dict[str, str],
    now: datetime,
) -> None:
    """Writes down that a form was sent, hands it to the clinic, leaves the trace, and tells."""
    status = "completed" if sent.number == 1 else "amended"
    mine = col(QuestionnaireResponse.id) == form.id
    came = {"status": status, "number": sent.number, "sent_at": now}
    db.connection().execute(update(QuestionnaireResponse).where(mine).values(**came))
    _forget(db, actor, form)
    thread = db.get_one(Thread, form.thread_id)
    messages.handed_in(db, actor, thread, *given.values(), now=now)
    audit.record(
        db,
        actor,
        "C" if sent.number == 1 else "U",
        category="forms",
        patient_id=form.patient_id,
        entity=f"QuestionnaireResponse/{form.id}",
        now=now,
    )
    live.tell(db, "messages", [form.patient_id], is_private=thread.confidential)


_response: Any = QuestionnaireResponse.__table__  # pyright: ignore[reportAttributeAccessIssue]
_ONE_AT_A_TIME = (
    select(_response.c.id).where(_response.c.id == bindparam("response_id")).with_for_update()
)
