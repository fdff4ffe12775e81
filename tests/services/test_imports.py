"""Imports: all or nothing, twice is once, newer replaces older, two people are never one (R-27)."""

import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, col, func, select

from portal import live
from portal.database import Database
from portal.models import everything
from portal.models.audit import AuditEvent, LiveChange
from portal.models.clinical import (
    CarePlanActivity,
    CareTeamParticipant,
    Condition,
    DiagnosticReport,
    Encounter,
    FhirResource,
    FhirResourceVersion,
    ImportFile,
    MedicationRequest,
    Observation,
    UnresolvedReference,
)
from portal.models.people import Patient, Practitioner
from portal.security import audit
from portal.services import imports
from tests.support import fhir

NOW = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
Json = dict[str, Any]
assert everything.__all__


class Folder:
    """A folder of records, and the database they go to."""

    def __init__(self, base: Database, path: Path) -> None:
        """Makes an empty folder."""
        self.base = base
        self.path = path / "records"
        self.path.mkdir()

    def put(self, name: str, *lines: Any) -> Path:
        """Writes a file: bytes as they are, else JSON, a line each."""
        file = self.path / name
        parts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        file.write_bytes(b"\n".join(parts))
        return file

    def take(self, *paths: Path, **how: Any) -> imports.Report:
        """Imports files, else the whole folder."""
        how.setdefault("now", NOW)
        return imports.run(self.base, paths or [self.path], **how)

    def all(self, table: type[SQLModel]) -> list[Any]:
        """Returns every row of a table."""
        with self.base.transaction() as db:
            return list(db.exec(select(table)))

    def one(self, table: type[SQLModel]) -> Any:
        """Returns the only row of a table."""
        (row,) = self.all(table)
        return row

    def rows(self) -> dict[str, int]:
        """Returns how many rows each table has."""
        with self.base.transaction() as db:
            tables = SQLModel.metadata.sorted_tables
            return {
                each.name: db.exec(select(func.count()).select_from(each)).one() for each in tables
            }


@pytest.fixture
def folder(base: Database, tmp_path: Path) -> Folder:
    return Folder(base, tmp_path)


@pytest.fixture
def small(sqlite_base: Database, tmp_path: Path) -> Folder:
    return Folder(sqlite_base, tmp_path)


def counts(report: imports.Report) -> dict[str, int]:
    return {name: report.count(name) for name in ("new", "changed", "same", "kept", "refused")}


