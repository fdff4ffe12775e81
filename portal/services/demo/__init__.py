"""The demo clinic: Juniper Street, with invented people, dated around today.

Its accounts exist in demo mode alone, and it is never mixed into a real clinic: imported patients
may stand beside it, other people's accounts may not.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal import settings
from portal.errors import Refusal
from portal.models.audit import AuditEvent
from portal.models.people import Organization, User
from portal.security import passwords
from portal.security.actor import Actor
from portal.services import agreements, prevention
from portal.services.demo import forms, paying, waiting, ways_in
from portal.services.demo.calendar import Calendar
from portal.services.demo.cast import ACCOUNTS, PASSWORD, Account
from portal.services.demo.histories import Histories
from portal.services.demo.people import MARK, Town
from portal.services.demo.post import Post
from portal.services.demo.sheet import Sheet
from portal.services.demo.trace import Trace
from portal.words import _

__all__ = ["ACCOUNTS", "PASSWORD", "Account", "Filled", "NoDemo", "RealClinic", "fill", "filled_at"]


class NoDemo(Refusal):
    """The portal does not run in demo mode."""

    sentence = _("Demo accounts exist in demo mode only. Set PORTAL_DEMO=true for a demo.")
    status = 403


class RealClinic(Refusal):
    """A real clinic lives in this database."""

    sentence = _(
        "This database belongs to a real clinic. Give the demo its own PORTAL_DATA_DIR instead."
    )
    status = 409


@dataclass(frozen=True)
class Filled:
    """What a run did: when the demo was filled, and how many rows it wrote now."""

    at: datetime
    rows: int = 0


def fill(db: Session, actor: Actor, *, now: datetime, beside: bool = False) -> Filled:
    """Fills an empty database with the demo clinic; one that has it already stays as it is.

    `beside`: a clinic may have been founded and records imported, as long as nobody real has set a
    password. Raises `NoDemo` outside demo mode and `RealClinic` where the clinic is in use.
    """
    if not settings.current().demo:
        raise NoDemo
    before = filled_at(db, actor)
    if before is not None:
        return Filled(before)
    if _is_in_use(db) if beside else _is_real(db):
        raise RealClinic
    town = _drawn_up(now)
    town.step_aside(is_founded=_has_clinic(db))
    rows = town.sheet.write(db)
    agreements.begin(db, actor, now=town.long_ago())
    _prevent(db, actor, town, now)
    ways_in.give(db, town, now=town.long_ago())
    paying.enter(db, town)
    Trace.lay(db, actor, town)
    return Filled(now, rows)


def _prevent(db: Session, actor: Actor, town: Town, now: datetime) -> None:
    """Switches the examples on, as a doctor of a real clinic would after looking them over."""
    then = town.long_ago()
    prevention.begin(db, actor, now=then)
    booked = {"vaccine": town.visits["vaccination"], "check-up": town.visits["check-up"]}
    prevention.switch_on(db, actor, visits=booked, now=then)
    prevention.tell_nothing_of_before(db, actor, now=now, then=then)


def _drawn_up(now: datetime) -> Town:
    town = Town(Sheet(now))
    town.settle(passwords.make_hash(PASSWORD))
    Histories.tell(town)
    calendar = Calendar(town)
    calendar.fill()
    waiting.stand(town, calendar)
    Post(town).deliver()
    # Last: what was drawn by lot before stays as it was.
    forms.ask(town)
    return town


def filled_at(db: Session, actor: Actor) -> datetime | None:
    """Returns when the demo clinic was filled; None where there is none."""
    query = select(col(AuditEvent.at)).where(
        col(AuditEvent.actor_id) == actor.user_id, col(AuditEvent.category) == "demo clinic"
    )
    mark = select(col(Organization.id)).where(
        *[getattr(Organization, name) == value for name, value in MARK.items()]
    )
    if db.connection().execute(mark).first() is None:
        return None
    return db.connection().execute(query).scalar()


def _is_real(db: Session) -> bool:
    people = select(col(User.id)).where(col(User.is_demo).is_(False))
    return _has_clinic(db) or db.connection().execute(people).first() is not None


def _is_in_use(db: Session) -> bool:
    people = select(col(User.id)).where(col(User.is_demo).is_(False), col(User.password_hash) != "")
    return db.connection().execute(people).first() is not None


def _has_clinic(db: Session) -> bool:
    query = select(col(Organization.id)).where(col(Organization.is_clinic).is_(True))
    return db.connection().execute(query).first() is not None
