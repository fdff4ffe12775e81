"""How entries are said: plain words before the medical term, dates as far as they are known."""

import re
from datetime import date
from typing import Any

from portal.words import _, partial_day

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T.*)?)?)?")
# SNOMED CT's semantic tags say to machines what kind of thing a term is.
_TAG = re.compile(
    r"\s*\((disorder|finding|procedure|situation|regime/therapy|record artifact|environment"
    r"|observable entity|event|substance|product|physical object|morphologic abnormality"
    r"|body structure|medicinal product|clinical drug|organism|qualifier value|occupation"
    r"|person|social concept)\)(?=\s*([;,]|$))"
)
# A number of the US register of medicines that stands before some names.
_REGISTER = re.compile(r"^NDA\d+\s+")
# What an import calls itself where the record names no place of its own.
_IMPORTED = "import"


def tidy(text: str) -> str:
    """Returns a term without what is meant for machines: semantic tags, register numbers."""
    return _REGISTER.sub("", _TAG.sub("", text))


def name_of(row: Any) -> str:
    """Returns what an entry is called in plain words; the medical term where there are none."""
    return row.plain or term_of(row) or _("No name was given")


def term_of(row: Any) -> str:
    """Returns the medical term, without the tag that is meant for machines."""
    return tidy(row.title)


def term_beside(row: Any) -> str:
    """Returns the medical term where it says something else than the plain words."""
    term = term_of(row)
    return term if term.casefold() != name_of(row).casefold() else ""


def day_of(text: str) -> str:
    """Says a FHIR date of any precision, or the words that stand for one; "" for nothing."""
    if not text or not _DATE.fullmatch(text):
        return text
    return partial_day(text)


def dated(text: str) -> str:
    """Says a date, or that it is not known."""
    return day_of(text) or _("Date not known")


def between(start: str, end: str) -> str:
    """Says a span: "3 Mar 2019 to 5 Mar 2019", one day once, an open one by its start."""
    first, last = day_of(start), day_of(end)
    if first and last and first != last:
        return _("{start} to {end}").format(start=first, end=last)
    return first or (_("Until {day}").format(day=last) if last else _("Date not known"))


def source_of(row: Any) -> str:
    """Says where an entry came from and who wrote it."""
    source = _("Imported record") if row.source == _IMPORTED else row.source
    parts = [row.author, source]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or _("Source not named")


def is_over(text: str, today: date) -> bool:
    """Says whether a FHIR date of any precision lies before today."""
    return bool(text and _DATE.fullmatch(text)) and text[:10] < today.isoformat()[: len(text[:10])]
