"""Deciding: a second member of staff approves, or the time passes; the owner can object."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live, settings
from portal.errors import Conflict, NotAllowed, NotFound
from portal.models.people import OneTimeLink, User
from portal.models.requests import WayBack
from portal.security import audit, confirming, signins
from portal.security.actor import Actor
from portal.services import notices, requests_queue
from portal.services.ways_back.beginning import (
    MAIL_LIFE,
    OPEN,
    PAPER,
    PAPER_LIFE,
    PURPOSE,
    end_open,
    may_decide,
    note_act,
)
from portal.services.ways_back.rows import WayBackRow, row_of
from portal.words import _

SHOWN = 50


class NotTwice(NotAllowed):
    """Who began it cannot be the second one."""

    sentence = _("Somebody else has to approve this: you began it yourself, or it is your own.")


class OtherHand(NotAllowed):
    """Who handed the code over does not get the link as well."""

    sentence = _("Ask a colleague to print the letter: you handed the code over yourself.")


class NotYet(Conflict):
    """It does not hold yet."""

    sentence = _("This holds later, or once a second member of staff has approved it.")


@dataclass(frozen=True)
class Ready:
    """A way back that holds now. `address` is the link for a letter, empty where it was mailed."""

    name: str = ""
    by_mail: bool = False
    address: str = ""
    until: str = ""


def waiting(db: Session, actor: Actor, *, now: datetime) -> list[WayBackRow]:
    """Returns the open ways back that this actor decides about, the oldest first."""
    theirs = requests_queue.decided_accounts(actor)
    if theirs is None:
        raise NotAllowed
    query = (
        select(WayBack, User, col(OneTimeLink.sent_to))
        .join(User, col(User.id) == col(WayBack.user_id))
        .outerjoin(OneTimeLink, col(OneTimeLink.subject_id) == col(WayBack.id))
        .where(col(WayBack.status).in_(OPEN), theirs)
        .order_by(col(WayBack.created_at))
        .limit(SHOWN)
    )
    rows = [
        row_of(
            one,
            user,
            is_other=actor.user_id not in {one.created_by, one.user_id},
            on_paper=sent_to == PAPER,
            now=now,
        )
        for one, user, sent_to in db.execute(query)
    ]
    audit.record(db, actor, "R", category="way back", entity=f"{len(rows)} ways back", now=now)
    return rows


def approve(db: Session, actor: Actor, *, way_back_id: str, now: datetime) -> Ready:
    """Lets a way back hold at once: by another person than the one who began it (MFA-10)."""
    one, user = _one(db, actor, way_back_id)
    if actor.user_id in {one.created_by, one.user_id}:
        raise NotTwice
    confirming.require(actor, now=now)
    mine = (
        (col(WayBack.id) == one.id)
        & (col(WayBack.status) == "waiting")
        & (col(WayBack.created_by) != actor.user_id)
    )
    approved = {
        "status": "approved",
        "approved_by": actor.user_id,
        "approved_by_name": actor.name,
        "approved_at": now,
        "holds_from": now,
    }
    _once(db, mine, approved)
    note_act(db, actor, one, user, "U", "way back approved", now)
    return _make_ready(db, one, user, now)


def letter(db: Session, actor: Actor, *, way_back_id: str, now: datetime) -> Ready:
    """Makes the link for a letter, once it holds; printed again, the older letter ends.

    By another person than the one who handed the code over: nobody here holds both (AUTHN-14).
    """
    one, user = _one(db, actor, way_back_id)
    if actor.user_id in {one.created_by, one.user_id}:
        raise OtherHand
    if one.status == "waiting" and now < one.holds_from:
        raise NotYet
    confirming.require(actor, now=now)
    mine = (col(WayBack.id) == one.id) & col(WayBack.status).in_(OPEN)
    _once(db, mine, {"status": "approved"})
    note_act(db, actor, one, user, "U", "letter made", now)
    return _make_ready(db, one, user, now)


def refuse(db: Session, actor: Actor, *, way_back_id: str, now: datetime) -> None:
    """Ends a way back: the owner called, or the proof was not good enough."""
    one, user = _one(db, actor, way_back_id)
    if one.id not in end_open(db, user.id, "refused", now=now):
        raise Conflict
    note_act(db, actor, one, user, "U", "way back refused", now)


def own(db: Session, actor: Actor, *, now: datetime) -> str:
    """Returns the open way back into the actor's own account; empty where there is none."""
    del now
    query = select(col(WayBack.id)).where(
        col(WayBack.user_id) == actor.user_id, col(WayBack.status).in_(OPEN)
    )
    return db.connection().execute(query.limit(1)).scalar_one_or_none() or ""


