"""Newcomers: a patient written down in a few fields, unless they are on file already."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid
from portal.models.people import Patient
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import patients
from portal.services.board.rows import HitRow
from portal.words import _, age, local, partial_day

SHOWN = 5
NAME_MAX = 100
PHONE_MAX = 60
_PHONE_END = 7
_OLDEST = 1880


class MaybeKnown(Conflict):
    """Somebody on file has the same name and birth date, nearly, or the same number."""

    sentence = _("Somebody on file may be the same person. Look at them before you go on.")

    def __init__(self, hits: list[HitRow]) -> None:
        """`hits` are who it may be."""
        super().__init__()
        self.hits = hits


def add(
    db: Session,
    actor: Actor,
    *,
    given: str,
    family: str,
    born_on: date,
    phone: str,
    is_sure: bool = False,
    now: datetime,
) -> str:
    """Writes a new patient down and returns the id; raises `MaybeKnown` unless `is_sure`."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    require(actor, Permission.FIND_PATIENTS)
    given, family = _name(given), _name(family)
    phone = " ".join(phone.replace("\x00", "").split())
    if not given or not family or len(phone) > PHONE_MAX:
        raise Invalid(_("Write both names, the birth date and, if there is one, a phone number."))
    if not date(_OLDEST, 1, 1) <= born_on <= local(now).date():
        raise Invalid(_("That birth date cannot be right."))
    same = _same(db, actor, given, family, born_on, phone, now)
    if same and not is_sure:
        audit.record(db, actor, "E", category="search", entity=f"{len(same)} patients", now=now)
        raise MaybeKnown(same)
    record = Patient(
        name=f"{given} {family}",
        given=given,
        family=family,
        given_key=patients.fold(given),
        family_key=patients.fold(family),
        birth_date=born_on.isoformat(),
        born_on=born_on,
        phone=phone,
    )
    db.add(record)
    db.flush()
    audit.record(
        db, actor, "C", category="profile", patient_id=record.id, entity=record.id, now=now
    )
    live.tell(db, "people", [live.STAFF])
    return record.id


def _name(typed: str) -> str:
    said = " ".join(typed.replace("\x00", "").split())
    if len(said) > NAME_MAX:
        raise Invalid(_("That name is too long."))
    return said


def _same(
    db: Session,
    actor: Actor,
    given: str,
    family: str,
    born_on: date,
    phone: str,
    now: datetime,
) -> list[HitRow]:
    """Returns who has the same two of name, birth date and phone."""
    family_key, given_key = patients.fold(family), patients.fold(given)
    query = select(Patient).where(
        access.whose(actor, Permission.SEE_CONTACT, col(Patient.id)),
        col(Patient.merged_into_id).is_(None),
        or_(
            col(Patient.born_on) == born_on,
            (col(Patient.family_key) == family_key) & (col(Patient.given_key) == given_key),
        ),
    )
    end = _digits(phone)[-_PHONE_END:]
    found = []
    for one in db.scalars(query.limit(300)):
        is_named = one.family_key == family_key or one.given_key == given_key
        is_called = bool(end) and _digits(one.phone)[-_PHONE_END:] == end
        both = one.family_key == family_key and one.given_key == given_key
        if both or is_called or (is_named and one.born_on == born_on):
            found.append(_hit(one, now))
    return found[:SHOWN]


def _hit(one: Patient, now: datetime) -> HitRow:
    years = str(age(one.born_on, now)) if one.born_on else ""
    beside = " · ".join(part for part in (partial_day(one.birth_date), one.record_number) if part)
    return HitRow(one.id, one.name, years, beside)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
