"""Letters: what stands on the sheet with the link, and on the other one with the code.

Both secrets exist once: in the hands of whoever has just made them. Nothing here can print a
letter a second time; a new one ends the old.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal import settings
from portal.errors import NotFound
from portal.models.people import OneTimeLink, Organization, Patient, User
from portal.security import access, audit, signins
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.invitations import codes
from portal.services.invitations.issuing import PAPER, PURPOSE
from portal.words import day


@dataclass(frozen=True)
class LetterRow:
    """What is printed. `link` or `code` is empty: never both on one sheet."""

    clinic: str
    address: str
    phone: str
    name: str
    until: str
    date: str
    link: str = ""
    # The portal's address as people say it.
    site: str = ""
    code: str = ""
    record_address: str = ""


def letter(
    db: Session, actor: Actor, *, patient_id: str, secret: str, code: str, now: datetime
) -> LetterRow:
    """Returns one sheet of an open invitation by letter: with its link, or with its code.

    The actor brings the secret or the code that they were given a moment ago; what does not belong
    to this patient's open invitation is not found.
    """
    require(actor, Permission.INVITE)
    patient = access.patient(db, actor, patient_id)
    link = _open_letter(db, patient, now)
    if secret and signins.digest_of(secret) != link.digest:
        raise NotFound
    if not secret and not codes.fits(db, link.id, code, link.code):
        raise NotFound
    which = "letter printed" if secret else "code printed"
    audit.record(
        db,
        actor,
        "R",
        category="invitation",
        patient_id=patient.id,
        entity=f"Invitation/{link.id}",
        reason=which,
        now=now,
    )
    return _sheet(db, patient, link, secret, "" if secret else code, now)


def _open_letter(db: Session, patient: Patient, now: datetime) -> OneTimeLink:
    query = (
        select(OneTimeLink)
        .join(User, col(User.id) == col(OneTimeLink.user_id))
        .where(
            col(User.patient_id) == patient.id,
            col(OneTimeLink.purpose) == PURPOSE,
            col(OneTimeLink.sent_to) == PAPER,
            col(OneTimeLink.used_at).is_(None),
            col(OneTimeLink.revoked_at).is_(None),
            col(OneTimeLink.expires_at) > now,
        )
    )
    link = db.scalars(query).first()
    if link is None:
        raise NotFound
    return link


def _sheet(
    db: Session, patient: Patient, link: OneTimeLink, secret: str, code: str, now: datetime
) -> LetterRow:
    clinic = db.scalars(select(Organization).where(col(Organization.is_clinic).is_(True))).first()
    here = settings.current().public_url
    return LetterRow(
        clinic=clinic.name if clinic else "",
        address=clinic.address if clinic else "",
        phone=clinic.phone if clinic else "",
        name=patient.name,
        until=day(link.expires_at),
        date=day(now),
        link=f"{here}/activate/{secret}" if secret else "",
        site=here.partition("://")[2],
        code=codes.code_said(code.upper().replace("-", "").replace(" ", "")) if code else "",
        record_address=patient.address,
    )
