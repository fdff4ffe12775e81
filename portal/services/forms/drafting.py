"""Versions of a form: what every act on one begins and ends with."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, NotFound
from portal.models.forms import Questionnaire
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.words import _


class Published(Conflict):
    """What was published is never altered."""

    sentence = _(
        "This version was published and stays as it is. Change the form: that makes a new one."
    )


class FormChanged(Conflict):
    """Two at the same form."""

    sentence = _("Somebody else has changed it meanwhile. Look at it, then decide again.")


def draft(db: Session, actor: Actor, questionnaire_id: str, edition: int) -> Questionnaire:
    """Returns a draft as it was seen; raises where it was published or changed meanwhile."""
    one = found(db, actor, questionnaire_id)
    if one.status != "draft":
        raise Published
    if one.edition != edition:
        raise FormChanged
    return one


def found(db: Session, actor: Actor, questionnaire_id: str) -> Questionnaire:
    """Returns a version of a form, kept from others until this act is done."""
    require(actor, Permission.SET_POLICIES)
    query = select(Questionnaire).where(col(Questionnaire.id) == questionnaire_id)
    one = db.scalars(query.with_for_update()).first()
    if one is None:
        raise NotFound
    return one


def changed(
    db: Session, actor: Actor, one: Questionnaire, now: datetime, *, keeps_example: bool = False
) -> None:
    """Notes who changed a version, with its trace; what was changed is no example any more."""
    one.edition += 1
    one.changed_at, one.changed_by = now, actor.name
    one.is_example = one.is_example and keeps_example
    db.add(one)
    trace(db, actor, "U", one, now)


def trace(db: Session, actor: Actor, action: str, one: Questionnaire, now: datetime) -> None:
    """Leaves the trace of an act on a form, and tells the clinic’s pages."""
    flushed(db)
    entity = f"Questionnaire/{one.id}"
    audit.record(db, actor, action, category="forms", entity=entity, now=now)
    live.tell(db, "people", [live.STAFF])


def flushed(db: Session) -> None:
    """Writes what was done; raises `FormChanged` where the database has seen another first."""
    try:
        db.flush()
    except IntegrityError as error:
        raise FormChanged from error
