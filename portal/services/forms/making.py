"""Making forms: what the clinic asks, in versions.

A published one is never altered: a change makes the next.
What was asked stays as it was asked, whatever becomes of the form.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.errors import Invalid, NotFound
from portal.models.forms import (
    KINDS,
    OPTION_MAX,
    OPTIONS_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Questionnaire,
    QuestionnaireItem,
)
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.forms import drafting, finding, judging
from portal.services.forms.rows import MadeRow
from portal.words import _, short_day

# As many questions as anybody answers on a phone, and forms as anybody keeps in order.
MOST_ITEMS, MOST_FORMS, LEAST_OPTIONS = 60, 100, 2


class NoTitle(Invalid):
    """A form that nobody could call by its name."""

    sentence = _("Give the form a title, in at most 120 characters.")


class NoQuestion(Invalid):
    """A question that nobody could read or answer."""

    sentence = _("Write the question, in at most 500 characters, and choose how it is answered.")


class NoChoice(Invalid):
    """A question to choose from a list that is none."""

    sentence = _("Write at least two answers to choose from, one a line, each 120 letters at most.")


class TooMuchAsked(Invalid):
    """More than anybody answers or keeps in order."""

    sentence = _("That is too much: 60 questions in a form and 100 forms at most.")


@dataclass(frozen=True)
class Wording:
    """A question as it was entered; without an id it is a new one."""

    text: str
    kind: str
    link_id: str = ""
    required: bool = False
    options: str = ""


def kinds() -> dict[str, str]:
    """Returns how a question can be answered, in words."""
    return {
        "display": _("Words to read, no answer"),
        "string": _("A line of text"),
        "text": _("Several lines of text"),
        "boolean": _("Yes or no"),
        "choice": _("One of a list"),
        "date": _("A day"),
        "integer": _("A whole number"),
    }


def listed(db: Session, actor: Actor, *, now: datetime) -> list[MadeRow]:
    """Returns the forms: what is written on, what is asked now, and what is asked no more."""
    require(actor, Permission.SET_POLICIES)
    audit.record(db, actor, "R", category="forms", entity="Questionnaire", now=now)
    query = select(Questionnaire).order_by(
        col(Questionnaire.title), col(Questionnaire.form_id), col(Questionnaire.version).desc()
    )
    every = list(db.scalars(query))
    current = {one.form_id for one in every if one.status != "retired"}
    shown: list[Questionnaire] = []
    for one in every:
        if one.status != "retired":
            shown.append(one)
        elif one.form_id not in current:
            current.add(one.form_id)
            shown.append(one)
    drafts = {one.form_id for one in every if one.status == "draft"}
    return [_row(db, one, has_draft=one.form_id in drafts) for one in shown]


def begin(db: Session, actor: Actor, *, title: str, now: datetime) -> str:
    """Begins a form; nobody can be asked it before it is published. Returns its id."""
    require(actor, Permission.SET_POLICIES)
    forms = select(func.count(func.distinct(col(Questionnaire.form_id))))
    if db.connection().execute(forms).scalar_one() >= MOST_FORMS:
        raise TooMuchAsked
    one = Questionnaire(title=_title(title), changed_at=now, changed_by=actor.name)
    db.add(one)
    drafting.trace(db, actor, "C", one, now)
    return one.id


def rename(
    db: Session, actor: Actor, *, questionnaire_id: str, edition: int, title: str, now: datetime
) -> None:
    """Gives a draft another title."""
    one = drafting.draft(db, actor, questionnaire_id, edition)
    one.title = _title(title)
    drafting.changed(db, actor, one, now)


def put(
    db: Session,
    actor: Actor,
    *,
    questionnaire_id: str,
    edition: int,
    wording: Wording,
    now: datetime,
) -> None:
    """Adds a question to a draft, at its end, or changes one."""
    one = drafting.draft(db, actor, questionnaire_id, edition)
    values = _judged(wording)
    items = finding.items(db, one.id)
    if wording.link_id:
        item = _item(items, wording.link_id)
        item.sqlmodel_update(values)
    else:
        if len(items) >= MOST_ITEMS:
            raise TooMuchAsked
        item = QuestionnaireItem(questionnaire_id=one.id, position=len(items), **values)
    db.add(item)
    drafting.changed(db, actor, one, now)


def remove(
    db: Session, actor: Actor, *, questionnaire_id: str, edition: int, link_id: str, now: datetime
) -> None:
    """Takes a question out of a draft."""
    one = drafting.draft(db, actor, questionnaire_id, edition)
    items = finding.items(db, one.id)
    gone = _item(items, link_id)
    db.delete(gone)
    _in_order(db, [item for item in items if item is not gone])
    drafting.changed(db, actor, one, now)


def move(
    db: Session,
    actor: Actor,
    *,
    questionnaire_id: str,
    edition: int,
    link_id: str,
    by: int,
    now: datetime,
) -> None:
    """Moves a question of a draft one place up (`by` below 0) or down; the ends stay."""
    one = drafting.draft(db, actor, questionnaire_id, edition)
    items = finding.items(db, one.id)
    item = _item(items, link_id)
    at = items.index(item)
    to = min(max(at + (1 if by > 0 else -1), 0), len(items) - 1)
    items.insert(to, items.pop(at))
    _in_order(db, items)
    drafting.changed(db, actor, one, now)


def _row(db: Session, one: Questionnaire, *, has_draft: bool) -> MadeRow:
    words, tone, sign = {
        "draft": (_("Being written"), "soon", "pencil"),
        "active": (_("Asked now"), "ok", "ok"),
        "retired": (_("Asked no more"), "", "done"),
    }[one.status]
    said = _("Version {number}, changed by {name} on {day}").format(
        number=one.version, name=one.changed_by or _("the portal"), day=short_day(one.changed_at)
    )
    return MadeRow(
        id=one.id,
        title=one.title,
        status=one.status,
        words=words,
        tone=tone,
        sign=sign,
        said=said,
        edition=one.edition,
        is_example=one.is_example,
        may_change=one.status != "draft" and not has_draft,
        questions=[finding.row(item, "") for item in finding.items(db, one.id)],
    )


def _item(items: list[QuestionnaireItem], link_id: str) -> QuestionnaireItem:
    for one in items:
        if one.link_id == link_id:
            return one
    raise NotFound


def _in_order(db: Session, items: list[QuestionnaireItem]) -> None:
    for at, item in enumerate(items):
        item.position = at
        db.add(item)


def _title(title: str) -> str:
    given = " ".join(title.replace("\x00", "").split())
    if not given or len(given) > TITLE_MAX:
        raise NoTitle
    return given


def _judged(wording: Wording) -> dict[str, Any]:
    text = wording.text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text or len(text) > TEXT_MAX or wording.kind not in KINDS:
        raise NoQuestion
    listed = judging.options(wording.options.replace("\x00", ""))
    if wording.kind != "choice":
        listed = ()
    elif len(listed) < LEAST_OPTIONS or any(len(one) > OPTION_MAX for one in listed):
        raise NoChoice
    kept = "\n".join(listed)
    if len(kept) > OPTIONS_MAX:
        raise NoChoice
    required = wording.required and wording.kind != "display"
    return {"text": text, "kind": wording.kind, "required": required, "options": kept}