class TestTake:
    def test_puts_a_whole_life_into_the_record(self, folder: Folder) -> None:
        folder.put("life.json", fhir.life(1, 1100))
        report = folder.take()
        assert report.exit_status == 0
        assert sum(counts(report).values()) == 1100
        assert report.count("refused") == 0
        patient = folder.one(Patient)
        observation = folder.all(Observation)[0]
        assert patient.family == "Larkin1"
        assert observation.patient_id == patient.id
        assert observation.encounter_id in {each.id for each in folder.all(Encounter)}
        assert observation.report_id in {each.id for each in folder.all(DiagnosticReport)}
        assert folder.all(MedicationRequest)[0].practitioner_id == folder.one(Practitioner).id

    def test_twice_changes_nothing(self, folder: Folder) -> None:
        folder.put("life.json", fhir.life(1, 300))
        folder.put("lines.ndjson", fhir.patient(), fhir.observation("o", valueInteger=1), b"")
        folder.take()
        before = folder.rows()
        report = folder.take(now=NOW + timedelta(days=1))
        assert counts(report) == {"new": 0, "changed": 0, "same": 302, "kept": 0, "refused": 0}
        assert folder.rows() == before

    def test_in_other_words_is_the_same(self, folder: Folder) -> None:
        folder.put("a.json", fhir.patient())
        folder.take()
        turned = dict(reversed(list(fhir.patient().items())))
        folder.put("a.json", json.dumps(turned, indent=3).encode())
        assert counts(folder.take())["same"] == 1

    def test_other_digits_are_a_change(self, folder: Folder) -> None:
        raw = json.dumps(fhir.observation("o")).replace("4.2", "4.20").encode()
        folder.put("p.json", fhir.patient())
        folder.put("o.json", fhir.observation("o"))
        folder.take()
        folder.put("o.json", raw)
        assert counts(folder.take())["changed"] == 1
        assert folder.one(Observation).value_text == "4.20"

    def test_keeps_what_has_no_table(self, folder: Folder) -> None:
        flag = {
            "resourceType": "Flag",
            "id": "f",
            "status": "active",
            "subject": {"reference": "Patient/pat-1"},
        }
        folder.put("all.json", fhir.bundle(fhir.patient(), flag))
        report = folder.take()
        assert (report.count("new"), report.count("kept")) == (1, 1)
        kept = next(each for each in folder.all(FhirResource) if each.type == "Flag")
        assert json.loads(kept.text) == flag
        assert kept.patient_id == folder.one(Patient).id

    def test_leaves_one_trace_for_each_patient_and_file(self, folder: Folder) -> None:
        folder.put("1.json", fhir.life(1, 40))
        folder.put("2.json", fhir.life(2, 40))
        folder.take()
        traces = folder.all(AuditEvent)
        assert sorted(each.patient_id for each in traces) == sorted(
            each.id for each in folder.all(Patient)
        )
        with folder.base.transaction() as db:
            assert audit.verify(db, folder.base.info["audit_key"]).is_whole

    def test_tells_the_open_pages_after_the_commit(self, folder: Folder) -> None:
        told: list[live.Change] = []
        stop = live.listen(told.extend)
        folder.put("1.json", fhir.life(1, 40))
        folder.take()
        stop()
        patient_id = folder.one(Patient).id
        assert {each.patient_id for each in told} == {patient_id}
        assert {each.topic for each in folder.all(LiveChange)} >= {"record", "results", "medicines"}


class TestResults:
    def test_are_released_at_once_and_old_ones_are_no_news(self, folder: Folder) -> None:
        old = {"effectiveDateTime": "2019-04-02", "issued": "2019-04-03T10:00:00Z"}
        folder.put("all.json", fhir.bundle(
            fhir.patient(), fhir.observation("new"), fhir.observation("old", **old),
            fhir.report("r", ["Observation/new", "Observation/old"]),
        ))  # fmt: skip
        folder.take()
        by_id = {each.is_history: each for each in folder.all(Observation)}
        assert by_id[True].released_at == datetime(2019, 4, 3, 10, tzinfo=UTC)
        assert by_id[False].released_at == datetime(2026, 2, 20, 21, tzinfo=UTC)
        report = folder.one(DiagnosticReport)
        assert {each.report_id for each in by_id.values()} == {report.id}
        assert [by_id[False].position, by_id[True].position] == [0, 1]

    def test_a_corrected_value_stands_beside_what_it_was(self, folder: Folder) -> None:
        folder.put("p.json", fhir.patient())
        folder.put("o.json", fhir.observation("o"))
        folder.take()
        quantity = {"value": 5.4, "unit": "mmol/L"}
        folder.put("o.json", fhir.observation("o", status="corrected", valueQuantity=quantity))
        later = NOW + timedelta(days=1)
        folder.take(now=later)
        observation = folder.one(Observation)
        assert (observation.value_text, observation.earlier_value) == ("5.4", "4.2 mmol/L")
        assert (observation.released_at, observation.is_history) == (later, False)

    def test_what_the_clinic_holds_back_stays_so(self, folder: Folder) -> None:
        folder.put("p.json", fhir.patient())
        folder.put("o.json", fhir.observation("o"))
        folder.take()
        with folder.base.transaction() as db:
            held = db.exec(select(Observation)).one()
            held.released_at, held.confidential = None, True
            db.add(held)
        folder.put("o.json", fhir.observation("o", status="amended"))
        folder.take()
        observation = folder.one(Observation)
        assert (observation.status, observation.released_at, observation.confidential) == (
            "amended",
            None,
            True,
        )

    def test_components_and_panels_keep_together(self, folder: Folder) -> None:
        parts = [
            {"code": {"text": name}, "valueInteger": value}
            for name, value in (("Upper", 120), ("Lower", 80))
        ]
        panel = fhir.observation("panel", hasMember=[{"reference": "Observation/bp"}])
        folder.put(
            "all.json", fhir.bundle(panel, fhir.patient(), fhir.observation("bp", component=parts))
        )
        for _time in range(2):
            folder.take()
            values = {each.title: each for each in folder.all(Observation) if each.component_of}
            whole = next(each for each in folder.all(Observation) if each.panel_id)
            assert {name: each.value_text for name, each in values.items()} == {
                "Upper": "120",
                "Lower": "80",
            }
            assert {each.component_of for each in values.values()} == {whole.id}
            folder.put(
                "all.json",
                fhir.bundle(panel, fhir.observation("bp", component=parts, status="amended")),
            )


