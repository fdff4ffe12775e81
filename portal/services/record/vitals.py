"""Values outside a laboratory: the latest of each kind, with the one before."""

import re
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.models.clinical import Observation
from portal.security import access
from portal.security.actor import Actor
from portal.services.record.rows import EntryRow
from portal.services.record.said import dated, name_of, source_of, term_beside
from portal.services.record.sections import Section, kind_of_value, scope
from portal.words import _, _n

KINDS_MOST = 500
# The blood pressure is one value of two: above, below (LOINC).
_UPPER, _LOWER = "8480-6", "8462-4"
_LONG = re.compile(r"-?\d+\.\d{3,}")
_UNITS = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "/min": _("a minute"),
    "kg/m2": "kg/m²",
}
_observations: Any = Observation.__table__  # pyright: ignore[reportAttributeAccessIssue]


def latest(db: Session, actor: Actor, patient_id: str, section: Section) -> list[EntryRow]:
    """Returns the newest of each kind of value, those measured last first."""
    kinds = _ranked(db, actor, patient_id, section)
    parts = _parts(db, actor, [row.id for row in kinds])
    newest = [row for row in kinds if row.place == 1]
    before = {_kind(row): row for row in kinds if row.place > 1}
    return [_entry(row, before.get(_kind(row)), parts) for row in newest]


def _kind(row: Any) -> str:
    return row.code or row.title


def _ranked(db: Session, actor: Actor, patient_id: str, section: Section) -> list[Any]:
    kind = kind_of_value()
    newest = col(Observation.sort_at).desc().nulls_last()
    numbered = (
        select(
            col(Observation.id),
            func.row_number()
            .over(partition_by=kind, order_by=(newest, col(Observation.id)))
            .label("place"),
            func.count().over(partition_by=kind).label("times"),
        )
        .where(*scope(actor, patient_id, section))
        .subquery()
    )
    query = (
        select(_observations, numbered.c.place, numbered.c.times)
        .join(numbered, numbered.c.id == col(Observation.id))
        .where(numbered.c.place <= 2)  # noqa: PLR2004 - the newest and the one before
        .order_by(numbered.c.place, newest, col(Observation.position), col(Observation.title))
        .limit(2 * KINDS_MOST)
    )
    return list(db.connection().execute(query).all())


def _parts(db: Session, actor: Actor, ids: list[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    query = (
        select(_observations)
        .where(col(Observation.component_of).in_(ids), access.entries(actor, Observation))
        .order_by(col(Observation.position))
    )
    for row in db.connection().execute(query) if ids else ():
        found.setdefault(row.component_of, []).append(row)
    return found


def _entry(row: Any, before: Any, parts: dict[str, list[Any]]) -> EntryRow:
    earlier = ""
    if before is not None:
        earlier = _("Before: {value}, {day}").format(
            value=_amount(before, parts.get(before.id, [])), day=dated(before.effective)
        )
    term = term_beside(row)
    times = _n("Recorded once", "Recorded {count} times", row.times)
    return EntryRow(
        id=row.id,
        title=name_of(row),
        term=_("Medical term: {term}").format(term=term) if term else "",
        when=dated(row.effective),
        say=_amount(row, parts.get(row.id, [])),
        lines=[line for line in (earlier, times) if line],
        source=source_of(row),
    )


def _amount(row: Any, parts: list[Any]) -> str:
    if row.value_text:
        return _value(row)
    known = {part.code: part for part in parts}
    if _UPPER in known and _LOWER in known:
        upper, lower = known[_UPPER], known[_LOWER]
        return f"{_rounded(upper.value_text)} / {_rounded(lower.value_text)} {_unit(upper)}".strip()
    said = [f"{name_of(part)} {_value(part)}" for part in parts if part.value_text]
    return "; ".join(said) or row.absent_reason or _("No value was given")


def _value(row: Any) -> str:
    return f"{row.comparator}{_rounded(row.value_text)} {_unit(row)}".strip()


def _rounded(text: str) -> str:
    """Returns a measured number as people say it; the kept resource has all its digits."""
    if not _LONG.fullmatch(text):
        return text
    return f"{float(text):.1f}".removesuffix(".0")


def _unit(row: Any) -> str:
    unit: str = row.unit
    # Braces hold remarks in UCUM, no unit.
    return _UNITS.get(unit, "" if unit.startswith("{") else unit)
