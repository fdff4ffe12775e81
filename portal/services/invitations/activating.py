"""Activating: link, code and birth date together open one account, once.

A try is counted before it is judged, so that of fifty at the same moment no more than five are
looked at. Used, expired, taken back and unknown links are answered alike.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Invalid
from portal.models.people import OneTimeLink, Patient, User
from portal.security import audit, signins, throttle
from portal.security.actor import STAFF, Actor
from portal.services import agreements, contact, new_password, signing_in
from portal.services.accounts import LinkUsedUp, fold_name
from portal.services.agreements import Answers, Due
from portal.services.invitations import codes
from portal.services.invitations.issuing import PURPOSE, is_placeholder, sound_address
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
class Opening:
    """What a live link asks for before it goes on."""

    asks_code: bool = True
    asks_birth_date: bool = True


@dataclass(frozen=True)
class Given:
    """What somebody typed who holds a link."""

    token: str
    code: str = ""
    birth_date: date | None = None
    # From which network address.
    source: str = ""


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


def look(db: Session, *, token: str, now: datetime) -> Opening:
    """Returns what a link asks for; raises `LinkUsedUp`. Uses nothing up: mail scanners look."""
    link, user = _live(db, token, now)
    # A link without a code is handed only to a browser that has just proved itself otherwise.
    has_code = bool(link.code)
    return Opening(has_code, has_code and user.patient_id is not None)


def prove(db: Session, *, given: Given, now: datetime) -> Proved:
    """Judges code and birth date; the caller lets the transaction end well, for the try counts.

    Raises `TooMany` while this link or this address must wait.
    """
    link, user, outcome = _judge(db, given, now)
    if outcome != "right" or link is None or user is None:
        return Proved(outcome)
    chooses = is_placeholder(user.sign_in_name) or not (user.password_hash or user.role in STAFF)
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
    link, user, outcome = _judge(db, given, now)
    if outcome == "over" or link is None or user is None:
        raise LinkUsedUp
    if outcome != "right":
        return None
    _take(db, link, now)
    if chosen.sign_in_name:
        _name(db, user, chosen.sign_in_name)
    actor = signing_in.as_actor(user, given.source)
    new_password.put(db, actor, user, hashed=chosen.hashed, way="by invitation", now=now)
    if "@" in link.sent_to:
        user.email, user.email_verified_at = link.sent_to, now
        db.add(user)
        db.flush()
    agreements.agree(db, actor, answers=chosen.answers, now=now)
    live.tell(db, "people", [user.patient_id] if user.patient_id else [])
    return user


def _judge(db: Session, given: Given, now: datetime) -> tuple[OneTimeLink | None, User | None, str]:
    digest = signins.digest_of(given.token)
    counted = throttle.begin(db, name=f"invitation {digest}", address=given.source, now=now)
    try:
        link, user = _live(db, given.token, now)
    except LinkUsedUp:
        return None, None, "over"
    if not link.code:
        throttle.forgive(db, counted, now=now)
        return link, user, "right"
    if not _count_try(db, link.id):
        return None, None, "over"
    if _is_right(db, link, user, given):
        _give_back(db, link.id)
        throttle.forgive(db, counted, now=now)
        return link, user, "right"
    return link, user, _wrong(db, link, user, given, now)


def _is_right(db: Session, link: OneTimeLink, user: User, given: Given) -> bool:
    """Compares both always, so that the time does not tell which was wrong."""
    has_code = codes.fits(db, link.id, given.code, link.code)
    patient = db.get(Patient, user.patient_id) if user.patient_id else None
    if user.patient_id is None:
        return has_code
    born = patient.born_on if patient else None
    return has_code & (born is not None and born == given.birth_date)


def _count_try(db: Session, link_id: str) -> bool:
    left = _open(link_id) & (col(OneTimeLink.failures) < codes.TRIES)
    counted = update(OneTimeLink).where(left).values(failures=OneTimeLink.failures + 1)
    return db.connection().execute(counted).rowcount == 1


def _give_back(db: Session, link_id: str) -> None:
    mine = (col(OneTimeLink.id) == link_id) & (col(OneTimeLink.failures) > 0)
    db.connection().execute(
        update(OneTimeLink).where(mine).values(failures=OneTimeLink.failures - 1)
    )


def _wrong(db: Session, link: OneTimeLink, user: User, given: Given, now: datetime) -> str:
    spent = _open(link.id) & (col(OneTimeLink.failures) >= codes.TRIES)
    ended = db.connection().execute(update(OneTimeLink).where(spent).values(revoked_at=now))
    stranger = Actor(user_id="", name="", role="nobody", source=given.source)
    audit.record(
        db,
        stranger,
        "E",
        category="invitation",
        patient_id=user.patient_id or "",
        entity=f"Invitation/{link.id}",
        outcome="refused",
        reason="code or birth date",
        now=now,
    )
    if user.patient_id:
        live.tell(db, "people", [user.patient_id])
    return "over" if ended.rowcount else "wrong"


def _take(db: Session, link: OneTimeLink, now: datetime) -> None:
    taken = db.connection().execute(update(OneTimeLink).where(_open(link.id)).values(used_at=now))
    if taken.rowcount != 1:
        raise LinkUsedUp


def _open(link_id: str) -> Any:
    return (
        (col(OneTimeLink.id) == link_id)
        & col(OneTimeLink.used_at).is_(None)
        & col(OneTimeLink.revoked_at).is_(None)
    )


def _live(db: Session, token: str, now: datetime) -> tuple[OneTimeLink, User]:
    query = select(OneTimeLink).where(
        col(OneTimeLink.digest) == signins.digest_of(token), col(OneTimeLink.purpose) == PURPOSE
    )
    link = db.scalars(query).first()
    user = db.get(User, link.user_id) if link else None
    patient = db.get(Patient, user.patient_id) if user and user.patient_id else None
    if link is None or user is None or user.disabled or now >= link.expires_at:
        raise LinkUsedUp
    if link.used_at is not None or link.revoked_at is not None:
        raise LinkUsedUp
    if patient is not None and (patient.deceased or patient.merged_into_id):
        raise LinkUsedUp
    return link, user


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
