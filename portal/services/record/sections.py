"""Sections of the record: which table each reads, and what of it a person is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select, union_all
from sqlmodel import Session, col

from portal.models.clinical import (
    AllergyIntolerance,
    CarePlan,
    CareTeam,
    ClinicalRecord,
    Condition,
    DocumentReference,
    Encounter,
    Goal,
    Immunization,
    MedicationRequest,
    Observation,
    Procedure,
)
from portal.security import access, scopes
from portal.security.actor import Actor
from portal.security.permissions import sees_area
from portal.words import _

WRONG = "entered-in-error"
# What was ruled out is no condition of this person, and what was an error is nobody's.
_UNTRUE = ("refuted", WRONG)
# Medicines that a person is to take now.
_NOW = ("active", "on-hold", "unknown")


@dataclass(frozen=True)
class Section:
    """One section: its address, its words, and what of its table is shown, in which order."""

    key: str
    words: Callable[[], str]
    icon: str
    table: type[ClinicalRecord]
    shown: Callable[[], ColumnElement[bool]]
    first: Callable[[], Any] | None = None


@dataclass(frozen=True)
class SectionRow:
    """A section in the index."""

    key: str
    words: str
    icon: str
    count: int
    href: str
    is_open: bool


def _status(table: Any, *hidden: str) -> Callable[[], ColumnElement[bool]]:
    return lambda: col(table.status).not_in((WRONG, *hidden))


def _verified(table: Any) -> Callable[[], ColumnElement[bool]]:
    return lambda: col(table.verification_status).not_in(_UNTRUE)


def medicines_now() -> ColumnElement[bool]:
    """Returns the condition for medicines that are taken now."""
    return col(MedicationRequest.status).in_(_NOW)


def _medicines() -> ColumnElement[bool]:
    proposed = col(MedicationRequest.intent).in_(("proposal", "option"))
    return _status(MedicationRequest, "draft", "cancelled")() & ~proposed


def _current_first(table: Any, *current: str) -> Callable[[], Any]:
    return lambda: case((col(table.status).in_(current), 0), else_=1)


def _most_dangerous_first() -> Any:
    """Orders allergies: serious ones that hold now, the others that do, then what is over."""
    table = AllergyIntolerance
    now = col(table.status).in_(("active", ""))
    serious = (col(table.criticality) == "high") | (col(table.severity) == "severe")
    return case((now & serious, 0), (now, 1), else_=2)


def _vitals() -> ColumnElement[bool]:
    kind = col(Observation.category) == "vital-signs"
    whole = col(Observation.component_of).is_(None)
    return kind & whole & _status(Observation, "cancelled", "registered")()


def _answers() -> ColumnElement[bool]:
    """What is measured or asked outside a laboratory: smoking, surveys, examinations."""
    other = col(Observation.category).not_in(("vital-signs", "laboratory", "imaging"))
    alone = col(Observation.report_id).is_(None) & col(Observation.component_of).is_(None)
    return other & alone & _status(Observation, "cancelled", "registered")()


SECTIONS: tuple[Section, ...] = (
    Section(
        "allergies",
        lambda: _("Allergies"),
        "warn",
        AllergyIntolerance,
        _verified(AllergyIntolerance),
        _most_dangerous_first,
    ),
    Section(
        "conditions",
        lambda: _("Conditions"),
        "record",
        Condition,
        _verified(Condition),
        _current_first(Condition, "active", "recurrence", "relapse", ""),
    ),
    Section(
        "medicines",
        lambda: _("Medicines"),
        "pill",
        MedicationRequest,
        _medicines,
        _current_first(MedicationRequest, *_NOW),
    ),
    Section("vaccines", lambda: _("Vaccines"), "syringe", Immunization, _status(Immunization)),
    Section("vitals", lambda: _("Vital signs"), "heart", Observation, _vitals),
    Section("answers", lambda: _("Life and surveys"), "note", Observation, _answers),
    Section(
        "procedures",
        lambda: _("Procedures"),
        "check",
        Procedure,
        _status(Procedure, "preparation"),
    ),
    Section("visits", lambda: _("Visits"), "calendar", Encounter, _status(Encounter, "cancelled")),
    Section(
        "plans",
        lambda: _("Care plans"),
        "form",
        CarePlan,
        _status(CarePlan, "draft"),
        _current_first(CarePlan, "active", "on-hold"),
    ),
    Section(
        "goals",
        lambda: _("Goals"),
        "target",
        Goal,
        _status(Goal, "proposed", "rejected", "cancelled"),
        _current_first(Goal, "planned", "accepted", "active", "on-hold"),
    ),
    Section(
        "team",
        lambda: _("Care team"),
        "family",
        CareTeam,
        _status(CareTeam, "proposed"),
        _current_first(CareTeam, "active", ""),
    ),
    Section(
        "documents",
        lambda: _("Documents"),
        "file",
        DocumentReference,
        _status(DocumentReference, "superseded"),
    ),
)
# Sections that show the latest of each kind of value, not every one.
LATEST = ("vitals", "answers")
BY_KEY = {section.key: section for section in SECTIONS}
# As the trace names what was read.
SECTION_KEYS = tuple(BY_KEY)


def is_section(key: str) -> bool:
    """Says whether the record has such a section."""
    return key in BY_KEY


def seen_by(actor: Actor) -> tuple[Section, ...]:
    """Returns the sections that the actor has at all: to a helper, those of what was lent."""
    return tuple(one for one in SECTIONS if sees_area(actor, scopes.area_of(one.table)))


def scope(actor: Actor, patient_id: str, section: Section) -> tuple[Any, ...]:
    """Returns the conditions for the entries of one section that the actor is shown."""
    mine = col(section.table.patient_id) == patient_id
    return mine, access.entries(actor, section.table), section.shown()


def order(section: Section) -> tuple[Any, ...]:
    """Returns the order of a section: what holds now first, then the newest, undated last."""
    newest = col(section.table.sort_at).desc().nulls_last()
    first = (section.first(),) if section.first else ()
    return (*first, newest, col(section.table.id))


def counts(db: Session, actor: Actor, patient_id: str) -> dict[str, int]:
    """Counts the entries of every section in one question; values by their kinds."""
    each = [
        select(literal(section.key), _how_many(section)).where(*scope(actor, patient_id, section))
        for section in seen_by(actor)
    ]
    return {row[0]: row[1] for row in db.connection().execute(union_all(*each))}


def kind_of_value() -> Any:
    """Returns what makes two values the same kind: their code, else their name."""
    return func.coalesce(func.nullif(col(Observation.code), ""), col(Observation.title))


def _how_many(section: Section) -> Any:
    if section.key in LATEST:
        return func.count(func.distinct(kind_of_value()))
    return func.count()
