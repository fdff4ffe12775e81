"""Deciding: helps that the law lets nobody give by themselves, and what the clinic may end.

An application, a check of who it is, a consent or another basis, then it is active; each step by
somebody who may decide, each with its reason.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from portal.errors import Invalid
from portal.models.people import Patient, RelatedPerson
from portal.security import access, audit, confirming, policies, scopes
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.family import four_eyes, invitations
from portal.services.family.kinds import BASES, KINDS, Kind, is_grown_up
from portal.services.family.lending import Lent, NothingLent, until
from portal.services.family.moving import WrongStep, is_lent, move, note_change
from portal.words import _, local

NAME_MOST = 200


class NotForChildren(Invalid):
    """A kind of help for children alone, or for grown-ups alone."""

    sentence = _("This kind of help does not go with the age of the patient. Choose another one.")


class NoAccount(Invalid):
    """Nobody could use this help yet."""

    sentence = _("This person has no account yet. Send them an invitation first.")


class NeedsProof(Invalid):
    """A step that says what proved it."""

    sentence = _("Choose what proved it, from the list for this kind of help.")


@dataclass(frozen=True)
class Applied:
    """What somebody asks for, as the desk takes it down."""

    name: str
    kind: str
    email: str = ""
    phone: str = ""
    relationship: str = ""
    note: str = ""


def apply(db: Session, actor: Actor, *, patient_id: str, applied: Applied, now: datetime) -> str:
    """Takes down that somebody asks to help a patient; returns its id. It opens nothing."""
    require(actor, Permission.INVITE)
    patient = access.patient(db, actor, patient_id)
    kind = _kind(db, patient, applied.kind, now)
    name = " ".join(applied.name.split())
    if not name or len(name) > NAME_MOST:
        raise Invalid(_("Write the name of the person who asks to help."))
    help_ = RelatedPerson(
        patient_id=patient.id,
        name=name,
        email=applied.email.strip(),
        phone=applied.phone.strip(),
        relationship=applied.relationship.strip(),
        kind=kind.key,
        status="applied",
        reason="submitted",
        scopes=kind.usual,
    )
    db.add(help_)
    db.flush()
    note_change(db, actor, help_, "", reason="submitted", note=applied.note, now=now)
    return help_.id


def apply_again(db: Session, actor: Actor, *, help_id: str, note: str, now: datetime) -> None:
    """Takes a rejected application up again."""
    help_ = _decided(db, actor, help_id)
    move(db, actor, help_, "applied", reason="resubmitted", note=note, now=now)


def check_identity(
    db: Session, actor: Actor, *, help_id: str, proof: str, note: str, now: datetime
) -> None:
    """Says what proved who somebody is, and that they have the right."""
    help_ = _asked_here(db, actor, help_id)
    if proof not in KINDS[help_.kind].proofs:
        raise NeedsProof
    changes = {"proof": proof}
    move(
        db,
        actor,
        help_,
        "identity-checked",
        reason="identity-verified",
        note=note,
        changes=changes,
        now=now,
    )


def activate(
    db: Session,
    actor: Actor,
    *,
    help_id: str,
    basis: str,
    lent: frozenset[str],
    starts_on: date | None,
    ends_on: date | None,
    now: datetime,
) -> None:
    """Opens the record to a helper whose identity was checked and who has an account.

    By a second member of staff; or by the first, once the patient has had a day to object.
    """
    help_ = _decided(db, actor, help_id)
    confirming.require(actor, now=now)
    if help_.status != "identity-checked":
        raise WrongStep
    if basis not in BASES:
        raise NeedsProof(_("Choose on what this help rests."))
    patient = db.get_one(Patient, help_.patient_id)
    kind = _kind(db, patient, help_.kind, now)
    first = starts_on or local(now).date()
    changes = {
        "basis": basis,
        "scopes": _some(lent),
        "starts_on": first,
        "ends_on": until(kind, ends_on, first, local(now).date()),
        "granted_by": actor.name,
        "granted_at": now,
    }
    if help_.user_id is None:
        raise NoAccount
    is_second = four_eyes.require(db, actor, help_, now=now)
    reason = "activated" if is_second else "activated-alone"
    move(db, actor, help_, "active", reason=reason, changes=changes, now=now)


def note_refused(db: Session, actor: Actor, *, help_id: str, now: datetime) -> None:
    """Leaves in the trace that somebody wanted to open alone what takes two."""
    help_ = _decided(db, actor, help_id)
    audit.record(
        db,
        actor,
        "U",
        category="help",
        patient_id=help_.patient_id,
        entity=f"RelatedPerson/{help_.id}",
        outcome="refused",
        reason="refused: second-person",
        now=now,
    )


def invite(db: Session, actor: Actor, *, help_id: str, now: datetime) -> Lent:
    """Sends the helper a link to name or make their account; the code is told to them in person."""
    help_ = _asked_here(db, actor, help_id)
    if help_.status not in {"applied", "identity-checked"} or help_.user_id:
        raise WrongStep
    if not help_.email:
        raise NoAccount(_("Write down their e-mail address first: the link goes there."))
    return Lent(help_.id, invitations.send(db, actor, help_, now=now), help_.name)


def reject(
    db: Session, actor: Actor, *, help_id: str, reason: str, note: str, now: datetime
) -> None:
    """Turns an application down."""
    help_ = _decided(db, actor, help_id)
    invitations.end(db, help_.id, now=now)
    move(db, actor, help_, "rejected", reason=reason, note=note, now=now)


def suspend(
    db: Session, actor: Actor, *, help_id: str, reason: str, note: str, now: datetime
) -> None:
    """Stops a help at once while somebody looks at it."""
    move(db, actor, _decided(db, actor, help_id), "suspended", reason=reason, note=note, now=now)


def resume(db: Session, actor: Actor, *, help_id: str, note: str, now: datetime) -> None:
    """Opens the record again to a helper who was suspended."""
    help_ = _decided(db, actor, help_id)
    confirming.require(actor, now=now)
    move(db, actor, help_, "active", reason="reactivated", note=note, now=now)


def end(db: Session, actor: Actor, *, help_id: str, reason: str, note: str, now: datetime) -> None:
    """Ends a help at once, for good."""
    help_ = _decided(db, actor, help_id)
    invitations.end(db, help_.id, now=now)
    move(db, actor, help_, "ended", reason=reason, note=note, now=now)


def _decided(db: Session, actor: Actor, help_id: str) -> RelatedPerson:
    require(actor, Permission.INVITE)
    return access.help_decided(db, actor, help_id)


def _asked_here(db: Session, actor: Actor, help_id: str) -> RelatedPerson:
    """Returns a help that somebody asked the clinic for: what a patient lends waits for no desk."""
    help_ = _decided(db, actor, help_id)
    if is_lent(help_):
        raise WrongStep
    return help_


def _kind(db: Session, patient: Patient, key: str, now: datetime) -> Kind:
    kind = KINDS.get(key)
    if kind is None:
        raise Invalid(_("Choose what kind of help it is."))
    if kind.by_age and is_grown_up(patient, policies.current(db), now):
        raise NotForChildren
    return kind


def _some(lent: frozenset[str]) -> str:
    said = scopes.write(scopes.parse(" ".join(lent)))
    if not said:
        raise NothingLent
    return said