def object_to(db: Session, actor: Actor, *, now: datetime) -> None:
    """Ends a way back into one's own account that one did not ask for."""
    ended = end_open(db, actor.user_id, "refused", now=now)
    if not ended:
        raise NotFound
    audit.record(
        db,
        actor,
        "U",
        category="way back",
        patient_id=actor.own_patient_id,
        entity=f"WayBack/{ended[0]}",
        reason="the owner objected",
        now=now,
    )
    live.tell(db, "people", [live.STAFF])


def tick(db: Session, actor: Actor, *, now: datetime) -> int:
    """Mails the link of each way back whose time has come; ends those that nobody used."""
    due = (
        select(WayBack, User)
        .join(User, col(User.id) == col(WayBack.user_id))
        .join(OneTimeLink, col(OneTimeLink.subject_id) == col(WayBack.id))
        .where(
            col(WayBack.status) == "waiting",
            col(WayBack.holds_from) <= now,
            col(OneTimeLink.sent_to) != PAPER,
            col(OneTimeLink.expires_at) > now,
        )
    )
    ready = 0
    for one, user in db.execute(due).all():
        mine = (col(WayBack.id) == one.id) & (col(WayBack.status) == "waiting")
        values = {"status": "approved", "approved_at": now}
        if db.connection().execute(update(WayBack).where(mine).values(**values)).rowcount:
            _make_ready(db, one, user, now)
            note_act(db, actor, one, user, "U", "way back holds: the time has passed", now)
            ready += 1
    _expire(db, now)
    return ready


def _expire(db: Session, now: datetime) -> None:
    late = select(col(OneTimeLink.subject_id)).where(
        col(OneTimeLink.purpose) == PURPOSE, col(OneTimeLink.expires_at) <= now
    )
    over = col(WayBack.status).in_(OPEN) & col(WayBack.id).in_(late)
    db.connection().execute(update(WayBack).where(over).values(status="expired"))


def _make_ready(db: Session, one: WayBack, user: User, now: datetime) -> Ready:
    """Gives the link its secret: into a mail to the proved address, or back for a letter."""
    secret = secrets.token_urlsafe(signins.SECRET_BYTES)
    link = db.scalars(select(OneTimeLink).where(col(OneTimeLink.subject_id) == one.id)).one()
    by_mail = link.sent_to != PAPER
    link.digest, link.holds_from = signins.digest_of(secret), now
    link.expires_at = now + (MAIL_LIFE if by_mail else PAPER_LIFE)
    db.add(link)
    db.flush()
    address = f"{settings.current().public_url}/back/{secret}"
    if by_mail:
        notices.mail(
            db,
            "way-back.ready",
            address=link.sent_to,
            key=one.id,
            given={"link": address},
            user_id=user.id,
            useful_for=MAIL_LIFE,
            now=now,
        )
    return Ready(user.name, by_mail, "" if by_mail else address)


def _once(db: Session, condition: Any, values: dict[str, Any]) -> None:
    if db.connection().execute(update(WayBack).where(condition).values(**values)).rowcount != 1:
        raise Conflict


def _one(db: Session, actor: Actor, way_back_id: str) -> tuple[WayBack, User]:
    one = db.get(WayBack, way_back_id, populate_existing=True)
    user = db.get(User, one.user_id) if one else None
    if one is None or user is None or not may_decide(actor, user):
        raise NotFound
    if one.status not in OPEN:
        raise Conflict
    return one, user
