"""Results: reports and values."""

from typing import Any

from portal.integrations.fhir import elements
from portal.integrations.fhir.mapping.common import (
    LOINC,
    UCUM,
    Values,
    around,
    by,
    choice,
    date,
    named,
    status,
)
from portal.integrations.fhir.mapping.links import Links
from portal.integrations.fhir.reading import Json

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
COMPARATORS = ("<", "<=", ">=", ">")


def report(it: Json, links: Links) -> Values:
    """Returns what the reports table says of a DiagnosticReport."""
    effective, issued = choice(it, "effective"), date(it.get("issued"))
    performers = elements.listed(it.get("performer"))
    clinicians = [*elements.listed(it.get("resultsInterpreter")), *performers]
    return {
        **named(it.get("code"), LOINC),
        **around(links, it, effective, issued),
        **by(links, it, *clinicians),
        "status": status(it),
        "category": elements.code(it.get("category")),
        "effective": effective[:40],
        "issued": issued,
        "ordered_by": links.names(it.get("basedOn"), it),
        "laboratory": links.names(performers, it),
        "specimen": links.names(it.get("specimen"), it, 500),
        "conclusion": elements.text(it.get("conclusion"), 10_000)
        or elements.all_words(it.get("conclusionCode")),
        "has_attachment": bool(it.get("presentedForm")),
    }


def observation(it: Json, links: Links) -> Values:
    """Returns what the values table says of an Observation, its components aside."""
    effective, issued = choice(it, "effective"), date(it.get("issued"))
    return {
        **named(it.get("code"), LOINC),
        **around(links, it, effective, issued),
        **by(links, it, *elements.listed(it.get("performer"))),
        **value(it),
        "status": status(it),
        "category": elements.coding(it.get("category"), CATEGORY)[0],
        "effective": effective[:40],
        "issued": issued,
        "specimen": links.name(it.get("specimen"), it),
        "method": elements.words(it.get("method")),
        "body_site": elements.words(it.get("bodySite")),
    }


def component(it: Json, whole: Values) -> Values:
    """Returns a row for one component; what it does not say itself it has from its observation."""
    return {**whole, **named(it.get("code"), LOINC), **value(it), "note": ""}


def value(it: Json) -> Values:
    """Returns value, range and interpretation of an Observation or a component of one."""
    return {**_value(it), **_range(it.get("referenceRange")), **_judged(it)}


def _judged(it: Json) -> Values:
    return {
        "interpretation": elements.code(it.get("interpretation")),
        "absent_reason": elements.words(it.get("dataAbsentReason")),
    }


def _value(it: Json) -> Values:
    quantity = it.get("valueQuantity")
    if type(quantity) is dict:
        return _measured(quantity)
    whole = it.get("valueInteger")
    if type(whole) is int:
        return {**_NOTHING, "value_text": elements.digits(whole), "value_number": float(whole)}
    return {**_NOTHING, "value_text": _said(it)}


_NOTHING: Values = {
    "value_text": "",
    "value_number": None,
    "comparator": "",
    "unit": "",
    "unit_code": "",
}


def _measured(quantity: Json) -> Values:
    code = elements.text(quantity.get("code"), 100)
    comparator = quantity.get("comparator")
    return {
        "value_text": elements.digits(quantity.get("value")),
        "value_number": elements.number(quantity.get("value")),
        "comparator": comparator if comparator in COMPARATORS else "",
        "unit": elements.text(quantity.get("unit"), 100) or code,
        "unit_code": code if quantity.get("system") == UCUM else "",
    }


def _said(it: Json) -> str:
    """Returns a value that is no single number, in words."""
    concept = elements.words(it.get("valueCodeableConcept"))
    if concept:
        return concept
    for name in ("valueString", "valueDateTime", "valueTime"):
        if name in it:
            return elements.text(it[name], 10_000)
    flag = it.get("valueBoolean")
    if type(flag) is bool:
        return "true" if flag else "false"
    if "valuePeriod" in it:
        return " – ".join(filter(None, elements.period(it["valuePeriod"])))
    return elements.span(it.get("valueRange")) or elements.ratio(it.get("valueRatio"))


def _range(given: Any) -> Values:
    """Returns the laboratory's own reference range: the plain one where there are several."""
    ranges = elements.listed(given)
    if not ranges:
        return _NO_RANGE
    it = next((each for each in ranges if "appliesTo" not in each and "age" not in each), ranges[0])
    low, high = (
        elements.first(it.get("low")).get("value"),
        elements.first(it.get("high")).get("value"),
    )
    return {
        "range_low_text": elements.digits(low),
        "range_low": elements.number(low),
        "range_high_text": elements.digits(high),
        "range_high": elements.number(high),
        "range_text": elements.text(it.get("text"), 500),
    }


_NO_RANGE: Values = {
    "range_low_text": "",
    "range_low": None,
    "range_high_text": "",
    "range_high": None,
    "range_text": "",
}
