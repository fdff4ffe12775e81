"""Activating: link, code and birth date together open one account, once.

A try is counted before it is judged, so that of fifty at the same moment no more than five are
looked at. Used, expired, taken back and unknown links are answered alike.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid
from portal.models.people import OneTimeLink, Patient, User
from portal.models.requests import Registration
from portal.security.actor import STAFF
from portal.services import agreements, contact, new_password, signing_in
from portal.services.accounts import LinkUsedUp, fold_name
from portal.services.agreements import Answers, Due
from portal.services.invitations import proving
from portal.services.invitations.issuing import PURPOSE, is_placeholder, sound_address
from portal.services.invitations.proving import Given
from portal.services.patients import fold
from portal.words import _

_NAME = re.compile(r"[\w][\w.\-+]{3,62}[\w]")
_NUMBERS = range(10, 1000)
_TAKES = 20


class NameNotUsable(Invalid):
    """Another account has this sign-in name, or it cannot be one: not said which."""

    sentence = _(
        "This sign-in name cannot be used. Take the one that we suggest, or another one of at "
        "least five letters and numbers, without spaces."
    )


@dataclass(frozen=True)
class Proved:
    """What became of a try: "right", "wrong" or "over"; with "right" what is chosen next."""

    outcome: str
    user_id: str = ""
    name: str = ""
    # Empty where the sign-in name stays as it is.
    suggested: str = ""
    sign_in_name: str = ""
    due: tuple[Due, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """What the owner of a new account chose; `hashed` is the password's hash."""

    sign_in_name: str
    hashed: str
    answers: Answers


def prove(db: Session, *, given: Given, now: datetime) -> Proved:
    """Judges code and birth date; the caller lets the transaction end well, for the try counts.

    Raises `TooMany` while this link or this address must wait.
    """
    link, user, outcome = proving.judge(db, given, purpose=PURPOSE, now=now)
    if outcome != "right" or link is None or user is None:
        return Proved(outcome)
    chooses = _chooses_name(user)
    return Proved(
        "right",
        user_id=user.id,
        name=user.name,
        suggested=_suggested(db, user, link, now) if chooses else "",
        sign_in_name="" if is_placeholder(user.sign_in_name) else user.sign_in_name,
        due=tuple(agreements.due(db, user.id, now=now)),
    )


def open_account(db: Session, *, given: Given, chosen: Chosen, now: datetime) -> User | None:
    """Opens the account: name, password, agreements; None where the proof failed (it counts).

    The link is taken by a conditional update: of many at the same time one wins, and the others
    get `LinkUsedUp`. An e-mail address counts as proven when the link came there.
    """
    link, user, outcome = proving.judge(db, given, purpose=PURPOSE, now=now)
    if outcome == "over" or link is None or user is None:
        raise LinkUsedUp
    if outcome != "right":
        return None
    proving.take(db, link, now=now)
    if chosen.sign_in_name and _chooses_name(user):
        _name(db, user, chosen.sign_in_name)
    actor = signing_in.as_actor(user, given.source)
    new_password.put(db, actor, user, hashed=chosen.hashed, way="by invitation", now=now)
    if "@" in link.sent_to:
        user.email, user.email_verified_at = link.sent_to, now
        user.email_bounced_at = None
        db.add(user)
        db.flush()
    agreements.agree(db, actor, answers=chosen.answers, now=now)
    _complete(db, user)
    live.tell(db, "people", [live.STAFF, *filter(None, [user.patient_id])])
    return user


def _complete(db: Session, user: User) -> None:
    """Ends the requests from which this account came: they are done, and nobody has to look."""
    theirs = (col(Registration.patient_id) == user.patient_id) & (
        col(Registration.status) == "accepted"
    )
    if user.patient_id:
        done = update(Registration).where(theirs).values(status="activated", user_id=user.id)
        db.connection().execute(done)


def _chooses_name(user: User) -> bool:
    """Says whether the sign-in name is the owner's to choose: not where one was given or used."""
    return is_placeholder(user.sign_in_name) or not (user.password_hash or user.role in STAFF)


def _name(db: Session, user: User, wanted: str) -> None:
    folded = fold_name(wanted)
    if folded == user.sign_in_name:
        return
    own = folded == fold_name(_email_of(db, user))
    if not (own or _NAME.fullmatch(folded)) or is_placeholder(folded) or _is_taken(db, folded):
        raise NameNotUsable
    user.sign_in_name = folded


def _is_taken(db: Session, folded: str) -> bool:
    query = select(func.count()).where(col(User.sign_in_name) == folded)
    return bool(db.connection().execute(query).scalar())


def _email_of(db: Session, user: User) -> str:
    patient = db.get(Patient, user.patient_id) if user.patient_id else None
    return user.email or (patient.email if patient else "")


def _suggested(db: Session, user: User, link: OneTimeLink, now: datetime) -> str:
    """Returns a free name: the e-mail address, else name and number.

    The number is always there, so that a name without one says nothing about others.
    """
    if not is_placeholder(user.sign_in_name):
        return user.sign_in_name
    mailed = fold_name(link.sent_to if "@" in link.sent_to else _own_email(db, user, now))
    if mailed and not _is_taken(db, mailed):
        return mailed
    plain = ".".join(fold(user.name).split())[:40] or "patient"
    for _attempt in range(_TAKES):
        name = f"{plain}.{secrets.choice(_NUMBERS)}"
        if not _is_taken(db, name):
            return name
    return f"{plain}.{secrets.token_hex(4)}"


def _own_email(db: Session, user: User, now: datetime) -> str:
    """Returns the address on file; not to a minor where it is a parent's (AUTHZ-14)."""
    patient = db.get(Patient, user.patient_id) if user.patient_id else None
    address = sound_address(patient) if patient else ""
    try:
        contact.refuse_shared(db, patient_id=user.patient_id, email=address, now=now)
    except contact.SharedWithParent:
        return ""
    return address
