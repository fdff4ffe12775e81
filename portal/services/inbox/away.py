"""Being away: from when to when, and who looks after one's conversations then.

What is theirs, or comes to them, is listed with the cover too; nobody may read more for it. It ends
by itself, with its last day.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.people import User
from portal.models.pools import Cover
from portal.security import access, audit, signins
from portal.security.actor import STAFF, Actor
from portal.services import once
from portal.services.messages import Choice
from portal.words import _, local, short_day

LONGEST = timedelta(days=400)
# Nobody plans more absences than these at once.
MOST = 20


class WrongDays(Invalid):
    """An absence that ends before it begins, or has ended, or lasts too long."""

    sentence = _("Choose a first and a last day, from today on and at most 400 days long.")


class NotThere(Invalid):
    """A cover that cannot answer."""

    sentence = _("Choose a colleague who answers messages and is not away then themselves.")


@dataclass(frozen=True)
class AwayRow:
    """An absence that goes on or is to come. `is_mine`: one is away oneself."""

    id: str
    said: str
    is_mine: bool
    is_now: bool


@dataclass(frozen=True)
class AwaysRow:
    """When one is away and for whom one stands in, and who may stand in."""

    aways: list[AwayRow] = field(default_factory=list)
    colleagues: list[Choice] = field(default_factory=list)
    today: str = ""


def shown(db: Session, actor: Actor, *, now: datetime) -> AwaysRow:
    """Returns the absences that concern the actor, and who may cover; for a view that is traced."""
    _may(actor)
    one, other = _people(db)
    query = (
        select(Cover)
        .where(
            (col(Cover.user_id) == actor.user_id) | (col(Cover.cover_id) == actor.user_id),
            col(Cover.until_on) >= local(now).date(),
        )
        .order_by(col(Cover.from_on), col(Cover.id))
        .limit(2 * MOST)
    )
    rows = [_row(actor, row, one, now) for row in db.scalars(query)]
    choices = [Choice(key, name) for key, name in other.items() if key != actor.user_id]
    return AwaysRow(rows, choices, local(now).date().isoformat())


def plan(
    db: Session, actor: Actor, *, cover: str, from_on: date, until_on: date, now: datetime
) -> None:
    """Says that one is away, and who looks after one's conversations."""
    _may(actor)
    today = local(now).date()
    if not today <= until_on or not from_on <= until_on <= from_on + LONGEST:
        raise WrongDays
    _names, answering = _people(db)
    if cover == actor.user_id or cover not in answering or _is_away(db, cover, from_on, until_on):
        raise NotThere
    if _is_away(db, actor.user_id, from_on, until_on) or _planned(db, actor, today) >= MOST:
        raise Invalid(_("You are away then already. Take that back first."))
    row = Cover(
        user_id=actor.user_id, cover_id=cover, from_on=from_on, until_on=until_on, created_at=now
    )
    once.insert(db, Cover, [row.model_dump()])
    _tell(db, actor, "C", row.id, now)


def take_back(db: Session, actor: Actor, *, away_id: str, now: datetime) -> None:
    """Ends one's own absence: one is back, or does not go."""
    _may(actor)
    mine = (col(Cover.id) == away_id, col(Cover.user_id) == actor.user_id)
    if not db.connection().execute(delete(Cover).where(*mine)).rowcount:
        raise NotFound
    _tell(db, actor, "D", away_id, now)


def _may(actor: Actor) -> None:
    if not actor.is_staff or not access.reads_inbox(actor):
        raise NotAllowed


def _tell(db: Session, actor: Actor, action: str, away_id: str, now: datetime) -> None:
    audit.record(db, actor, action, category="cover", entity=f"Cover/{away_id}", now=now)
    live.tell(db, "messages", (live.STAFF,))


def _people(db: Session) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the names of all who work here, and of those among them who answer messages."""
    query = select(User).where(col(User.role).in_(sorted(STAFF))).order_by(col(User.name))
    staff = list(db.scalars(query))
    names = {one.id: one.name for one in staff}
    answers = {role: _answers(db, role) for role in {one.role for one in staff}}
    return names, {one.id: one.name for one in staff if not one.disabled and answers[one.role]}


def _answers(db: Session, role: str) -> bool:
    return access.reads_inbox(Actor("", "", role, granted=signins.granted(db, role)))


def _is_away(db: Session, user_id: str, first: date, last: date) -> bool:
    at_once = (col(Cover.from_on) <= last, col(Cover.until_on) >= first)
    query = select(col(Cover.id)).where(col(Cover.user_id) == user_id, *at_once)
    return db.connection().execute(query).first() is not None


def _planned(db: Session, actor: Actor, today: date) -> int:
    query = select(func.count()).select_from(Cover)
    mine = (col(Cover.user_id) == actor.user_id, col(Cover.until_on) >= today)
    return db.connection().execute(query.where(*mine)).scalar_one()


def _row(actor: Actor, row: Any, names: dict[str, str], now: datetime) -> AwayRow:
    is_mine = row.user_id == actor.user_id
    days = _("{first} to {last}").format(first=short_day(row.from_on), last=short_day(row.until_on))
    said = _("You are away {days}. {name} stands in.")
    if not is_mine:
        said = _("{name} is away {days}. You stand in.")
    name = names.get(row.cover_id if is_mine else row.user_id, "")
    is_now = row.from_on <= local(now).date() <= row.until_on
    return AwayRow(row.id, said.format(days=days, name=name), is_mine, is_now)
