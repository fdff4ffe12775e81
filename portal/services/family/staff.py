"""The clinic's side of helps: what waits for a decision, and one patient's helps with all steps."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.people import Patient, RelatedPerson, User
from portal.security import access, audit, policies, scopes
from portal.security.actor import Actor
from portal.security.permissions import Permission, has, require
from portal.services import confidential, requests_queue
from portal.services.confidential import MarkRow
from portal.services.family import changing, four_eyes
from portal.services.family.kinds import BASES, KINDS, PROOFS, is_grown_up
from portal.services.family.moving import WAYS, is_lent
from portal.services.family.reading import HelpRow, staff_row, steps_of
from portal.services.family.reasons import FOR_CHANGES, said
from portal.words import _, short_day

SHOWN = 50


@dataclass(frozen=True)
class ChoiceRow:
    """One entry of a native list."""

    value: str
    words: str


@dataclass(frozen=True)
class DecideRow:
    """A help as staff decide on it."""

    row: HelpRow = field(default_factory=HelpRow)
    patient_id: str = ""
    patient_name: str = ""
    email: str = ""
    proof_words: str = ""
    proofs: list[ChoiceRow] = field(default_factory=list)
    has_account: bool = False
    may_check: bool = False
    may_invite: bool = False
    may_activate: bool = False
    may_reject: bool = False
    may_suspend: bool = False
    may_resume: bool = False
    may_end: bool = False
    may_change: bool = False
    # What was proposed beyond what holds, and by whom; empty where nothing was.
    more: list[str] = field(default_factory=list)
    more_until: str = ""
    more_by: str = ""
    # What keeps this very person from opening the record alone.
    second: str = ""


@dataclass(frozen=True)
class QueueRow:
    """What waits for a decision, of all patients."""

    helps: list[DecideRow] = field(default_factory=list)


@dataclass(frozen=True)
class PatientRow:
    """One patient's helps, and what is kept from helpers."""

    patient_id: str = ""
    name: str = ""
    helps: list[DecideRow] = field(default_factory=list)
    kinds: list[ChoiceRow] = field(default_factory=list)
    may_decide: bool = False
    marks: list[MarkRow] = field(default_factory=list)
    collisions: list[str] = field(default_factory=list)


def queue(db: Session, actor: Actor, *, now: datetime) -> QueueRow:
    """Returns the applications that wait for the clinic, the oldest first."""
    require(actor, Permission.INVITE)
    audit.record(db, actor, "R", category="help", entity="queue", now=now)
    query = (
        select(RelatedPerson, Patient)
        .join(Patient, col(Patient.id) == col(RelatedPerson.patient_id))
        .where(requests_queue.helps_that_wait())
        .order_by(col(RelatedPerson.id))
        .limit(SHOWN)
    )
    found: list[Any] = list(db.execute(query).all())
    return QueueRow([_decide(db, actor, help_, patient, now) for help_, patient in found])


