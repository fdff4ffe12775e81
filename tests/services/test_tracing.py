"""The clinic's report: who looked at what, what is unusual, and the file that leaves the house.

SECURITY AUD-07, AUD-10, AUD-11, IN-09.
"""

import csv
import io
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from portal.errors import Invalid, NotAllowed
from portal.models.agreements import PolicyValue
from portal.models.audit import AuditEvent
from portal.models.people import Patient
from portal.security import audit
from portal.services import openings, tracing
from portal.services.tracing import ReportRow, Wanted, exporting
from tests.support.clinic import NOW, Clinic

HOUR = timedelta(hours=1)
OTHERS = ("dana", "nora", "frank", "bill", "ada", "alice", "bob", "charlie")


def alice(clinic: Clinic) -> str:
    return clinic.patients["alice"].id


def look(
    clinic: Clinic, who: str = "dana", whose: str = "alice", at: datetime = NOW, **more: Any
) -> None:
    values: dict[str, Any] = {"category": "chart", "patient_id": clinic.patients[whose].id}
    with clinic.base.transaction() as db:
        audit.record(db, clinic.actor(who, at=at), "R", **(values | more), now=at)


def view(clinic: Clinic, who: str = "otto", page: int = 1, **wanted: Any) -> ReportRow:
    with clinic.base.transaction() as db:
        return tracing.view(db, clinic.actor(who), wanted=Wanted(**wanted), page=page, now=NOW)


def seen(clinic: Clinic, **wanted: Any) -> list[tuple[str, str, str]]:
    rows = view(clinic, **wanted).traced
    return [(row.who, row.patient, row.did) for row in rows if row.who != "Otto Orr"]


def unusual(clinic: Clinic) -> dict[str, str]:
    return {f"{one.who}: {one.what}": one.said for one in view(clinic).unusual}


class TestReport:
    @pytest.mark.parametrize("who", ["otto", "max"])
    def test_is_for_auditor_and_manager(self, the_clinic: Clinic, who: str) -> None:
        look(the_clinic)
        assert view(the_clinic, who).traced[0].who in {"Dana Diaz", the_clinic.users[who].name}

    @pytest.mark.parametrize("who", OTHERS)
    def test_is_hidden_from_everybody_else(self, the_clinic: Clinic, who: str) -> None:
        look(the_clinic)
        with pytest.raises(NotAllowed):
            view(the_clinic, who)
        with the_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            tracing.export(db, the_clinic.actor(who), wanted=Wanted(), now=NOW)

    def test_reading_it_stands_in_it(self, the_clinic: Clinic) -> None:
        view(the_clinic)
        assert [row.who for row in view(the_clinic).traced] == ["Otto Orr"]

    def test_finds_by_person_patient_kind_and_day(self, the_clinic: Clinic) -> None:
        look(the_clinic)
        look(the_clinic, "frank", "charlie", category="appointments")
        look(the_clinic, "nora", at=NOW - timedelta(days=3), category="results")
        assert [row[0] for row in seen(the_clinic, person="dan")] == ["Dana Diaz"]
        assert [row[0] for row in seen(the_clinic, patient="cole")] == ["Frank Fox"]
        number = the_clinic.patients["charlie"].record_number
        assert [row[0] for row in seen(the_clinic, patient=number)] == ["Frank Fox"]
        assert [row[0] for row in seen(the_clinic, kind="results")] == ["Nora Nye"]
        day = date(2026, 2, 28)
        assert [row[0] for row in seen(the_clinic, since=day, until=day)] == ["Nora Nye"]

    def test_shows_the_last_week_unless_asked(self, the_clinic: Clinic) -> None:
        look(the_clinic, at=NOW - timedelta(days=8))
        assert not seen(the_clinic)
        assert seen(the_clinic, since=date(2026, 1, 1))

    @pytest.mark.parametrize("key", ["at", "who", "role", "patient", "did", "why", "outcome"])
    def test_sorts_by_every_column_both_ways(self, the_clinic: Clinic, key: str) -> None:
        look(the_clinic, at=NOW - HOUR)
        look(the_clinic, "frank", "charlie", category="messages", outcome="refused", reason="x")
        ends = [
            [row.who for row in view(the_clinic, sort=key, descending=down, patient="c").traced]
            for down in (False, True)
        ]
        assert sorted(ends[0]) == sorted(ends[1]) == ["Dana Diaz", "Frank Fox"]
        assert ends[0] == list(reversed(ends[1]))

    def test_refuses_a_made_up_column_and_a_period_turned_around(self, the_clinic: Clinic) -> None:
        with pytest.raises(Invalid):
            view(the_clinic, sort="hash")
        with pytest.raises(Invalid):
            view(the_clinic, since=date(2026, 3, 2), until=date(2026, 3, 1))

    def test_is_cut_into_pages(self, the_clinic: Clinic) -> None:
        for at in range(30):
            look(the_clinic, at=NOW - at * HOUR)
        first = view(the_clinic, page=1)
        second = view(the_clinic, page=2, newest=first.newest)
        assert (len(first.traced), first.leaf.has_next, second.leaf.has_before) == (25, True, True)
        assert not {row.id for row in first.traced} & {row.id for row in second.traced}

    def test_holds_no_hash_and_no_address(self, the_clinic: Clinic) -> None:
        look(the_clinic)
        sent = repr(asdict(view(the_clinic)))
        assert "127.0.0.1" not in sent
        assert "sign-in-of" not in sent


