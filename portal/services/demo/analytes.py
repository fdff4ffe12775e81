"""What our invented laboratory measures: panels, values, units, and its own usual ranges.

Codes are LOINC's, units UCUM's; the ranges are this fictional laboratory's own, for adults.
"""

from dataclasses import dataclass, replace

from portal.services.demo import table


@dataclass(frozen=True)
class Analyte:
    """One value: its usual range (None: open on that side), and critical limits if any."""

    key: str
    code: str
    title: str
    plain: str
    means: str
    unit: str
    ucum: str
    low: float | None
    high: float | None
    digits: int
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Panel:
    """A set of values that are asked for together."""

    key: str
    code: str
    title: str
    plain: str
    specimen: str
    analytes: tuple[str, ...]


def _figure(text: str) -> float | None:
    return None if text == "-" else float(text)


def _analyte(cells: list[str]) -> Analyte:
    key, code, title, plain, means, unit, ucum, low, high, digits, least, most = cells
    return Analyte(
        key=key,
        code=code,
        title=title,
        plain=plain,
        means=means,
        unit=unit,
        ucum=ucum,
        low=_figure(low),
        high=_figure(high),
        digits=int(digits),
        least=_figure(least),
        most=_figure(most),
    )


def _panel(cells: list[str]) -> Panel:
    key, code, title, plain, specimen, analytes = cells
    return Panel(key, code, title, plain, specimen, tuple(analytes.split()))


ANALYTES = {line.key: line for line in map(_analyte, table.cells("analytes"))}

PANELS = {line.key: line for line in map(_panel, table.cells("panels"))}

# This laboratory's ranges for men, where they differ.
_FOR_MEN = {
    "crea": (0.74, 1.35),
    "hgb": (13.5, 17.5),
    "hct": (40.0, 52.0),
    "rbc": (4.3, 5.9),
    "ferr": (30.0, 400.0),
}
CHILD = 14
_FOR_CHILDREN = {
    "crea": (0.3, 0.7),
    "hgb": (11.5, 14.5),
    "hct": (34.0, 43.0),
    "alp": (140.0, 420.0),
}


def suited(key: str, gender: str, age: int) -> Analyte:
    """Returns an analyte with the laboratory's range for somebody of this sex and age."""
    found = ANALYTES[key]
    own = _FOR_CHILDREN if age < CHILD else _FOR_MEN if gender == "male" else {}
    low, high = own.get(key, (found.low, found.high))
    return replace(found, low=low, high=high)
