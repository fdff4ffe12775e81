"""Openings: records that somebody opens who does not treat the patient, and says why.

A stated reason opens a record for some hours (policy `reason_hours`); it stands in the trace of
each following act, and in the clinic's report. Emergency access opens what nothing else opens, for
an hour at most (policy `emergency_minutes`): the manager is told at once, and the patient sees it.
Both end by themselves, at the moment of the act, whether or not any job ran (SECURITY AUTHZ-15).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid
from portal.models.people import Patient, User
from portal.models.requests import RecordOpening
from portal.security import access, audit, care, confirming, policies
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import notices
from portal.words import _, _n, clock

NOTE_MAX = 300
# Fewer letters say nothing that anybody could judge later.
NOTE_LEAST = 5
EMERGENCY_LEAST = 10
TOLD = ("manager",)
REASONS: dict[str, str] = {
    "covering": _("I stand in for a colleague"),
    "phone": _("The patient is on the phone or with me now"),
    "result": _("I look at a result that came in"),
    "referral": _("A colleague asked for my opinion, or refers the patient to me"),
    "quality": _("I check the quality of our work"),
    "other": _("Another reason, in words"),
}


class Unsaid(Invalid):
    """The reason needs words."""

    sentence = _("Say in a few words why you need this record.")


class OnlyCareTeam(Conflict):
    """The patient keeps the record to the care team."""

    sentence = _("Only the care team opens this record. In an emergency use emergency access.")


class AlreadyOpen(Conflict):
    """Nothing needs to be opened."""

    sentence = _("This record is open to you already.")


@dataclass(frozen=True)
class ReasonRow:
    """A reason to choose."""

    value: str = ""
    words: str = ""
    detail: str = ""


@dataclass(frozen=True)
class OpeningRow:
    """How the record stands to this reader: closed with a way in, or open, why and until when."""

    # Whether a reason, or an emergency, would open it.
    needs_reason: bool = False
    may_state: bool = False
    may_break: bool = False
    # Whether a factor was entered lately, as emergency access asks.
    is_confirmed: bool = False
    reasons: list[ReasonRow] = field(default_factory=list)
    said: str = ""
    ends: str = ""
    emergency_ends: str = ""
    # Why it is open.
    why: str = ""
    is_stated: bool = False
    is_emergency: bool = False
    left: str = ""
    until: int = 0


def row(db: Session, actor: Actor, patient: Patient, *, now: datetime) -> OpeningRow:
    """Returns how a patient's record stands to the actor; empty for who never opens records."""
    if not has(actor, Permission.OPEN_WITH_REASON):
        return OpeningRow()
    reason = care.why(db, actor, patient.id, now=now)
    if reason:
        return _open_row(db, actor, patient, reason, now)
    return _closed(db, actor, patient, now)


def named(db: Session, actor: Actor, patient_id: str, *, now: datetime) -> OpeningRow:
    """Returns the actor's own opening of a record while it lasts; empty where there is none."""
    if not has(actor, Permission.OPEN_WITH_REASON):
        return OpeningRow()
    reason = care.why(db, actor, patient_id, now=now)
    if care.code_of(reason or "") not in {"reason", "emergency"}:
        return OpeningRow()
    return _open_row(db, actor, access.patient(db, actor, patient_id), reason, now)


def _closed(db: Session, actor: Actor, patient: Patient, now: datetime) -> OpeningRow:
    rules = policies.current(db)
    may_state = not _is_kept(patient)
    said = _("You are not on the care team. Nothing has been opened yet.")
    kept = _("This patient keeps the record to the care team. Nothing has been opened.")
    return OpeningRow(
        needs_reason=True,
        may_state=may_state,
        may_break=True,
        is_confirmed=confirming.is_confirmed(actor, now=now),
        reasons=[ReasonRow(code, words) for code, words in REASONS.items()] if may_state else [],
        said=said if may_state else kept,
        ends=clock(now + timedelta(hours=rules.reason_hours)),
        emergency_ends=_n("for {count} minute", "for {count} minutes", rules.emergency_minutes),
    )


def _open_row(
    db: Session, actor: Actor, patient: Patient, reason: str, now: datetime
) -> OpeningRow:
    code = care.code_of(reason)
    is_emergency = code == "emergency"
    if code not in {"reason", "emergency"}:
        return OpeningRow(why=_why_words(code))
    opening = _running(db, actor, patient.id, now)
    if opening is None:
        return OpeningRow()
    stated = opening.note or _(REASONS.get(opening.reason, ""))
    return OpeningRow(
        why=stated,
        is_stated=not is_emergency,
        is_emergency=is_emergency,
        left=_left(opening.ends_at, now),
        ends=clock(opening.ends_at),
        until=int(opening.ends_at.timestamp()),
    )


