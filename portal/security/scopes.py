"""Scopes: what a helper was given, area by area, to read or also to act.

Kept as words in one column: "appointments:act results:read". To act includes to read. Whoever
lends their record chooses these and no others (WORKFLOWS 3.7).
"""

from functools import lru_cache

from portal.models.clinical import (
    AllergyIntolerance,
    ClinicalRecord,
    DiagnosticReport,
    DocumentReference,
    Immunization,
    MedicationRequest,
    Observation,
)
from portal.words import _

# In the order in which people read them.
AREAS: dict[str, str] = {
    "appointments": _("Appointments"),
    "messages": _("Messages"),
    "results": _("Test results"),
    "notes": _("Conditions, visits and the doctor’s notes"),
    "medicines": _("Medicines, allergies and vaccines"),
    "bills": _("Bills and insurance"),
    "documents": _("Documents"),
    "profile": _("Address, phone and e-mail"),
}
LEVELS = ("read", "act")
ALL = frozenset(f"{area}:{level}" for area in AREAS for level in LEVELS)
# The areas of the medical record, of which one is enough to open it.
CLINICAL = ("results", "notes", "medicines", "documents")

# What of the record tells how a rule of prevention stands, by its kind: a helper needs all of it.
OF_PREVENTION: dict[str, tuple[str, ...]] = {
    "vaccine": ("medicines",),
    "screening": ("results", "notes"),
    "check-up": ("results", "notes"),
}

_AREA_OF: dict[type[ClinicalRecord], str] = {
    DiagnosticReport: "results",
    Observation: "results",
    MedicationRequest: "medicines",
    AllergyIntolerance: "medicines",
    Immunization: "medicines",
    DocumentReference: "documents",
}


def area_of(table: type[ClinicalRecord]) -> str:
    """Returns the area that entries of a clinical table belong to."""
    return _AREA_OF.get(table, "notes")


@lru_cache(maxsize=1024)
def parse(text: str) -> frozenset[str]:
    """Returns the scopes that a column holds; what is no scope is left out."""
    found = {word for word in text.split() if word in ALL}
    return frozenset(found | {f"{word.partition(':')[0]}:read" for word in found})


def write(scopes: frozenset[str]) -> str:
    """Returns scopes as a column holds them: the higher level of each area, in order."""
    levels = [(area, _level(scopes, area)) for area in AREAS]
    return " ".join(f"{area}:{level}" for area, level in levels if level)


def said(scopes: frozenset[str]) -> list[str]:
    """Says what was given, an area a line: "Test results: may see"; one line for all of it."""
    words = {"read": _("{area}: may see"), "act": _("{area}: may see and act")}
    levels = [(_(name), _level(scopes, area)) for area, name in AREAS.items()]
    if levels[0][1] and len({level for _name, level in levels}) == 1:
        return [words[levels[0][1]].format(area=_("Everything"))]
    return [words[level].format(area=name) for name, level in levels if level]


def _level(scopes: frozenset[str], area: str) -> str:
    if f"{area}:act" in scopes:
        return "act"
    return "read" if f"{area}:read" in scopes else ""
