"""Entering an insurance, checking it with the payer, ending it.

One of a patient's is active. Who is insured elsewhere has a new one, and the old one stays as
cancelled; it is checked anew, because nobody has asked the new payer yet.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.coverage import NUMBER_MAX, PAYER_MAX, Coverage
from portal.security import audit, sealed
from portal.security.actor import Actor
from portal.services import once
from portal.services.coverage import finding
from portal.words import _

# Why one ends: it holds no more; it never was this patient's.
ENDINGS = {"ended": "cancelled", "error": "entered-in-error"}
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)


class Changed(Conflict):
    """Two at the same insurance or balance."""

    sentence = _("Somebody else has changed this meanwhile. Look at it, then enter it again.")


class NoPayer(Invalid):
    """An insurance without what it is."""

    sentence = _("Enter who insures them and the member number, or that they pay themselves.")


class PeriodTurned(Invalid):
    """The last day lies before the first, or in no year that is meant."""

    sentence = _("The last day must not be before the first.")


def enter(
    db: Session,
    actor: Actor,
    *,
    patient_id: str,
    version: int,
    payer: str = "",
    member_number: str = "",
    self_pay: bool = False,
    starts_on: date | None = None,
    ends_on: date | None = None,
    now: datetime,
) -> None:
    """Enters what insures a patient; raises `Changed` where another than was seen stands.

    `version`: of the one that was seen, 0 for none.
    """
    patient = finding.whose(db, actor, patient_id)
    payer, number = ("", "") if self_pay else (_line(payer), _line(member_number))
    _check(payer, number, starts_on, ends_on, self_pay=self_pay)
    standing = _seen(db, actor, patient.id, version)
    period: dict[str, Any] = {"starts_on": starts_on, "ends_on": ends_on}
    if standing and (payer, number, self_pay) == _content(db, standing):
        _write(db, standing, **period)
        _note(db, actor, "U", standing, "period", now)
        return
    if standing:
        _write(db, standing, status="cancelled")
        _note(db, actor, "U", standing, "cancelled", now)
    made = Coverage(
        patient_id=patient.id,
        payer=payer,
        self_pay=self_pay,
        entered_at=now,
        entered_by=actor.name,
        **period,
    )
    made.member_number = sealed_number(db, made, number)
    if once.insert(db, Coverage, [made.model_dump()]) != 1:
        raise Changed
    _note(db, actor, "C", made, "self-pay" if self_pay else "entered", now)


def verify(db: Session, actor: Actor, *, patient_id: str, version: int, now: datetime) -> None:
    """Notes that the insurance was checked today, and by whom."""
    standing = _standing(db, actor, patient_id, version)
    _write(db, standing, verified_at=now, verified_by=actor.name)
    _note(db, actor, "U", standing, "verified", now)


def end(
    db: Session, actor: Actor, *, patient_id: str, version: int, why: str, now: datetime
) -> None:
    """Ends an insurance: it holds no more, or it was entered by mistake."""
    if why not in ENDINGS:
        raise Invalid
    standing = _standing(db, actor, patient_id, version)
    _write(db, standing, status=ENDINGS[why])
    _note(db, actor, "U", standing, ENDINGS[why], now)


def number(db: Session, record: Coverage) -> str:
    """Returns the member's number of an insurance that was found."""
    if not record.member_number:
        return ""
    value = sealed.unseal(
        db, record.member_number, table="coverage", column="member_number", row_id=record.id
    )
    return value.decode()


def sealed_number(db: Session, record: Coverage, given: str) -> bytes:
    """Returns a member's number sealed for the row that is to bear it."""
    if not given:
        return b""
    return sealed.seal(
        db, given.encode(), table="coverage", column="member_number", row_id=record.id
    )


def _content(db: Session, record: Coverage) -> tuple[str, str, bool]:
    return record.payer, number(db, record), record.self_pay


def _line(given: str) -> str:
    return " ".join(given.replace("\x00", "").split())


def _check(
    payer: str, member: str, starts_on: date | None, ends_on: date | None, *, self_pay: bool
) -> None:
    if not self_pay and not (0 < len(payer) <= PAYER_MAX and 0 < len(member) <= NUMBER_MAX):
        raise NoPayer
    if any(day and not _FIRST <= day <= _LAST for day in (starts_on, ends_on)):
        raise PeriodTurned
    if starts_on and ends_on and ends_on < starts_on:
        raise PeriodTurned


def _seen(db: Session, actor: Actor, patient_id: str, version: int) -> Coverage | None:
    standing = finding.active(db, actor, patient_id)
    if (standing.version if standing else 0) != version:
        raise Changed
    return standing


def _standing(db: Session, actor: Actor, patient_id: str, version: int) -> Coverage:
    """Returns the insurance that was seen."""
    patient = finding.whose(db, actor, patient_id)
    if not version:
        raise NotFound
    found = _seen(db, actor, patient.id, version)
    if found is None:
        raise NotFound
    return found


def _write(db: Session, record: Coverage, **values: object) -> None:
    same = (
        col(Coverage.id) == record.id,
        col(Coverage.version) == record.version,
        col(Coverage.status) == "active",
    )
    changed = update(Coverage).where(*same).values(**values, version=record.version + 1)
    if db.connection().execute(changed).rowcount != 1:
        raise Changed


def _note(
    db: Session, actor: Actor, action: str, record: Coverage, what: str, now: datetime
) -> None:
    audit.record(
        db, actor, action, category="coverage", patient_id=record.patient_id,
        entity=f"Coverage/{record.id}", reason=what, now=now,
    )  # fmt: skip
    live.tell(db, "coverage", [live.STAFF])
