"""What others call a resource when they point to it: a name, a medicine, a condition."""

from portal.integrations.fhir import elements, references
from portal.integrations.fhir.reading import Json

CODED = frozenset({"Condition", "Medication", "Observation", "Procedure", "Substance"})
NAMED = frozenset({"Organization", "Location", "HealthcareService", "CareTeam"})
PEOPLE = frozenset({"Patient", "Practitioner", "RelatedPerson", "Person"})


def label(it: Json) -> str:
    """Returns the name of a resource for a line in somebody's record; "" where it has none."""
    kind = it.get("resourceType")
    if kind in PEOPLE:
        return elements.human_name(it.get("name"))
    if kind in NAMED:
        return elements.text(it.get("name"), 300)
    if kind in CODED:
        return elements.words(it.get("code"), 300)
    return _other(it, str(kind))


def _other(it: Json, kind: str) -> str:
    if kind == "PractitionerRole":
        said = (
            elements.first(it.get(name)).get("display") for name in ("practitioner", "organization")
        )
        return next(filter(None, (elements.text(each, 300) for each in said)), "")
    if kind == "ServiceRequest":
        return elements.text(elements.first(it.get("requester")).get("display"), 300)
    if kind == "Specimen":
        return elements.words(it.get("type"), 300)
    if kind == "Goal":
        return elements.words(it.get("description"), 300)
    return ""


def leads_to(it: Json) -> str:
    """Returns the key of the person that a resource stands for: a role's, an order's; else ""."""
    name = {"PractitionerRole": "practitioner", "ServiceRequest": "requester"}
    return references.written(it.get(name.get(str(it.get("resourceType")), "")))