class TestVersions:
    @staticmethod
    def at(version: str, **values: Any) -> Json:
        return fhir.patient(
            meta={"versionId": version, "lastUpdated": f"2020-01-0{version}T00:00:00Z"}, **values
        )

    def test_a_newer_one_replaces_and_the_history_stays(self, folder: Folder) -> None:
        folder.put("p.json", self.at("1"))
        folder.take()
        folder.put("p.json", self.at("2", gender="other"))
        report = folder.take()
        assert report.count("changed") == 1
        assert folder.one(Patient).gender == "other"
        assert json.loads(folder.one(FhirResourceVersion).text) == self.at("1")

    def test_an_older_one_changes_nothing_and_is_told(self, folder: Folder) -> None:
        folder.put("p.json", self.at("2"))
        folder.take()
        folder.put("p.json", self.at("1", gender="other"))
        report = folder.take()
        assert report.count("same") == 1
        assert "older" in report.as_text()
        assert folder.one(Patient).gender == "female"

    def test_a_history_bundle_ends_with_its_newest(self, folder: Folder) -> None:
        versions = [self.at("3", gender="male"), self.at("1"), self.at("2", gender="other")]
        folder.put("h.json", fhir.bundle(*versions, kind="history"))
        folder.take()
        assert folder.one(Patient).gender == "male"
        assert len(folder.all(FhirResourceVersion)) == 2

    def test_what_was_replaced_does_not_come_back(self, folder: Folder) -> None:
        folder.put("1.json", fhir.patient())
        folder.put("2.json", fhir.patient(gender="other"))
        folder.take()
        assert counts(folder.take())["same"] == 2
        assert folder.one(Patient).gender == "other"

    def test_what_was_entered_here_since_stays(self, folder: Folder) -> None:
        folder.put("p.json", fhir.patient())
        folder.take()
        with folder.base.transaction() as db:
            person = db.exec(select(Patient)).one()
            person.phone = "(406) 555-0199"
            db.add(person)
        folder.put("p.json", fhir.patient(gender="other"))
        folder.take()
        person = folder.one(Patient)
        assert (person.phone, person.gender) == ("(406) 555-0199", "other")

    def test_parts_of_a_plan_and_a_team_are_made_anew(self, folder: Folder) -> None:
        whose = {"subject": {"reference": "Patient/pat-1"}, "status": "active"}
        for count in (2, 1):
            activities = [
                {"detail": {"status": "not-started", "description": f"Walk {n}"}}
                for n in range(count)
            ]
            team = [{"member": {"display": f"Helper {n}"}} for n in range(count)]
            plan = {
                "resourceType": "CarePlan",
                "id": "c",
                "intent": "plan",
                "activity": activities,
                **whose,
            }
            care_team = {"resourceType": "CareTeam", "id": "t", "participant": team, **whose}
            folder.put("all.json", fhir.bundle(fhir.patient(), plan, care_team))
            folder.take()
            assert len(folder.all(CarePlanActivity)) == count
            assert len(folder.all(CareTeamParticipant)) == count


