"""Accounts: signing in and out, and the one-time links that set a password."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live, settings
from portal.errors import Invalid, Refusal
from portal.models.people import OneTimeLink, Organization, Patient, User
from portal.security import audit, helpers, password_rules, signins, subscribed, throttle
from portal.security.actor import Actor
from portal.security.guessable import Own
from portal.words import _

# A person's newest sign-ins; an older one ends when there are more (SES-09).
MOST_SIGN_INS = 5
LINK_LIFE = timedelta(days=7)


class LinkUsedUp(Refusal):
    """The link was used, is too old, or never was."""

    sentence = _("This link does not work any more. Ask the clinic for a new one.")
    status = 404


class NotTheSame(Invalid):
    """The password was typed in two ways."""

    sentence = _("The two passwords are not the same. Type them again.")


@dataclass(frozen=True)
class Candidate:
    """What is needed to check a password outside of any transaction."""

    user_id: str
    stored: str
    counted: throttle.Counted


def fold_name(name: str) -> str:
    """Returns a sign-in name as it is compared: no case, one Unicode form, no spaces around."""
    # No database keeps a NUL, and nobody has one in their name.
    return unicodedata.normalize("NFKC", name).replace("\0", "\ufffd").strip().casefold()[:254]


def candidate(db: Session, name: str, *, address: str, now: datetime) -> Candidate:
    """Counts a try and returns whose password to check; nobody's for an unknown name.

    Raises `TooMany` while the name or the address must wait, whatever the password.
    """
    folded = fold_name(name)
    counted = throttle.begin(
        db,
        name=folded,
        address=address,
        is_known=signins.was_here(db, folded, address),
        now=now,
    )
    user = db.scalars(select(User).where(col(User.sign_in_name) == folded)).first()
    if user is None or not may_enter(user):
        return Candidate("", "", counted)
    return Candidate(user.id, user.password_hash, counted)


def may_enter(user: User) -> bool:
    """Says whether an account opens anything: not a disabled one, nor a demo's outside of it."""
    return not user.disabled and (settings.current().demo or not user.is_demo)


def close_demo(db: Session, actor: Actor, *, now: datetime) -> None:
    """Ends every sign-in of a demo account where this is no demo: everybody knows their words."""
    del actor
    if settings.current().demo:
        return
    for user_id in db.scalars(select(col(User.id)).where(col(User.is_demo).is_(True))):
        signins.end_all(db, user_id, reason="no demo", now=now)
        subscribed.end_all(db, user_id)


def leave(db: Session, actor: Actor, *, now: datetime) -> None:
    """Ends the sign-in that the actor acts with."""
    signins.end(db, actor.sign_in_id, reason="signed out", now=now)
    audit.record(db, actor, "E", category="sign-out", now=now)
    live.tell_users(db, "account", [actor.user_id])


def open_record(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> None:
    """Opens the own record, or one that the actor may help with, in this sign-in."""
    from portal.errors import NotFound

    # Who has no record of their own opens none by naming none.
    is_own = bool(patient_id) and patient_id == actor.own_patient_id
    if not is_own and not helpers.may_help(db, actor.user_id, patient_id, now=now):
        raise NotFound
    signins.open_record(db, actor.sign_in_id, patient_id)
    audit.record(db, actor, "E", category="record opened", patient_id=patient_id, now=now)
    # Other tabs of this browser still show the record that was open before.
    live.tell_users(db, "people", [actor.user_id])


def note_breach(
    db: Session, seat: signins.Seat | None, *, what: str, now: datetime, address: str = ""
) -> None:
    """Leaves a trace of something sent that no page of ours sends; nothing of what it said."""
    user = db.get(User, seat.user_id) if seat else None
    actor = _as_actor(user, address) if user else _stranger(address)
    audit.record(db, actor, "E", category="breach", entity=what[:100], outcome="refused", now=now)


def make_link(
    db: Session,
    user_id: str,
    *,
    purpose: str,
    now: datetime,
    life: timedelta = LINK_LIFE,
    sent_to: str = "",
) -> str:
    """Returns the secret of a new one-time link; older ones of the same purpose end."""
    import secrets

    db.connection().execute(
        update(OneTimeLink)
        .where(
            col(OneTimeLink.user_id) == user_id,
            col(OneTimeLink.purpose) == purpose,
            col(OneTimeLink.used_at).is_(None),
        )
        .values(used_at=now)
    )
    secret = secrets.token_urlsafe(signins.SECRET_BYTES)
    link = OneTimeLink(
        digest=signins.digest_of(secret),
        purpose=purpose,
        user_id=user_id,
        created_at=now,
        expires_at=now + life,
        sent_to=sent_to,
    )
    db.add(link)
    db.flush()
    return secret


def check_password(password: str, name: str) -> None:
    """Refuses a password that is too short, too long, easily guessed or made of the name."""
    password_rules.check(password, Own(sign_in_name=name))


def own_of(db: Session, user_id: str) -> Own:
    """Returns what others may know of a person, to hold a new password against."""
    user = db.get(User, user_id)
    patient = db.get(Patient, user.patient_id) if user and user.patient_id else None
    clinic = select(col(Organization.name)).where(col(Organization.is_clinic).is_(True))
    return Own(
        sign_in_name=user.sign_in_name if user else "",
        email=(user.email if user else "") or (patient.email if patient else ""),
        name=user.name if user else "",
        birth_date=patient.birth_date if patient else "",
        clinic=db.connection().execute(clinic).scalar() or "",
    )


def check_new_password(db: Session, user_id: str, *, password: str, sign_in_name: str = "") -> None:
    """Refuses a new password that somebody who knows this person would guess (AUTHN-04).

    `sign_in_name` is the one that is being chosen at the same moment.
    """
    own = own_of(db, user_id)
    password_rules.check(password, replace(own, sign_in_name=sign_in_name or own.sign_in_name))


def check_by_link(db: Session, *, token: str, password: str, now: datetime) -> None:
    """Refuses a new password that somebody who knows the owner of a link would guess."""
    del now
    query = select(col(OneTimeLink.user_id)).where(
        col(OneTimeLink.digest) == signins.digest_of(token)
    )
    owner = db.connection().execute(query).scalar()
    check_new_password(db, owner or "", password=password)


def _stranger(address: str) -> Actor:
    return Actor(user_id="", name="", role="nobody", source=address)


def _as_actor(user: User, address: str) -> Actor:
    return Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        own_patient_id=user.patient_id or "",
        patient_id=user.patient_id or "",
        source=address,
    )
