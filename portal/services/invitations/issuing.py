"""Issuing: an invitation by e-mail or in a letter, again, and taken back."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal import live, settings
from portal.errors import Conflict, Invalid, NotFound, TooMany
from portal.models.audit import OutboxNotice
from portal.models.base import new_id
from portal.models.people import OneTimeLink, Patient, User
from portal.models.requests import Registration
from portal.security import access, audit, helpers, policies, signins
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import contact, notices, once, proofs
from portal.services.invitations import codes
from portal.words import _, local, offered

PURPOSE = "invitation"
PAPER = "paper"
MAIL, LETTER = "email", "letter"
PRINTED = "invitation.printed"
# How an account is called whose owner has not chosen a sign-in name yet: nobody types it.
_WAITING = "invited-"


class NotPossible(Invalid):
    """This patient cannot be invited."""


class HasAccount(Conflict):
    """There is nothing to invite to any more."""

    sentence = _("This patient has an account already. For a lost password there is the way back.")


class NoAddress(Invalid):
    """There is no e-mail address on file that a mail could go to."""

    sentence = _("There is no e-mail address on file that can be right. Print a letter instead.")


class ParentsAddress(Invalid):
    """A young person's account would begin in a parent's mailbox."""

    sentence = _(
        "The address on file belongs to somebody who helps this young person, who would then open "
        "the account. Ask for an address of their own, or hand them a letter."
    )


class NoProof(Invalid):
    """Link and code of a letter are in one hand: who it is has to be sure, and said (AUTHN-10)."""

    sentence = _(
        "Say first how you made sure who it is: whoever prints the letter holds the code as well."
    )


class TooSoon(TooMany):
    """An invitation was mailed a moment ago."""


@dataclass(frozen=True)
class Issued:
    """A new invitation: secret and code exist here and nowhere else; only digests are kept."""

    link_id: str
    secret: str
    code: str
    name: str
    expires_at: datetime

    @property
    def address(self) -> str:
        """The address that the person opens."""
        return f"{settings.current().public_url}/activate/{self.secret}"


def invite(
    db: Session, actor: Actor, *, patient_id: str, by: str, proof: str = "", now: datetime
) -> Issued:
    """Invites a patient by "email" or "letter"; an older invitation ends.

    The mail is a row of the outbox: where the mail server is down the invitation stands and the
    mail waits. Who invites by e-mail gets the code alone to tell; the link is the mail's. Who makes
    a letter holds both: they state how they made sure who it is, for the trace and the patient, who
    is told at once where an address is proved.
    """
    require(actor, Permission.INVITE)
    patient = access.patient(db, actor, patient_id)
    if by != MAIL and proof not in proofs.PROOFS:
        raise NoProof
    address = _address(db, patient, now) if by == MAIL else PAPER
    user = account_for(db, patient, now)
    if by == MAIL:
        _not_too_soon(db, user.id, now)
    issued = issue(db, actor, user, sent_to=address, now=now)
    if by == MAIL:
        _mail(db, issued, address, patient.id, now)
    else:
        _tell_of_letter(db, issued, patient, user, now)
    why = by if by == MAIL else f"{by}: {proof}"
    _note(db, actor, patient.id, issued.link_id, "C", why, now)
    return replace(issued, secret="") if by == MAIL else issued


def revoke(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> None:
    """Takes an open invitation back; a mail that has not left yet does not leave."""
    require(actor, Permission.INVITE)
    patient = access.patient(db, actor, patient_id)
    user = db.scalars(select(User).where(col(User.patient_id) == patient.id)).first()
    ended = end_open(db, user.id, now=now) if user else []
    if not ended:
        raise NotFound(_("There is no open invitation. It was used, or it has ended."))
    _note(db, actor, patient.id, ended[0], "D", "taken back", now)


def issue(db: Session, actor: Actor, user: User, *, sent_to: str, now: datetime) -> Issued:
    """Makes link and code for an account; the caller has checked the right. Older ones end."""
    end_open(db, user.id, now=now)
    secret, code, link_id = secrets.token_urlsafe(signins.SECRET_BYTES), codes.new_code(), new_id()
    expires_at = now + timedelta(days=policies.current(db).invitation_days)
    db.add(
        OneTimeLink(
            id=link_id,
            digest=signins.digest_of(secret),
            purpose=PURPOSE,
            user_id=user.id,
            created_at=now,
            expires_at=expires_at,
            code=codes.digest(db, link_id, code),
            sent_to=sent_to,
            created_by=actor.user_id,
        )
    )
    db.flush()
    return Issued(link_id, secret, code, user.name, expires_at)


def end_open(db: Session, user_id: str, *, now: datetime) -> list[str]:
    """Ends every open invitation of an account, and the mails that have not left."""
    theirs = (
        (col(OneTimeLink.user_id) == user_id)
        & (col(OneTimeLink.purpose) == PURPOSE)
        & col(OneTimeLink.used_at).is_(None)
        & col(OneTimeLink.revoked_at).is_(None)
    )
    ended = list(db.connection().execute(select(col(OneTimeLink.id)).where(theirs)).scalars())
    db.connection().execute(update(OneTimeLink).where(theirs).values(revoked_at=now))
    waiting = col(OutboxNotice.key).in_([mail_key(link_id) for link_id in ended])
    unsent = waiting & col(OutboxNotice.state).in_(("pending", "dead"))
    db.connection().execute(update(OutboxNotice).where(unsent).values(state="withdrawn", given=b""))
    return ended


def mail_key(link_id: str) -> str:
    """Returns the key of an invitation's mail in the outbox."""
    return f"{PURPOSE}:{link_id}"


