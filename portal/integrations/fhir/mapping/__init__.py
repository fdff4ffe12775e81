"""Which table each resource type goes to, and the function that says what stands there."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel

from portal.integrations.fhir.mapping import care, history, medicines, people, results
from portal.integrations.fhir.mapping.common import Values
from portal.integrations.fhir.mapping.links import Links
from portal.integrations.fhir.reading import Json
from portal.models import clinical
from portal.models import people as persons

Mapper = Callable[[Json, Links], Values | None]

PEOPLE: dict[str, tuple[type[SQLModel], Mapper]] = {
    "Organization": (persons.Organization, people.organization),
    "Location": (persons.Location, people.location),
    "Practitioner": (persons.Practitioner, people.practitioner),
    "PractitionerRole": (persons.PractitionerRole, people.practitioner_role),
    "Patient": (persons.Patient, people.patient),
    "RelatedPerson": (persons.RelatedPerson, people.related_person),
}

RECORDS: dict[str, tuple[type[SQLModel], Mapper]] = {
    "Encounter": (clinical.Encounter, history.encounter),
    "Condition": (clinical.Condition, history.condition),
    "AllergyIntolerance": (clinical.AllergyIntolerance, history.allergy),
    "MedicationRequest": (clinical.MedicationRequest, medicines.medication_request),
    "MedicationStatement": (clinical.MedicationRequest, medicines.medication_statement),
    "Immunization": (clinical.Immunization, history.immunization),
    "Procedure": (clinical.Procedure, history.procedure),
    "DiagnosticReport": (clinical.DiagnosticReport, results.report),
    "Observation": (clinical.Observation, results.observation),
    "DocumentReference": (clinical.DocumentReference, history.document),
    "CarePlan": (clinical.CarePlan, care.care_plan),
    "CareTeam": (clinical.CareTeam, care.care_team),
    "Goal": (clinical.Goal, care.goal),
}


def table(model: type[SQLModel]) -> Table:
    """Returns the table behind a model."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]


@cache
def blank(kind: str) -> Values:
    """Returns every column of a type's table with its default: what a mapper need not say."""
    model = (RECORDS.get(kind) or PEOPLE[kind])[0]
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if field.default_factory is None:
            found[name] = None if field.is_required() else field.default
    return found
