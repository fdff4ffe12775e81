"""Moving a help from state to state: only along allowed ways, each with its reason and a trace.

Of two people at once one wins: the row is taken by its state. The other is told to look again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid
from portal.models.people import Patient, RelatedPerson, User
from portal.models.requests import HelpChange
from portal.security import audit
from portal.security.actor import Actor
from portal.services import notices
from portal.services.family import four_eyes
from portal.services.family.reasons import REASONS
from portal.words import _

NOTE_MOST = 500
_TOO_MUCH = _("Say it in fewer words.")
# From which state a help may go to which.
WAYS: dict[str, frozenset[str]] = {
    "known": frozenset({"applied"}),
    "applied": frozenset({"identity-checked", "active", "rejected", "ended"}),
    "identity-checked": frozenset({"active", "rejected", "ended"}),
    "active": frozenset({"suspended", "ended"}),
    "suspended": frozenset({"active", "ended"}),
    "rejected": frozenset({"applied"}),
    "ended": frozenset(),
}


class WrongStep(Conflict):
    """A help cannot go from the state that it is in to the one that was asked for."""

    sentence = _("That step does not follow from where it stands. Look at it again.")


class NeedsReason(Invalid):
    """A step without a reason that fits it."""

    sentence = _("Choose why from the list; for another reason, write a few words.")


def move(
    db: Session,
    actor: Actor,
    help_: RelatedPerson,
    to: str,
    *,
    reason: str,
    now: datetime,
    note: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    """Moves a help on; raises `WrongStep`, `NeedsReason`, or `Conflict` if somebody was faster."""
    before = help_.status
    if to not in WAYS[before]:
        raise WrongStep
    _check(reason, to, note)
    same = (col(RelatedPerson.id) == help_.id) & (col(RelatedPerson.status) == before)
    values = {**(changes or {}), "status": to, "reason": reason}
    _take(db, same, values)
    db.refresh(help_)
    note_change(db, actor, help_, before, reason=reason, note=note, now=now)


def rewrite(
    db: Session,
    actor: Actor,
    help_: RelatedPerson,
    values: dict[str, Any],
    *,
    now: datetime,
    reason: str = "scopes-changed",
    note: str = "",
) -> None:
    """Changes what a help covers and leaves its state; what it covered must still be so."""
    same = (
        (col(RelatedPerson.id) == help_.id)
        & (col(RelatedPerson.status) == help_.status)
        & (col(RelatedPerson.scopes) == help_.scopes)
        & (col(RelatedPerson.ends_on).is_not_distinct_from(help_.ends_on))
        & (col(RelatedPerson.more_scopes) == help_.more_scopes)
        & (col(RelatedPerson.more_until).is_not_distinct_from(help_.more_until))
        & (col(RelatedPerson.more_by) == help_.more_by)
    )
    if len(note) > NOTE_MOST:
        raise Invalid(_TOO_MUCH)
    _take(db, same, values)
    db.refresh(help_)
    note_change(db, actor, help_, help_.status, reason=reason, note=note, now=now)


def _take(db: Session, same: Any, values: dict[str, Any]) -> None:
    done = db.connection().execute(update(RelatedPerson).where(same).values(**values))
    if done.rowcount != 1:
        raise Conflict


def _check(reason: str, to: str, note: str) -> None:
    known = REASONS.get(reason)
    if known is None or to not in known.to or (known.needs_note and not note.strip()):
        raise NeedsReason
    if len(note) > NOTE_MOST:
        raise Invalid(_TOO_MUCH)


def side_of(actor: Actor, help_: RelatedPerson) -> str:
    """Returns on which side of a help the actor stands."""
    if actor.is_system:
        return "system"
    if actor.is_staff:
        return "staff"
    return "patient" if actor.own_patient_id == help_.patient_id else "helper"


def note_change(
    db: Session,
    actor: Actor,
    help_: RelatedPerson,
    before: str,
    *,
    reason: str,
    note: str,
    now: datetime,
) -> None:
    """Keeps the step, leaves the trace, and tells both sides."""
    change = HelpChange(
        related_person_id=help_.id,
        at=now,
        by_id=actor.user_id,
        by_name=actor.name,
        side=side_of(actor, help_),
        from_status=before,
        to_status=help_.status,
        reason=reason,
        note=" ".join(note.replace("\x00", "").split()),
    )
    db.add(change)
    db.flush()
    audit.record(
        db,
        actor,
        "C" if not before else "U",
        category="help",
        patient_id=help_.patient_id,
        entity=f"RelatedPerson/{help_.id}",
        reason=f"{help_.status}: {reason}",
        now=now,
    )
    _tell(db, help_, change, now)


def _tell(db: Session, help_: RelatedPerson, change: HelpChange, now: datetime) -> None:
    query = select(col(User.id)).where(col(User.patient_id) == help_.patient_id)
    own = set(db.connection().execute(query).scalars())
    people = {*own, help_.user_id} - {None}
    live.tell(db, "people", [help_.patient_id])
    live.tell_users(db, "people", sorted(str(one) for one in people))
    # Before the clinic opens the record, the patient learns from when it may, and can object.
    opens = four_eyes.opens_at(db, help_) if change.reason in four_eyes.SETTLED else None
    from_at = notices.moment(opens) if opens else ""
    for user_id in sorted(str(one) for one in people):
        kind = "help.asked" if from_at and user_id in own else "help.changed"
        given = {"from_at": from_at}
        notices.to_user(db, kind, user_id, key=f"{change.id}:{user_id}", now=now, given=given)


def is_lent(help_: RelatedPerson) -> bool:
    """Says whether a help waits for the helper alone: the patient gave it by themselves.

    By who gave it and not by its kind: what the desk wrote down is never the patient's own gift.
    """
    return help_.status == "applied" and help_.reason == "lent"


def patient_of(db: Session, help_: RelatedPerson) -> Patient:
    """Returns the patient of a help that was found."""
    return db.get_one(Patient, help_.patient_id)