def placeholder() -> str:
    """Returns what stands as the sign-in name until its owner chooses one."""
    return f"{_WAITING}{new_id().lower()}"


def is_placeholder(sign_in_name: str) -> bool:
    """Says whether the owner of an account has not chosen a sign-in name yet."""
    return sign_in_name.startswith(_WAITING)


def sound_address(patient: Patient) -> str:
    """Returns the e-mail address on file where it can be one; empty where not. Asks nobody."""
    try:
        return contact.sound_email(patient.email)
    except contact.NoEmail:
        return ""


def why_not(db: Session, patient: Patient, *, now: datetime) -> str:
    """Returns why a patient cannot be invited; empty where they can."""
    if patient.merged_into_id:
        return _("This record was joined with another one. Invite from there.")
    if patient.deceased:
        return _("This patient has died. Nobody can be invited to the record any more.")
    if patient.born_on is None:
        return _("The birth date on file is not whole. Enter it first: it is needed to get in.")
    least = policies.current(db).teen_from
    if local(now).date() < helpers.birthday(patient.born_on, least):
        said = _(
            "A child under {age} has no account of their own. A parent opens the record with "
            "theirs: see who helps."
        )
        return said.format(age=least)
    return ""


def _address(db: Session, patient: Patient, now: datetime) -> str:
    """Returns where the mail goes; a young person's not to a parent (AUTHZ-14)."""
    found = sound_address(patient)
    if not found:
        raise NoAddress
    try:
        contact.refuse_shared(db, patient_id=patient.id, email=found, now=now)
    except contact.SharedWithParent as error:
        raise ParentsAddress from error
    return found


def account_for(db: Session, patient: Patient, now: datetime) -> User:
    """Returns the account that an invitation is for, made where there is none: one at most."""
    reason = why_not(db, patient, now=now)
    if reason:
        raise NotPossible(reason)
    whose = select(User).where(col(User.patient_id) == patient.id)
    made = User(
        sign_in_name=placeholder(),
        name=patient.name,
        role="patient",
        patient_id=patient.id,
        language=offered(patient.language),
        created_at=now,
    )
    if db.scalars(whose).first() is None:
        once.insert(db, User, [made.model_dump()])
    user = db.scalars(whose).one()
    if user.disabled:
        raise NotPossible(_("This account was disabled. An administrator can enable it again."))
    if user.password_hash:
        raise HasAccount
    return user


def _not_too_soon(db: Session, user_id: str, now: datetime) -> None:
    minutes = policies.current(db).resend_minutes
    newest = (
        select(col(OneTimeLink.created_at))
        .where(
            col(OneTimeLink.user_id) == user_id,
            col(OneTimeLink.purpose) == PURPOSE,
            col(OneTimeLink.sent_to).contains("@"),
            col(OneTimeLink.created_at) > now - timedelta(minutes=minutes),
        )
        .limit(1)
    )
    if db.connection().execute(newest).first():
        said = _("A mail was sent a moment ago. Wait {minutes} minutes, or print a letter.")
        raise TooSoon(said.format(minutes=minutes))


def _mail(db: Session, issued: Issued, address: str, patient_id: str, now: datetime) -> None:
    notices.mail(
        db,
        PURPOSE,
        address=address,
        key=issued.link_id,
        given={"link": issued.address, "until": notices.moment(issued.expires_at)},
        patient_id=patient_id,
        useful_for=issued.expires_at - now,
        now=now,
    )


def proved_address(db: Session, patient: Patient, user: User | None, now: datetime) -> str:
    """Returns the address that surely is this patient's: their account's, or one that they proved.

    What is on file and was never proved may be a stranger's, or another's in the same house; a
    young person's is never a parent's (AUTHZ-14).
    """
    if user is not None and user.email and user.email_verified_at:
        return user.email
    on_file = sound_address(patient)
    proved = select(col(Registration.id)).where(
        col(Registration.patient_id) == patient.id,
        col(Registration.status) == "accepted",
        func.lower(col(Registration.email)) == on_file.casefold(),
    )
    if not on_file or db.connection().execute(proved.limit(1)).first() is None:
        return ""
    try:
        contact.refuse_shared(db, patient_id=patient.id, email=on_file, now=now)
    except contact.SharedWithParent:
        return ""
    return on_file


def _tell_of_letter(
    db: Session, issued: Issued, patient: Patient, user: User, now: datetime
) -> None:
    """Tells whom it concerns that a letter exists: not its link, not its code."""
    address = proved_address(db, patient, user, now)
    if address:
        given = {"at": notices.moment(now)}
        notices.mail(
            db,
            PRINTED,
            address=address,
            key=issued.link_id,
            given=given,
            user_id=user.id,
            patient_id=patient.id,
            now=now,
        )


def _note(
    db: Session, actor: Actor, patient_id: str, link_id: str, action: str, why: str, now: datetime
) -> None:
    audit.record(
        db,
        actor,
        action,
        category="invitation",
        patient_id=patient_id,
        entity=f"Invitation/{link_id}",
        reason=why,
        now=now,
    )
    live.tell(db, "people", [patient_id])
