"""What the mappers share: name and code, dates, author."""

from typing import Any

from portal.integrations.fhir import elements, moments, plain_words
from portal.integrations.fhir.mapping.links import Links
from portal.integrations.fhir.reading import Json

Values = dict[str, Any]

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"


def named(concept: Any, *systems: str) -> Values:
    """Returns title, code and plain words of a CodeableConcept."""
    code, system = elements.coding(concept, *systems)
    title = elements.words(concept)
    return {
        "title": title,
        "code": code,
        "code_system": system,
        "plain": plain_words.of(code, system, title),
    }


def titled(title: str) -> Values:
    """Returns a title that has no code."""
    return {"title": title, "plain": plain_words.of("", "", title)}


def choice(it: Json, name: str) -> str:
    """Returns `onset[x]`, `performed[x]` and their like: a date as written, else words."""
    for kind in ("DateTime", "String", "Instant"):
        found = elements.text(it.get(name + kind), 500)
        if found:
            return found
    if name + "Period" in it:
        start, end = elements.period(it[name + "Period"])
        return start or end
    if name + "Age" in it:
        return elements.quantity(it[name + "Age"])
    return elements.span(it.get(name + "Range"))


def date(value: Any) -> str:
    """Returns a FHIR date as written."""
    return elements.text(value, 40)


def by(links: Links, it: Json, *candidates: Any) -> Values:
    """Returns the author: the first of these References that names somebody."""
    for each in candidates:
        name = links.name(each, it)
        if name:
            return {"author": name, "practitioner_id": links.practitioner(each)}
    return {}


def around(links: Links, it: Json, *dates: str) -> Values:
    """Returns the visit it belongs to, its notes, and where it stands in time."""
    return {
        "encounter_id": links.id_of(it.get("encounter"), "Encounter"),
        "note": elements.notes(it.get("note")),
        "sort_at": moments.first(*dates),
    }


def status(it: Json, name: str = "status") -> str:
    """Returns a status code; `unknown` where FHIR's own extension says why there is none."""
    return elements.text(it.get(name), 100) or "unknown"


def reasons(links: Links, it: Json) -> str:
    """Returns why something was done or ordered, in words."""
    said = elements.all_words(it.get("reasonCode"))
    return said or links.names(it.get("reasonReference"), it, 500)
