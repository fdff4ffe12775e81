"""Restrictions: a patient asks that a use or disclosure be restricted; the clinic answers.

Both sides see what was asked, how it stands and the answer (45 CFR 164.522(a)).
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound, TooMany
from portal.models.people import Patient, User
from portal.models.requests import RestrictionRequest
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import NotLent, Permission, require
from portal.services import notices
from portal.words import _, short_day

MOST = 2000
MOST_OPEN = 5
SHOWN = 50
# From which state a request may go to which.
WAYS = {"requested": ("accepted", "rejected"), "accepted": ("ended",)}


class Answered(Conflict):
    """Somebody else was faster."""

    sentence = _("This request was answered meanwhile. Look at it again.")


@dataclass(frozen=True)
class RestrictionRow:
    """One request, as both sides see it."""

    id: str = ""
    patient_id: str = ""
    patient_name: str = ""
    what: str = ""
    asked: str = ""
    state: str = ""
    state_words: str = ""
    tone: str = ""
    icon: str = "clock"
    answer: str = ""
    answered: str = ""
    care_team_only: bool = False


@dataclass(frozen=True)
class RestrictionsRow:
    """The requests of a patient, or those that wait for the clinic."""

    rows: list[RestrictionRow] = field(default_factory=list)
    # How many have no answer yet.
    waiting: int = 0


def ask(db: Session, actor: Actor, *, what: str, now: datetime) -> str:
    """Asks for a restriction in one's own record; returns its id."""
    if actor.acting_for:
        raise NotLent
    patient = access.open_patient(db, actor)
    said = _text(what)
    _not_too_many(db, patient.id)
    row = RestrictionRequest(
        patient_id=patient.id,
        asked_by=actor.user_id,
        asked_by_name=actor.name,
        what=said,
        created_at=now,
    )
    db.add(row)
    db.flush()
    _trace(db, actor, "C", row, now)
    return row.id


def mine(db: Session, actor: Actor, *, now: datetime) -> RestrictionsRow:
    """Returns the requests of one's own record, the newest first; none of another's."""
    if actor.acting_for or not actor.own_patient_id:
        return RestrictionsRow()
    patient = access.open_patient(db, actor)
    del now
    query = (
        select(RestrictionRequest)
        .where(col(RestrictionRequest.patient_id) == patient.id)
        .order_by(col(RestrictionRequest.created_at).desc())
        .limit(SHOWN)
    )
    return RestrictionsRow([_row(row, "") for row in db.scalars(query)])


def waiting(db: Session, actor: Actor, *, now: datetime) -> RestrictionsRow:
    """Returns what waits for an answer, the oldest first, and what holds now."""
    require(actor, Permission.ANSWER_PRIVACY)
    audit.record(db, actor, "R", category="restrictions", now=now)
    query = (
        select(RestrictionRequest, Patient)
        .join(Patient, col(Patient.id) == col(RestrictionRequest.patient_id))
        .where(col(RestrictionRequest.status).in_(("requested", "accepted")))
        .order_by(col(RestrictionRequest.status).desc(), col(RestrictionRequest.created_at))
        .limit(SHOWN)
    )
    rows = [_row(row, patient.name) for row, patient in db.execute(query)]
    return RestrictionsRow(rows, sum(row.state == "requested" for row in rows))


def answer(
    db: Session,
    actor: Actor,
    *,
    request_id: str,
    status: str,
    said: str,
    care_team_only: bool = False,
    now: datetime,
) -> None:
    """Accepts, rejects or ends a request; with `care_team_only`, only the care team opens."""
    require(actor, Permission.ANSWER_PRIVACY)
    row = db.scalars(
        select(RestrictionRequest).where(col(RestrictionRequest.id) == request_id)
    ).first()
    if row is None:
        raise NotFound
    if status not in WAYS.get(row.status, ()):
        raise Answered
    same = (col(RestrictionRequest.id) == row.id) & (col(RestrictionRequest.status) == row.status)
    values = {
        "status": status,
        "answer": _text(said),
        "answered_by": actor.name,
        "answered_at": now,
        "care_team_only": care_team_only and status == "accepted",
    }
    if (
        db.connection().execute(update(RestrictionRequest).where(same).values(**values)).rowcount
        < 1
    ):
        raise Answered
    db.refresh(row)
    _settle_patient(db, row.patient_id)
    _trace(db, actor, "U", row, now)
    _tell(db, row, now)


def _settle_patient(db: Session, patient_id: str) -> None:
    """Lets the record be what the requests that hold now say of it."""
    holds = (
        select(func.count())
        .select_from(RestrictionRequest)
        .where(
            col(RestrictionRequest.patient_id) == patient_id,
            col(RestrictionRequest.status) == "accepted",
            col(RestrictionRequest.care_team_only).is_(True),
        )
    )
    is_kept = bool(db.connection().execute(holds).scalar_one())
    db.connection().execute(
        update(Patient).where(col(Patient.id) == patient_id).values(care_team_only=is_kept)
    )


def _tell(db: Session, row: RestrictionRequest, now: datetime) -> None:
    query = select(col(User.id)).where(col(User.patient_id) == row.patient_id)
    for user_id in db.connection().execute(query).scalars():
        key = f"{row.id}:{row.status}"
        notices.to_user(db, "request.answered", user_id, key=key, now=now, given={})
        live.tell_users(db, "people", [user_id])


def _trace(db: Session, actor: Actor, action: str, row: RestrictionRequest, now: datetime) -> None:
    audit.record(
        db,
        actor,
        action,
        category="restrictions",
        patient_id=row.patient_id,
        entity=f"RestrictionRequest/{row.id}",
        reason=row.status,
        now=now,
    )
    live.tell(db, "people", [row.patient_id])


def _text(text: str) -> str:
    said = text.replace("\x00", "").strip()
    if not said:
        raise Invalid(_("Write in a few words what it is about."))
    if len(said) > MOST:
        raise Invalid(_("Say it in fewer words."))
    return said


def _not_too_many(db: Session, patient_id: str) -> None:
    query = (
        select(func.count())
        .select_from(RestrictionRequest)
        .where(
            col(RestrictionRequest.patient_id) == patient_id,
            col(RestrictionRequest.status) == "requested",
        )
    )
    if db.connection().execute(query).scalar_one() >= MOST_OPEN:
        raise TooMany(_("Several requests wait already. We answer them first."))


def _row(row: RestrictionRequest, name: str) -> RestrictionRow:
    words, tone, icon = {
        "requested": (_("Waits for our answer"), "info", "clock"),
        "accepted": (_("Accepted"), "ok", "check"),
        "rejected": (_("Not possible"), "warn", "x"),
        "ended": (_("Ended"), "", "x"),
    }[row.status]
    by = row.answered_by
    return RestrictionRow(
        id=row.id,
        patient_id=row.patient_id,
        patient_name=name,
        what=row.what,
        asked=_("Asked on {day}").format(day=short_day(row.created_at)),
        state=row.status,
        state_words=words,
        tone=tone,
        icon=icon,
        answer=row.answer,
        answered=_("{name}, {day}").format(name=by, day=short_day(row.answered_at))
        if row.answered_at
        else "",
        care_team_only=row.care_team_only,
    )
