"""Confirming: the code proved the address; now the portal looks whether it knows the person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live
from portal.models.base import new_id
from portal.models.people import Patient, User
from portal.models.requests import Registration
from portal.security import audit, short_codes
from portal.security.actor import Actor
from portal.services import accounts, once
from portal.services.patients import fold
from portal.services.registrations import matching
from portal.services.registrations.asking import LIFE, PURPOSE, open_one
from portal.words import offered

INVITED = "invitation"
_MOST_NAMES = 50


@dataclass(frozen=True)
class Confirmed:
    """What became of a code: "wrong", "over", "waiting", or "known" with the link to go on by."""

    outcome: str
    secret: str = ""


def confirm(db: Session, actor: Actor, *, digest: str, code: str, now: datetime) -> Confirmed:
    """Takes the code, once: a sure match goes on to a password, all others to the front desk."""
    asked = open_one(db, digest, now)
    if asked is None:
        return Confirmed("over")
    if not short_codes.take(db, subject_id=asked.id, purpose=PURPOSE, code=code, now=now):
        left = short_codes.tries_left(db, subject_id=asked.id, purpose=PURPOSE, now=now)
        return Confirmed("wrong" if left else "spent")
    patient = matching.sure(db, asked, now=now)
    if not _claim(db, asked, "waiting" if patient is None else "accepted"):
        return Confirmed("over")
    if patient is None:
        _supersede(db, asked)
        live.tell(db, "people", [live.STAFF])
        _note(db, actor, asked, "waiting", now)
        return Confirmed("waiting")
    user = account_for(db, patient, email=asked.email, now=now)
    user.email, user.email_verified_at = asked.email, now
    user.email_bounced_at = None
    asked.patient_id, asked.user_id = patient.id, user.id
    asked.decided_at, asked.reason = now, "sure-match"
    db.add_all([user, asked])
    db.flush()
    _note(db, actor, asked, "sure match", now)
    live.tell(db, "people", [patient.id])
    secret = accounts.make_link(
        db, user.id, purpose=INVITED, life=LIFE, sent_to=asked.email, now=now
    )
    return Confirmed("known", secret)


def account_for(db: Session, patient: Patient, *, email: str, now: datetime) -> User:
    """Returns the account of a patient, made where there is none: of two at once one is made.

    The sign-in name is the e-mail address, or where somebody else has it, the name with a number.
    """
    whose = select(User).where(col(User.patient_id) == patient.id)
    plain = ".".join(fold(patient.name).split()) or "patient"
    names = [email, plain, *(f"{plain}{number}" for number in range(2, _MOST_NAMES))]
    for name in filter(None, map(accounts.fold_name, names)):
        user = db.scalars(whose).first()
        if user is not None:
            return user
        made = User(
            id=new_id(),
            sign_in_name=name,
            name=patient.name,
            role="patient",
            patient_id=patient.id,
            language=offered(patient.language),
            created_at=now,
        )
        once.insert(db, User, [made.model_dump()])
    return db.scalars(whose).one()


def _claim(db: Session, asked: Registration, status: str) -> bool:
    taken = db.connection().execute(
        update(Registration)
        .where(col(Registration.id) == asked.id, col(Registration.status) == "code-sent")
        .values(status=status, digest="")
    )
    db.refresh(asked)
    return taken.rowcount == 1


def _supersede(db: Session, asked: Registration) -> None:
    """Ends older requests of the same person: the front desk sees each of them once."""
    db.connection().execute(
        update(Registration)
        .where(
            col(Registration.id) != asked.id,
            col(Registration.status) == "waiting",
            col(Registration.email) == asked.email,
            col(Registration.birth_date) == asked.birth_date,
            col(Registration.family) == asked.family,
            col(Registration.given) == asked.given,
        )
        .values(status="expired", reason="asked again")
    )


def _note(db: Session, actor: Actor, asked: Registration, reason: str, now: datetime) -> None:
    audit.record(
        db,
        actor,
        "U",
        category="registration",
        patient_id=asked.patient_id or "",
        entity=f"Registration/{asked.id}",
        reason=reason,
        now=now,
    )