class TestWhoItIs:
    def test_two_people_under_one_id_are_never_made_one(self, folder: Folder) -> None:
        folder.put("p.json", fhir.patient())
        folder.take()
        other = fhir.patient(name=[{"family": "Moss", "given": ["Otto"]}], birthDate="1999-01-01")
        file = folder.put("p.json", fhir.bundle(other, fhir.condition("c")))
        before = folder.rows()
        report = folder.take()
        assert report.exit_status == 1
        assert "--source" in report.as_text()
        assert folder.rows() == before
        assert folder.take(file, source="other clinic").exit_status == 0
        assert len(folder.all(Patient)) == 2

    def test_a_new_name_alone_is_the_same_person(self, folder: Folder) -> None:
        folder.put("p.json", fhir.patient())
        folder.take()
        folder.put("p.json", fhir.patient(name=[{"family": "Moss"}]))
        assert folder.take().count("changed") == 1

    def test_a_reference_that_names_somebody_else_is_not_followed(self, folder: Folder) -> None:
        subject = {"reference": "Patient/pat-1", "display": "Otto Moss"}
        folder.put(
            "all.json", fhir.bundle(fhir.patient(), fhir.condition("c") | {"subject": subject})
        )
        report = folder.take()
        assert folder.all(Condition) == []
        assert "Otto Moss" in report.as_text()

    def test_a_record_never_moves_to_another_patient(self, folder: Folder) -> None:
        folder.put(
            "all.json", fhir.bundle(fhir.patient(), fhir.patient("pat-2"), fhir.condition("c"))
        )
        folder.take()
        first = folder.one(Condition).patient_id
        folder.put("all.json", fhir.condition("c", "Patient/pat-2"))
        folder.take()
        assert folder.one(Condition).patient_id == first

    def test_a_visit_of_another_patient_is_not_linked(self, folder: Folder) -> None:
        visit = {
            "resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"},
            "subject": {"reference": "Patient/pat-2"},
        }  # fmt: skip
        problem = fhir.condition("c", encounter={"reference": "Encounter/e"})
        folder.put("all.json", fhir.bundle(fhir.patient(), fhir.patient("pat-2"), visit, problem))
        folder.take()
        assert folder.one(Condition).encounter_id is None


class TestReferences:
    def test_are_followed_in_whatever_order_files_come(self, folder: Folder) -> None:
        doctor = {
            "resourceType": "Practitioner",
            "id": "d",
            "identifier": [{"system": "urn:npi", "value": "7"}],
            "name": [{"family": "Fennel", "given": ["Ida"]}],
        }
        by = {"reference": "Practitioner?identifier=urn:npi|7"}
        files = [
            folder.put(
                "p.json", fhir.patient(generalPractitioner=[{"reference": "Practitioner/d"}])
            ),
            folder.put("d.json", doctor),
            folder.put("c.json", fhir.condition("c", asserter=by)),
            folder.put("o.json", fhir.observation("o")),
            folder.put("r.json", fhir.report("r", ["Observation/o"])),
        ]
        random.Random(4).shuffle(files)  # noqa: S311 - the same order each time
        for file in reversed(files):
            folder.take(file)
        practitioner = folder.one(Practitioner)
        assert folder.one(Patient).general_practitioner_id == practitioner.id
        condition = folder.one(Condition)
        assert (condition.practitioner_id, condition.author) == (practitioner.id, "Ida Fennel")
        assert folder.one(Observation).report_id == folder.one(DiagnosticReport).id
        assert folder.all(UnresolvedReference) == []

    @pytest.mark.parametrize(
        "reference",
        [
            "Patient/pat-1",
            "Patient/pat-1/_history/3",
            "https://ehr.example/fhir/Patient/pat-1",
            "urn:uuid:pat-1",
        ],
    )
    def test_mean_the_same_however_written(self, small: Folder, reference: str) -> None:
        entry = {"fullUrl": "https://ehr.example/fhir/Patient/pat-1", "resource": fhir.patient()}
        if reference.startswith("urn"):
            entry["fullUrl"] = reference
        bundle = fhir.bundle(fhir.condition("c", reference))
        bundle["entry"].append(entry)
        small.put("all.json", bundle)
        small.take()
        assert small.one(Condition).patient_id == small.one(Patient).id

    def test_another_server_is_another_patient(self, small: Folder) -> None:
        entry = {"fullUrl": "https://ehr.example/fhir/Patient/pat-1", "resource": fhir.patient()}
        bundle = fhir.bundle(fhir.condition("c", "https://else.example/fhir/Patient/pat-1"))
        bundle["entry"].append(entry)
        small.put("all.json", bundle)
        small.take()
        assert small.all(Condition) == []

    def test_that_lead_nowhere_are_told_and_kept(self, folder: Folder) -> None:
        folder.put(
            "c.json",
            fhir.bundle(
                fhir.patient(), fhir.condition("c", asserter={"reference": "Practitioner/x"})
            ),
        )
        report = folder.take()
        assert "Practitioner/x" in report.as_text()
        assert folder.one(UnresolvedReference).reference == "Practitioner/x"
        assert report.exit_status == 0

    def test_a_bundle_waits_for_the_patient_of_a_later_file(self, folder: Folder) -> None:
        folder.put("1.json", fhir.bundle(fhir.condition("c")))
        folder.put("2.json", fhir.bundle({"resourceType": "Flag", "id": "f"}, fhir.patient()))
        assert folder.take().exit_status == 0
        assert folder.one(Condition).patient_id == folder.one(Patient).id


