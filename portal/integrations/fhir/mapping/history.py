"""Conditions, allergies, vaccines, procedures, visits, documents."""

from portal.integrations.fhir import elements, labels
from portal.integrations.fhir.mapping.common import (
    CVX,
    SNOMED,
    Values,
    around,
    by,
    choice,
    date,
    named,
    reasons,
    status,
    titled,
)
from portal.integrations.fhir.mapping.links import Links, contained
from portal.integrations.fhir.reading import Json


def condition(it: Json, links: Links) -> Values:
    """Returns what the conditions table says of a Condition."""
    onset, recorded = choice(it, "onset"), date(it.get("recordedDate"))
    return {
        **named(it.get("code"), SNOMED),
        **around(links, it, onset, recorded),
        **by(links, it, it.get("asserter"), it.get("recorder")),
        "status": elements.code(it.get("clinicalStatus")),
        "verification_status": elements.code(it.get("verificationStatus")),
        "category": elements.code(it.get("category")),
        "severity": elements.words(it.get("severity")),
        "body_site": elements.all_words(it.get("bodySite")),
        "onset": onset,
        "abatement": choice(it, "abatement"),
        "recorded": recorded,
    }


def allergy(it: Json, links: Links) -> Values:
    """Returns what the allergies table says of an AllergyIntolerance."""
    onset, recorded = choice(it, "onset"), date(it.get("recordedDate"))
    last = date(it.get("lastOccurrence"))
    reactions = elements.listed(it.get("reaction"))
    concept = it.get("code") or elements.first(reactions).get("substance")
    return {
        **named(concept, SNOMED),
        **around(links, it, recorded, onset, last),
        **by(links, it, it.get("asserter"), it.get("recorder")),
        "status": elements.code(it.get("clinicalStatus")),
        "verification_status": elements.code(it.get("verificationStatus")),
        "kind": elements.text(it.get("type"), 100),
        "category": ", ".join(elements.texts(it.get("category")))[:100],
        "criticality": elements.text(it.get("criticality"), 100),
        "reaction": _reactions(reactions),
        "severity": _worst(reactions),
        "onset": onset,
        "last_occurrence": last,
        "recorded": recorded,
    }


def _reactions(reactions: list[Json]) -> str:
    said = [
        elements.all_words(each.get("manifestation")) or elements.text(each.get("description"), 300)
        for each in reactions
    ]
    return elements.text("; ".join(dict.fromkeys(filter(None, said))), 500)


def _worst(reactions: list[Json]) -> str:
    order = ("severe", "moderate", "mild")
    given = {each.get("severity") for each in reactions if isinstance(each.get("severity"), str)}
    return next((each for each in order if each in given), "")


def immunization(it: Json, links: Links) -> Values:
    """Returns what the vaccines table says of an Immunization."""
    occurrence = choice(it, "occurrence")
    series = elements.first(it.get("protocolApplied"))
    dose = elements.digits(series.get("doseNumberPositiveInt"))
    performers = [each.get("actor") for each in elements.listed(it.get("performer"))]
    return {
        **named(it.get("vaccineCode"), CVX),
        **around(links, it, occurrence, date(it.get("recorded"))),
        **by(links, it, *performers, it.get("location")),
        "status": status(it),
        "occurrence": occurrence,
        "dose": dose or elements.text(series.get("doseNumberString"), 100),
        "lot_number": elements.text(it.get("lotNumber"), 100),
        "site": elements.words(it.get("site")),
        "status_reason": elements.words(it.get("statusReason")),
    }


def procedure(it: Json, links: Links) -> Values:
    """Returns what the procedures table says of a Procedure."""
    performed = choice(it, "performed")
    performers = [each.get("actor") for each in elements.listed(it.get("performer"))]
    named_so = named(it.get("code"), SNOMED) if it.get("code") else titled(_narrative(it))
    return {
        **named_so,
        **around(links, it, performed),
        **by(links, it, *performers, it.get("asserter"), it.get("recorder"), it.get("location")),
        "status": status(it),
        "category": elements.words(it.get("category")),
        "performed": performed,
        "performed_end": elements.period(it.get("performedPeriod"))[1],
        "body_site": elements.all_words(it.get("bodySite")),
        "reason": reasons(links, it),
        "outcome": elements.words(it.get("outcome")),
    }


def _narrative(it: Json) -> str:
    """Returns the text of a short narrative, for what is told in no other way."""
    found = elements.text(elements.first(it.get("text")).get("div"), 2000)
    inner = found.partition(">")[2].rpartition("</")[0].strip()
    return elements.text(inner, 500) if "<" not in inner else ""


def encounter(it: Json, links: Links) -> Values:
    """Returns what the visits table says of an Encounter."""
    start, end = elements.period(it.get("period"))
    kind = named(it.get("type"), SNOMED) if it.get("type") else named(it.get("serviceType"))
    clinicians = [each.get("individual") for each in elements.listed(it.get("participant"))]
    places = [each.get("location") for each in elements.listed(it.get("location"))]
    return {
        **kind,
        **around(links, it, start, end),
        **by(links, it, *clinicians),
        "encounter_id": None,
        "status": status(it),
        "encounter_class": elements.text(elements.first(it.get("class")).get("code"), 100),
        "period_start": start,
        "period_end": end,
        "reason": reasons(links, it),
        "location_id": links.id_of(elements.first(places), "Location"),
        "place": links.names([*places, it.get("serviceProvider")], it),
    }


def document(it: Json, links: Links) -> Values:
    """Returns what the documents table says of a DocumentReference."""
    attachment = elements.first(elements.first(it.get("content")).get("attachment"))
    context = elements.first(it.get("context"))
    written = date(it.get("date")) or date(attachment.get("creation"))
    title = elements.text(attachment.get("title"), 500)
    kind = named(it.get("type"))
    size = attachment.get("size")
    return {
        **(kind if kind["title"] else titled(title)),
        **around(links, it, written, elements.period(context.get("period"))[0]),
        **by(
            links,
            it,
            *elements.listed(it.get("author")),
            it.get("authenticator"),
            it.get("custodian"),
        ),
        "encounter_id": links.id_of(elements.first(context.get("encounter")), "Encounter"),
        "status": status(it) if it.get("status") else "current",
        "category": elements.words(it.get("category")),
        "date": written,
        "description": elements.text(it.get("description"), 500) or title,
        "content_type": elements.text(attachment.get("contentType"), 100),
        "size": size if type(size) is int and 0 <= size < 2**31 else None,
        "has_content": bool(attachment.get("data")),
        "digest": elements.text(attachment.get("hash"), 60),
    }


def medicine_named(it: Json, links: Links) -> Values:
    """Returns the medicine of an order or statement: coded, contained, or kept elsewhere."""
    concept = it.get("medicationCodeableConcept")
    if concept:
        return named(concept)
    reference = elements.first(it.get("medicationReference"))
    written = elements.text(reference.get("reference"), 500)
    if written.startswith("#"):
        inside = contained(it, written[1:])
        if labels.label(inside):
            return named(inside.get("code"))
    return titled(links.name(reference, it))
