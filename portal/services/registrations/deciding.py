"""Deciding: the front desk looks at a request beside the patients whom it may mean.

Accepting opens nothing by itself: it invites, and the short code is told in person or by a call
to the number on file (SECURITY AUTHN-10). Of two who decide at once the second one is told so.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.base import new_id
from portal.models.requests import Registration
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import invitations, notices
from portal.services.registrations import matching
from portal.words import _, how_far, partial_day

SHOWN = 50
# Why a request is turned down: kept for the clinic, never told (the mail is the same for all).
REASONS: dict[str, str] = {
    "not-sure": _("We could not be sure who it is"),
    "no-patient": _("No patient of ours"),
    "has-account": _("Has an account already"),
    "not-reached": _("Could not be reached"),
    "not-meant": _("Not meant seriously"),
}
# Whom we do not write to.
SILENT = frozenset({"not-meant"})
_KINDS = {
    "name": _("Name"),
    "birth_date": _("Birth date"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "record_number": _("Record number"),
}
# In words, with an icon and a tone.
_VERDICTS = {
    "same": (_("the same"), "check", "ok"),
    "close": (_("almost the same"), "warn", "warn"),
    "differs": (_("differs"), "stop", "bad"),
    "missing": (_("not given"), "info", ""),
}
_ACCOUNTS = {
    "": _("No account yet"),
    "invited": _("Invited, not activated yet"),
    "active": _("Has an account already"),
    "disabled": _("Account disabled"),
}


@dataclass(frozen=True)
class RequestRow:
    """A request that waits."""

    id: str = ""
    name: str = ""
    born: str = ""
    contact: str = ""
    at: str = ""
    is_proved: bool = False


@dataclass(frozen=True)
class FactRow:
    """One thing that was typed, beside what is on file."""

    kind: str = ""
    typed: str = ""
    on_file: str = ""
    words: str = ""
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True)
class LikelyRow:
    """A patient whom a request may mean."""

    patient_id: str = ""
    name: str = ""
    href: str = ""
    account: str = ""
    facts: list[FactRow] = field(default_factory=list)
    may_invite: bool = False
    # Whether a mail can go to the address on file; else a letter.
    by_mail: bool = False


@dataclass(frozen=True)
class OpenRequest:
    """One request, with whom it may mean."""

    id: str = ""
    name: str = ""
    born: str = ""
    email: str = ""
    phone: str = ""
    record_number: str = ""
    note: str = ""
    at: str = ""
    proved: str = ""
    likely: list[LikelyRow] = field(default_factory=list)


@dataclass(frozen=True)
class Accepted:
    """What the front desk has to do now: tell this code, once the person is surely who they are."""

    name: str = ""
    code: str = ""
    by: str = ""
    href: str = ""


def waiting(db: Session, actor: Actor, *, now: datetime) -> list[RequestRow]:
    """Returns the requests that wait, the oldest first."""
    require(actor, Permission.INVITE)
    query = (
        select(Registration)
        .where(col(Registration.status) == "waiting")
        .order_by(col(Registration.created_at), col(Registration.id))
        .limit(SHOWN)
    )
    found = [_row(one, now) for one in db.scalars(query)]
    audit.record(db, actor, "R", category="registration", entity=f"{len(found)} requests", now=now)
    return found


def one(db: Session, actor: Actor, *, request_id: str, now: datetime) -> OpenRequest:
    """Returns one request beside the patients whom it may mean; each of them is traced."""
    require(actor, Permission.INVITE)
    asked = _waiting(db, request_id)
    likely = matching.likely(db, actor, asked)
    for found in likely:
        _note(db, actor, asked, "R", "compared", now, found.patient.id)
    if not likely:
        _note(db, actor, asked, "R", "looked at", now)
    return OpenRequest(
        id=asked.id,
        name=f"{asked.given} {asked.family}",
        born=partial_day(asked.birth_date),
        email=asked.email,
        phone=asked.phone,
        record_number=asked.record_number,
        note=asked.note,
        at=how_far(asked.created_at, now),
        proved=_("proved with a code") if asked.email else "",
        likely=[_likely(found) for found in likely],
    )


def accept(
    db: Session, actor: Actor, *, request_id: str, patient_id: str, by: str, now: datetime
) -> Accepted:
    """Invites the patient whom a request means: by a mail to the address on file, or by letter.

    The letter is made on the patient's page, where who prints it says how they know who it is.
    """
    require(actor, Permission.INVITE)
    patient = access.patient(db, actor, patient_id)
    asked = _decide(db, actor, request_id, "accepted", "", now)
    asked.patient_id = patient.id
    db.add(asked)
    db.flush()
    is_mail = by == "email"
    code = _mailed(db, actor, patient.id, now) if is_mail else ""
    if not is_mail:
        invitations.account_for(db, patient, now)
    _note(db, actor, asked, "U", "accepted", now, patient.id)
    live.tell(db, "people", [live.STAFF, patient.id])
    return Accepted(name=patient.name, code=code, by=by, href=f"/staff/patients/{patient.id}")


def reject(db: Session, actor: Actor, *, request_id: str, reason: str, now: datetime) -> None:
    """Turns a request down; the applicant reads the same neutral answer whatever the reason."""
    require(actor, Permission.INVITE)
    if reason not in REASONS:
        raise Invalid
    asked = _decide(db, actor, request_id, "rejected", reason, now)
    if asked.email and reason not in SILENT:
        notices.mail(
            db,
            "registration.answered",
            address=asked.email,
            key=f"{asked.id}:{new_id()}",
            given={"answer": "no-account"},
            now=now,
        )
    _note(db, actor, asked, "U", reason, now)
    live.tell(db, "people", [live.STAFF])


def reasons() -> list[tuple[str, str]]:
    """Returns why a request may be turned down, with the words for it."""
    return [(key, _(words)) for key, words in REASONS.items()]


def _mailed(db: Session, actor: Actor, patient_id: str, now: datetime) -> str:
    issued = invitations.invite(db, actor, patient_id=patient_id, by="email", now=now)
    return invitations.code_said(issued.code)


def _decide(
    db: Session, actor: Actor, request_id: str, status: str, reason: str, now: datetime
) -> Registration:
    """Takes a request that waits, once; raises `Conflict` where somebody else was faster."""
    mine = (col(Registration.id) == request_id) & (col(Registration.status) == "waiting")
    decided = {
        "status": status,
        "reason": reason,
        "decided_by": actor.name,
        "decided_at": now,
    }
    taken = db.connection().execute(update(Registration).where(mine).values(**decided))
    asked = db.get(Registration, request_id, populate_existing=True)
    if asked is None:
        raise NotFound
    if taken.rowcount != 1:
        said = _("{name} has decided this meanwhile. There is nothing left to do.")
        raise Conflict(said.format(name=asked.decided_by or _("Somebody")))
    return asked


def _waiting(db: Session, request_id: str) -> Registration:
    asked = db.get(Registration, request_id)
    if asked is None or asked.status != "waiting":
        raise NotFound
    return asked


def _row(asked: Registration, now: datetime) -> RequestRow:
    return RequestRow(
        id=asked.id,
        name=f"{asked.given} {asked.family}",
        born=partial_day(asked.birth_date),
        contact=asked.email or asked.phone,
        at=how_far(asked.created_at, now),
        is_proved=bool(asked.email),
    )


def _likely(found: matching.Likely) -> LikelyRow:
    patient = found.patient
    may = found.account in {"", "invited"} and not patient.deceased
    return LikelyRow(
        patient_id=patient.id,
        name=patient.name,
        href=f"/staff/patients/{patient.id}",
        account=_("Has died") if patient.deceased else _(_ACCOUNTS[found.account]),
        facts=[_fact(fact) for fact in found.facts],
        may_invite=may,
        by_mail=may and bool(patient.email),
    )


def _fact(fact: matching.Fact) -> FactRow:
    words, icon, tone = _VERDICTS[fact.verdict]
    is_day = fact.kind == "birth_date"
    said = [partial_day(text) if is_day and text else text for text in (fact.typed, fact.on_file)]
    return FactRow(_(_KINDS[fact.kind]), said[0] or "–", said[1] or "–", _(words), icon, tone)


def _note(
    db: Session,
    actor: Actor,
    asked: Registration,
    action: str,
    reason: str,
    now: datetime,
    patient_id: str = "",
) -> None:
    audit.record(
        db,
        actor,
        action,
        category="registration",
        patient_id=patient_id,
        entity=f"Registration/{asked.id}",
        reason=reason,
        now=now,
    )
