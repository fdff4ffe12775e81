"""What stands in a form: its questions, what was sent, and what one person has begun."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.forms import (
    Questionnaire,
    QuestionnaireItem,
    ResponseDraft,
    ResponseVersion,
)
from portal.security.actor import Actor
from portal.services.forms import judging
from portal.services.forms.judging import Question
from portal.services.forms.rows import ItemRow, OptionRow, SentRow
from portal.words import _, clock, short_day


def items(db: Session, questionnaire_id: str) -> list[QuestionnaireItem]:
    """Returns the questions of a version in their order."""
    query = select(QuestionnaireItem).where(
        col(QuestionnaireItem.questionnaire_id) == questionnaire_id
    )
    ordered = query.order_by(col(QuestionnaireItem.position), col(QuestionnaireItem.id))
    return list(db.scalars(ordered))


def questions(db: Session, questionnaire_id: str) -> list[Question]:
    """Returns what judging needs of a version."""
    return [
        Question(one.link_id, one.kind, one.required, judging.options(one.options))
        for one in items(db, questionnaire_id)
    ]


def title(db: Session, questionnaire_id: str) -> str:
    """Returns the title of a version."""
    return db.get_one(Questionnaire, questionnaire_id).title


def versions(db: Session, response_id: str) -> list[ResponseVersion]:
    """Returns all that was sent, the newest first."""
    query = select(ResponseVersion).where(col(ResponseVersion.response_id) == response_id)
    return list(db.scalars(query.order_by(col(ResponseVersion.number).desc())))


def drafts(db: Session, actor: Actor, response_id: str) -> dict[str, Any]:
    """Returns what the actor has begun to answer, by question."""
    query = select(_drafts).where(*mine(actor, response_id))
    return {row.link_id: row for row in db.connection().execute(query)}


def mine(actor: Actor, response_id: str) -> tuple[Any, ...]:
    """Returns the condition for what the actor has begun to answer: nobody finds another’s."""
    return (
        col(ResponseDraft.response_id) == response_id,
        col(ResponseDraft.user_id) == actor.user_id,
    )


def answers(version: ResponseVersion | None) -> dict[str, str]:
    """Returns what was sent, by question."""
    return msgspec.json.decode(version.answers, type=dict[str, str]) if version else {}


def row(one: QuestionnaireItem, value: str, turn: int = 0) -> ItemRow:
    """Returns a question with an answer, as a page shows it."""
    chosen = [OptionRow(judging.YES, _("Yes")), OptionRow(judging.NO, _("No"))]
    listed = [OptionRow(option, option) for option in judging.options(one.options)]
    return ItemRow(
        id=one.link_id,
        kind=one.kind,
        text=one.text,
        required=one.required,
        options=chosen if one.kind == "boolean" else listed,
        value=value,
        said=judging.said(one.kind, value),
        turn=turn,
    )


def sent(asked: list[QuestionnaireItem], version: ResponseVersion) -> SentRow:
    """Returns what was sent once: every question, with its answer or none."""
    given = answers(version)
    words = _("Sent on {day}, {time}, by {name}")
    named = {"name": version.author_name, **_moment(version.sent_at)}
    shown = [row(one, given.get(one.link_id, "")) for one in asked if one.kind != "display"]
    return SentRow(version.number, words.format(**named), shown)


def asked_words(one: Any, *, by_clinic: bool = False) -> str:
    """Says who asked a form and when: to whom it was asked, or to the clinic."""
    named = {"name": one.asked_by, "day": short_day(one.asked_at)}
    said = _("Asked by {name} on {day}") if by_clinic else _("{name} asked you on {day}")
    return said.format(**named)


def state(one: Any) -> tuple[str, str, str]:
    """Says how far a form has come: words, tone and icon of its badge."""
    return {
        "in-progress": (_("To fill in"), "soon", "pencil"),
        "completed": (_("Sent"), "ok", "ok"),
        "amended": (_("Sent, changed since"), "ok", "pencil"),
    }[one.status]


def _moment(at: datetime) -> dict[str, str]:
    return {"day": short_day(at), "time": clock(at)}


_drafts: Any = ResponseDraft.__table__  # pyright: ignore[reportAttributeAccessIssue]
