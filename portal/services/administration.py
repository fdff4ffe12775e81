"""Administration, in its smallest form: who may sign in, and whether the trace is whole."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal import settings
from portal.errors import Invalid, NotAllowed
from portal.models.audit import AuditEvent
from portal.models.people import User
from portal.security import audit
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, has, require
from portal.services import pages, users, witness
from portal.words import _, number, short_day


class Yourself(Invalid):
    """Nobody locks themselves out."""

    sentence = _("You cannot disable your own account. Ask another administrator.")


@dataclass(frozen=True)
class PersonRow:
    """Somebody who may sign in."""

    sign_in_name: str = ""
    name: str = ""
    role: str = ""
    status: str = ""
    tone: str = ""
    since: str = ""
    is_disabled: bool = False
    is_you: bool = False


@dataclass(frozen=True)
class AdminRow:
    """What the administrators see; `people` only for who may manage them."""

    has_people: bool = False
    has_trace: bool = False
    people: list[PersonRow] = field(default_factory=list)
    leaf: pages.Leaf = field(default_factory=pages.Leaf)
    staff_only: bool = True
    trace_rows: str = ""


@dataclass(frozen=True)
class TraceRow:
    """What a check of the trace found."""

    said: str = ""
    is_whole: bool = True


def view(
    db: Session, actor: Actor, *, now: datetime, page: int = 1, staff_only: bool = True
) -> AdminRow:
    """Returns what this administrator or auditor may see."""
    people, trace = has(actor, Permission.MANAGE_PEOPLE), _may_check(actor)
    if not (people or trace):
        raise NotAllowed
    audit.record(db, actor, "R", category="administration", now=now)
    rows, total = _people(db, actor, page, staff_only=staff_only) if people else ([], 0)
    newest = db.connection().execute(select(func.max(col(AuditEvent.seq)))).scalar_one()
    return AdminRow(
        has_people=people,
        has_trace=trace,
        people=rows,
        leaf=pages.leaf(page, total),
        staff_only=staff_only,
        trace_rows=number(newest or 0),
    )


def disable(db: Session, actor: Actor, *, sign_in_name: str, now: datetime) -> None:
    """Ends somebody's sign-ins everywhere and lets none begin; never one's own."""
    _not_yourself(db, actor, sign_in_name)
    users.disable(db, actor, sign_in_name=sign_in_name, now=now)


def enable(db: Session, actor: Actor, *, sign_in_name: str, now: datetime) -> None:
    """Lets somebody sign in again."""
    users.enable(db, actor, sign_in_name=sign_in_name, now=now)


def check_trace(db: Session, actor: Actor, *, now: datetime) -> TraceRow:
    """Reads the whole trace and says whether any row was changed, added or taken away."""
    if not _may_check(actor):
        raise NotAllowed
    verdict = audit.verify(db, db.info["audit_key"])
    audit.record(db, actor, "E", category="trace checked", now=now)
    told = witness.heard(db, settings.current().witness_dir)
    if verdict.is_whole and not told.is_fine:
        return TraceRow(told.words, is_whole=False)
    if verdict.is_whole:
        said = _("The trace is whole: {rows} rows, each as it was written.")
        return TraceRow(said.format(rows=number(verdict.rows)), is_whole=True)
    said = _("The trace is broken at row {row}. Keep the database as it is, and find out who.")
    return TraceRow(said.format(row=number(verdict.broken_at or 0)), is_whole=False)


def _may_check(actor: Actor) -> bool:
    return has(actor, Permission.SEE_TRACE) or actor.role == "administrator"


def _not_yourself(db: Session, actor: Actor, sign_in_name: str) -> None:
    require(actor, Permission.MANAGE_PEOPLE)
    own = select(col(User.sign_in_name)).where(col(User.id) == actor.user_id)
    if db.connection().execute(own).scalar_one_or_none() == sign_in_name:
        raise Yourself


def _people(
    db: Session, actor: Actor, page: int, *, staff_only: bool
) -> tuple[list[PersonRow], int]:
    scope = col(User.role).in_(STAFF) if staff_only else col(User.role).not_in(STAFF)
    query = (
        select(
            col(User.id),
            col(User.sign_in_name),
            col(User.name),
            col(User.role),
            col(User.disabled),
            (col(User.password_hash) != "").label("has_password"),
            col(User.created_at),
            func.count().over().label("total"),
        )
        .where(scope)
        .order_by(col(User.disabled), col(User.name), col(User.id))
        .limit(pages.SIZE)
        .offset(pages.first_row(page))
    )
    rows = db.connection().execute(query).all()
    shown = [
        PersonRow(
            sign_in_name=row.sign_in_name,
            name=row.name,
            role=role_words(row.role),
            status=_status(row.disabled, row.has_password),
            tone="bad" if row.disabled else ("ok" if row.has_password else "soon"),
            since=short_day(row.created_at),
            is_disabled=row.disabled,
            is_you=row.id == actor.user_id,
        )
        for row in rows
    ]
    return shown, rows[0].total if rows else 0


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


def _status(disabled: bool, has_password: bool) -> str:  # noqa: FBT001 - two columns of a row
    if disabled:
        return _("Disabled")
    return _("Active") if has_password else _("Invited")