def of_patient(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> PatientRow:
    """Returns who helps a patient, and what of the record is kept between them and the clinic."""
    require(actor, Permission.FIND_PATIENTS)
    patient = access.patient(db, actor, patient_id)
    audit.record(db, actor, "R", category="help", patient_id=patient.id, now=now)
    decides = has(actor, Permission.INVITE)
    query = (
        select(RelatedPerson)
        .where(col(RelatedPerson.patient_id) == patient.id, col(RelatedPerson.status) != "known")
        .order_by(col(RelatedPerson.status).in_(("ended", "rejected")), col(RelatedPerson.name))
        .limit(SHOWN)
    )
    rules = policies.current(db)
    grown_up = is_grown_up(patient, rules, now)
    return PatientRow(
        patient_id=patient.id,
        name=patient.name,
        helps=[_decide(db, actor, help_, patient, now) for help_ in db.scalars(query)]
        if decides
        else [],
        kinds=[
            ChoiceRow(key, _(kind.words))
            for key, kind in KINDS.items()
            if not (kind.by_age and grown_up)
        ],
        may_decide=decides,
        marks=confidential.of_patient(db, actor, patient_id=patient.id, now=now),
        collisions=collisions(db, actor, patient_id=patient.id, now=now) if decides else [],
    )


def _decide(
    db: Session, actor: Actor, help_: RelatedPerson, patient: Patient, now: datetime
) -> DecideRow:
    kind = KINDS.get(help_.kind)
    ways = WAYS[help_.status]
    steps = steps_of(db, [help_.id], to_helper=False).get(help_.id, [])
    by_staff = kind is not None and not is_lent(help_)
    by_law = kind is not None and kind.by_staff
    account = db.get(User, help_.user_id) if help_.user_id else None
    waits = help_.status in {"applied", "identity-checked"}
    return DecideRow(
        row=staff_row(help_, patient, policies.current(db), steps, now),
        patient_id=patient.id,
        patient_name=patient.name,
        email=help_.email,
        proof_words=_(kind.proof) if kind else "",
        proofs=[ChoiceRow(key, _(PROOFS[key])) for key in kind.proofs] if kind else [],
        has_account=account is not None,
        may_check=help_.status == "applied" and by_staff,
        may_invite=waits and by_staff and account is None and bool(help_.email),
        may_activate=help_.status == "identity-checked" and account is not None,
        may_change=by_law and help_.status in changing.STANDING,
        **_more(db, help_),
        second=_second(db, actor, help_, now),
        may_reject="rejected" in ways and by_staff,
        may_suspend="suspended" in ways,
        may_resume=help_.status == "suspended",
        may_end=help_.status in {"active", "suspended"},
    )


def _more(db: Session, help_: RelatedPerson) -> dict[str, Any]:
    if not help_.more_by or help_.status not in changing.STANDING:
        return {}
    by = db.get(User, help_.more_by)
    return {
        "more": scopes.said(scopes.parse(help_.more_scopes)),
        "more_until": short_day(help_.more_until) if help_.more_until else "",
        "more_by": by.name if by else "",
    }


def change_reasons() -> list[tuple[str, str]]:
    """Returns why what a help covers may be changed, for a native list."""
    return [(code, said(code)) for code in FOR_CHANGES]


def _second(db: Session, actor: Actor, help_: RelatedPerson, now: datetime) -> str:
    if help_.status != "identity-checked":
        return ""
    try:
        four_eyes.require(db, actor, help_, now=now)
    except four_eyes.NotAlone as refusal:
        return refusal.words
    return ""


def bases() -> list[tuple[str, str]]:
    """Returns on what a help may rest, for a native list."""
    return [(key, _(words)) for key, words in BASES.items()]


def collisions(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> list[str]:
    """Says where a minor's account carries the e-mail or phone of a helper (AUTHZ-14)."""
    require(actor, Permission.INVITE)
    patient = access.patient(db, actor, patient_id)
    if is_grown_up(patient, policies.current(db), now):
        return []
    own = db.scalars(select(User).where(col(User.patient_id) == patient.id)).first()
    if own is None:
        return []
    query = (
        select(RelatedPerson, User)
        .outerjoin(User, col(User.id) == col(RelatedPerson.user_id))
        .where(col(RelatedPerson.patient_id) == patient.id)
    )
    return sorted({line for help_, user in db.execute(query) for line in _shared(own, help_, user)})


def _shared(own: User, help_: RelatedPerson, user: User | None) -> list[str]:
    emails = {help_.email.lower(), user.email.lower() if user else ""} - {""}
    phones = {_digits(help_.phone), _digits(user.phone) if user else ""} - {""}
    shared: list[str] = []
    if own.email.lower() in emails:
        shared.append(
            _("The account carries the e-mail address of {name}.").format(name=help_.name)
        )
    if _digits(own.phone) in phones:
        shared.append(_("The account carries the phone number of {name}.").format(name=help_.name))
    return shared


def _digits(phone: str) -> str:
    """Returns the last ten digits: the same number with and without its country's."""
    return "".join(sign for sign in phone if sign.isdigit())[-10:]
