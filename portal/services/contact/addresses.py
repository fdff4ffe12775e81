"""Addresses: e-mail addresses and phone numbers as they are kept, whichever way they were typed."""

import phonenumbers
from babel.core import get_global
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat
from sqlalchemy import select
from sqlmodel import Session, col

from portal import settings
from portal.errors import Invalid
from portal.models.people import Organization
from portal.words import _

EMAIL_MOST = 254


class NoEmail(Invalid):
    """That is no e-mail address."""

    sentence = _("That does not look like an e-mail address. Write it like name@example.org.")


class NoPhone(Invalid):
    """That is no phone number of anywhere."""

    sentence = _(
        "That does not look like a phone number. Write it with its area code, or with + and the "
        "number of the country."
    )


def sound_email(text: str) -> str:
    """Returns an e-mail address as it is kept; raises `NoEmail`. Asks nobody outside."""
    try:
        found = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise NoEmail from error
    if len(found.normalized) > EMAIL_MOST:
        raise NoEmail
    return found.normalized


def sound_phone(db: Session, text: str) -> str:
    """Returns a phone number as E.164; one without a country's number is the clinic's country's."""
    try:
        number = phonenumbers.parse(text.strip()[:60], country(db))
    except phonenumbers.NumberParseException as error:
        raise NoPhone from error
    if not phonenumbers.is_possible_number(number):
        raise NoPhone
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def phone_said(db: Session, number: str) -> str:
    """Says a kept number as people write it: at home without the country's number."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    is_home = phonenumbers.region_code_for_number(parsed) == country(db)
    shape = PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, shape)


def country(db: Session) -> str:
    """Returns the clinic's country (ISO 3166): its own number's, else that of its time zone."""
    query = select(col(Organization.phone)).where(col(Organization.is_clinic).is_(True))
    own = db.connection().execute(query).scalar() or ""
    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(own, None))
    except phonenumbers.NumberParseException:
        found = None
    if found:
        return found
    of_zone = get_global("zone_territories").get(settings.current().zone, "")
    # UTC and the like are no country's, and have no numbers of their own.
    return of_zone if of_zone in phonenumbers.SUPPORTED_REGIONS else "US"