def _why_words(reason: str) -> str:
    """Says why a record is open to whoever treats the patient."""
    if reason == "visit":
        return _("there is a visit today")
    if reason == "message":
        return _("a message about health waits for an answer")
    if reason == "result":
        return _("a result waits for you")
    if reason == "doctor":
        return _("you are the patient’s doctor")
    return _("you are on the care team")


def _left(ends_at: datetime, now: datetime) -> str:
    minutes = max(1, int((ends_at - now).total_seconds() + 59) // 60)
    if minutes < 120:  # noqa: PLR2004 - from two hours on people count in hours
        return _n("{count} minute left", "{count} minutes left", minutes)
    return _n("{count} hour left", "{count} hours left", minutes // 60)


def state_reason(
    db: Session, actor: Actor, *, patient_id: str, reason: str, note: str = "", now: datetime
) -> None:
    """Opens a record for some hours, for a reason that the patient and the clinic can read."""
    patient = _closed_record(db, actor, patient_id, now)
    if _is_kept(patient):
        raise OnlyCareTeam
    if reason not in REASONS:
        raise Invalid(_("Choose why you need this record."))
    words = _words(note, NOTE_LEAST if reason == "other" else 0)
    ends_at = now + timedelta(hours=policies.current(db).reason_hours)
    _open(db, actor, patient.id, reason, words, now, ends_at)


def break_glass(db: Session, actor: Actor, *, patient_id: str, note: str, now: datetime) -> None:
    """Opens a record in an emergency; the manager is told at once, and the patient sees it."""
    patient = _closed_record(db, actor, patient_id, now)
    confirming.require(actor, now=now)
    words = _words(note, EMERGENCY_LEAST)
    minutes = min(60, policies.current(db).emergency_minutes)
    ends_at = now + timedelta(minutes=minutes)
    opening = _open(db, actor, patient.id, "emergency", words, now, ends_at, is_emergency=True)
    given = {"at": notices.moment(now)}
    for user_id in _to_tell(db):
        notices.to_user(
            db, "glass.broken", user_id, key=f"{opening.id}:{user_id}", given=given, now=now
        )


def close(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> None:
    """Ends the actor's own opening of a record before its time."""
    require(actor, Permission.OPEN_WITH_REASON)
    patient = access.patient(db, actor, patient_id)
    if _running(db, actor, patient.id, now) is None:
        # Ended already, or never opened: the trace says nothing that did not happen.
        return
    audit.record(
        db, actor, "E", category="opening", patient_id=patient.id, reason="closed", now=now
    )
    db.connection().execute(
        update(RecordOpening)
        .where(*_of(actor, patient.id), col(RecordOpening.ends_at) > now)
        .values(ends_at=now)
    )
    care.changed(db)
    live.tell(db, "access", [patient.id])


def _closed_record(db: Session, actor: Actor, patient_id: str, now: datetime) -> Patient:
    require(actor, Permission.OPEN_WITH_REASON)
    patient = access.patient(db, actor, patient_id)
    if care.why(db, actor, patient.id, now=now):
        raise AlreadyOpen
    return patient


def _is_kept(patient: Patient) -> bool:
    """Whether only the care team opens it; where there is no doctor there is nobody to keep it."""
    return patient.care_team_only and patient.general_practitioner_id is not None


def _words(note: str, least: int) -> str:
    words = " ".join(note.replace("\x00", "").split())[:NOTE_MAX]
    if len(words) < least:
        raise Unsaid
    return words


def _open(
    db: Session,
    actor: Actor,
    patient_id: str,
    reason: str,
    note: str,
    now: datetime,
    ends_at: datetime,
    *,
    is_emergency: bool = False,
) -> RecordOpening:
    opening = RecordOpening(
        user_id=actor.user_id,
        patient_id=patient_id,
        reason=reason,
        note=note,
        is_emergency=is_emergency,
        opened_at=now,
        ends_at=ends_at,
    )
    db.add(opening)
    db.flush()
    care.changed(db)
    audit.record(
        db,
        actor,
        "E",
        category="emergency" if is_emergency else "opening",
        patient_id=patient_id,
        entity=f"RecordOpening/{opening.id}",
        now=now,
    )
    live.tell(db, "access", [patient_id])
    return opening


def _of(actor: Actor, patient_id: str) -> tuple[Any, ...]:
    mine = col(RecordOpening.user_id) == actor.user_id
    return (mine, col(RecordOpening.patient_id) == patient_id)


def _running(db: Session, actor: Actor, patient_id: str, now: datetime) -> RecordOpening | None:
    query = (
        select(RecordOpening)
        .where(*_of(actor, patient_id), col(RecordOpening.ends_at) > now)
        .order_by(col(RecordOpening.is_emergency).desc(), col(RecordOpening.ends_at).desc())
    )
    return db.scalars(query.limit(1)).first()


def _to_tell(db: Session) -> list[str]:
    query = select(col(User.id)).where(col(User.role).in_(TOLD), col(User.disabled).is_(False))
    return list(db.connection().execute(query).scalars())
