"""Lending: a grown-up patient lets somebody help, changes it and ends it, alone and at once."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.errors import Invalid, NotAllowed, TooMany
from portal.models.people import Patient, RelatedPerson
from portal.security import access, confirming, policies, scopes
from portal.security.actor import Actor
from portal.services.family import invitations
from portal.services.family.kinds import KINDS, Kind, is_grown_up, last_day
from portal.services.family.moving import WrongStep, move, note_change, rewrite, side_of
from portal.words import _, local, short_day

NAME_MOST = 200
MOST_OPEN = 10
# Whom the law gave a right stays on file: the patient stops them at once, the clinic decides.
BY_LAW = frozenset({"parent", "guardian", "foster", "agent"})


class OnlyGrownUps(NotAllowed):
    """Before the age of the clinic's policies, or without a birth date, the clinic decides."""

    sentence = _("The clinic decides this with you. Call us, or write to us.")


class OnlyOnesOwn(NotAllowed):
    """Nobody lends, widens or prolongs what belongs to somebody else (AUTHZ-10)."""

    sentence = _("Only the person themselves can change this. Open your own record for yours.")


class NothingLent(Invalid):
    """A help without anything in it."""

    sentence = _("Choose at least one thing that this person may see.")


class TooLong(Invalid):
    """A help may not last for ever."""

    sentence = _("Choose a last day that is today or later, and not too far away.")


class TooManyOpen(TooMany):
    """More invitations wait than anybody has helpers."""

    sentence = _("Several invitations wait already. Take one back first.")


@dataclass(frozen=True)
class Wanted:
    """What a patient wants to lend, to whom, until when."""

    name: str
    email: str
    kind: str = "adult"
    relationship: str = ""
    scopes: frozenset[str] = frozenset()
    ends_on: date | None = None


@dataclass(frozen=True)
class Lent:
    """An invitation that was sent: the code is shown once and kept nowhere."""

    help_id: str
    code: str
    name: str


def lend(db: Session, actor: Actor, *, wanted: Wanted, now: datetime) -> Lent:
    """Invites somebody to help. Nothing opens before they have accepted with the code."""
    patient = _own(db, actor, now)
    confirming.require(actor, now=now)
    kind = KINDS.get(wanted.kind)
    if kind is None or kind.by_staff:
        raise OnlyGrownUps
    _not_too_many(db, patient.id)
    today = local(now).date()
    help_ = RelatedPerson(
        patient_id=patient.id,
        name=_line(wanted.name),
        email=_address(wanted.email),
        relationship=_line(wanted.relationship, needed=False),
        kind=kind.key,
        status="applied",
        reason="lent",
        scopes=_some(wanted.scopes),
        proof="own-word",
        basis="consent",
        granted_by=actor.name,
        starts_on=today,
        ends_on=until(kind, wanted.ends_on, today, today),
    )
    db.add(help_)
    db.flush()
    code = invitations.send(db, actor, help_, now=now)
    note_change(db, actor, help_, "", reason="lent", note="", now=now)
    return Lent(help_.id, code, help_.name)


def send_again(db: Session, actor: Actor, *, help_id: str, now: datetime) -> Lent:
    """Sends a new link with a new code; the older one ends."""
    _own(db, actor, now)
    help_ = access.help_given(db, actor, help_id)
    if help_.status != "applied" or KINDS[help_.kind].by_staff:
        raise WrongStep
    confirming.require(actor, now=now)
    return Lent(help_.id, invitations.send(db, actor, help_, now=now), help_.name)


def change(
    db: Session,
    actor: Actor,
    *,
    help_id: str,
    lent: frozenset[str],
    ends_on: date | None,
    now: datetime,
) -> None:
    """Changes what a help covers; to give more, one confirms that it is oneself."""
    _own(db, actor, now)
    help_ = access.help_given(db, actor, help_id)
    kind = KINDS.get(help_.kind)
    if kind is None or kind.by_staff:
        raise OnlyGrownUps
    if help_.status not in {"applied", "active", "suspended"}:
        raise WrongStep
    today = local(now).date()
    last = until(kind, ends_on, help_.starts_on or today, today)
    is_more = bool(scopes.parse(_some(lent)) - scopes.parse(help_.scopes)) or (
        help_.ends_on is not None and last is not None and last > help_.ends_on
    )
    if is_more:
        confirming.require(actor, now=now)
    rewrite(db, actor, help_, {"scopes": _some(lent), "ends_on": last}, now=now)


def end(db: Session, actor: Actor, *, help_id: str, now: datetime) -> str:
    """Ends a help at once, whoever gave it; returns the state that it is in now.

    Somebody whom the law gave the right is stopped at once too, and the clinic looks at it.
    """
    _own(db, actor, now)
    help_ = access.help_given(db, actor, help_id)
    if help_.status in {"applied", "identity-checked"}:
        invitations.end(db, help_.id, now=now)
        move(db, actor, help_, "ended", reason="withdrawn", now=now)
    elif help_.kind in BY_LAW and help_.status == "active":
        move(db, actor, help_, "suspended", reason="patient-request", now=now)
    elif help_.kind not in BY_LAW:
        move(db, actor, help_, "ended", reason="patient-request", now=now)
    return help_.status


def stop(db: Session, actor: Actor, *, help_id: str, now: datetime) -> None:
    """Lets a helper stop helping: the one thing about a help that is theirs to change."""
    help_ = access.help_held(db, actor, help_id)
    if side_of(actor, help_) != "helper":
        raise WrongStep
    move(db, actor, help_, "ended", reason="helper-request", now=now)


def until(kind: Kind, wanted: date | None, starts_on: date, today: date) -> date | None:
    """Returns the last day of a help; raises `TooLong` for one that its kind may not have."""
    most = last_day(kind, max(starts_on, today))
    if wanted is None:
        return most
    if wanted < today or (most is not None and wanted > most):
        said = _("Choose a last day between today and {day}.")
        raise TooLong(said.format(day=short_day(most)) if most else None)
    return wanted


def _own(db: Session, actor: Actor, now: datetime) -> Patient:
    """Returns the actor's own record, where they decide by themselves."""
    if actor.acting_for or not actor.own_patient_id:
        raise OnlyOnesOwn
    patient = access.open_patient(db, actor)
    if not is_grown_up(patient, policies.current(db), now):
        raise OnlyGrownUps
    return patient


def _some(wanted: frozenset[str]) -> str:
    said = scopes.write(scopes.parse(" ".join(wanted)))
    if not said:
        raise NothingLent
    return said


def _line(text: str, *, needed: bool = True) -> str:
    said = " ".join(text.replace("\x00", "").split())
    if (needed and not said) or len(said) > NAME_MOST or not said.isprintable():
        raise Invalid(_("Write the name of the person who is to help."))
    return said


def _address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text.strip()[:254], check_deliverability=False).normalized
    except EmailNotValidError:
        said = _("That does not look like an e-mail address. Write it like name@example.org.")
        raise Invalid(said) from None


def _not_too_many(db: Session, patient_id: str) -> None:
    waiting = (
        select(func.count())
        .select_from(RelatedPerson)
        .where(
            col(RelatedPerson.patient_id) == patient_id,
            col(RelatedPerson.status) == "applied",
            col(RelatedPerson.reason) == "lent",
        )
    )
    if db.connection().execute(waiting).scalar_one() >= MOST_OPEN:
        raise TooManyOpen
