"""A teenager's own account carries no parent's address, or it would be the parent's (AUTHZ-14)."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.errors import Invalid
from portal.models.people import Patient, RelatedPerson, User
from portal.security import helpers, policies
from portal.words import _, local


class SharedWithParent(Invalid):
    """The address belongs to somebody who helps with this young person's record."""

    sentence = _(
        "This one belongs to somebody who helps with your record. Choose one that only you read, "
        "so that what you write to us stays yours."
    )


def refuse_shared(
    db: Session, *, patient_id: str | None, email: str = "", phone: str = "", now: datetime
) -> None:
    """Raises `SharedWithParent` where a minor's own account would carry a helper's address.

    `email` and `phone` as they are kept. Says nothing about anybody else's: whether another
    account has an address is not even asked.
    """
    if not patient_id or not (email or phone) or not _is_minor(db, patient_id, now):
        return
    helping = select(
        col(RelatedPerson.email),
        col(RelatedPerson.phone),
        col(User.email).label("own_email"),
        col(User.phone).label("own_phone"),
    ).join(User, col(User.id) == col(RelatedPerson.user_id), isouter=True)
    ended = ("ended", "rejected")
    theirs = helping.where(
        col(RelatedPerson.patient_id) == patient_id,
        col(RelatedPerson.status).not_in(ended),
        or_(col(User.patient_id).is_(None), col(User.patient_id) != patient_id),
    )
    for row in db.connection().execute(theirs):
        if email and email.casefold() in {_folded(row.email), _folded(row.own_email)}:
            raise SharedWithParent
        if phone and phone in {_number(db, row.phone), row.own_phone}:
            raise SharedWithParent


def _is_minor(db: Session, patient_id: str, now: datetime) -> bool:
    row = db.get(Patient, patient_id)
    born = helpers.earliest_birth(row.birth_date, row.born_on) if row else None
    if born is None:
        return False
    grown = helpers.birthday(born, policies.current(db).adult_from)
    return local(now).date() < grown


def _folded(email: str | None) -> str:
    return (email or "").strip().casefold()


def _number(db: Session, text: str | None) -> str:
    """Returns a number as it is kept; the clinic may have written it in its own way."""
    from portal.services.contact.addresses import NoPhone, sound_phone

    try:
        return sound_phone(db, text or "")
    except NoPhone:
        return ""
