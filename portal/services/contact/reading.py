"""Reading: how an account is reached now, and what waits to be proven."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from portal import settings
from portal.errors import NotFound
from portal.models.people import User
from portal.security import audit, confirming, short_codes
from portal.security.actor import Actor
from portal.services.contact import proving
from portal.services.contact.addresses import phone_said
from portal.words import _, short_day, when


@dataclass(frozen=True)
class WaitingRow:
    """An address that a code was sent to."""

    address: str = ""
    # Until when the newest code works; empty when there is none any more.
    until: str = ""
    tries: str = ""


@dataclass(frozen=True)
class ContactRow:
    """How an account is reached."""

    sign_in_name: str = ""

    email: str = ""
    email_note: str = ""
    is_email_proven: bool = False
    new_email: WaitingRow = field(default_factory=WaitingRow)
    phone: str = ""
    phone_note: str = ""
    is_phone_proven: bool = False
    new_phone: WaitingRow = field(default_factory=WaitingRow)
    can_text: bool = False
    is_confirmed: bool = False
    is_staff: bool = False


def view(db: Session, actor: Actor, *, now: datetime) -> ContactRow:
    """Returns how the actor's own account is reached, whatever record is open."""
    user = db.get(User, actor.user_id)
    if user is None:
        raise NotFound
    audit.record(db, actor, "R", category="account", entity=f"User/{user.id}", now=now)
    return ContactRow(
        sign_in_name=user.sign_in_name,
        email=user.email,
        email_note=_("Mails to it are refused. Enter the right one, or confirm this one again.")
        if user.email_bounced_at
        else _proof(user.email, user.email_verified_at),
        is_email_proven=bool(user.email) and user.email_verified_at is not None,
        new_email=_waiting(db, actor, proving.EMAIL, now),
        phone=phone_said(db, user.phone) if user.phone else "",
        phone_note=_("Texts to it are refused. Enter the right one, or confirm this one again.")
        if user.phone_refused_at
        else _proof(user.phone, user.phone_verified_at),
        is_phone_proven=bool(user.phone) and user.phone_verified_at is not None,
        new_phone=_waiting(db, actor, proving.PHONE, now),
        can_text=bool(settings.current().sms_url),
        is_confirmed=confirming.is_confirmed(actor, now=now),
        is_staff=actor.is_staff,
    )


def _proof(address: str, at: datetime | None) -> str:
    if not address:
        return ""
    if at is None:
        return _("Not confirmed yet")
    return _("Confirmed on {day}").format(day=short_day(at))


def _waiting(db: Session, actor: Actor, kind: str, now: datetime) -> WaitingRow:
    found = proving.waiting_for(db, actor, kind, now=now)
    if found is None:
        return WaitingRow()
    at = short_codes.works_until(db, subject_id=found.id, purpose=proving.PURPOSE, now=now)
    address = phone_said(db, found.sent_to) if kind == proving.PHONE else found.sent_to
    return WaitingRow(address, when(at, now) if at else "")
