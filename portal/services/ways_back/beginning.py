"""Beginning: the proof of who somebody is, noted; the account told; the short code handed over."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.models.base import new_id
from portal.models.people import OneTimeLink, Patient, User
from portal.models.requests import WayBack
from portal.security import access, audit, confirming, factors, policies, signins
from portal.security.actor import STAFF, Actor
from portal.security.permissions import Permission, require
from portal.services import notices, proofs
from portal.services.invitations import codes
from portal.services.ways_back.rows import WayBackRow, row_of
from portal.words import _, when

PURPOSE = "way-back"
PAPER = "paper"
# From the moment it holds: a mail is read within a day, a letter needs the post.
MAIL_LIFE = timedelta(hours=24)
PAPER_LIFE = timedelta(days=7)
OPEN = ("waiting", "approved")
ADMINISTRATOR = "administrator"


class NoAccount(Conflict):
    """There is nothing to get back into."""

    sentence = _("This person has no account that could be opened again. Invite them instead.")


class CodesClosed(Conflict):
    """A new password alone would lead to a second step that takes no code any more."""

    sentence = _(
        "After too many wrong codes this account takes none any more, so a new password alone does "
        "not help. Begin once more, and choose that the phone or key is lost too."
    )


@dataclass(frozen=True)
class Begun:
    """A way back that was begun: the code exists here and nowhere else, and is handed over."""

    name: str = ""
    code: str = ""
    holds: str = ""
    by_mail: bool = False


@dataclass(frozen=True)
class PatientWays:
    """What the desk sees on a chart. `is_closed`: no code is taken, the factors must go too.

    `is_confirmed`: a factor was entered a moment ago, so that no choice is lost to that question.
    """

    may_begin: bool = False
    is_closed: bool = False
    is_confirmed: bool = False
    rows: list[WayBackRow] = field(default_factory=list)


def begin(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    proof: str,
    drops_factors: bool,
    note: str = "",
    patient_id: str = "",
    sign_in_name: str = "",
) -> Begun:
    """Begins to let somebody back in, whose identity was proved; an older way back ends.

    A patient's account by those who invite patients, a colleague's by those who manage people.
    """
    user = _account(db, actor, patient_id, sign_in_name)
    if not may_decide(actor, user):
        raise NotAllowed
    if user.id == actor.user_id:
        raise NotAllowed(_("Nobody lets themselves back in. Ask a colleague."))
    confirming.require(actor, now=now)
    if not drops_factors and is_closed(user):
        raise CodesClosed
    if proof not in proofs.PROOFS or len(note) > 300:  # noqa: PLR2004 - the column
        raise Invalid
    end_open(db, user.id, "refused", now=now)
    hours = policies.current(db).way_back_hours
    made = WayBack(
        user_id=user.id,
        proof=proof,
        note=note.strip(),
        drops_factors=drops_factors,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=now,
        holds_from=now + timedelta(hours=hours),
    )
    db.add(made)
    db.flush()
    code = _link(db, actor, made, user, now)
    _tell(db, made, now)
    note_act(db, actor, made, user, "C", f"way back begun: {proof}", now)
    by_mail = bool(user.email and user.email_verified_at)
    return Begun(user.name, f"{code[:4]}-{code[4:]}", when(made.holds_from, now), by_mail)


def of_patient(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> PatientWays:
    """Returns whether a patient can be helped back in, and the ways back that there were."""
    require(actor, Permission.INVITE)
    patient = access.patient(db, actor, patient_id)
    user = db.scalars(select(User).where(col(User.patient_id) == patient.id)).first()
    audit.record(
        db, actor, "R", category="way back", patient_id=patient.id, reason="looked at", now=now
    )
    if user is None:
        return PatientWays()
    query = (
        select(WayBack)
        .where(col(WayBack.user_id) == user.id)
        .order_by(col(WayBack.created_at).desc())
        .limit(5)
    )
    rows = [row_of(one, user, is_other=False, on_paper=False, now=now) for one in db.scalars(query)]
    return PatientWays(
        may_begin=_can_return(user) and _is_living(patient),
        is_closed=is_closed(user),
        is_confirmed=confirming.is_confirmed(actor, now=now),
        rows=rows,
    )


def end_open(db: Session, user_id: str, status: str, *, now: datetime) -> list[str]:
    """Ends the open ways back of an account with their links; returns which."""
    theirs = (col(WayBack.user_id) == user_id) & col(WayBack.status).in_(OPEN)
    ended = list(db.connection().execute(select(col(WayBack.id)).where(theirs)).scalars())
    db.connection().execute(update(WayBack).where(theirs).values(status=status))
    links = (
        (col(OneTimeLink.user_id) == user_id)
        & (col(OneTimeLink.purpose) == PURPOSE)
        & col(OneTimeLink.used_at).is_(None)
        & col(OneTimeLink.revoked_at).is_(None)
    )
    db.connection().execute(update(OneTimeLink).where(links).values(revoked_at=now))
    return ended


def is_closed(user: User) -> bool:
    """Says whether an account takes no codes any more: too many in a row were wrong (MFA-05)."""
    return user.factor_failures >= factors.MOST_IN_A_ROW


def may_decide(actor: Actor, user: User) -> bool:
    """Says whether an actor decides about the way back into this account."""
    needed = Permission.MANAGE_PEOPLE if user.role in STAFF else Permission.INVITE
    # Who may make no administrator does not become one by a way back either.
    if user.role == ADMINISTRATOR and not (actor.is_system or actor.role == ADMINISTRATOR):
        return False
    try:
        require(actor, needed)
    except NotAllowed:
        return False
    return True


def note_act(
    db: Session, actor: Actor, one: WayBack, user: User, action: str, why: str, now: datetime
) -> None:
    """Leaves the trace of an act, and lets the pages concerned know."""
    audit.record(
        db,
        actor,
        action,
        category="way back",
        patient_id=user.patient_id or "",
        entity=f"WayBack/{one.id}",
        reason=why,
        now=now,
    )
    live.tell(db, "people", [live.STAFF, *filter(None, [user.patient_id])])


def _account(db: Session, actor: Actor, patient_id: str, sign_in_name: str) -> User:
    if patient_id:
        require(actor, Permission.INVITE)
        patient = access.patient(db, actor, patient_id)
        user = db.scalars(select(User).where(col(User.patient_id) == patient.id)).first()
        if user is None or not _can_return(user) or not _is_living(patient):
            raise NoAccount
        return user
    require(actor, Permission.MANAGE_PEOPLE)
    found = select(User).where(col(User.sign_in_name) == sign_in_name)
    user = db.scalars(found.where(col(User.role).in_(STAFF))).first()
    if user is None:
        raise NotFound
    if not _can_return(user):
        raise NoAccount
    return user


def _can_return(user: User) -> bool:
    return bool(user.password_hash) and not user.disabled


def _is_living(patient: Patient) -> bool:
    return not patient.deceased and not patient.merged_into_id


def _link(db: Session, actor: Actor, made: WayBack, user: User, now: datetime) -> str:
    """Keeps the code's hash; the link's own secret is made when it holds, and waits nowhere."""
    code, link_id = codes.new_code(), new_id()
    by_mail = bool(user.email and user.email_verified_at)
    db.add(
        OneTimeLink(
            id=link_id,
            digest=signins.digest_of(secrets.token_urlsafe(signins.SECRET_BYTES)),
            purpose=PURPOSE,
            user_id=user.id,
            created_at=now,
            expires_at=made.holds_from + (MAIL_LIFE if by_mail else PAPER_LIFE),
            code=codes.digest(db, link_id, code),
            sent_to=user.email if by_mail else PAPER,
            holds_from=made.holds_from,
            subject_id=made.id,
            created_by=actor.user_id,
        )
    )
    db.flush()
    return code


def _tell(db: Session, made: WayBack, now: datetime) -> None:
    given = {"at": notices.moment(now), "from_at": notices.moment(made.holds_from)}
    notices.to_user(db, "way-back.started", made.user_id, key=made.id, given=given, now=now)