class TestUnusual:
    def test_many_records_in_an_hour(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            db.add(PolicyValue(key="many_records_an_hour", value="5", changed_at=NOW))
            many = [Patient(name=f"Number {at}", family=f"N{at}") for at in range(6)]
            db.add_all(many)
        for at, patient in enumerate(many):
            look(the_clinic, "frank", at=NOW + at * timedelta(minutes=9), patient_id=patient.id)
            look(the_clinic, "nora", at=NOW + at * timedelta(minutes=15), patient_id=patient.id)
        found = unusual(the_clinic)
        assert found["Frank Fox: Many records in an hour"].startswith("Looked at 6 records")
        assert "Nora Nye: Many records in an hour" not in found

    def test_the_same_surname_and_the_own_family(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            cousin = Patient(name="Carla Fox", family="Fox", family_key="fox")
            mother = Patient(name="Rosa Nye", family="Smith", family_key="smith", email="n@x.org")
            db.add_all([cousin, mother])
            db.connection().execute(
                text("UPDATE \"user\" SET email = 'N@x.org' WHERE sign_in_name = 'nora'")
            )
        look(the_clinic, "frank", patient_id=cousin.id)
        look(the_clinic, "nora", patient_id=mother.id)
        look(the_clinic, "dana")
        found = unusual(the_clinic)
        assert "Carla Fox has the same surname" in found["Frank Fox: Same surname"]
        assert "Rosa Nye has the same name" in found["Nora Nye: Own or family’s record"]
        assert not any(key.startswith("Dana") for key in found)

    def test_while_the_clinic_is_closed(self, the_clinic: Clinic) -> None:
        look(the_clinic, "frank", at=NOW.replace(hour=3))
        look(the_clinic, "dana")
        found = unusual(the_clinic)
        assert found["Frank Fox: Out of hours"].startswith("Looked at 1 record while")
        assert "Dana Diaz: Out of hours" not in found

    def test_openings_with_their_reasons(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            openings.state_reason(
                db,
                the_clinic.actor("nora"),
                patient_id=alice(the_clinic),
                reason="phone",
                note="Refill",
                now=NOW,
            )
            openings.break_glass(
                db,
                the_clinic.actor("erin"),
                patient_id=alice(the_clinic),
                note="She fainted here",
                now=NOW,
            )
        found = unusual(the_clinic)
        assert found["Nora Nye: Opened with a reason"].endswith("Spoke with the patient: Refill")
        assert found["Erin Egan: Emergency access"].endswith("She fainted here")

    def test_patients_and_their_helpers_are_not_watched(self, the_clinic: Clinic) -> None:
        look(the_clinic, "alice", at=NOW.replace(hour=3))
        assert not unusual(the_clinic)

    def test_what_pages_ask_by_themselves_counts_for_nothing(self, the_clinic: Clinic) -> None:
        at = NOW.replace(hour=3)
        with the_clinic.base.transaction() as db:
            glance = replace(the_clinic.actor("frank"), is_glance=True)
            audit.record(db, glance, "R", category="chart", patient_id=alice(the_clinic), now=at)
        assert not unusual(the_clinic)
        assert not seen(the_clinic)
        assert seen(the_clinic, glances=True)


class TestExport:
    def export(self, clinic: Clinic, **wanted: Any) -> list[list[str]]:
        with clinic.base.transaction() as db:
            words = tracing.export(db, clinic.actor("otto"), wanted=Wanted(**wanted), now=NOW)
        return list(csv.reader(io.StringIO(words)))

    def test_holds_what_was_asked_for(self, the_clinic: Clinic) -> None:
        look(the_clinic)
        look(the_clinic, "frank", "charlie")
        head, *rows = self.export(the_clinic, patient="Alice")
        assert tuple(head) == exporting.HEAD
        assert [(row[2], row[5], row[8]) for row in rows] == [("Dana Diaz", "Alice Ash", "chart")]

    @pytest.mark.parametrize(
        "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "|calc", "\r=1"]
    )
    def test_no_cell_is_a_formula(self, the_clinic: Clinic, name: str) -> None:
        """IN-09: an account or a reason may be named like a formula."""
        look(the_clinic, category=name)
        with the_clinic.base.transaction() as db:
            db.connection().execute(text("UPDATE patient SET name = :name"), {"name": name})
        _head, row = self.export(the_clinic)
        assert row[5].startswith("'")
        assert row[8].startswith("'")

    def test_nor_is_one_behind_a_sign_that_is_not_seen(self, small_clinic: Clinic) -> None:
        look(small_clinic, category="\x00=1")
        _head, row = self.export(small_clinic)
        assert row[8] == "'=1"

    def test_is_a_disclosure_in_the_trace(self, the_clinic: Clinic) -> None:
        look(the_clinic)
        self.export(the_clinic)
        with the_clinic.base.transaction() as db:
            *_before, row = db.exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
        assert (row.action, row.category, row.entity, row.reason) == (
            "E",
            "access report",
            "1 rows",
            "exported",
        )
