"""Clinical records, and the FHIR resources that they came from."""

from portal.models.clinical.base import ClinicalRecord
from portal.models.clinical.care import (
    CarePlan,
    CarePlanActivity,
    CareTeam,
    CareTeamParticipant,
    Goal,
)
from portal.models.clinical.history import (
    AllergyIntolerance,
    Condition,
    DocumentReference,
    Encounter,
    Immunization,
    MedicationRequest,
    Procedure,
)
from portal.models.clinical.resources import (
    FhirIdentifier,
    FhirResource,
    FhirResourceVersion,
    ImportFile,
    ImportRun,
    UnresolvedReference,
)
from portal.models.clinical.results import DiagnosticReport, Observation

__all__ = [
    "AllergyIntolerance",
    "CarePlan",
    "CarePlanActivity",
    "CareTeam",
    "CareTeamParticipant",
    "ClinicalRecord",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "FhirIdentifier",
    "FhirResource",
    "FhirResourceVersion",
    "Goal",
    "Immunization",
    "ImportFile",
    "ImportRun",
    "MedicationRequest",
    "Observation",
    "Procedure",
    "UnresolvedReference",
]
