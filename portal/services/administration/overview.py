"""The overview: each part of the administration with one line on how it stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.errors import NotAllowed
from portal.models.agreements import PolicyValue
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.models.schedules import VisitType
from portal.security import audit, policies
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, has
from portal.services import requests_queue
from portal.services.administration.people import columns, is_idle
from portal.services.administration.security import failures, may_see
from portal.words import _, _n

DAY = timedelta(days=1)


@dataclass(frozen=True)
class OverviewRow:
    """What this person may look after, and how it stands; empty lines where they may not."""

    people: str = ""
    idle: str = ""
    policies: str = ""
    weak: str = ""
    security: str = ""
    outbox: str = ""
    dead: str = ""
    has_people: bool = False
    has_policies: bool = False
    has_security: bool = False
    has_access: bool = False
    has_outbox: bool = False
    has_requests: bool = False
    schedule: str = ""
    has_schedule: bool = False


def overview(db: Session, actor: Actor, *, now: datetime) -> OverviewRow:
    """Returns how the parts stand that the actor may look after."""
    if not may_see(actor):
        raise NotAllowed
    audit.record(db, actor, "R", category="administration", now=now)
    plans = has(actor, Permission.SET_SCHEDULE)
    people, rules = has(actor, Permission.MANAGE_PEOPLE), has(actor, Permission.SET_POLICIES)
    dead = _dead(db) if people else 0
    idle = _idle(db, now) if people else 0
    return OverviewRow(
        people=_people(db) if people else "",
        idle=_n("{count} not used for 90 days", "{count} not used for 90 days", idle) * bool(idle),
        policies=_policies(db) if rules else "",
        weak=below_standard(db) if rules else "",
        security=_security(db, now),
        outbox=_waiting(db, now) if people else "",
        dead=_n("{count} could not be sent", "{count} could not be sent", dead) * bool(dead),
        has_people=people,
        has_policies=rules,
        has_security=True,
        has_access=has(actor, Permission.SEE_TRACE),
        has_outbox=people,
        has_requests=requests_queue.may_see(actor),
        schedule=_schedule(db) if plans else "",
        has_schedule=plans,
    )


def below_standard(db: Session) -> str:
    """Says that patients sign in with less than the standards ask for; empty where they do not.

    SECURITY MFA-01: a clinic may decide so, but it is told each time it looks.
    """
    if policies.current(db).patients_need_factor:
        return ""
    return _("Patients need no second factor: below OWASP ASVS level 2 and NIST AAL2.")


def _people(db: Session) -> str:
    works = col(User.role).in_(STAFF)
    count = func.count()
    query = select(count.filter(works), count.filter(~works)).where(col(User.disabled).is_(False))
    staff, others = db.connection().execute(query).one()
    staff_said = _n("{count} who works here", "{count} who work here", staff)
    others_said = _n("{count} patient or helper", "{count} patients and helpers", others)
    return f"{staff_said}, {others_said}"


def _idle(db: Session, now: datetime) -> int:
    query = select(*columns()).where(col(User.role).in_(STAFF), col(User.disabled).is_(False))
    return sum(is_idle(row, now) for row in db.connection().execute(query))


def _policies(db: Session) -> str:
    changed = db.connection().execute(select(func.count()).select_from(PolicyValue)).scalar_one()
    if not changed:
        return _("All as they came")
    return _n("{count} differs from its default", "{count} differ from their defaults", changed)


def _security(db: Session, now: datetime) -> str:
    count = failures(db, now - DAY)
    if not count:
        return _("No failed sign-in in 24 hours")
    return _n("{count} failed sign-in in 24 hours", "{count} failed sign-ins in 24 hours", count)


def _schedule(db: Session) -> str:
    kinds = select(func.count()).where(col(VisitType.active).is_(True))
    count = db.connection().execute(kinds).scalar_one()
    return _n("{count} type of visit in use", "{count} types of visit in use", count)


def _waiting(db: Session, now: datetime) -> str:
    is_open = col(OutboxNotice.state).in_(("pending", "claimed"))
    # A reminder that is due next week keeps nobody waiting.
    due = select(func.count()).where(is_open, col(OutboxNotice.due_at) <= now)
    count = db.connection().execute(due).scalar_one()
    return _n("{count} waits to go out", "{count} wait to go out", count) if count else _("Empty")


def _dead(db: Session) -> int:
    query = select(func.count()).where(col(OutboxNotice.state) == "dead")
    return db.connection().execute(query).scalar_one()
