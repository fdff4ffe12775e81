"""Users: who may sign in, as what, and the one-time link by which each sets a password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from portal.errors import Conflict, Invalid, NotFound
from portal.models.people import ROLES, Patient, User
from portal.security import audit, signins, subscribed
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, require
from portal.services import accounts, invitations, patients
from portal.words import _, offered

NAME_MOST = 254
SEVERAL_SHOWN = 5


class NameTaken(Conflict):
    """Somebody else signs in with that name."""

    sentence = _("That sign-in name is taken. Choose another one.")


class NoSuchUser(NotFound):
    """Nobody signs in with that name."""

    sentence = _("Nobody signs in with that name.")


class HasAdministrator(Conflict):
    """The clinic has an administrator who can sign in."""

    sentence = _("This clinic has an administrator already, who can invite others.")


class NotOnePatient(Conflict):
    """No patient, or more than one, fits what was said."""


@dataclass(frozen=True)
class Invitation:
    """An invited user, and the link and code that open the account; they are kept nowhere.

    `sign_in_name` is empty where the person chooses it.
    """

    sign_in_name: str
    name: str
    secret: str
    code: str
    until: datetime


@dataclass(frozen=True)
class UserRow:
    """One user as the operator and the administrator see them."""

    sign_in_name: str
    name: str
    role: str
    status: str


def first_administrator(
    db: Session, actor: Actor, *, name: str, sign_in_name: str, now: datetime
) -> Invitation:
    """Invites the clinic's first administrator; again only until one has set a password."""
    require(actor, Permission.MANAGE_PEOPLE)
    found = db.scalars(select(User).where(col(User.role) == "administrator")).all()
    if any(user.password_hash and not user.disabled for user in found):
        raise HasAdministrator
    folded = accounts.fold_name(sign_in_name)
    waiting = next((user for user in found if user.sign_in_name == folded), None)
    if waiting is None:
        return create(
            db, actor, role="administrator", name=name, sign_in_name=sign_in_name, now=now
        )
    return _invitation(db, actor, waiting, now)


def create(
    db: Session, actor: Actor, *, role: str, name: str, sign_in_name: str, now: datetime
) -> Invitation:
    """Invites somebody who works for the clinic."""
    require(actor, Permission.MANAGE_PEOPLE)
    if role not in STAFF:
        known = ", ".join(role for role in ROLES if role in STAFF)
        raise Invalid(_("A role is one of: {known}.").format(known=known))
    user = User(role=role, name=_said(name), sign_in_name="", created_at=now)
    return _add(db, actor, user, sign_in_name, now)


def invite_patient(
    db: Session, actor: Actor, *, patient_id: str, sign_in_name: str, now: datetime
) -> Invitation:
    """Invites a patient; again gives a new link and ends the older one."""
    require(actor, Permission.MANAGE_PEOPLE)
    patient = db.get(Patient, patient_id)
    if patient is None:
        raise NotFound
    user = db.scalars(select(User).where(col(User.patient_id) == patient.id)).first()
    if user is not None:
        _trace(db, actor, "U", user, now)
        return _invitation(db, actor, user, now)
    user = User(
        role="patient", name=patient.name, patient_id=patient.id, sign_in_name="", created_at=now,
        language=offered(patient.language),
    )  # fmt: skip
    return _add(db, actor, user, sign_in_name or invitations.placeholder(), now)


def new_link(db: Session, actor: Actor, *, sign_in_name: str, now: datetime) -> Invitation:
    """Gives a user a new link to set a password; the old password works until it is used."""
    require(actor, Permission.MANAGE_PEOPLE)
    user = _named(db, sign_in_name)
    _trace(db, actor, "U", user, now)
    return _invitation(db, actor, user, now)


def disable(db: Session, actor: Actor, *, sign_in_name: str, now: datetime) -> None:
    """Ends a user's sign-ins, at once and everywhere, and lets none begin."""
    require(actor, Permission.MANAGE_PEOPLE)
    user = _named(db, sign_in_name)
    user.disabled = True
    signins.end_all(db, user.id, reason="disabled", now=now)
    subscribed.end_all(db, user.id)
    _trace(db, actor, "U", user, now, reason="disabled")


