"""Reports: panels with values drawn for a person, and reports in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from portal.models.clinical import DiagnosticReport, Observation
from portal.services.demo.analytes import PANELS, Analyte, suited
from portal.services.demo.chart import LOINC, YEAR, Chart, When
from portal.services.demo.sheet import text_of

LAB = "Valley Reference Laboratory"
LAB_ADDRESS = "Valley Reference Laboratory, 900 Foundry Avenue, Millbrook"
# What was released longer ago is history: nobody's news.
NEWS = timedelta(days=45)
TAKES = timedelta(hours=26)


@dataclass(frozen=True)
class Draw:
    """How a panel came out. `values` are given, the rest lie where they usually do.

    `ranges` are the laboratory's at the time; `was` is a value before its correction.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)
    clock: str = "8:10"
    released: bool = True
    reported: datetime | None = None
    report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """Where a chart's reports are written."""

    chart: Chart

    def panel(self, key: str, when: int | date, draw: Draw | None = None) -> str:
        """Adds a panel's report with its values; returns the report's id."""
        draw = draw or Draw()
        panel = PANELS[key]
        taken = self.chart.sheet.at(when, draw.clock)
        whole = self._report(panel.title, panel.plain, taken, draw, panel.code, panel.specimen)
        for position, name in enumerate(panel.analytes):
            self._value(whole, name, position, taken, draw, panel.specimen)
        return whole["id"]

    def words(self, title: str, plain: str, when: When, said: str, **more: Any) -> str:
        """Adds a report in words: a culture, a tissue sample, a picture."""
        code, specimen = more.pop("code", ""), more.pop("specimen", "")
        taken = self.chart.sheet.moment(self.chart.on(when))
        draw = Draw(
            released=more.pop("released", True),
            reported=more.pop("reported", None),
            report={"conclusion": said, **more},
        )
        return self._report(title, plain, taken, draw, code, specimen)["id"]

    def _report(
        self, title: str, plain: str, taken: datetime, draw: Draw, code: str, specimen: str
    ) -> dict[str, Any]:
        now = self.chart.sheet.now
        issued = draw.reported or min(taken + TAKES, now - timedelta(minutes=12))
        corrected = "corrected" if draw.was else "final"
        values = {
            "status": corrected,
            "source": LAB,
            "code": code,
            "code_system": LOINC if code else "",
            "category": "LAB",
            "effective": text_of(taken),
            "issued": text_of(issued),
            "ordered_by": self.chart.doctor,
            "laboratory": LAB_ADDRESS,
            "specimen": specimen,
            "released_at": issued + timedelta(minutes=5) if draw.released else None,
            "is_history": now - issued > NEWS,
        }
        made = values | draw.report
        report_id = self.chart.entry(DiagnosticReport, title, plain, taken, **made)
        return {"id": report_id, **made}

    def _value(
        self,
        report: dict[str, Any],
        key: str,
        position: int,
        taken: datetime,
        draw: Draw,
        specimen: str,
    ) -> None:
        analyte = self._suited(key, taken, draw)
        number = draw.values.get(key)
        said = f"{self._usual(analyte) if number is None else number:.{analyte.digits}f}"
        self.chart.entry(
            Observation,
            analyte.title,
            analyte.plain,
            taken,
            status="corrected" if key in draw.was else "final",
            source=report["source"],
            category="laboratory",
            code=analyte.code,
            code_system=LOINC,
            effective=report["effective"],
            issued=report["issued"],
            report_id=report["id"],
            position=position,
            note=analyte.means,
            **_measured(analyte, said),
            interpretation=judged(analyte, float(said)),
            specimen=specimen,
            earlier_value=draw.was.get(key, ""),
            released_at=report["released_at"],
            is_history=report["is_history"],
            confidential=report.get("confidential", False),
        )

    def _suited(self, key: str, taken: datetime, draw: Draw) -> Analyte:
        age = int((taken.date() - self.chart.born).days / YEAR)
        analyte = suited(key, self.chart.gender, age)
        if key not in draw.ranges:
            return analyte
        low, high = draw.ranges[key]
        return replace(analyte, low=low, high=high)

    def _usual(self, analyte: Analyte) -> float:
        """Draws a value inside the range, near where this person's usually lies."""
        chance = self.chart.sheet.chance
        place = self.chart.usual.setdefault(analyte.key, chance.uniform(0.3, 0.7))
        low, high = _bounds(analyte)
        return low + (high - low) * min(0.93, max(0.07, chance.gauss(place, 0.06)))


def _bounds(analyte: Analyte) -> tuple[float, float]:
    low, high = analyte.low, analyte.high
    if low is None:
        return (high or 0) * 0.45, high or 0
    return low, low * 1.7 if high is None else high


def _measured(analyte: Analyte, said: str) -> dict[str, Any]:
    return {
        "value_text": said,
        "value_number": float(said),
        "unit": analyte.unit,
        "unit_code": analyte.ucum,
        "range_low": analyte.low,
        "range_high": analyte.high,
        "range_low_text": "" if analyte.low is None else f"{analyte.low:.{analyte.digits}f}",
        "range_high_text": "" if analyte.high is None else f"{analyte.high:.{analyte.digits}f}",
    }


def judged(analyte: Analyte, number: float) -> str:
    """Returns the laboratory's flag: N, L, H, and LL or HH where it is critical."""
    if analyte.most is not None and number >= analyte.most:
        return "HH"
    if analyte.least is not None and number <= analyte.least:
        return "LL"
    if analyte.high is not None and number > analyte.high:
        return "H"
    return "L" if analyte.low is not None and number < analyte.low else "N"
