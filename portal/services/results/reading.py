"""How reports and their values are read: a fixed number of queries, each by an index."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.models.clinical import DiagnosticReport, Observation
from portal.security import access
from portal.security.actor import Actor
from portal.services import asked, frame
from portal.services.results import says
from portal.services.results.values import Before, Value

WITHDRAWN = ("entered-in-error",)

_VALUE = (
    col(Observation.id),
    col(Observation.report_id),
    col(Observation.component_of),
    col(Observation.title),
    col(Observation.plain),
    col(Observation.status),
    col(Observation.value_text),
    col(Observation.value_number),
    col(Observation.comparator),
    col(Observation.unit),
    col(Observation.range_low),
    col(Observation.range_low_text),
    col(Observation.range_high),
    col(Observation.range_high_text),
    col(Observation.range_text),
    col(Observation.interpretation),
    col(Observation.absent_reason),
    col(Observation.earlier_value),
    col(Observation.note),
    col(Observation.method),
    col(Observation.specimen),
)


def reports(actor: Actor, query: str = "") -> Any:
    """Returns the query for the reports that an actor may see, newest first."""
    found = select(
        col(DiagnosticReport.id),
        col(DiagnosticReport.title),
        col(DiagnosticReport.plain),
        col(DiagnosticReport.status),
        col(DiagnosticReport.effective),
        col(DiagnosticReport.issued),
        col(DiagnosticReport.ordered_by),
        col(DiagnosticReport.author),
        col(DiagnosticReport.conclusion),
        col(DiagnosticReport.note),
        frame.new_result(actor).label("is_new"),
    ).where(*_scope(actor, query))
    return found.order_by(
        col(DiagnosticReport.sort_at).desc().nulls_last(), col(DiagnosticReport.id)
    )


def count(db: Session, actor: Actor, query: str) -> int:
    """Counts the reports that an actor may see."""
    found = select(func.count()).select_from(DiagnosticReport).where(*_scope(actor, query))
    return db.connection().execute(found).scalar_one()


def _scope(actor: Actor, query: str) -> list[Any]:
    scope = [
        col(DiagnosticReport.patient_id) == actor.patient_id,
        access.results(actor),
        col(DiagnosticReport.status).not_in(WITHDRAWN),
    ]
    return [*scope, _named(actor, query)] if query else scope


def _named(actor: Actor, query: str) -> Any:
    """Returns the condition for a report whose name, or a value's name, has these letters."""
    value = select(col(Observation.id)).where(
        col(Observation.report_id) == col(DiagnosticReport.id),
        access.entries(actor, Observation),
        or_(
            col(Observation.title).icontains(query, autoescape=True),
            col(Observation.plain).icontains(query, autoescape=True),
        ),
    )
    return or_(
        col(DiagnosticReport.title).icontains(query, autoescape=True),
        col(DiagnosticReport.plain).icontains(query, autoescape=True),
        value.exists(),
    )


def values(db: Session, actor: Actor, report_ids: Sequence[str]) -> dict[str, list[Value]]:
    """Returns the values of several reports, in the reports' order; one query for all."""
    if not report_ids:
        return {}
    return _grouped(asked.rows(db, actor, _values, report_ids=list(report_ids)))


def _values(actor: Actor) -> Any:
    wanted = bindparam("report_ids", expanding=True)
    member, part = aliased(Observation), aliased(Observation)
    ids = union_all(
        select(col(member.id)).where(col(member.report_id).in_(wanted)),
        select(col(part.id))
        .join(member, col(member.id) == col(part.component_of))
        .where(col(member.report_id).in_(wanted)),
    )
    return (
        select(*_VALUE)
        .where(
            col(Observation.id).in_(ids),
            access.entries(actor, Observation),
            col(Observation.status).not_in(WITHDRAWN),
        )
        .order_by(col(Observation.position), col(Observation.title), col(Observation.id))
    )


def _grouped(found: Sequence[Any]) -> dict[str, list[Value]]:
    """Puts values under their reports, parts right after what they are parts of."""
    whole = {row.id: row for row in found}
    parts: dict[str, list[Any]] = {}
    for row in found:
        if row.component_of:
            parts.setdefault(row.component_of, []).append(row)
    grouped: dict[str, list[Value]] = {}
    for row in found:
        if row.component_of in whole or not row.report_id:
            continue
        of_one = grouped.setdefault(row.report_id, [])
        mine = parts.get(row.id, [])
        is_heading = mine and not row.value_text and not row.absent_reason
        of_one.extend(_value(each) for each in (mine if is_heading else [row, *mine]))
    return grouped


def _value(row: Any) -> Value:
    name, term = says.names(row.title, row.plain)
    return Value(
        id=row.id,
        report_id=row.report_id or "",
        name=name,
        term=term,
        status=row.status,
        text=row.value_text,
        number=row.value_number,
        comparator=row.comparator,
        unit=row.unit,
        low=row.range_low,
        low_text=row.range_low_text,
        high=row.range_high,
        high_text=row.range_high_text,
        range_text=row.range_text,
        flag=row.interpretation,
        absent_reason=row.absent_reason,
        earlier=row.earlier_value,
        note=row.note,
        method=row.method,
        specimen=row.specimen,
    )


def before(db: Session, actor: Actor, value_ids: Sequence[str]) -> dict[str, Before]:
    """Returns the last comparable value of each: same person, code and unit, and earlier."""
    if not value_ids:
        return {}
    found = asked.rows(db, actor, _before, value_ids=list(value_ids))
    return {row[0]: Before(row.value_text, row.value_number, row.sort_at) for row in found}


def _before(actor: Actor) -> Any:
    now, old, last = aliased(Observation), aliased(Observation), Observation
    newest = (
        select(col(old.id))
        .where(
            col(old.patient_id) == col(now.patient_id),
            col(old.code) == col(now.code),
            col(old.code_system) == col(now.code_system),
            col(old.unit) == col(now.unit),
            col(old.sort_at) < col(now.sort_at),
            col(old.value_number).is_not(None),
            col(old.comparator) == "",
            col(old.status).not_in(("entered-in-error", "cancelled")),
            access.entries(actor, old),
        )
        .order_by(col(old.sort_at).desc(), col(old.id))
        .limit(1)
        .correlate(now)
        .scalar_subquery()
    )
    return (
        select(
            col(now.id),
            col(last.value_text),
            col(last.value_number),
            col(last.sort_at),
        )
        .select_from(now)
        .join(last, col(last.id) == newest)
        .where(
            and_(
                col(now.id).in_(bindparam("value_ids", expanding=True)),
                col(now.code) != "",
                access.entries(actor, last),
            )
        )
    )


def day_of(row: Any) -> str:
    """Says on which day a report's sample was taken, or when it came where that is not known."""
    return says.said_day(row.effective or row.issued)
