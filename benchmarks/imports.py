"""B8, B9: taking FHIR bundles that were made for it, and taking the same ones again."""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psutil

from benchmarks.house import House
from benchmarks.judged import PAIRS, Line, amount, ratio
from portal.database import Database
from portal.services import imports

ENTRIES = 1000


async def bundles(house: House) -> list[Line]:
    """B8, B9: bundles of 1,000 entries taken whole, beside parsing them; then taken again."""
    count = 6 if house.full else 2
    base = house.clinic("small").open()
    folder = Path(tempfile.mkdtemp(prefix="portal-bundles-"))
    first: list[float] = []
    parse: list[float] = []
    again: list[float] = []
    grown: list[float] = []
    try:
        for turn in range(PAIRS + 1):
            source, size = secrets.token_hex(4), _write(folder, count)
            took, _ = _taken(base, folder, source, new=count * ENTRIES)
            parsed = _parsed(folder)
            before = _rss()
            repeated, _ = _taken(base, folder, source, new=0)
            assert size > count * ENTRIES * 400, "the bundles are smaller than real ones"
            if turn:
                first.append(took)
                parse.append(parsed)
                again.append(repeated)
                grown.append(max(0.0, _rss() - before))
    finally:
        shutil.rmtree(folder)
        base.close()
    rate = count * ENTRIES
    return [
        ratio("import beside orjson.loads, CPU", first, parse, gate=25, stretch=16),
        amount("resources a CPU second", [rate / took for took in first], unit="/s", scale=1),
        ratio("B9: the same again beside the first", again, first, gate=1.0, stretch=0.5),
        amount("B9: memory gained by the same again", grown, unit="MiB", scale=1, gate=50),
    ]


def _taken(base: Database, folder: Path, source: str, *, new: int) -> tuple[float, Any]:
    began = time.process_time()
    report = imports.run(base, [folder], source=source, now=datetime.now(UTC))
    took = time.process_time() - began
    found = report.count("new") + report.count("kept")
    assert found == new, f"{found} came new of {new}: {report.as_text()[:300]}"
    assert not report.count("refused"), report.as_text()[:500]
    assert not (not new and report.count("changed")), "the same was taken for a change"
    return took, report


def _parsed(folder: Path) -> float:
    texts = [path.read_bytes() for path in sorted(folder.glob("*.json"))]
    began = time.process_time()
    for text in texts:
        orjson.loads(text)
    return time.process_time() - began


def _rss() -> float:
    return psutil.Process(os.getpid()).memory_info().rss / 2**20


def _write(folder: Path, count: int) -> int:
    size = 0
    for number in range(count):
        path = folder / f"bundle{number}.json"
        entries = list(_entries(secrets.token_hex(8)))
        path.write_bytes(
            orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
        )
        size += path.stat().st_size
    return size


def write_many(folder: Path, count: int) -> None:
    """Writes bundles to import beside something else."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, count)


def _entries(key: str) -> Iterator[dict[str, Any]]:
    """Makes a patient's life as Synthea shapes it: visits with values, conditions, medicines."""
    patient = f"urn:uuid:{key}-p"
    yield _entry(
        patient,
        resourceType="Patient",
        id=f"{key}-p",
        name=[{"use": "official", "family": "Okafor", "given": ["Zoë", key[:4]]}],
        gender="female",
        birthDate="1971-03-09",
        address=[{"line": ["12 Juniper Street"], "city": "Helena", "country": "US"}],
    )
    for number in range(ENTRIES - 1):
        yield _of(key, patient, number)


def _of(key: str, patient: str, number: int) -> dict[str, Any]:
    day = f"20{number % 20 + 4:02d}-{number % 12 + 1:02d}-{number % 27 + 1:02d}"
    id_, encounter = f"{key}-{number}", {"reference": f"urn:uuid:{key}-{number - number % 10}"}
    shared = {"id": id_, "subject": {"reference": patient}}
    if number % 10 == 0:
        made: dict[str, Any] = {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": _ACT, "code": "AMB"},
            "type": [_concept("162673000", "General examination of patient (procedure)")],
            "period": {"start": f"{day}T09:00:00-05:00", "end": f"{day}T09:30:00-05:00"},
        }
    elif number % 10 == 8:
        made = {
            "resourceType": "Condition",
            "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]},
            "code": _concept("59621000", "Essential hypertension (disorder)"),
            "encounter": encounter,
            "onsetDateTime": f"{day}T09:00:00-05:00",
        }
    elif number % 10 == 9:
        made = {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": _concept("314076", "lisinopril 10 MG Oral Tablet"),
            "encounter": encounter,
            "authoredOn": f"{day}T09:00:00-05:00",
            "dosageInstruction": [{"text": "One tablet daily", "asNeededBoolean": False}],
        }
    else:
        made = {
            "resourceType": "Observation",
            "status": "final",
            "category": [{"coding": [{"system": _CATEGORY, "code": "vital-signs"}]}],
            "code": _concept("8302-2", "Body Height"),
            "encounter": encounter,
            "effectiveDateTime": f"{day}T09:00:00-05:00",
            "issued": f"{day}T09:00:00.123-05:00",
            "valueQuantity": {"value": 170.25, "unit": "cm", "system": _UCUM, "code": "cm"},
        }
    return _entry(f"urn:uuid:{id_}", **shared, **made)


_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_UCUM = "http://unitsofmeasure.org"


def _concept(code: str, text: str) -> dict[str, Any]:
    return {
        "coding": [{"system": "http://snomed.info/sct", "code": code, "display": text}],
        "text": text,
    }


def _entry(url: str, **resource: Any) -> dict[str, Any]:
    address = f"{resource['resourceType']}"
    return {
        "fullUrl": url,
        "resource": resource,
        "request": {"method": "POST", "url": address},
    }
