"""Ready answers as the clinic keeps them: who may, which fields there are, two who change one."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.answers import BODY_MAX, TITLE_MAX, AnswerTemplate
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.words import _, short_day

PATIENT, ME, CLINIC, PHONE = "patient", "me", "clinic", "phone"
NEXT_VISIT, BOOK = "next visit", "link to book"
FIELDS = (PATIENT, ME, CLINIC, PHONE, NEXT_VISIT, BOOK)
IN_BRACES = re.compile(r"\{([^{}\n]{0,40})\}")
MOST = 200


class Untold(Invalid):
    """A ready answer without a name or without words."""

    sentence = _("Give it a name and the words.")


class UnknownField(Invalid):
    """Something in braces that nobody could fill."""


class SameName(Conflict):
    """Two ready answers of one name could not be told apart."""

    sentence = _("There is one of this name already. Choose another name.")


class ChangedMeanwhile(Conflict):
    """Two at the same ready answer."""

    sentence = _("Somebody else has changed it meanwhile. Look at it, then decide again.")


class TooMany(Invalid):
    """A list that nobody finds anything in any more."""

    sentence = _("There are 200 ready answers. Take one away first.")


@dataclass(frozen=True)
class TemplateRow:
    """A ready answer as it is kept, with its fields still in braces."""

    id: str = ""
    title: str = ""
    body: str = ""
    version: int = 0
    said: str = ""


def listed(db: Session, actor: Actor, *, now: datetime) -> list[TemplateRow]:
    """Returns all of them by name."""
    del now
    require(actor, Permission.SET_POLICIES)
    query = select(AnswerTemplate).order_by(col(AnswerTemplate.title), col(AnswerTemplate.id))
    return [_row(one) for one in db.scalars(query)]


def keep(
    db: Session,
    actor: Actor,
    *,
    template_id: str,
    title: str,
    body: str,
    version: int,
    now: datetime,
) -> str:
    """Writes a new one (`template_id` empty) or changes the version that was seen; returns its id.

    Raises `UnknownField` for braces that nobody could fill, `ChangedMeanwhile`, `SameName`.
    """
    require(actor, Permission.SET_POLICIES)
    name, words = " ".join(title.replace("\x00", "").split()), _words(body)
    if not name or not words or len(name) > TITLE_MAX or len(words) > BODY_MAX:
        raise Untold
    query = select(col(AnswerTemplate.id)).limit(MOST)
    if not template_id and len(db.connection().execute(query).all()) == MOST:
        raise TooMany
    one = _found(db, template_id, version) if template_id else AnswerTemplate(version=0)  # pyright: ignore[reportCallIssue]
    one.title, one.body = name, words
    one.version += 1
    one.changed_at, one.changed_by = now, actor.name
    db.add(one)
    try:
        db.flush()
    except IntegrityError as error:
        raise SameName from error
    _trace(db, actor, "U" if template_id else "C", one, now)
    return one.id


def take_away(db: Session, actor: Actor, *, template_id: str, version: int, now: datetime) -> None:
    """Takes one away; letters that were written with it stay as they are."""
    require(actor, Permission.SET_POLICIES)
    one = _found(db, template_id, version)
    db.delete(one)
    _trace(db, actor, "D", one, now)


def _row(one: AnswerTemplate) -> TemplateRow:
    said = _("Changed by {name} on {day}").format(
        name=one.changed_by or _("the portal"), day=short_day(one.changed_at)
    )
    return TemplateRow(one.id, one.title, one.body, one.version, said)


def _found(db: Session, template_id: str, version: int) -> AnswerTemplate:
    query = select(AnswerTemplate).where(col(AnswerTemplate.id) == template_id)
    one = db.scalars(query.with_for_update()).first()
    if one is None:
        raise NotFound
    if one.version != version:
        raise ChangedMeanwhile
    return one


def _words(body: str) -> str:
    words = body.replace("\x00", "").replace("\r\n", "\n").strip()
    for name in IN_BRACES.findall(words):
        if name not in FIELDS:
            known = ", ".join(f"{{{one}}}" for one in FIELDS)
            raise UnknownField(
                _("Nobody can fill {{{name}}}. These are filled: {known}.").format(
                    name=name, known=known
                )
            )
    return words


def _trace(db: Session, actor: Actor, action: str, one: AnswerTemplate, now: datetime) -> None:
    entity = f"AnswerTemplate/{one.id}"
    audit.record(db, actor, action, category="answers", entity=entity, now=now)
    live.tell(db, "people", [live.STAFF])
