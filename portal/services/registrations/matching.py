"""Matching: who of the clinic's patients an applicant surely is, and who they might be."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlmodel import Session, col

from portal.models.people import Patient, RelatedPerson, User
from portal.models.requests import Registration
from portal.security import access, policies
from portal.security.actor import Actor
from portal.security.permissions import Permission
from portal.services.patients import spelling
from portal.words import age

SHOWN = 5
_LOOKED_AT = 300
_PHONE_END = 7


@dataclass(frozen=True)
class Fact:
    """One thing that was typed beside what is on file: "same", "close", "differs" or "missing"."""

    kind: str = ""
    typed: str = ""
    on_file: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Likely:
    """A patient whom an applicant may be."""

    patient: Any
    facts: tuple[Fact, ...]
    account: str = ""

    @property
    def points(self) -> int:
        """How much agrees."""
        worth = {"same": 3, "close": 2, "missing": 0, "differs": -1}
        return sum(worth[fact.verdict] for fact in self.facts)


def sure(db: Session, asked: Registration, *, now: datetime) -> Patient | None:
    """Returns the one patient whom an applicant surely is, once their address is proved.

    Full name, birth date and e-mail address are those on file of one living adult without an
    account; an address that anybody else here has as well proves nobody (AUTHZ-14).
    """
    born = date.fromisoformat(asked.birth_date)
    if age(born, now) < policies.current(db).adult_from:
        return None
    email = asked.email.casefold()
    alive = (
        col(Patient.born_on) == born,
        col(Patient.deceased).is_(False),
        col(Patient.active).is_(True),
        col(Patient.merged_into_id).is_(None),
        func.lower(col(Patient.email)) == email,
    )
    named = [one for one in db.scalars(select(Patient).where(*alive)) if is_named(one, asked)]
    if len(named) != 1 or _is_shared(db, named[0], email) or _has_account(db, named[0]):
        return None
    number = asked.record_number.casefold()
    return None if number and number != named[0].record_number.casefold() else named[0]


def is_named(patient: Any, asked: Registration) -> bool:
    """Says whether the whole name is the same, whatever the accents and the case."""
    typed = spelling.fold(f"{asked.given} {asked.family}")
    return typed in {
        spelling.fold(f"{patient.given} {patient.family}"),
        spelling.fold(patient.name),
    }


def likely(db: Session, actor: Actor, asked: Registration) -> list[Likely]:
    """Returns whom an applicant may be, the likeliest first, with what agrees and what differs."""
    found = [_compared(patient, asked) for patient in _candidates(db, actor, asked)]
    best = sorted(found, key=lambda one: -one.points)[:SHOWN]
    return [
        Likely(one.patient, one.facts, _account_of(db, one.patient.id))
        for one in best
        if one.points > 0
    ]


def _candidates(db: Session, actor: Actor, asked: Registration) -> list[Any]:
    conditions = [
        col(Patient.born_on) == date.fromisoformat(asked.birth_date),
        (col(Patient.family_key) == spelling.fold(asked.family))
        & (col(Patient.given_key) == spelling.fold(asked.given)),
    ]
    if asked.email:
        conditions.append(func.lower(col(Patient.email)) == asked.email.casefold())
    if asked.record_number:
        conditions.append(col(Patient.record_number) == asked.record_number)
    query = (
        select(Patient)
        .where(
            access.whose(actor, Permission.SEE_CONTACT, col(Patient.id)),
            col(Patient.merged_into_id).is_(None),
            or_(*conditions),
        )
        .limit(_LOOKED_AT)
    )
    return list(db.scalars(query))


def _compared(patient: Any, asked: Registration) -> Likely:
    name = Fact("name", f"{asked.given} {asked.family}", patient.name, _name(patient, asked))
    facts = [name, _fact("birth_date", asked.birth_date, patient.birth_date)]
    facts.append(_fact("email", asked.email.casefold(), patient.email.casefold()))
    facts.append(_phone(asked.phone, patient.phone))
    if asked.record_number:
        facts.append(_fact("record_number", asked.record_number, patient.record_number))
    return Likely(patient, tuple(fact for fact in facts if fact.typed or fact.on_file))


def _fact(kind: str, typed: str, on_file: str) -> Fact:
    if not typed or not on_file:
        return Fact(kind, typed, on_file, "missing")
    return Fact(kind, typed, on_file, "same" if typed == on_file else "differs")


def _phone(typed: str, on_file: str) -> Fact:
    ends = [_digits(number)[-_PHONE_END:] for number in (typed, on_file)]
    verdict = "missing" if not all(ends) else "same" if ends[0] == ends[1] else "differs"
    return Fact("phone", typed, on_file, verdict)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _name(patient: Any, asked: Registration) -> str:
    if is_named(patient, asked):
        return "same"
    family = spelling.slips(spelling.fold(asked.family), spelling.fold(patient.family))
    given = spelling.slips(spelling.fold(asked.given), spelling.fold(patient.given))
    return "close" if family is not None and given is not None else "differs"


def _is_shared(db: Session, patient: Patient, email: str) -> bool:
    """Says whether anybody else here can be reached at this address: a parent, a partner."""
    others = or_(
        exists().where(func.lower(col(Patient.email)) == email, col(Patient.id) != patient.id),
        exists().where(func.lower(col(RelatedPerson.email)) == email),
        exists().where(
            func.lower(col(User.email)) == email,
            or_(col(User.patient_id).is_(None), col(User.patient_id) != patient.id),
        ),
    )
    return bool(db.connection().execute(select(others)).scalar_one())


def _has_account(db: Session, patient: Patient) -> bool:
    """Says whether there is an account already; one that never got a password is none."""
    made = or_(col(User.password_hash) != "", col(User.disabled).is_(True))
    query = select(col(User.id)).where(col(User.patient_id) == patient.id, made)
    return db.connection().execute(query).first() is not None


def _account_of(db: Session, patient_id: str) -> str:
    """Returns "", "invited", "active" or "disabled"."""
    query = select(User).where(col(User.patient_id) == patient_id)
    user = db.scalars(query).first()
    if user is None:
        return ""
    return "disabled" if user.disabled else "active" if user.password_hash else "invited"
