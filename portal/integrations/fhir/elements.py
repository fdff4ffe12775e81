"""Small readers of FHIR elements. Whatever is missing or of another shape is simply not there."""

import math
from typing import Any

import msgspec

from portal.integrations.fhir.reading import Json

_CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)}


def text(value: Any, most: int) -> str:
    """Returns a text, at most so long, without control characters; "" if it is none."""
    if type(value) is not str:
        return ""
    if not value.isprintable():
        value = value.translate(_CONTROL)
    return value if len(value) <= most else value[: most - 1] + "…"


def listed(value: Any) -> list[Json]:
    """Returns the objects of a list; an object alone counts as a list of one."""
    if type(value) is list:
        return [each for each in value if type(each) is dict]
    return [value] if type(value) is dict else []


def first(value: Any) -> Json:
    """Returns the first object of a list, or an empty one."""
    if type(value) is list and value and type(value[0]) is dict:
        return value[0]
    return value if type(value) is dict else {}


def coding(value: Any, *preferred: str) -> tuple[str, str]:
    """Returns code and system of a CodeableConcept: of a preferred system, else the first."""
    codings = [each for each in listed(first(value).get("coding")) if each.get("code")]
    for system in preferred:
        for each in codings:
            if each.get("system") == system:
                return text(each["code"], 100), system
    if not codings:
        return "", ""
    return text(codings[0]["code"], 100), text(codings[0].get("system"), 500)


def code(value: Any) -> str:
    """Returns the first code of a CodeableConcept."""
    return coding(value)[0]


def words(value: Any, most: int = 500) -> str:
    """Returns what a CodeableConcept says to a reader: its text, else a display, else a code."""
    concept = first(value)
    said = text(concept.get("text"), most)
    if said:
        return said
    codings = listed(concept.get("coding"))
    for name in ("display", "code"):
        for each in codings:
            said = text(each.get(name), most)
            if said:
                return said
    return ""


def all_words(value: Any, most: int = 500) -> str:
    """Returns what several CodeableConcepts say, divided by commas."""
    return text(", ".join(filter(None, (words(each) for each in listed(value)))), most)


def digits(value: Any) -> str:
    """Returns a number exactly as it was written; "" if it is none."""
    if isinstance(value, msgspec.Raw):
        return bytes(value).decode()[:60]
    return str(value)[:60] if type(value) is int else ""


def number(value: Any) -> float | None:
    """Returns a number to order and compare by; None for none and for what no float can hold."""
    written = digits(value)
    try:
        found = float(written) if written else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None


def quantity(value: Any) -> str:
    """Returns a Quantity in words, its digits as written: `< 5.0 mg`."""
    it = first(value)
    amount = digits(it.get("value"))
    unit = text(it.get("unit"), 100) or text(it.get("code"), 100)
    unit = "" if unit == "1" else unit
    return " ".join(filter(None, (text(it.get("comparator"), 2), amount, unit)))


def span(value: Any) -> str:
    """Returns a Range in words: `2–4 tablets`."""
    it = first(value)
    low, high = quantity(it.get("low")), quantity(it.get("high"))
    if low and high:
        return f"{digits(first(it.get('low')).get('value'))}–{high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def ratio(value: Any) -> str:
    """Returns a Ratio in words: `1:128` for a titre, else `5 mg / 1 mL`."""
    it = first(value)
    above, below = quantity(it.get("numerator")), quantity(it.get("denominator"))
    if above.isdigit() and below.isdigit():
        return f"{above}:{below}"
    return " / ".join(filter(None, (above, below)))


def period(value: Any) -> tuple[str, str]:
    """Returns start and end of a Period as written."""
    it = first(value)
    return text(it.get("start"), 40), text(it.get("end"), 40)


def notes(value: Any, most: int = 10_000) -> str:
    """Returns the texts of Annotations, each on lines of its own."""
    return text(
        "\n".join(filter(None, (text(each.get("text"), most) for each in listed(value)))), most
    )


def chosen_name(value: Any) -> Json:
    """Returns the HumanName that a person goes by: official, usual, else the first not outdated."""
    names = listed(value)
    current = [each for each in names if each.get("use") not in ("old", "maiden", "anonymous")]
    order = {"official": 0, "usual": 1}
    return min(current or names, key=lambda each: order.get(str(each.get("use")), 2), default={})


def human_name(value: Any) -> str:
    """Returns a person's name as they would be addressed."""
    return one_name(chosen_name(value))


def one_name(name: Json) -> str:
    """Returns one HumanName in a line."""
    said = text(name.get("text"), 300)
    if said:
        return said
    parts = [*texts(name.get("prefix")), *texts(name.get("given")), text(name.get("family"), 200)]
    said = " ".join(filter(None, parts))
    after = ", ".join(texts(name.get("suffix")))
    return text(f"{said}, {after}" if after else said, 300)


def texts(value: Any) -> list[str]:
    """Returns the texts of a list."""
    return [text(each, 200) for each in value if type(each) is str] if type(value) is list else []
