"""Proving: link, code and birth date together, for an invitation and for a way back in.

A try is counted before it is judged, so that of fifty at the same moment no more than five are
looked at. Used, expired, taken back, early and unknown links are answered alike.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live
from portal.models.people import OneTimeLink, Patient, User
from portal.security import audit, signins, throttle
from portal.security.actor import Actor
from portal.services.accounts import LinkUsedUp
from portal.services.invitations import codes
from portal.services.invitations.issuing import PURPOSE


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


def look(db: Session, *, token: str, now: datetime, purpose: str = PURPOSE) -> Opening:
    """Returns what a link asks for; raises `LinkUsedUp`. Uses nothing up: mail scanners look."""
    link, user = _live(db, token, purpose, now)
    # A link without a code is handed only to a browser that has just proved itself otherwise.
    has_code = bool(link.code)
    return Opening(has_code, has_code and user.patient_id is not None)


def judge(
    db: Session, given: Given, *, purpose: str, now: datetime
) -> tuple[OneTimeLink | None, User | None, str]:
    """Judges link, code and birth date; the caller lets the transaction end well: tries count.

    Returns "right", "wrong" or "over", with link and account where there are any. Raises `TooMany`
    while this link or this address must wait.
    """
    digest = signins.digest_of(given.token)
    counted = throttle.begin(db, name=f"invitation {digest}", address=given.source, now=now)
    try:
        link, user = _live(db, given.token, purpose, now)
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


def take(db: Session, link: OneTimeLink, *, now: datetime) -> None:
    """Uses a link up; raises `LinkUsedUp` for all but one of many at the same time."""
    taken = db.connection().execute(update(OneTimeLink).where(_open(link.id)).values(used_at=now))
    if taken.rowcount != 1:
        raise LinkUsedUp


def _open(link_id: str) -> Any:
    return (
        (col(OneTimeLink.id) == link_id)
        & col(OneTimeLink.used_at).is_(None)
        & col(OneTimeLink.revoked_at).is_(None)
    )


def _live(db: Session, token: str, purpose: str, now: datetime) -> tuple[OneTimeLink, User]:
    query = select(OneTimeLink).where(
        col(OneTimeLink.digest) == signins.digest_of(token), col(OneTimeLink.purpose) == purpose
    )
    link = db.scalars(query).first()
    user = db.get(User, link.user_id) if link else None
    patient = db.get(Patient, user.patient_id) if user and user.patient_id else None
    if link is None or user is None or user.disabled or now >= link.expires_at:
        raise LinkUsedUp
    if link.used_at is not None or link.revoked_at is not None:
        raise LinkUsedUp
    if link.holds_from is not None and now < link.holds_from:
        raise LinkUsedUp
    if patient is not None and (patient.deceased or patient.merged_into_id):
        raise LinkUsedUp
    return link, user