BAD: dict[str, bytes | Callable[[], bytes]] = {
    "empty.json": b"",
    "blank.ndjson": b"\n\n",
    "picture.json": b"\x89PNG\r\n\x1a\n\x00\x00",
    "words.json": b"Dear clinic,",
    "cut.json": lambda: fhir.life_bytes(1, 30)[:-900],
    "twice.json": b'{"resourceType":"Patient","id":"a","id":"b"}',
    "nan.json": b'{"resourceType":"Observation","id":"a","status":"final","valueInteger":NaN}',
    "deep.json": b'{"resourceType":"Basic","id":"a","x":'
    + b'{"x":' * 200_000
    + b"1"
    + b"}" * 200_001,
    "latin.json": '{"resourceType":"Patient","id":"a","name":[{"family":"Müller"}]}'.encode(
        "latin-1"
    ),
    "stu3.json": b'{"resourceType":"Condition","id":"a","clinicalStatus":"active"}',
    "list.json": b"[1, 2]",
    "other.json": b'{"hello": "world"}',
    "headless.json": lambda: json.dumps(
        fhir.bundle(fhir.condition("c"), fhir.observation("o"))
    ).encode(),
    "line.ndjson": lambda: json.dumps(fhir.patient()).encode() + b'\n{"resourceType":',
}


