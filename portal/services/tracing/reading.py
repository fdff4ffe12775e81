"""Reading the report: by person, patient, period and kind, sorted by any column, paged."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from portal import settings
from portal.errors import Invalid
from portal.models.audit import AuditEvent
from portal.models.people import Patient
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import pages, witness
from portal.services.looks import words
from portal.services.tracing import span, unusual
from portal.services.tracing.rows import KindRow, ReportRow, TracedRow
from portal.words import _, clock, local, short_day

DAYS = 7
ONE_DAY = timedelta(days=1)
SORTS: dict[str, Any] = {
    "at": col(AuditEvent.seq),
    "who": col(AuditEvent.actor_name),
    "role": col(AuditEvent.role),
    "patient": col(Patient.name),
    "did": col(AuditEvent.category),
    "why": col(AuditEvent.reason),
    "outcome": col(AuditEvent.outcome),
}
COLUMNS = (
    *AuditEvent.__table__.c,  # pyright: ignore[reportAttributeAccessIssue]
    col(Patient.name).label("patient_name"),
    col(Patient.record_number),
)


@dataclass(frozen=True)
class Wanted:
    """What is asked of the trace; no day means the last week."""

    person: str = ""
    patient: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    # Whether what the portal did by itself, to keep pages true, is shown too.
    glances: bool = False
    # The number of the last row to show; 0 for all.
    newest: int = 0
    sort: str = "at"
    descending: bool = True


def view(db: Session, actor: Actor, *, wanted: Wanted, page: int = 1, now: datetime) -> ReportRow:
    """Returns one page of the report; reading it is itself in the trace (SECURITY AUD-07)."""
    require(actor, Permission.SEE_TRACE)
    audit.record(db, actor, "R", category="access report", entity=f"page {page}", now=now)
    since, until = period(wanted, now)
    query = (
        select(*COLUMNS, func.count().over().label("total"))
        .outerjoin(Patient, col(Patient.id) == col(AuditEvent.patient_id))
        .where(*conditions(db, actor, wanted, now))
        .order_by(*_order(wanted))
        .limit(pages.SIZE)
        .offset(pages.first_row(page))
    )
    rows = db.connection().execute(query).all()
    told = witness.heard(db, settings.current().witness_dir)
    found, more = unusual.listed(db, actor, since=since, until=until, now=now)
    return ReportRow(
        traced=[_row(row) for row in rows],
        leaf=pages.leaf(page, rows[0].total if rows else 0),
        kinds=[KindRow(key, said) for key, said in words.kind_words().items()],
        unusual=found,
        more_unusual=more,
        person=wanted.person,
        patient=wanted.patient,
        kind=wanted.kind,
        since=since.isoformat(),
        until=until.isoformat(),
        glances="on" if wanted.glances else "",
        newest=wanted.newest or _newest(db),
        alarm="" if told.is_fine else told.words,
        sort=wanted.sort,
        descending=wanted.descending,
        said=_("{first} to {last}").format(first=short_day(since), last=short_day(until)),
    )


def period(wanted: Wanted, now: datetime) -> tuple[date, date]:
    """Returns the first and the last day that are asked for; refuses a period turned around."""
    until = wanted.until or local(now).date()
    since = wanted.since or until - timedelta(days=DAYS - 1)
    if since > until:
        raise Invalid(_("The first day lies after the last one. Choose the days again."))
    return since, until


def conditions(db: Session, actor: Actor, wanted: Wanted, now: datetime) -> list[Any]:
    """Returns what rows must fulfil, with the scope of the actor."""
    since, until = period(wanted, now)
    found = [
        access.trace(actor, col(AuditEvent.patient_id)),
        *span.within(db, span.start_of(since, now), span.start_of(until + ONE_DAY, now)),
    ]
    if wanted.person.strip():
        found.append(_contains(col(AuditEvent.actor_name), wanted.person))
    if wanted.patient.strip():
        named = select(col(Patient.id)).where(
            or_(
                _contains(col(Patient.name), wanted.patient),
                col(Patient.record_number) == wanted.patient.strip(),
            )
        )
        found.append(col(AuditEvent.patient_id).in_(named.scalar_subquery()))
    if wanted.kind:
        found.append(col(AuditEvent.category).in_(words.KINDS.get(wanted.kind, ())))
    if wanted.newest:
        found.append(col(AuditEvent.seq) <= wanted.newest)
    if not wanted.glances:
        found.append(~col(AuditEvent.reason).endswith(audit.STILL_OPEN))
    return found


def _newest(db: Session) -> int:
    return db.connection().execute(select(func.max(col(AuditEvent.seq)))).scalar() or 0


def _contains(column: Any, sought: str) -> Any:
    return func.lower(column).contains(sought.strip().casefold()[:60], autoescape=True)


def _order(wanted: Wanted) -> list[Any]:
    column = SORTS.get(wanted.sort)
    if column is None:
        raise Invalid
    newest = col(AuditEvent.seq).desc()
    return [column.desc() if wanted.descending else column.asc(), newest]


def _row(row: Any) -> TracedRow:
    tone, _icon = words.tone(row.category, row.reason)
    refused = row.outcome != "success"
    return TracedRow(
        id=row.seq,
        at=f"{short_day(row.at)}, {clock(row.at)}",
        who=row.actor_name,
        role=words.role(row.role),
        patient=row.patient_name or "",
        did=words.did(row.action, row.category),
        why=words.why(row),
        outcome=_("Refused") if refused else "",
        tone="bad" if refused else tone,
    )
