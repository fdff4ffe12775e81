"""Records that nobody here wrote: taken whole, twice without a change, given back as they came."""

import json
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from sqlmodel import Session, select

from portal.database import Database
from portal.models.clinical import (
    AllergyIntolerance,
    Condition,
    DiagnosticReport,
    FhirResource,
    FhirResourceVersion,
    Immunization,
    MedicationRequest,
    Observation,
)
from portal.models.people import Patient
from portal.security import actor
from portal.services import exports, imports

NOW = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
FOLDERS = {"synthea-r4": 3219, "us-core-examples": 30, "r4-examples": 65, "ips": 42}
SYSTEM = actor.system("export")
Key = tuple[str, str]


def exactly(text: bytes | str) -> Any:
    """Reads JSON so that 1.10 and 1.1 differ."""
    return json.loads(text, parse_float=lambda digits: ("number", digits))


def came_in(folder: Path) -> dict[Key, list[Any]]:
    """Returns each resource of a folder under its type and id, in every form that it has there."""
    found: dict[Key, list[Any]] = {}
    for file in sorted(folder.rglob("*.json")):
        it = exactly(file.read_bytes())
        entries = it.get("entry", []) if it["resourceType"] == "Bundle" else [{"resource": it}]
        for resource in (entry["resource"] for entry in entries):
            found.setdefault((resource["resourceType"], resource["id"]), []).append(resource)
    return found


def exported(base: Database, patient_id: str) -> dict[Key, Any]:
    """Returns what a patient's export holds."""
    with base.transaction() as db:
        raw = exports.patient_bundle(db, SYSTEM, patient_id=patient_id, now=NOW)
    entries = exactly(raw)["entry"]
    return {
        (one["resource"]["resourceType"], one["resource"]["id"]): one["resource"] for one in entries
    }


def patients(base: Database) -> list[Patient]:
    """Returns everybody."""
    with base.transaction() as db:
        return list(db.exec(select(Patient)))


@pytest.mark.parametrize("name", FOLDERS)
class TestFolder:
    def test_is_taken_whole_and_twice_changes_nothing(
        self, base: Database, shared_data: Path, name: str
    ) -> None:
        folder = shared_data / name
        first = imports.run(base, [folder], now=NOW)
        second = imports.run(base, [folder], now=NOW)
        total = sum(first.count(each) for each in ("new", "changed", "same", "kept", "refused"))
        assert (first.exit_status, second.exit_status) == (0, 0)
        assert (total, second.count("same")) == (FOLDERS[name], FOLDERS[name])

    def test_is_kept_exactly_as_it_came(
        self, sqlite_base: Database, shared_data: Path, name: str
    ) -> None:
        imports.run(sqlite_base, [shared_data / name], now=NOW)
        with sqlite_base.transaction() as db:
            rows = list(db.exec(select(FhirResource)))
            earlier = Counter(row.resource_id for row in db.exec(select(FhirResourceVersion)))
        given = came_in(shared_data / name)
        assert {(row.type, row.fhir_id) for row in rows} == set(given)
        for row in rows:
            forms = given[row.type, row.fhir_id]
            assert exactly(row.text) in forms
            unlike = {json.dumps(form, sort_keys=True) for form in forms}
            assert 1 + earlier[row.id] == len(unlike)

    def test_comes_out_the_same_in_whatever_order_it_comes(
        self, sqlite_base: Database, shared_data: Path, name: str
    ) -> None:
        files = sorted((shared_data / name).rglob("*.json"))
        random.Random(name).shuffle(files)  # noqa: S311 - the same order each time
        for file in files:
            imports.run(sqlite_base, [file], now=NOW)
        with sqlite_base.transaction() as db:
            shuffled = _facts(db)
        assert shuffled == RECORDS[name]


# How many patients, conditions, allergies, medicines, vaccines, values and reports a folder has,
# as counted in its files by other means; those about nobody who is in the folder left out.
RECORDS = {
    "synthea-r4": (9, 33, 11, 31, 236, 1526, 173),
    "us-core-examples": (2, 1, 1, 1, 1, 1, 1),
    "r4-examples": (3, 0, 0, 0, 0, 0, 0),
    "ips": (1, 4, 1, 3, 8, 12, 0),
}


def _facts(db: Session) -> tuple[int, ...]:
    tables = (
        Patient,
        Condition,
        AllergyIntolerance,
        MedicationRequest,
        Immunization,
        Observation,
        DiagnosticReport,
    )
    found: dict[Any, list[Any]] = {table: list(db.exec(select(table))) for table in tables}
    found[Observation] = [
        each for each in found[Observation] if not getattr(each, "component_of", None)
    ]
    return tuple(len(records) for records in found.values())


class TestExport:
    def test_gives_back_every_resource_of_a_bundle(self, base: Database, shared_data: Path) -> None:
        for file in sorted((shared_data / "synthea-r4").glob("*_*.json")):
            source = file.stem[:90]
            given = {
                (one["resource"]["resourceType"], one["resource"]["id"]): one["resource"]
                for one in exactly(file.read_bytes())["entry"]
            }
            imports.run(base, [file], source=source, now=NOW)
            (patient,) = [each for each in patients(base) if each.fhir_source == source]
            assert exported(base, patient.id) == given

    def test_gives_a_patient_nothing_of_another(
        self, sqlite_base: Database, shared_data: Path
    ) -> None:
        imports.run(sqlite_base, [shared_data / "synthea-r4"], now=NOW)
        everybody = patients(sqlite_base)
        for patient in everybody:
            kinds = Counter(kind for kind, _id in exported(sqlite_base, patient.id))
            assert kinds["Patient"] == 1

    def test_reads_as_a_bundle_to_an_outside_judge(
        self, sqlite_base: Database, shared_data: Path
    ) -> None:
        for name in ("ips", "us-core-examples"):
            imports.run(sqlite_base, [shared_data / name], now=NOW, source=name)
        for patient in patients(sqlite_base):
            with sqlite_base.transaction() as db:
                raw = exports.patient_bundle(db, SYSTEM, patient_id=patient.id, now=NOW)
            judged = Bundle.model_validate_json(raw)
            assert judged.type == "collection"