class TestBadInput:
    @pytest.mark.parametrize("name", BAD)
    def test_gets_a_sentence_and_leaves_nothing(self, folder: Folder, name: str) -> None:
        raw = BAD[name]
        folder.put(name, raw if isinstance(raw, bytes) else raw())
        before = folder.rows()
        report = folder.take()
        assert report.exit_status == 1
        assert report.files[0].refusal.endswith((".", "}", ")"))
        assert folder.rows() == before

    def test_one_bad_file_costs_the_others_nothing(self, folder: Folder) -> None:
        folder.put("a.json", b"{")
        folder.put("b.json", fhir.patient())
        assert folder.take().exit_status == 1
        assert folder.one(Patient).family == "Larkin"

    def test_a_bad_code_refuses_its_resource_and_says_where(self, folder: Folder) -> None:
        folder.put(
            "all.json",
            fhir.bundle(fhir.patient(), fhir.observation("o", status="done"), fhir.condition("c")),
        )
        report = folder.take()
        assert counts(report) == {"new": 2, "changed": 0, "same": 0, "kept": 0, "refused": 1}
        assert "Observation/o – Observation.status: “done” is not one of" in report.as_text()
        assert report.exit_status == 1

    def test_a_bad_code_refuses_the_file_when_strict(self, folder: Folder) -> None:
        folder.put("all.json", fhir.bundle(fhir.patient(), fhir.observation("o", status="done")))
        before = folder.rows()
        report = folder.take(strict=True)
        assert "Observation.status" in report.files[0].refusal
        assert folder.rows() == before

    def test_records_of_a_refused_patient_wait_for_a_better_one(self, folder: Folder) -> None:
        folder.put("all.json", fhir.bundle(fhir.patient(gender="mann"), fhir.condition("c")))
        report = folder.take()
        assert (report.count("refused"), report.count("kept")) == (1, 1)
        folder.put("all.json", fhir.bundle(fhir.patient(), fhir.condition("c")))
        assert folder.take().exit_status == 0
        assert folder.one(Condition).patient_id == folder.one(Patient).id

    def test_a_folder_that_may_not_be_opened_is_told(self, small: Folder) -> None:
        if os.geteuid() == 0:
            pytest.skip("root may open every folder")
        closed = small.path / "closed"
        closed.mkdir(mode=0)
        report = small.take()
        closed.chmod(0o700)
        assert (report.exit_status, len(report.files)) == (1, 1)

    def test_a_path_that_is_not_there_is_told(self, small: Folder) -> None:
        report = small.take(small.path / "nowhere.json")
        assert report.exit_status == 1
        assert "cannot be opened" in report.as_text()

    def test_a_ring_of_links_and_a_pipe_end(self, small: Folder) -> None:
        (small.path / "ring").symlink_to(small.path, target_is_directory=True)
        (small.path / "gone.json").symlink_to(small.path / "nowhere")
        os.mkfifo(small.path / "pipe.json")
        small.put("p.json", fhir.patient())
        report = small.take()
        assert len(report.files) == 3
        assert report.count("new") == 1

    def test_an_empty_folder_is_no_success(self, small: Folder) -> None:
        assert small.take().exit_status == 2

    def test_what_fails_while_it_is_written_leaves_nothing(
        self, small: Folder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_given: Any, **_named: Any) -> None:
            msg = "the trace cannot be written"
            raise RuntimeError(msg)

        monkeypatch.setattr(audit, "record", fail)
        small.put("life.json", fhir.life(1, 60))
        before = small.rows()
        with pytest.raises(RuntimeError):
            small.take()
        assert small.rows() == before


class TestRaces:
    def test_another_import_in_between_makes_the_plan_anew(
        self, folder: Folder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from portal.services.imports import running

        mine, other = (
            folder.put("a.json", fhir.patient()),
            folder.put("b.json", fhir.patient(gender="other")),
        )
        make = running.make
        done: list[bool] = []

        def between(*given: Any, **named: Any) -> None:
            make(*given, **named)
            if not done:
                done.append(True)
                folder.take(other)

        monkeypatch.setattr(running, "make", between)
        report = folder.take(mine)
        assert counts(report)["changed"] == 1
        assert len(folder.all(FhirResource)) == len(folder.all(FhirResourceVersion)) == 1


class TestReport:
    def test_is_one_json_object_for_programs(self, small: Folder) -> None:
        small.put("all.json", fhir.bundle(fhir.patient(), fhir.observation("o", status="done")))
        told = json.loads(small.take().as_json())
        assert {name: told[name] for name in ("new", "changed", "same", "kept", "refused")} == {
            "new": 1, "changed": 0, "same": 0, "kept": 0, "refused": 1,
        }  # fmt: skip
        assert told["files"][0]["reasons"]

    def test_notes_each_file_that_was_taken(self, small: Folder) -> None:
        small.put("p.json", fhir.patient())
        small.take()
        noted = small.one(ImportFile)
        assert (noted.new, noted.taken_at) == (1, NOW)
        assert noted.size > 100


def test_every_record_says_where_it_came_from(small: Folder) -> None:
    small.put("all.json", fhir.bundle(fhir.patient(), fhir.condition("c")))
    small.take(source="Plum Valley")
    condition = small.one(Condition)
    assert (condition.source, condition.resource_id) == ("Plum Valley", condition.id)
    assert col(Condition.sort_at) is not None
    assert condition.sort_at == datetime(2019, 4, 1, 12, tzinfo=UTC)
