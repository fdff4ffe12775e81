"""People: everybody who may sign in, searched and paged, with what an administrator looks for."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, func, or_, select
from sqlmodel import Session, col

from portal.models.factors import Factor
from portal.models.people import SignIn, User
from portal.security import audit, confirming
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, require
from portal.services import pages
from portal.words import _, how_far, short_day

GROUPS = ("staff", "patients", "helpers")
WORDS_MOST = 100
# OPS-06: an account of the staff that nobody uses is a door that nobody watches.
IDLE = timedelta(days=90)


@dataclass(frozen=True)
class PersonRow:
    """Somebody who may sign in."""

    user_id: str = ""
    sign_in_name: str = ""
    name: str = ""
    role: str = ""
    status: str = ""
    tone: str = ""
    factors: str = ""
    has_factor: bool = False
    last: str = ""
    idle: str = ""
    is_disabled: bool = False
    is_you: bool = False


@dataclass(frozen=True)
class PeopleRow:
    """One page of people. `group` is staff, patients or helpers; `words` what was searched for.

    `is_confirmed`: a factor was entered a moment ago, so that no form is lost to that question.
    """

    people: list[PersonRow] = field(default_factory=list)
    leaf: pages.Leaf = field(default_factory=pages.Leaf)
    group: str = "staff"
    words: str = ""
    is_confirmed: bool = False


def view(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    page: int = 1,
    group: str = "staff",
    words: str = "",
) -> PeopleRow:
    """Returns one page of those who may sign in; who works here first, by name."""
    require(actor, Permission.MANAGE_PEOPLE)
    audit.record(db, actor, "R", category="people", now=now)
    words = words.strip()[:WORDS_MOST]
    query = (
        select(*columns(), func.count().over().label("total"))
        .where(_in_group(group), *_named(words))
        .order_by(col(User.disabled), col(User.name), col(User.id))
        .limit(pages.SIZE)
        .offset(pages.first_row(page))
    )
    rows = db.connection().execute(query).all()
    return PeopleRow(
        people=[row_of(actor, row, now) for row in rows],
        leaf=pages.leaf(page, rows[0].total if rows else 0),
        group=group,
        words=words,
        is_confirmed=confirming.is_confirmed(actor, now=now),
    )


def columns() -> tuple[Any, ...]:
    """Returns what is asked of an account; nothing that opens it."""
    of_user = col(Factor.user_id) == col(User.id)
    has = of_user & col(Factor.confirmed_at).is_not(None)
    last = select(func.max(col(SignIn.used_at))).where(
        col(SignIn.user_id) == col(User.id), col(SignIn.stage) == "full"
    )
    return (
        col(User.id),
        col(User.sign_in_name),
        col(User.name),
        col(User.role),
        col(User.disabled),
        col(User.created_at),
        col(User.is_demo),
        case((col(User.password_hash) != "", True), else_=False).label("has_password"),
        exists().where(has, col(Factor.kind) == "totp").label("has_app"),
        exists().where(has, col(Factor.kind) == "passkey").label("has_passkey"),
        last.scalar_subquery().label("last_at"),
    )


def row_of(actor: Actor, row: Any, now: datetime) -> PersonRow:
    """Returns an account as the administrators see it."""
    return PersonRow(
        user_id=row.id,
        sign_in_name=row.sign_in_name,
        name=row.name,
        role=role_words(row.role),
        status=_status(row),
        tone="bad" if row.disabled else ("ok" if row.has_password else "soon"),
        factors=_factors(row),
        has_factor=bool(row.has_app or row.has_passkey),
        last=_last(row, now),
        idle=_("Not used for 90 days") if is_idle(row, now) else "",
        is_disabled=row.disabled,
        is_you=row.id == actor.user_id,
    )


def is_idle(row: Any, now: datetime) -> bool:
    """Says whether an account of the staff has not been used for so long that it is marked."""
    if row.role not in STAFF or row.disabled or row.is_demo or not row.has_password:
        return False
    return (row.last_at or row.created_at) <= now - IDLE


def _in_group(group: str) -> Any:
    if group == "staff":
        return col(User.role).in_(STAFF)
    return col(User.role) == ("patient" if group == "patients" else "helper")


def _named(words: str) -> list[Any]:
    """Returns the condition that each word is part of the name, the sign-in name or the role."""
    return [
        or_(
            func.lower(col(User.name)).contains(word, autoescape=True),
            col(User.sign_in_name).contains(word, autoescape=True),
        )
        for word in words.lower().split()
    ]


def _status(row: Any) -> str:
    if row.disabled:
        return _("Disabled")
    return _("Active") if row.has_password else _("Invited")


def _factors(row: Any) -> str:
    kinds = [(row.has_passkey, _("Passkey")), (row.has_app, _("App"))]
    return ", ".join(words for has, words in kinds if has) or _("None")


def _last(row: Any, now: datetime) -> str:
    # Sign-ins are kept for 90 days.
    if row.last_at is not None:
        return how_far(row.last_at, now)
    is_old = row.has_password and row.created_at <= now - IDLE
    return _("Over 90 days ago, or never") if is_old else _("Never")


def since(row: Any) -> str:
    """Says since when there is an account."""
    return short_day(row.created_at)


def role_words(role: str) -> str:
    """Returns a role as people call it."""
    return {
        "patient": _("Patient"),
        "helper": _("Helper"),
        "practitioner": _("Practitioner"),
        "nurse": _("Nurse"),
        "front_desk": _("Front desk"),
        "billing": _("Billing"),
        "manager": _("Manager"),
        "administrator": _("Administrator"),
        "auditor": _("Auditor"),
    }.get(role, role)
