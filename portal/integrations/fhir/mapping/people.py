"""People and places: patients, practitioners and their roles, relatives, organizations, places."""

from datetime import date
from typing import Any

from portal.integrations.fhir import elements, references
from portal.integrations.fhir.mapping.common import Values
from portal.integrations.fhir.mapping.links import Links
from portal.integrations.fhir.reading import Json
from portal.words import _

RECORD_NUMBER = "MR"
GENDERS = ("male", "female", "other", "unknown")


def patient(it: Json, links: Links) -> Values:
    """Returns what the patients table says of a Patient."""
    name = elements.chosen_name(it.get("name"))
    family, given = family_and_given(name)
    born = elements.text(it.get("birthDate"), 10)
    doctors = elements.listed(it.get("generalPractitioner"))
    died = elements.text(it.get("deceasedDateTime"), 35)
    return {
        "name": elements.one_name(name) or _("Name not known"),
        "family": family,
        "given": given,
        "birth_date": born,
        "born_on": _whole_day(born),
        "gender": _gender(it) or "unknown",
        "phone": _telecom(it, "phone", 60),
        "email": _telecom(it, "email", 254),
        "address": _address(it.get("address")),
        "language": _language(it),
        "deceased": bool(died) or it.get("deceasedBoolean") is True,
        "deceased_at": died,
        "active": it.get("active") is not False,
        "merged_into_id": _replaced_by(it, links),
        "record_number": _record_number(it),
        "general_practitioner_id": next(filter(None, map(links.practitioner, doctors)), None),
    }


def _replaced_by(it: Json, links: Links) -> str | None:
    """Returns the record that took this one's place (Patient.link, type replaced-by)."""
    listed = (each for each in elements.listed(it.get("link")) if each.get("type") == "replaced-by")
    found = (links.id_of(each.get("other"), "Patient") for each in listed)
    return next(filter(None, found), None)


def family_and_given(name: Json) -> tuple[str, str]:
    """Returns the family and given names; of a name that is only a text, its last word first."""
    family = elements.text(name.get("family"), 200)
    given = elements.text(" ".join(elements.texts(name.get("given"))), 200)
    if family or given:
        return family, given
    before, _space, last = elements.text(name.get("text"), 200).rpartition(" ")
    return last, before


def families(it: Json) -> set[str]:
    """Returns every family name that a person has or had."""
    found = (family_and_given(each)[0] for each in elements.listed(it.get("name")))
    return set(filter(None, found))


def _gender(it: Json) -> str | None:
    gender = it.get("gender")
    return gender if gender in GENDERS else None


def _whole_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2001-02-03") else None
    except ValueError:
        return None


def _telecom(it: Json, system: str, most: int) -> str:
    """Returns the best number or address of a kind: by rank, the present before the old."""
    found = [
        each
        for each in elements.listed(it.get("telecom"))
        if each.get("system") == system and each.get("use") != "old"
    ]
    found.sort(key=lambda each: each["rank"] if type(each.get("rank")) is int else 99)
    return elements.text(elements.first(found).get("value"), most)


def _address(value: Any) -> str:
    current = [each for each in elements.listed(value) if each.get("use") != "old"]
    it = elements.first(current)
    said = elements.text(it.get("text"), 500)
    if said:
        return said
    place = " ".join(
        filter(None, (elements.text(it.get(name), 100) for name in ("city", "state", "postalCode")))
    )
    country = elements.text(it.get("country"), 100)
    return elements.text(
        ", ".join(filter(None, (*elements.texts(it.get("line")), place, country))), 500
    )


def _language(it: Json) -> str:
    spoken = elements.listed(it.get("communication"))
    preferred = [each for each in spoken if each.get("preferred") is True]
    return elements.code((preferred or spoken or [{}])[0].get("language"))[:35]


def _record_number(it: Json) -> str:
    """Returns the medical record number, else the first number that the person is known by."""
    numbers = elements.listed(it.get("identifier"))
    for each in numbers:
        if RECORD_NUMBER in {
            c.get("code") for c in elements.listed(elements.first(each.get("type")).get("coding"))
        }:
            return elements.text(each.get("value"), 60)
    return next((value[:60] for _system, value in references.identifiers(it)), "")


def practitioner(it: Json, links: Links) -> Values:
    """Returns what the practitioners table says of a Practitioner."""
    del links
    name = elements.chosen_name(it.get("name"))
    return {
        "name": elements.one_name(name) or _("Name not known"),
        "prefix": elements.text(" ".join(elements.texts(name.get("prefix"))), 60),
        "gender": _gender(it),
        "phone": _telecom(it, "phone", 60),
        "email": _telecom(it, "email", 254),
        "active": it.get("active") is not False,
    }


def practitioner_role(it: Json, links: Links) -> Values | None:
    """Returns what the roles table says of a PractitionerRole; None while nobody fills it."""
    who = links.practitioner(it.get("practitioner"))
    if not who:
        return None
    said = elements.all_words(it.get("specialty")) or elements.all_words(it.get("code"))
    return {
        "practitioner_id": who,
        "organization_id": links.id_of(it.get("organization"), "Organization"),
        "title": elements.text(said, 200),
        "active": it.get("active") is not False,
    }


def organization(it: Json, links: Links) -> Values:
    """Returns what the organizations table says of an Organization."""
    del links
    return {
        "name": elements.text(it.get("name"), 300) or _("Name not known"),
        "phone": _telecom(it, "phone", 60),
        "email": _telecom(it, "email", 254),
        "address": _address(it.get("address")),
    }


def location(it: Json, links: Links) -> Values:
    """Returns what the places table says of a Location."""
    name = elements.text(it.get("name"), 300) or elements.text(it.get("description"), 300)
    return {
        "name": name or _("Name not known"),
        "address": _address(it.get("address")),
        "organization_id": links.id_of(it.get("managingOrganization"), "Organization"),
    }


def related_person(it: Json, links: Links) -> Values | None:
    """Returns what the relatives table says of a RelatedPerson; None while whose is unknown.

    It gives nobody access: that is the clinic's to decide, never a file's.
    """
    whose = links.id_of(it.get("patient"), "Patient")
    if not whose:
        return None
    return {
        "patient_id": whose,
        "name": elements.human_name(it.get("name")) or _("Name not known"),
        "relationship": elements.text(elements.all_words(it.get("relationship")), 100),
        "phone": _telecom(it, "phone", 60),
    }
