"""Facts of prevention: what was done, what is booked and what was answered, from the record.

What was entered in error, not done or only begun does not count. Each person finds what they may
see and no more, so that nothing here tells of a result that is not released or is confidential.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlmodel import Session, col

from portal.models.appointments import STANDING, Appointment
from portal.models.clinical import (
    ClinicalRecord,
    DiagnosticReport,
    Encounter,
    Immunization,
    Observation,
    Procedure,
)
from portal.models.people import Patient
from portal.models.prevention import PreventiveAnswer, PreventiveRule
from portal.security import access
from portal.security.actor import Actor
from portal.services.prevention.dates import span
from portal.services.prevention.judging import Person, Verdict, judge
from portal.words import local

# How the codes of a rule are written, and the systems that they are of.
SYSTEMS = {
    "cvx": "http://hl7.org/fhir/sid/cvx",
    "snomed": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
    "cpt": "http://www.ama-assn.org/go/cpt",
}
_FINAL = ("final", "amended", "corrected")
# Where it is looked for, in which states it counts, and the column that says when it was.
_TABLES: tuple[tuple[type[ClinicalRecord], tuple[str, ...], str], ...] = (
    (Immunization, ("completed",), "occurrence"),
    (Procedure, ("completed",), "performed"),
    (Observation, _FINAL, "effective"),
    (DiagnosticReport, (*_FINAL, "appended"), "effective"),
    (Encounter, ("finished",), "period_start"),
)
Key = tuple[str, str]


@dataclass(frozen=True)
class Standing:
    """How one rule stands for one patient: `number` counts what was answered to it."""

    rule: PreventiveRule
    verdict: Verdict
    booked_at: datetime | None = None
    number: int = 0


@dataclass
class _Found:
    done: dict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    booked: dict[Key, datetime] = field(default_factory=dict)
    answers: dict[Key, list[PreventiveAnswer]] = field(default_factory=lambda: defaultdict(list))


def rules(db: Session, actor: Actor) -> list[PreventiveRule]:
    """Returns the rules that count, as far as the actor is shown them, in the clinic's order."""
    query = select(PreventiveRule).where(access.preventive_rules(actor))
    return list(db.scalars(query.order_by(col(PreventiveRule.position), col(PreventiveRule.id))))


def person(patient: Patient) -> Person:
    """Returns what rules ask of a patient."""
    return Person(span(patient.birth_date), patient.gender)


def is_asked(patient: Patient) -> bool:
    """Says whether anything can be due for a patient at all."""
    return patient.active and not patient.deceased and not patient.merged_into_id


def standing(
    db: Session,
    actor: Actor,
    patients: Sequence[Patient],
    asked: Sequence[PreventiveRule],
    *,
    now: datetime,
) -> dict[str, list[Standing]]:
    """Returns by patient how the rules stand that concern them; the caller has found them all."""
    today = local(now).date()
    people = {one.id: person(one) for one in patients if is_asked(one)}
    named = [
        rule
        for rule in asked
        if any(judge(rule, one, (), (), today) is not None for one in people.values())
    ]
    if not people or not named:
        return {one.id: [] for one in patients}
    found = _found(db, actor, list(people), named, now)
    stand: dict[str, list[Standing]] = {one.id: [] for one in patients}
    for patient_id, one in people.items():
        for rule in named:
            key = (patient_id, rule.id)
            answers = found.answers[key]
            verdict = judge(rule, one, found.done[key], answers, today)
            if verdict is not None:
                booked = found.booked.get((patient_id, rule.visit_type_id or ""))
                stand[patient_id].append(Standing(rule, verdict, booked, len(answers)))
    return stand


def codes_of(rule: PreventiveRule) -> set[Key]:
    """Returns the codes that count as done, each with its system."""
    parts = (one.partition(":") for one in rule.codes.split())
    return {(code, SYSTEMS[system]) for system, _colon, code in parts if system in SYSTEMS}


def _found(
    db: Session, actor: Actor, ids: list[str], asked: Sequence[PreventiveRule], now: datetime
) -> _Found:
    found = _Found()
    _done(db, actor, ids, asked, found)
    _visits(db, actor, ids, asked, found, now)
    query = select(PreventiveAnswer).where(
        col(PreventiveAnswer.patient_id).in_(ids),
        col(PreventiveAnswer.rule_id).in_([rule.id for rule in asked]),
    )
    for one in db.scalars(query.order_by(col(PreventiveAnswer.number))):
        found.answers[one.patient_id, one.rule_id].append(one)
    return found


def _done(
    db: Session, actor: Actor, ids: list[str], asked: Iterable[PreventiveRule], found: _Found
) -> None:
    rules_by_code: dict[Key, list[str]] = defaultdict(list)
    for rule in asked:
        for code in codes_of(rule):
            rules_by_code[code].append(rule.id)
    if not rules_by_code:
        return
    codes = sorted({code for code, _system in rules_by_code})
    each = [_of(actor, ids, codes, *table) for table in _TABLES]
    for row in db.connection().execute(union_all(*each)):
        for rule_id in rules_by_code.get((row.code, row.code_system), ()):
            found.done[row.patient_id, rule_id].append(row.at)


def _of(
    actor: Actor, ids: list[str], codes: list[str], table: Any, states: tuple[str, ...], at: str
) -> Any:
    columns = (col(table.patient_id), col(table.code), col(table.code_system))
    return select(*columns, col(getattr(table, at)).label("at")).where(
        col(table.patient_id).in_(ids),
        col(table.code).in_(codes),
        col(table.status).in_(states),
        access.entries(actor, table),
    )


def _visits(
    db: Session,
    actor: Actor,
    ids: list[str],
    asked: Iterable[PreventiveRule],
    found: _Found,
    now: datetime,
) -> None:
    kinds: dict[str, list[PreventiveRule]] = defaultdict(list)
    for rule in asked:
        if rule.visit_type_id:
            kinds[rule.visit_type_id].append(rule)
    if not kinds:
        return
    query = select(
        col(Appointment.patient_id),
        col(Appointment.visit_type_id),
        col(Appointment.starts_at),
        (col(Appointment.status) == literal("fulfilled")).label("was"),
    ).where(
        col(Appointment.patient_id).in_(ids),
        col(Appointment.visit_type_id).in_(kinds),
        col(Appointment.status).in_((*STANDING, "fulfilled")),
        access.appointments(actor),
    )
    for row in db.connection().execute(query.order_by(col(Appointment.starts_at).desc())):
        if row.was:
            for rule in kinds[row.visit_type_id]:
                if rule.visit_counts:
                    day = local(row.starts_at).date().isoformat()
                    found.done[row.patient_id, rule.id].append(day)
        elif row.starts_at > now:
            # The last one that is seen is the first that comes.
            found.booked[row.patient_id, row.visit_type_id] = row.starts_at