def enable(db: Session, actor: Actor, *, sign_in_name: str, now: datetime) -> None:
    """Lets a disabled user sign in again."""
    require(actor, Permission.MANAGE_PEOPLE)
    user = _named(db, sign_in_name)
    user.disabled = False
    _trace(db, actor, "U", user, now, reason="enabled")


def everybody(db: Session, actor: Actor) -> list[UserRow]:
    """Lists who may sign in, staff first."""
    require(actor, Permission.MANAGE_PEOPLE)
    found = db.scalars(select(User).order_by(col(User.role), col(User.sign_in_name))).all()
    ordered = sorted(found, key=lambda user: user.role not in STAFF)
    return [UserRow(user.sign_in_name, user.name, user.role, _status(user)) for user in ordered]


def one_patient(db: Session, actor: Actor, *, said: str, now: datetime) -> str:
    """Returns the id of the patient meant: by id, record number, FHIR id, or the whole name.

    A part of a name names nobody surely enough: the refusal lists whom it could mean.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    exact = or_(
        *(col(column) == said for column in (Patient.id, Patient.record_number, Patient.fhir_id))
    )
    found = db.scalars(select(Patient).where(exact)).all()
    if not found:
        found = [
            patient
            for patient in db.scalars(select(Patient).where(_may_be_called(said)))
            if patients.fold(patient.name) == patients.fold(said)
            or patients.fold(f"{patient.given} {patient.family}") == patients.fold(said)
        ]
    if not found:
        near = [hit.patient_id for hit in patients.find(db, actor, words=said, now=now).hits]
        near_ones = db.scalars(select(Patient).where(col(Patient.id).in_(near))).all()
        raise NotOnePatient(_which(near_ones, said))
    if len(found) > 1:
        raise NotOnePatient(_which(found, said))
    return found[0].id


def _may_be_called(said: str) -> ColumnElement[bool]:
    words = patients.fold(said).split() or [""]
    return col(Patient.family_key).in_([words[-1], " ".join(words[-2:]), words[0]])


def _which(found: Sequence[Patient], said: str) -> str:
    if not found:
        text = _("No patient fits “{said}”. Give the record number or the whole name.")
        return text.format(said=said)
    shown = "; ".join(
        f"{patient.name}, {patient.birth_date}: {patient.id}" for patient in found[:SEVERAL_SHOWN]
    )
    return _("Say whom, with one of these ids: {shown}").format(shown=shown)


def _add(db: Session, actor: Actor, user: User, sign_in_name: str, now: datetime) -> Invitation:
    user.sign_in_name = accounts.fold_name(_said(sign_in_name))
    taken = select(func.count()).where(col(User.sign_in_name) == user.sign_in_name)
    if db.scalar(taken):
        raise NameTaken
    db.add(user)
    db.flush()
    _trace(db, actor, "C", user, now)
    return _invitation(db, actor, user, now)


def _said(text: str) -> str:
    text = text.strip()
    if not text or len(text) > NAME_MOST or not text.isprintable():
        raise Invalid(_("Give a name and a sign-in name, such as an e-mail address."))
    return text


def _named(db: Session, sign_in_name: str) -> User:
    folded = accounts.fold_name(sign_in_name)
    user = db.scalars(select(User).where(col(User.sign_in_name) == folded)).first()
    if user is None:
        raise NoSuchUser
    return user


def _invitation(db: Session, actor: Actor, user: User, now: datetime) -> Invitation:
    issued = invitations.issue(db, actor, user, sent_to="", now=now)
    return Invitation(
        "" if invitations.is_placeholder(user.sign_in_name) else user.sign_in_name,
        user.name,
        issued.secret,
        issued.code,
        issued.expires_at,
    )


def _status(user: User) -> str:
    if user.disabled:
        return _("disabled")
    return _("active") if user.password_hash else _("invited")


def _trace(
    db: Session, actor: Actor, action: str, user: User, now: datetime, reason: str = ""
) -> None:
    audit.record(
        db,
        actor,
        action,
        category="user",
        patient_id=user.patient_id or "",
        entity=f"User/{user.id}",
        reason=reason,
        now=now,
    )
