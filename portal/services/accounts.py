"""Accounts: signing in and out, and the one-time links that set a password."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import settings
from portal.errors import Invalid, Refusal
from portal.models.people import OneTimeLink, User
from portal.security import audit, guessable, helpers, passwords, signins, throttle
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.words import _

# A person's newest sign-ins; an older one ends when there are more (SES-09).
MOST_SIGN_INS = 5
LINK_LIFE = timedelta(days=7)


class WrongPassword(Refusal):
    """The name or the password is wrong: never said which."""

    sentence = _("That name and password do not go together. Check both and try again.")
    status = 401


class LinkUsedUp(Refusal):
    """The link was used, is too old, or never was."""

    sentence = _("This link does not work any more. Ask the clinic for a new one.")
    status = 404


class NotTheSame(Invalid):
    """The password was typed in two ways."""

    sentence = _("The two passwords are not the same. Type them again.")


@dataclass(frozen=True)
class Entry:
    """A sign-in just begun: its secret goes into the cookie and exists nowhere else."""

    secret: str
    is_staff: bool
    begins_at: str = "/home"


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
    counted = throttle.begin(db, name=folded, address=address, now=now)
    user = db.scalars(select(User).where(col(User.sign_in_name) == folded)).first()
    if user is None or not _may_enter(user):
        return Candidate("", "", counted)
    return Candidate(user.id, user.password_hash, counted)


def _may_enter(user: User) -> bool:
    return not user.disabled and (settings.current().demo or not user.is_demo)


def enter(
    db: Session, who: Candidate, *, fits: bool, device: str, address: str, now: datetime
) -> Entry | None:
    """Begins a sign-in after the password was checked; None where it did not fit.

    Does the same work for a name that nobody has: the time that it takes must not tell.
    """
    user = db.get(User, who.user_id)
    actor = _as_actor(user, address) if user else _stranger(address)
    if user is None or not fits or not _may_enter(user):
        audit.record(
            db, actor, "E", category="sign-in", outcome="refused", reason="password", now=now
        )
        return None
    throttle.forgive(db, who.counted, now=now)
    opens = user.patient_id or next(iter(helpers.helped_by(db, user.id, now=now)), None)
    secret, sign_in = signins.start(
        db, user, patient_id=opens, device=device, address=address, now=now
    )
    signins.keep_newest(db, user.id, MOST_SIGN_INS, now=now)
    audit.record(db, actor, "E", category="sign-in", entity=f"SignIn/{sign_in.id}", now=now)
    return Entry(secret, actor.is_staff, _first_page(actor))


def _first_page(actor: Actor) -> str:
    """Returns where somebody's work begins: not everybody who works here has visits today."""
    if not actor.is_staff:
        return "/home"
    looks_after = has(actor, Permission.MANAGE_PEOPLE) or has(actor, Permission.SEE_TRACE)
    return "/admin" if looks_after and not has(actor, Permission.FIND_PATIENTS) else "/staff"


def close_demo(db: Session, actor: Actor, *, now: datetime) -> None:
    """Ends every sign-in of a demo account where this is no demo: everybody knows their words."""
    del actor
    if settings.current().demo:
        return
    for user_id in db.scalars(select(col(User.id)).where(col(User.is_demo).is_(True))):
        signins.end_all(db, user_id, reason="no demo", now=now)


def leave(db: Session, actor: Actor, *, now: datetime) -> None:
    """Ends the sign-in that the actor acts with."""
    signins.end(db, actor.sign_in_id, reason="signed out", now=now)
    audit.record(db, actor, "E", category="sign-out", now=now)


def open_record(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> None:
    """Opens the own record, or one that the actor may help with, in this sign-in."""
    from portal.errors import NotFound

    if patient_id != actor.own_patient_id and not helpers.may_help(
        db, actor.user_id, patient_id, now=now
    ):
        raise NotFound
    signins.open_record(db, actor.sign_in_id, patient_id)
    audit.record(db, actor, "E", category="record opened", patient_id=patient_id, now=now)


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


def link_owner(db: Session, secret: str, *, now: datetime) -> User:
    """Returns whose password a link may set; raises `LinkUsedUp`."""
    return _live_link(db, secret, now)[1]


def set_password(db: Session, secret: str, *, hashed: str, now: datetime) -> str:
    """Sets the password that a link may set, once; returns the sign-in name.

    Of many at the same time one wins: the row is taken by a conditional update.
    """
    link, user = _live_link(db, secret, now)
    taken = db.connection().execute(
        update(OneTimeLink)
        .where(col(OneTimeLink.id) == link.id, col(OneTimeLink.used_at).is_(None))
        .values(used_at=now)
    )
    if taken.rowcount != 1:
        raise LinkUsedUp
    user.password_hash = hashed
    db.add(user)
    throttle.start_anew(db, name=user.sign_in_name)
    signins.end_all(db, user.id, reason="password changed", now=now)
    audit.record(db, _as_actor(user, ""), "U", category="password", now=now)
    return user.sign_in_name


def check_password(password: str, name: str) -> None:
    """Refuses a password that is too short, too long, or made of the sign-in name."""
    if len(password) < passwords.LEAST:
        raise Invalid(
            _("Use at least {least} characters: a few words in a row are easy to remember.").format(
                least=passwords.LEAST
            )
        )
    if len(password) > passwords.MOST:
        raise Invalid(_("Use at most {most} characters.").format(most=passwords.MOST))
    if fold_name(name) and fold_name(name) in fold_name(password):
        raise Invalid(_("Do not use your sign-in name in the password."))
    if guessable.is_guessable(password):
        raise Invalid(
            _("That is too easy to guess. Use a few words that have nothing to do with each other.")
        )


def _live_link(db: Session, secret: str, now: datetime) -> tuple[OneTimeLink, User]:
    digest = signins.digest_of(secret)
    link = db.scalars(select(OneTimeLink).where(col(OneTimeLink.digest) == digest)).first()
    user = db.get(User, link.user_id) if link else None
    if link is None or user is None or user.disabled:
        raise LinkUsedUp
    if link.used_at is not None or now >= link.expires_at:
        raise LinkUsedUp
    return link, user


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
