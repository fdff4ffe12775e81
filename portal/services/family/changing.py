"""Changing a help that rests on the law: less at once, more only with a second person (AUTHZ-10).

What a patient lends they change alone (lending.py). Papers change too: a court takes something
away, an agency places a child for longer. To take away waits for nobody. What gives more is kept
as a proposal beside what holds; a second member of staff decides on it, or who proposed it after
the time in which the patient, who is told at once, can object.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from portal.errors import NotAllowed
from portal.models.people import RelatedPerson
from portal.security import access, confirming, scopes
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.family import four_eyes
from portal.services.family.kinds import KINDS
from portal.services.family.lending import NothingLent, until
from portal.services.family.moving import NeedsReason, WrongStep, rewrite
from portal.services.family.reasons import FOR_CHANGES
from portal.words import _, local

STANDING = ("active", "suspended")
_NO_MORE = {"more_scopes": "", "more_until": None, "more_by": "", "more_at": None}


class PatientsOwn(NotAllowed):
    """What a patient lent is theirs to change."""

    sentence = _("The patient lent this and changes it alone. Ask them, or end it with a reason.")


@dataclass(frozen=True)
class Change:
    """What a help is to cover from now on, until when, and why."""

    lent: frozenset[str]
    ends_on: date | None
    reason: str
    note: str = ""


def change(db: Session, actor: Actor, *, help_id: str, wanted: Change, now: datetime) -> bool:
    """Changes what a help covers; returns whether it holds now, or waits for a second person."""
    help_ = _standing(db, actor, help_id)
    confirming.require(actor, now=now)
    if wanted.reason not in FOR_CHANGES:
        raise NeedsReason
    today = local(now).date()
    covers = scopes.write(scopes.parse(" ".join(wanted.lent)))
    if not covers:
        raise NothingLent
    last = until(KINDS[help_.kind], wanted.ends_on, help_.starts_on or today, today)
    is_more = _is_more(help_, covers, last)
    values = {"scopes": covers, "ends_on": last, **_NO_MORE}
    if is_more:
        values = {
            "more_scopes": covers,
            "more_until": last,
            "more_by": actor.user_id,
            "more_at": now,
        }
    reason = "more-asked" if is_more else wanted.reason
    rewrite(db, actor, help_, values, reason=reason, note=wanted.note, now=now)
    return not is_more


def approve(db: Session, actor: Actor, *, help_id: str, now: datetime) -> None:
    """Gives what was proposed: by another person than who proposed it, or after the time."""
    help_ = _proposed(db, actor, help_id)
    confirming.require(actor, now=now)
    if help_.more_by == actor.user_id and help_.more_at is not None:
        four_eyes.waited(db, help_, help_.more_at, now=now)
    values = {"scopes": help_.more_scopes, "ends_on": help_.more_until, **_NO_MORE}
    rewrite(db, actor, help_, values, now=now)


def turn_down(db: Session, actor: Actor, *, help_id: str, now: datetime) -> None:
    """Takes a proposal away; what holds stays as it is."""
    help_ = _proposed(db, actor, help_id)
    rewrite(db, actor, help_, _NO_MORE, reason="more-refused", now=now)


def _is_more(help_: RelatedPerson, covers: str, last: date | None) -> bool:
    if scopes.parse(covers) - scopes.parse(help_.scopes):
        return True
    return help_.ends_on is not None and (last is None or last > help_.ends_on)


def _standing(db: Session, actor: Actor, help_id: str) -> RelatedPerson:
    require(actor, Permission.INVITE)
    help_ = access.help_decided(db, actor, help_id)
    kind = KINDS.get(help_.kind)
    if kind is None or not kind.by_staff:
        raise PatientsOwn
    if help_.status not in STANDING:
        raise WrongStep
    return help_


def _proposed(db: Session, actor: Actor, help_id: str) -> RelatedPerson:
    help_ = _standing(db, actor, help_id)
    if not help_.more_by:
        raise WrongStep
    return help_
