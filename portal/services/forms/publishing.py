"""Publishing forms: what is asked from now on, what follows it, and what is asked no more."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal.errors import Invalid
from portal.models.base import new_id
from portal.models.forms import KINDS, Questionnaire, QuestionnaireItem
from portal.security.actor import Actor
from portal.services.forms import drafting, finding
from portal.words import _

_ANSWERED = tuple(kind for kind in KINDS if kind != "display")


class NothingAsked(Invalid):
    """A form without a question."""

    sentence = _("Add a question first, then publish the form.")


def publish(
    db: Session, actor: Actor, *, questionnaire_id: str, edition: int, now: datetime
) -> None:
    """Lets a draft be asked from now on; the version before it is asked no more."""
    one = drafting.draft(db, actor, questionnaire_id, edition)
    if not any(item.kind in _ANSWERED for item in finding.items(db, one.id)):
        raise NothingAsked
    before = select(Questionnaire).where(
        col(Questionnaire.form_id) == one.form_id, col(Questionnaire.status) == "active"
    )
    for older in db.scalars(before):
        older.status = "retired"
        db.add(older)
    # Before the newer one, which the database would refuse beside it.
    db.flush()
    one.status, one.published_at = "active", now
    drafting.changed(db, actor, one, now)


def change(db: Session, actor: Actor, *, questionnaire_id: str, now: datetime) -> str:
    """Begins the next version of a published form, with the same questions; returns its id."""
    one = drafting.found(db, actor, questionnaire_id)
    if one.status == "draft":
        raise drafting.FormChanged
    last = select(func.max(col(Questionnaire.version))).where(
        col(Questionnaire.form_id) == one.form_id
    )
    version = db.connection().execute(last).scalar_one() + 1
    same: dict[str, Any] = {"form_id": one.form_id, "title": one.title, "version": version}
    made = Questionnaire(**same, changed_at=now, changed_by=actor.name)
    db.add(made)
    drafting.flushed(db)
    for item in finding.items(db, one.id):
        copied = item.model_dump(exclude={"id", "questionnaire_id"})
        db.add(QuestionnaireItem(**copied, id=new_id(), questionnaire_id=made.id))
    drafting.trace(db, actor, "C", made, now)
    return made.id


def retire(
    db: Session, actor: Actor, *, questionnaire_id: str, edition: int, now: datetime
) -> None:
    """Lets a form be asked no more; who was asked it can still fill it in."""
    one = drafting.found(db, actor, questionnaire_id)
    if one.status != "active" or one.edition != edition:
        raise drafting.FormChanged
    one.status = "retired"
    drafting.changed(db, actor, one, now, keeps_example=True)


def discard(
    db: Session, actor: Actor, *, questionnaire_id: str, edition: int, now: datetime
) -> None:
    """Throws a draft away; what was published before it stays."""
    one = drafting.draft(db, actor, questionnaire_id, edition)
    of_it = col(QuestionnaireItem.questionnaire_id) == one.id
    db.connection().execute(delete(QuestionnaireItem).where(of_it))
    db.delete(one)
    drafting.trace(db, actor, "D", one, now)
