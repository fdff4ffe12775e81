"""The audience of an announcement: everybody, a practitioner's patients, an age band, or both.

A practitioner's patients are those who have them as their doctor. An age is of today, by the
clinic's calendar; somebody whose birth date is not known is in no age band.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlmodel import Session, col

from portal.errors import Invalid
from portal.models.messages import Announcement
from portal.models.people import Patient, Practitioner, User
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.words import _, _n, local

OLDEST = 120


class NoSuchAge(Invalid):
    """No whole number of years, or the wrong way round."""

    sentence = _("Write ages as whole years from 0 to 120, the younger one first.")


@dataclass(frozen=True)
class Audience:
    """Whom an announcement is for; None and "" leave a side open. Ages in whole years."""

    practitioner_id: str = ""
    age_from: int | None = None
    age_to: int | None = None

    @property
    def is_everybody(self) -> bool:
        """Says whether nobody is left out."""
        return self == Audience()


@dataclass(frozen=True)
class PractitionerChoice:
    """One practitioner in a native list."""

    value: str
    words: str


def entered(practitioner_id: str, age_from: str, age_to: str) -> Audience:
    """Returns the audience as somebody entered it; raises `NoSuchAge`."""
    youngest, oldest = _age(age_from), _age(age_to)
    if youngest is not None and oldest is not None and youngest > oldest:
        raise NoSuchAge
    return Audience(practitioner_id, youngest, oldest)


def _age(typed: str) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and int(typed[:9]) <= OLDEST):
        raise NoSuchAge
    return int(typed)


def reach(db: Session, actor: Actor, *, audience: Audience, now: datetime) -> str:
    """Says how many see it, and how many of them can sign in; names nobody."""
    require(actor, Permission.PUBLISH)
    own = (col(User.patient_id) == col(Patient.id), col(User.disabled).is_(False))
    counts = (func.count(), func.count().filter(exists().where(*own)))
    query = select(*counts).select_from(Patient).where(*_patients(audience, now))
    found = db.connection().execute(query).one()
    said = _n("{count} patient", "{count} patients", found[0])
    can = _n("{count} of them can sign in", "{count} of them can sign in", found[1])
    return f"{said}; {can}."


def _patients(audience: Audience, now: datetime) -> list[Any]:
    today = local(now).date()
    wanted: list[Any] = [col(Patient.deceased).is_(False), col(Patient.merged_into_id).is_(None)]
    if audience.practitioner_id:
        wanted.append(col(Patient.general_practitioner_id) == audience.practitioner_id)
    if audience.age_from is not None:
        wanted.append(col(Patient.born_on) <= _born(today, audience.age_from))
    if audience.age_to is not None:
        wanted.append(col(Patient.born_on) > _born(today, audience.age_to + 1))
    return wanted


def _born(today: date, years: int) -> date:
    """Returns the last birth date of those who are so old; of 29 February it is 1 March."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)


def choices(db: Session, actor: Actor, *, now: datetime) -> list[PractitionerChoice]:
    """Returns whose patients may be addressed, by name; nothing of any patient."""
    del now
    require(actor, Permission.PUBLISH)
    query = select(col(Practitioner.id), col(Practitioner.name)).where(
        col(Practitioner.active), exists().where(_is_theirs())
    )
    rows = db.connection().execute(query.order_by(col(Practitioner.name)))
    return [PractitionerChoice(row.id, row.name) for row in rows]


def _is_theirs() -> Any:
    return col(Patient.general_practitioner_id) == col(Practitioner.id)


def of(db: Session, record: Any) -> str:
    """Says whom an announcement is for."""
    parts: list[str] = []
    if record.practitioner_id:
        query = select(col(Practitioner.name)).where(col(Practitioner.id) == record.practitioner_id)
        name = db.connection().execute(query).scalar_one()
        parts.append(_("Patients of {name}").format(name=name))
    if record.age_from is not None and record.age_to is not None:
        parts.append(
            _("from {first} to {last} years").format(first=record.age_from, last=record.age_to)
        )
    elif record.age_from is not None:
        parts.append(_("from {first} years").format(first=record.age_from))
    elif record.age_to is not None:
        parts.append(_("up to {last} years").format(last=record.age_to))
    said = ", ".join(parts)
    return said[:1].upper() + said[1:] or _("Everybody")


def includes(practitioner: Any, age: Any) -> list[Any]:
    """Returns the conditions under which an announcement is for a patient.

    `practitioner` is the id of the patient's doctor or "", `age` theirs in years or -1: values,
    or parameters of a query that is built once.
    """
    whose, first, last = (
        col(Announcement.practitioner_id),
        col(Announcement.age_from),
        col(Announcement.age_to),
    )
    return [
        whose.is_(None) | (whose == practitioner),
        first.is_(None) | (first <= age),
        last.is_(None) | ((last >= age) & (age >= 0)),
    ]
