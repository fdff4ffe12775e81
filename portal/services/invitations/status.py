"""The account of a patient as the front desk sees it: none, invited, or there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.models.audit import OutboxNotice
from portal.models.people import OneTimeLink, Patient, SignIn, User
from portal.security import access, audit, policies
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.invitations import issuing
from portal.services.invitations.codes import TRIES
from portal.words import _, _n, clock, short_day, when


@dataclass(frozen=True)
class AccountRow:
    """What the front desk may know of an account; never its sign-in name."""

    # none, invited, ended, account, disabled; and the same in words.
    state: str = ""
    said: str = ""
    tone: str = ""
    # When and where to the invitation went, until when it holds, how often it was tried.
    invited: str = ""
    until: str = ""
    tries: str = ""
    # What became of the mail, where it has not left.
    mail: str = ""
    is_mail_stuck: bool = False
    since: str = ""
    last_sign_in: str = ""
    # The address on file, and from when another mail may go there.
    email: str = ""
    # Where the patient is told that a letter was printed; empty where no address is proved.
    told_at: str = ""
    wait: str = ""
    may_mail: bool = False
    may_print: bool = False
    may_revoke: bool = False
    why_not: str = ""


def view(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> AccountRow:
    """Returns the account of a patient as those see it who may invite."""
    require(actor, Permission.INVITE)
    patient = access.patient(db, actor, patient_id)
    audit.record(
        db, actor, "R", category="invitation", patient_id=patient.id, reason="account", now=now
    )
    user = db.scalars(select(User).where(col(User.patient_id) == patient.id)).first()
    if user is not None and (user.password_hash or user.disabled):
        return _account(db, user)
    return _invitation(db, patient, user, now)


def _account(db: Session, user: User) -> AccountRow:
    newest = select(func.max(col(SignIn.created_at))).where(col(SignIn.user_id) == user.id)
    last = db.connection().execute(newest).scalar()
    opened = select(func.max(col(OneTimeLink.used_at))).where(
        col(OneTimeLink.user_id) == user.id, col(OneTimeLink.purpose) == issuing.PURPOSE
    )
    since = db.connection().execute(opened).scalar() or user.created_at
    return AccountRow(
        state="disabled" if user.disabled else "account",
        said=_("Disabled") if user.disabled else _("Has an account"),
        tone="bad" if user.disabled else "ok",
        since=short_day(since),
        last_sign_in=short_day(last) if last else _("Never yet"),
    )


def _invitation(db: Session, patient: Patient, user: User | None, now: datetime) -> AccountRow:
    newest = (
        select(OneTimeLink)
        .where(
            col(OneTimeLink.user_id) == (user.id if user else ""),
            col(OneTimeLink.purpose) == issuing.PURPOSE,
        )
        .order_by(col(OneTimeLink.created_at).desc(), col(OneTimeLink.revoked_at).is_(None).desc())
        .limit(1)
    )
    link = db.scalars(newest).first()
    why_not = issuing.why_not(db, patient, now=now)
    email = issuing.sound_address(patient)
    row = AccountRow(
        state="none",
        said=_("No account"),
        email=email,
        told_at=issuing.proved_address(db, patient, user, now),
        why_not=why_not,
        wait=_wait(db, link, now),
        may_mail=bool(email) and not why_not,
        may_print=not why_not,
    )
    if link is None:
        return row
    if link.revoked_at is not None or link.used_at is not None or now >= link.expires_at:
        said = _how_ended(link, now)
        return replace(row, state="ended", said=said, tone="soon", invited=_invited(link))
    return _open(db, row, link, now)


def _open(db: Session, row: AccountRow, link: OneTimeLink, now: datetime) -> AccountRow:
    tried = _n("{count} wrong try so far", "{count} wrong tries so far", link.failures)
    mail, is_stuck = _mail(db, link)
    return replace(
        row,
        state="invited",
        said=_("Invited"),
        tone="info",
        invited=_invited(link),
        until=when(link.expires_at, now),
        tries=tried if link.failures else "",
        mail=mail,
        is_mail_stuck=is_stuck,
        may_revoke=True,
    )


def _how_ended(link: OneTimeLink, now: datetime) -> str:
    if link.failures >= TRIES:
        return _("Ended after {count} wrong tries").format(count=TRIES)
    if now >= link.expires_at and link.revoked_at is None:
        return _("The invitation has expired")
    return _("The invitation was taken back")


def _invited(link: OneTimeLink) -> str:
    at = f"{short_day(link.created_at)}, {clock(link.created_at)}"
    if "@" in link.sent_to:
        return _("{at}, by e-mail to {address}").format(at=at, address=link.sent_to)
    if link.sent_to == issuing.PAPER:
        return _("{at}, with a letter").format(at=at)
    return at


def _mail(db: Session, link: OneTimeLink) -> tuple[str, bool]:
    """Returns what became of the mail, and whether the desk has to know."""
    query = select(
        col(OutboxNotice.state), col(OutboxNotice.tries), col(OutboxNotice.sent_at)
    ).where(col(OutboxNotice.key) == issuing.mail_key(link.id))
    row = db.connection().execute(query).first()
    if row is None:
        return "", False
    if row.state == "sent":
        return _("The mail has left."), False
    if row.state == "dead":
        said = _("The mail could not be delivered. Check the address, or print a letter instead.")
        return said, True
    if row.tries:
        said = _(
            "The mail server does not answer. The mail waits and goes by itself; the invitation "
            "stands. If it is urgent, print a letter instead."
        )
        return said, True
    return _("The mail leaves within a minute."), False


def _wait(db: Session, link: OneTimeLink | None, now: datetime) -> str:
    if link is None or "@" not in link.sent_to:
        return ""
    again = link.created_at + timedelta(minutes=policies.current(db).resend_minutes)
    return clock(again) if again > now else ""
