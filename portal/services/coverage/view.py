"""Insurance and balance of a patient, as the desk and whoever writes the bills see them."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.coverage import Account, Coverage
from portal.security import audit, policies
from portal.security.actor import Actor
from portal.services.coverage import checks, finding, insurance, money
from portal.services.coverage.rows import CoverageRow
from portal.words import _, local, short_day

# What stands in the form until somebody has entered another one.
USUAL = "USD"


def view(db: Session, actor: Actor, *, patient_id: str, now: datetime) -> CoverageRow:
    """Returns who pays for a patient and what is open; one row in the trace."""
    patient = finding.whose(db, actor, patient_id)
    audit.record(db, actor, "R", category="coverage", patient_id=patient.id, now=now)
    found = finding.active(db, actor, patient.id)
    open_ = finding.account(db, actor, patient.id)
    said, tone, icon = _said(db, found, now)
    return CoverageRow(
        patient_id=patient.id,
        version=found.version if found else 0,
        said=said,
        tone=tone,
        icon=icon,
        payer=found.payer if found else "",
        member_number=insurance.number(db, found) if found else "",
        period=_period(found),
        verified=_by(found.verified_at, found.verified_by) if found else "",
        entered=_by(found.entered_at, found.entered_by) if found else "",
        self_pay=bool(found and found.self_pay),
        starts_on=found.starts_on.isoformat() if found and found.starts_on else "",
        ends_on=found.ends_on.isoformat() if found and found.ends_on else "",
        account_version=open_.version if open_ else 0,
        balance=money.said(open_.balance, open_.currency) if open_ else "",
        owes=bool(open_ and open_.balance),
        as_of=short_day(open_.as_of) if open_ else "",
        settled=_by(open_.entered_at, open_.entered_by) if open_ else "",
        amount=money.plain(open_.balance, open_.currency) if open_ else "",
        currency=open_.currency if open_ else _usual(db),
        today=local(now).date().isoformat(),
    )


def _said(db: Session, found: Coverage | None, now: datetime) -> tuple[str, str, str]:
    """Says how an insurance stands today, with the tone and the icon of it."""
    if found is None:
        return _("None entered"), "", "info"
    if found.self_pay:
        return _("Pays themselves"), "", "info"
    standing, today = of(found), local(now).date()
    if not checks.covers(standing, today):
        ahead = found.starts_on is not None and found.starts_on > today
        return (_("Begins later") if ahead else _("Period is over")), "warn", "warn"
    days = policies.current(db).insurance_days
    if checks.lacks(standing, day=today, at=now, days=days, for_all=False):
        return (_("Check is old") if found.verified_at else _("Not checked yet")), "warn", "warn"
    return (_("Checked") if found.verified_at else _("Entered")), "ok", "check"


def of(found: Coverage) -> checks.Standing:
    """Returns what the rule needs of an insurance that is active."""
    return checks.Standing(
        is_active=True,
        is_known=True,
        self_pay=found.self_pay,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        verified_at=found.verified_at,
    )


def _period(found: Coverage | None) -> str:
    if found is None or not (found.starts_on or found.ends_on):
        return ""
    if found.starts_on and found.ends_on:
        said = _("{first} to {last}")
    else:
        said = _("From {first}") if found.starts_on else _("Until {last}")
    first = short_day(found.starts_on) if found.starts_on else ""
    return said.format(first=first, last=short_day(found.ends_on) if found.ends_on else "")


def _by(at: datetime | None, who: str) -> str:
    return _("{day}, {who}").format(day=short_day(at), who=who) if at else ""


def _usual(db: Session) -> str:
    """Returns the currency that the clinic entered last."""
    query = select(col(Account.currency)).order_by(col(Account.entered_at).desc()).limit(1)
    return db.connection().execute(query).scalar() or USUAL
