"""How to take a medicine, as a sentence: as it was written, else put together from its parts."""

from portal.integrations.fhir import elements
from portal.integrations.fhir.reading import Json
from portal.words import _, _n

MOST = 10_000


def sentence(instructions: list[Json]) -> str:
    """Returns the instructions in words, one after the other."""
    said = (_one(each) for each in instructions)
    return elements.text("\n".join(dict.fromkeys(filter(None, said))), MOST)


def is_as_needed(instructions: list[Json]) -> bool:
    """Whether it is taken only when needed."""
    return any(
        each.get("asNeededBoolean") is True or "asNeededCodeableConcept" in each
        for each in instructions
    )


def _one(it: Json) -> str:
    for name in ("patientInstruction", "text"):
        said = elements.text(it.get(name), 2000)
        if said:
            return said
    parts = [_dose(it), elements.words(it.get("route")), _how_often(it), _needed(it)]
    said = ", ".join(filter(None, parts))
    more = elements.all_words(it.get("additionalInstruction"))
    return ". ".join(filter(None, (said, more)))


def _dose(it: Json) -> str:
    given = elements.first(it.get("doseAndRate"))
    return elements.quantity(given.get("doseQuantity")) or elements.span(given.get("doseRange"))


def _needed(it: Json) -> str:
    reason = elements.words(it.get("asNeededCodeableConcept"))
    if reason:
        return _("as needed for {reason}").format(reason=reason)
    return _("as needed") if it.get("asNeededBoolean") is True else ""


def _how_often(it: Json) -> str:
    timing = elements.first(it.get("timing"))
    repeat = elements.first(timing.get("repeat"))
    times, per, unit = repeat.get("frequency", 1), repeat.get("period"), repeat.get("periodUnit")
    said = elements.words(timing.get("code"))
    if per is None or type(times) is not int or type(unit) is not str:
        return said
    count = elements.number(per)
    often = _n("once", "{count} times", times) if times != 1 else _("once")
    if count == 1:
        return f"{often} {_every_one(unit)}"
    return f"{often} {_every(unit).format(count=elements.digits(per))}"


def _every_one(unit: str) -> str:
    return {
        "s": _("every second"),
        "min": _("every minute"),
        "h": _("every hour"),
        "d": _("a day"),
        "wk": _("a week"),
        "mo": _("a month"),
        "a": _("a year"),
    }.get(unit, unit)


def _every(unit: str) -> str:
    return {
        "s": _("every {count} seconds"),
        "min": _("every {count} minutes"),
        "h": _("every {count} hours"),
        "d": _("every {count} days"),
        "wk": _("every {count} weeks"),
        "mo": _("every {count} months"),
        "a": _("every {count} years"),
    }.get(unit, "{count} " + unit)
