"""Which FHIR version a resource is written in, where it can be known honestly.

The portal takes R4 (4.0). Other versions use the same names for other shapes, so a resource that
shows the marks of another one is not guessed at.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from portal.integrations.fhir.reading import Json, NotReadable
from portal.words import _

TABLES = Path(__file__).parent / "tables"
_IN_PROFILE = re.compile(r"^https?://hl7\.org/fhir/(\d\.\d)/")
_NUMBERS = {"0": "DSTU2", "1": "DSTU2", "2": "STU3", "3": "STU3", "5": "R5", "6": "R6"}

OTHER_TYPES = {
    **dict.fromkeys(
        (
            "Conformance", "DiagnosticOrder", "DeviceUseRequest", "EligibilityRequest",
            "EligibilityResponse", "ImagingObjectSelection", "MedicationOrder", "Order",
            "OrderResponse", "ProcessRequest", "ProcessResponse",
        ),
        "DSTU2",
    ),
    **dict.fromkeys(
        (
            "BodySite", "DataElement", "DeviceComponent", "ExpansionProfile", "ImagingManifest",
            "ProcedureRequest", "ReferralRequest", "Sequence", "ServiceDefinition",
        ),
        "STU3",
    ),
    **dict.fromkeys(
        (
            "ActorDefinition", "ArtifactAssessment", "BiologicallyDerivedProductDispense",
            "ConditionDefinition", "DeviceAlert", "DeviceAssociation", "DeviceDispense",
            "DeviceUsage", "EncounterHistory", "FormularyItem", "GenomicStudy", "ImagingSelection",
            "InventoryItem", "InventoryReport", "NutritionIntake", "Permission", "Requirements",
            "SubstanceDefinition", "TestPlan", "Transport",
        ),
        "R5",
    ),
}  # fmt: skip

# Elements that only another version has at this place; R4 has no element of these names here.
OTHER_ELEMENTS = {
    "AllergyIntolerance": {"assertedDate": "STU3", "substance": "DSTU2"},
    "CarePlan": {"context": "STU3", "definition": "STU3", "modified": "DSTU2"},
    "CareTeam": {"context": "STU3"},
    "Condition": {"context": "STU3", "assertedDate": "STU3", "dateRecorded": "DSTU2"},
    "DiagnosticReport": {"codedDiagnosis": "STU3", "context": "STU3"},
    "DocumentReference": {"indexed": "STU3", "created": "STU3", "class": "STU3"},
    "Encounter": {"actualPeriod": "R5", "admission": "R5", "indication": "DSTU2"},
    "Goal": {"status": "STU3", "targetDate": "DSTU2"},
    "Immunization": {"notGiven": "STU3", "wasNotGiven": "DSTU2", "date": "STU3"},
    "MedicationRequest": {"context": "STU3", "definition": "STU3", "medication": "R5"},
    "MedicationStatement": {"taken": "STU3", "medication": "R5", "wasNotTaken": "DSTU2"},
    "Observation": {"related": "STU3", "comment": "STU3", "comments": "DSTU2", "context": "STU3"},
    "Patient": {"animal": "STU3", "careProvider": "DSTU2"},
    "Procedure": {"notDone": "STU3", "notPerformed": "DSTU2", "occurrenceDateTime": "R5"},
}

# Elements whose shape changed: the Python kind that R4's JSON has.
R4_SHAPE: dict[str, dict[str, tuple[type, str]]] = {
    "AllergyIntolerance": {"clinicalStatus": (dict, "STU3"), "type": (str, "R5")},
    "Condition": {"clinicalStatus": (dict, "STU3"), "verificationStatus": (dict, "STU3")},
    "Encounter": {"class": (dict, "R5")},
    "Practitioner": {"name": (list, "DSTU2")},
}


class OtherVersion(NotReadable):
    """The records are written in a FHIR version other than R4."""

    sentence = _("This is FHIR {version}. The portal takes R4: export it again as R4 (4.0.1).")


@cache
def r4_types() -> frozenset[str]:
    """Returns the names of all resource types of R4."""
    lines = (TABLES / "types.txt").read_text("utf8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def refuse_other(it: Json) -> None:
    """Refuses a resource that shows the marks of another FHIR version."""
    version = _told(it) or _shown(it)
    if version:
        raise OtherVersion(_(OtherVersion.sentence).format(version=version))


def _told(it: Json) -> str:
    """Returns the version that a resource itself names, unless it is R4 or none."""
    told = it.get("fhirVersion")
    if isinstance(told, str) and not told.startswith("4."):
        return _NUMBERS.get(told[:1], told[:10])
    meta = it.get("meta")
    profiles: Any = meta.get("profile") if isinstance(meta, dict) else None
    for profile in profiles if isinstance(profiles, list) else ():
        found = _IN_PROFILE.match(profile) if isinstance(profile, str) else None
        if found and not found[1].startswith("4."):
            return _NUMBERS.get(found[1][0], found[1])
    return ""


def _shown(it: Json) -> str:
    """Returns the version whose elements or shapes a resource has, "" for R4."""
    kind = it["resourceType"]
    if kind in OTHER_TYPES:
        return OTHER_TYPES[kind]
    for name, version in OTHER_ELEMENTS.get(kind, {}).items():
        if name in it:
            return version
    for name, (shape, version) in R4_SHAPE.get(kind, {}).items():
        if name in it and not isinstance(it[name], shape):
            return version
    return ""
