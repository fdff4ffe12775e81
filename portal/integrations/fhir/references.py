"""What a resource points to, and whom it is about.

A reference becomes a key that is the same however it was written: `Type/id`, `urn:uuid:…`,
`Type?identifier=system|value`, or an absolute address without its version.
"""

import re
from typing import Any

from portal.integrations.fhir.reading import Json

_IN_TEXT = re.compile(rb'"reference":"([^"\\#][^"\\]*)"')
_HISTORY = re.compile(r"/_history/[^/]*$")
_TYPE_ID = re.compile(r"^(.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})$")
LONGEST = 500

# Where a resource names the patient it is about, when that is not `subject` or `patient`.
PATIENT_ELEMENTS: dict[str, tuple[str, ...]] = {
    "Account": ("subject",),
    "Appointment": ("participant.actor",),
    "AppointmentResponse": ("actor",),
    "AuditEvent": ("entity.what", "agent.who"),
    "Coverage": ("beneficiary",),
    "EnrollmentRequest": ("candidate",),
    "EpisodeOfCare": ("patient",),
    "MeasureReport": ("subject",),
    "Person": ("link.target",),
    "Provenance": ("target",),
    "ResearchSubject": ("individual",),
    "Schedule": ("actor",),
    "Task": ("for",),
}
USUAL_ELEMENTS = ("subject", "patient")

# Types that belong to nobody: shared by all, and going out with whoever's record points to them.
SHARED = frozenset(
    {
        "Endpoint", "HealthcareService", "Location", "Medication", "Organization",
        "OrganizationAffiliation", "Practitioner", "PractitionerRole", "Questionnaire",
        "Substance", "PlanDefinition", "ActivityDefinition", "ValueSet", "CodeSystem",
        "DeviceDefinition", "InsurancePlan",
    }
)  # fmt: skip


def key(reference: str) -> str:
    """Returns the key of a reference as written, without a version."""
    return _HISTORY.sub("", reference)[:LONGEST] if "/_history/" in reference else reference


def type_and_id(reference: str) -> tuple[str, str] | None:
    """Returns type and id of `Type/id`, alone or at the end of an address."""
    found = _TYPE_ID.match(reference)
    return (found[2], found[3]) if found else None


def awaited(reference: str) -> str:
    """Returns the form under which a missing target is waited for: `Type/id` where it has one."""
    place = type_and_id(reference)
    return f"{place[0]}/{place[1]}" if place else reference[:LONGEST]


def base(address: str) -> str:
    """Returns the server of an address that ends in `Type/id`, "" if it names none."""
    found = _TYPE_ID.match(address)
    return (found[1] or "") if found and address.startswith("http") else ""


def own_id(full_url: str) -> str:
    """Returns the id that a full address gives to a resource without one of its own."""
    if full_url.startswith(("urn:uuid:", "urn:oid:")):
        return full_url.split(":", 2)[2]
    found = type_and_id(full_url)
    return found[1] if found else ""


def all_in(text: bytes) -> set[str]:
    """Returns the keys of every reference in a resource's compact JSON, contained ones aside."""
    return {key(found.decode()) for found in _IN_TEXT.findall(text)}


def written(value: Any) -> str:
    """Returns the key of a Reference element, "" where it has none."""
    found = value.get("reference") if isinstance(value, dict) else None
    return key(found) if isinstance(found, str) else ""


def of_patient(it: Json) -> list[Json]:
    """Returns the Reference elements that may say whom a resource is about."""
    elements = PATIENT_ELEMENTS.get(it["resourceType"], USUAL_ELEMENTS)
    return [found for element in elements for found in _at(it, element)]


def _at(it: Json, path: str) -> list[Json]:
    level: list[Any] = [it]
    for name in path.split("."):
        level = [each.get(name) for each in level if isinstance(each, dict)]
        level = [one for each in level for one in (each if isinstance(each, list) else [each])]
    return [each for each in level if isinstance(each, dict)]


def identifier_query(reference: str) -> tuple[str, str, str] | None:
    """Returns type, system and value of `Type?identifier=system|value`."""
    kind, found, rest = reference.partition("?identifier=")
    if not found or "&" in rest:
        return None
    system, bar, value = rest.rpartition("|")
    return (kind.rsplit("/", 1)[-1], system if bar else "", value) if value else None


def identifiers(it: Json) -> list[tuple[str, str]]:
    """Returns the business identifiers of a resource as (system, value)."""
    listed = it.get("identifier")
    found: list[tuple[str, str]] = []
    for each in listed if isinstance(listed, list) else [listed]:
        if isinstance(each, dict) and isinstance(each.get("value"), str):
            system = each.get("system")
            found.append((system if isinstance(system, str) else "", each["value"]))
    return found
