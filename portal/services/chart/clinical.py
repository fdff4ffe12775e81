"""The medical part of a chart: for who may see the record, and for nobody else."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from portal.models.clinical import (
    AllergyIntolerance,
    ClinicalRecord,
    Condition,
    DiagnosticReport,
    MedicationRequest,
    Observation,
)
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services.chart.rows import ClinicalPart, EntryRow, ReportRow, VitalRow
from portal.words import _, _n, how_far, partial_day, short_day

ENTRIES = 12
RESULTS = 8
VITALS = 8
_VITALS_READ = 120
_ACTIVE = ("active", "recurrence", "relapse")
_NOT_TRUE = ("entered-in-error", "refuted")
_NOT_READY = ("registered", "cancelled", "entered-in-error")


def part(db: Session, actor: Actor, patient_id: str, now: datetime) -> ClinicalPart:
    """Returns the medical record in short; each list a query of its own, by an index."""
    conditions, more_conditions = _entries(db, actor, Condition, patient_id)
    medicines, more_medicines = _entries(db, actor, MedicationRequest, patient_id)
    allergies, _more_allergies = _entries(db, actor, AllergyIntolerance, patient_id)
    reports, more_reports = _results(db, actor, patient_id, now)
    return ClinicalPart(
        allergies=[_allergy(row) for row in allergies],
        conditions=[_condition(row) for row in conditions],
        more_conditions=_more(more_conditions),
        medicines=[_medicine(row) for row in medicines],
        more_medicines=_more(more_medicines),
        results=reports,
        more_results=_more(more_reports),
        vitals=_vitals(db, actor, patient_id),
    )


def _entries(
    db: Session, actor: Actor, table: type[ClinicalRecord], patient_id: str
) -> tuple[list[Any], int]:
    """Returns the entries that hold now first, then the newest; and how many more there are."""
    is_active = case((col(table.status).in_(_ACTIVE), 0), else_=1)
    query = (
        select(table.__table__, func.count().over().label("total"))  # pyright: ignore[reportAttributeAccessIssue]
        .where(
            col(table.patient_id) == patient_id,
            access.entries(actor, table),
            col(table.status).not_in(_NOT_TRUE),
            *_true(table),
        )
        .order_by(is_active, col(table.sort_at).desc().nulls_last(), col(table.id))
        .limit(ENTRIES)
    )
    rows = list(db.connection().execute(query).all())
    return rows, (rows[0].total - len(rows)) if rows else 0


def _true(table: type[ClinicalRecord]) -> list[Any]:
    verification = getattr(table, "verification_status", None)
    return [] if verification is None else [col(verification).not_in(_NOT_TRUE)]


def _more(count: int) -> str:
    return _n("and {count} more", "and {count} more", count) if count > 0 else ""


def _name(row: Any) -> str:
    return row.title or row.plain


def _state(status: str) -> str:
    return {
        "active": _("Active"),
        "recurrence": _("Back again"),
        "relapse": _("Back again"),
        "inactive": _("Not active"),
        "remission": _("Better for now"),
        "resolved": _("Over"),
        "completed": _("Finished"),
        "stopped": _("Stopped"),
        "on-hold": _("Paused"),
        "cancelled": _("Cancelled"),
        "draft": _("Draft"),
    }.get(status, "")


def _plain(row: Any) -> str:
    return row.plain if row.plain and row.plain != row.title else ""


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _condition(row: Any) -> EntryRow:
    return EntryRow(
        id=row.id,
        at=_since(row.onset or row.recorded),
        title=_name(row),
        under=_joined(_plain(row), _state(row.status)),
        words=_state(row.status),
    )


def _medicine(row: Any) -> EntryRow:
    told = _("says the patient") if row.reported else ""
    return EntryRow(
        id=row.id,
        at=_since(row.authored_on),
        title=_name(row),
        under=_joined(row.dosage, told, "" if row.status in _ACTIVE else _state(row.status)),
        words=_state(row.status),
    )


def _allergy(row: Any) -> EntryRow:
    return EntryRow(
        id=row.id,
        at=_since(row.onset or row.recorded),
        title=_name(row),
        under=_joined(row.reaction, "" if row.status in _ACTIVE else _state(row.status)),
        words=_("high risk") if row.criticality == "high" else "",
    )


def _since(text: str) -> str:
    said = partial_day(text) if text[:4].isdigit() else text
    return said[:40]


def _results(
    db: Session, actor: Actor, patient_id: str, now: datetime
) -> tuple[list[ReportRow], int]:
    """Returns what the patient does not see yet first, then the newest."""
    is_held = case((col(DiagnosticReport.released_at).is_(None), 0), else_=1)
    query = (
        select(
            col(DiagnosticReport.id),
            col(DiagnosticReport.title),
            col(DiagnosticReport.sort_at),
            col(DiagnosticReport.effective),
            col(DiagnosticReport.released_at),
            col(DiagnosticReport.status),
            col(DiagnosticReport.conclusion),
            func.count().over().label("total"),
        )
        .where(
            col(DiagnosticReport.patient_id) == patient_id,
            access.results(actor),
            col(DiagnosticReport.status).not_in(_NOT_READY),
        )
        .order_by(
            is_held, col(DiagnosticReport.sort_at).desc().nulls_last(), col(DiagnosticReport.id)
        )
        .limit(RESULTS)
    )
    rows = db.connection().execute(query).all()
    outside = _outside(db, actor, [row.id for row in rows])
    may = has(actor, Permission.RELEASE_RESULTS)
    shown = [_report(row, outside.get(row.id, []), now, may=may) for row in rows]
    return shown, (rows[0].total - len(rows)) if rows else 0


def _report(row: Any, outside: list[str], now: datetime, *, may: bool) -> ReportRow:
    is_held = row.released_at is None
    said = "; ".join(outside) or row.conclusion
    return ReportRow(
        id=row.id,
        at=partial_day(row.effective) if row.effective else _when(row, now),
        title=row.title,
        said=said[:200] or _("Nothing outside its range"),
        words=_("Held: the patient does not see it yet") if is_held else "",
        tone="soon" if is_held else "",
        icon="held",
        may_release=is_held and may,
    )


def _when(row: Any, now: datetime) -> str:
    return how_far(row.sort_at, now) if row.sort_at else ""


def _outside(db: Session, actor: Actor, report_ids: list[str]) -> dict[str, list[str]]:
    """Returns, by report, the values that the lab flags: `Potassium 5.3 mmol/L (H)`."""
    if not report_ids:
        return {}
    query = (
        select(
            col(Observation.report_id),
            col(Observation.title),
            col(Observation.value_text),
            col(Observation.unit),
            col(Observation.interpretation),
        )
        .where(
            col(Observation.report_id).in_(report_ids),
            col(Observation.interpretation).not_in(("", "N")),
            access.entries(actor, Observation),
        )
        .order_by(col(Observation.position))
    )
    found: dict[str, list[str]] = {}
    for row in db.connection().execute(query):
        value = f"{row.title} {row.value_text} {row.unit}".strip()
        found.setdefault(row.report_id, []).append(f"{value} ({row.interpretation})")
    return found


def _vitals(db: Session, actor: Actor, patient_id: str) -> list[VitalRow]:
    """Returns the last value of each vital sign."""
    query = (
        select(
            col(Observation.id),
            col(Observation.code),
            col(Observation.title),
            col(Observation.plain),
            col(Observation.value_text),
            col(Observation.unit),
            col(Observation.sort_at),
        )
        .where(
            col(Observation.patient_id) == patient_id,
            col(Observation.category) == "vital-signs",
            col(Observation.component_of).is_(None),
            col(Observation.status) != "entered-in-error",
            access.entries(actor, Observation),
        )
        .order_by(col(Observation.sort_at).desc())
        .limit(_VITALS_READ)
    )
    newest: dict[str, Any] = {}
    for row in db.connection().execute(query):
        newest.setdefault(row.code or row.title, row)
    rows = list(newest.values())[:VITALS]
    parts = _parts(db, actor, [row.id for row in rows if not row.value_text])
    shown = [_vital(row, parts.get(row.id, [])) for row in rows]
    return [row for row in shown if row.value]


def _vital(row: Any, parts: list[Any]) -> VitalRow:
    amount = row.value_text or "/".join(part.value_text for part in parts if part.value_text)
    unit = row.unit or (parts[0].unit if parts else "")
    unit = {"mm[Hg]": "mmHg", "Cel": "°C"}.get(unit, unit)
    return VitalRow(
        id=row.id,
        at=short_day(row.sort_at) if row.sort_at else "",
        title=row.plain or row.title,
        value=f"{amount} {unit}".strip() if amount else "",
    )


def _parts(db: Session, actor: Actor, ids: list[str]) -> dict[str, list[Any]]:
    if not ids:
        return {}
    query = (
        select(col(Observation.component_of), col(Observation.value_text), col(Observation.unit))
        .where(col(Observation.component_of).in_(ids), access.entries(actor, Observation))
        .order_by(col(Observation.position), col(Observation.id))
    )
    found: dict[str, list[Any]] = {}
    for row in db.connection().execute(query):
        found.setdefault(row.component_of, []).append(row)
    return found
