"""One person who may sign in: the account, its open sign-ins, and what may be done with it."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import NotFound
from portal.models.people import SignIn, User
from portal.security import audit
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, require
from portal.services import browsers
from portal.services.accounts import fold_name
from portal.services.administration.changing import may_change, roles_to_give
from portal.services.administration.people import PersonRow, columns, role_words, row_of, since
from portal.services.users import NoSuchUser
from portal.words import when


@dataclass(frozen=True)
class SignInRow:
    """One open sign-in: with what, from where, since when."""

    device: str = ""
    address: str = ""
    since: str = ""
    is_half: bool = False


@dataclass(frozen=True)
class Choice:
    """One role that may be given."""

    value: str = ""
    words: str = ""


@dataclass(frozen=True)
class OneRow:
    """An account. `may_change` is false for one's own, and where only an administrator may."""

    person: PersonRow = field(default_factory=PersonRow)
    since: str = ""
    email: str = ""
    is_proven: bool = False
    role_code: str = ""
    roles: list[Choice] = field(default_factory=list)
    sign_ins: list[SignInRow] = field(default_factory=list)
    may_change: bool = False
    is_staff: bool = False
    is_invited: bool = False


def named(db: Session, actor: Actor, *, sign_in_name: str) -> str:
    """Returns the id of the account with a sign-in name; raises `NoSuchUser`."""
    require(actor, Permission.MANAGE_PEOPLE)
    query = select(col(User.id)).where(col(User.sign_in_name) == fold_name(sign_in_name))
    user_id = db.connection().execute(query).scalar_one_or_none()
    if user_id is None:
        raise NoSuchUser
    return user_id


def one(db: Session, actor: Actor, *, user_id: str, now: datetime) -> OneRow:
    """Returns one account with its open sign-ins; nothing of anybody's record."""
    require(actor, Permission.MANAGE_PEOPLE)
    query = select(*columns(), col(User.email), col(User.email_verified_at), col(User.patient_id))
    row = db.connection().execute(query.where(col(User.id) == user_id)).first()
    if row is None:
        raise NotFound
    audit.record(
        db,
        actor,
        "R",
        category="people",
        entity=f"User/{user_id}",
        patient_id=row.patient_id or "",
        now=now,
    )
    is_staff, may = row.role in STAFF, may_change(actor, row.id, row.role)
    roles = [Choice(role, role_words(role)) for role in roles_to_give(actor)]
    return OneRow(
        person=row_of(actor, row, now),
        since=since(row),
        email=row.email,
        is_proven=row.email_verified_at is not None,
        role_code=row.role,
        roles=roles if is_staff and may else [],
        sign_ins=_sign_ins(db, user_id, now),
        may_change=may,
        is_staff=is_staff,
        is_invited=not row.has_password and not row.disabled,
    )


def _sign_ins(db: Session, user_id: str, now: datetime) -> list[SignInRow]:
    query = (
        select(SignIn)
        .where(col(SignIn.user_id) == user_id, col(SignIn.ended_at).is_(None))
        .order_by(col(SignIn.used_at).desc())
    )
    return [
        SignInRow(
            device=browsers.said(found.device),
            address=found.address,
            since=when(found.created_at, now),
            is_half=found.stage != "full",
        )
        for found in db.scalars(query)
    ]
