"""The record: what is true is shown, in plain words, with its date and its source."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.clinical import (
    AllergyIntolerance,
    CarePlan,
    CarePlanActivity,
    CareTeam,
    CareTeamParticipant,
    Condition,
    DocumentReference,
    Encounter,
    Goal,
    Immunization,
    MedicationRequest,
    Observation,
    Procedure,
)
from portal.services import record
from portal.services.record.said import between, day_of, tidy
from portal.services.record.sections import SECTIONS
from tests.support.clinic import NOW, Clinic

SURE: dict[str, Any] = {"status": "active", "verification_status": "confirmed"}


def see(the_clinic: Clinic, section: str, by: str = "alice", **more: Any) -> record.RecordRow:
    helping = more.pop("helping", "")
    with the_clinic.base.transaction() as db:
        actor = the_clinic.actor(by, helping=helping)
        return record.view(db, actor, section=section, now=NOW, **more)


def find(the_clinic: Clinic, query: str, by: str = "alice", **more: Any) -> record.RecordRow:
    with the_clinic.base.transaction() as db:
        return record.search(db, the_clinic.actor(by), query=query, now=NOW, **more)


def put(the_clinic: Clinic, table: Any, patient: str = "alice", **values: Any) -> Any:
    entry = table(patient_id=the_clinic.patients[patient].id, **values)
    the_clinic.add(entry)
    return entry


def titles(row: record.RecordRow) -> list[str]:
    return [entry.title for group in row.groups for entry in group.rows]


def only(row: record.RecordRow) -> record.EntryRow:
    ((entry,),) = [group.rows for group in row.groups]
    return entry


class TestView:
    def test_says_plain_words_first_then_term_date_and_source(self, the_clinic: Clinic) -> None:
        put(
            the_clinic,
            Condition,
            **SURE,
            title="Essential hypertension (disorder)",
            plain="High blood pressure",
            onset="1958",
            author="Dr Dana Diaz",
            source="Valley Hospital",
        )
        entry = only(see(the_clinic, "conditions"))
        assert entry.title == "High blood pressure"
        assert entry.term == "Medical term: Essential hypertension"
        assert entry.when == "Since 1958"
        assert entry.source == "Dr Dana Diaz, Valley Hospital"

    def test_says_honestly_what_is_not_known(self, the_clinic: Clinic) -> None:
        put(the_clinic, Condition, **SURE)
        entry = only(see(the_clinic, "conditions"))
        assert entry.title == "No name was given"
        assert entry.when == "Date not known"
        assert entry.source == "Source not named"

    def test_leaves_one_trace_named_by_the_section(self, the_clinic: Clinic) -> None:
        see(the_clinic, "vaccines")
        find(the_clinic, "flu")
        with the_clinic.base.transaction() as db:
            trace = db.scalars(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
            assert [(one.action, one.category) for one in trace] == [
                ("R", "vaccines"),
                ("R", "record"),
            ]
            assert {one.patient_id for one in trace} == {the_clinic.patients["alice"].id}

    def test_errors_and_what_was_ruled_out_are_not_shown_but_errors_are_told(
        self, the_clinic: Clinic
    ) -> None:
        put(the_clinic, Condition, **SURE, title="True")
        put(the_clinic, Condition, status="", verification_status="entered-in-error", title="Slip")
        put(the_clinic, Condition, status="", verification_status="refuted", title="Not so")
        put(the_clinic, Procedure, status="entered-in-error", title="Never done")
        row = see(the_clinic, "conditions")
        assert titles(row) == ["True"]
        assert row.taken_back.startswith("1 entry is not shown")
        assert titles(see(the_clinic, "procedures")) == []
        assert titles(find(the_clinic, "slip")) == titles(find(the_clinic, "never")) == []

    def test_what_holds_now_comes_first_and_the_newest_before_the_older(
        self, the_clinic: Clinic
    ) -> None:
        for name, status, days in (
            ("Old", "active", 90),
            ("New", "active", 1),
            ("Done", "completed", 2),
        ):
            put(
                the_clinic,
                MedicationRequest,
                status=status,
                title=name,
                sort_at=NOW - timedelta(days=days),
            )
        put(the_clinic, MedicationRequest, status="active", title="Undated")
        row = see(the_clinic, "medicines")
        assert [(group.title, [entry.title for entry in group.rows]) for group in row.groups] == [
            ("Medicines now", ["New", "Old", "Undated"]),
            ("Medicines before", ["Done"]),
        ]

    def test_allergies_stand_on_every_page(self, the_clinic: Clinic) -> None:
        put(the_clinic, AllergyIntolerance, **SURE, plain="Penicillin", criticality="high")
        put(
            the_clinic,
            AllergyIntolerance,
            status="resolved",
            verification_status="confirmed",
            plain="Milk",
        )
        assert see(the_clinic, "visits").allergies == "Penicillin"
        assert see(the_clinic, "allergies").groups[0].rows[0].badge == "Serious"

    def test_the_most_dangerous_allergy_comes_first(self, the_clinic: Clinic) -> None:
        newer: dict[str, Any] = {"sort_at": datetime(2020, 1, 1, tzinfo=UTC)}
        put(the_clinic, AllergyIntolerance, **SURE, title="Cats", **newer)
        put(the_clinic, AllergyIntolerance, **SURE, title="Penicillin", criticality="high")
        past = {"status": "resolved", "verification_status": "confirmed"}
        put(the_clinic, AllergyIntolerance, **past, title="Milk", criticality="high")
        groups = see(the_clinic, "allergies").groups
        titles = [row.title for group in groups for row in group.rows]
        assert titles == ["Penicillin", "Cats", "Milk"]

    def test_pages_and_counts(self, small_clinic: Clinic) -> None:
        small_clinic.add(
            *(
                Procedure(
                    patient_id=small_clinic.patients["alice"].id,
                    status="completed",
                    title=f"No {n}",
                    sort_at=NOW - timedelta(days=n),
                )
                for n in range(60)
            )
        )
        row = see(small_clinic, "procedures", page=3)
        assert (len(titles(row)), row.leaf.said) == (10, "51 to 60 of 60")
        assert {one.key: one.count for one in row.sections}["procedures"] == 60
        with pytest.raises(Invalid):
            see(small_clinic, "procedures", page=0)

    def test_an_empty_record_says_what_would_be_there(self, the_clinic: Clinic) -> None:
        for section in SECTIONS:
            row = see(the_clinic, section.key)
            assert row.nothing
            assert not row.groups
        with pytest.raises(NotFound):
            see(the_clinic, "secrets")

    def test_every_section_shows_its_entry(self, the_clinic: Clinic) -> None:
        plan = put(the_clinic, CarePlan, status="active", title="Plan", period_start="2026-01")
        team = put(the_clinic, CareTeam, status="active", title="Team")
        the_clinic.add(
            CarePlanActivity(care_plan_id=plan.id, title="Walk"),
            CareTeamParticipant(care_team_id=team.id, name="Dr Dana Diaz", role="Doctor"),
        )
        put(the_clinic, Goal, status="active", title="Weigh less", target="80 kg", due="2026-06")
        put(the_clinic, Immunization, status="not-done", title="Flu", status_reason="Was ill")
        put(
            the_clinic,
            Encounter,
            status="finished",
            title="Check-up",
            period_start="2026-01-02T10:00:00Z",
            period_end="2026-01-02T11:00:00Z",
        )
        put(the_clinic, DocumentReference, status="current", title="Letter", date="2026-01-02")
        assert only(see(the_clinic, "plans")).lines[0] == "Walk"
        assert only(see(the_clinic, "team")).lines[0] == "Dr Dana Diaz, Doctor"
        assert only(see(the_clinic, "goals")).say == "80 kg"
        vaccine = only(see(the_clinic, "vaccines"))
        assert (vaccine.badge, vaccine.lines) == ("Not given", ["Why: Was ill"])
        assert only(see(the_clinic, "visits")).when == "2 Jan 2026"
        assert only(see(the_clinic, "documents")).title == "Letter"


class TestVitals:
    def test_shows_the_latest_of_each_kind_and_the_one_before(self, the_clinic: Clinic) -> None:
        values: dict[str, Any] = {
            "status": "final",
            "category": "vital-signs",
            "released_at": NOW,
        }
        for days, upper in ((1, "132"), (30, "140"), (60, "150")):
            panel = put(
                the_clinic,
                Observation,
                **values,
                code="85354-9",
                title="Blood pressure panel",
                plain="Blood pressure",
                effective=(NOW - timedelta(days=days)).date().isoformat(),
                sort_at=NOW - timedelta(days=days),
            )
            for code, value in (("8480-6", upper), ("8462-4", "84.0001")):
                put(
                    the_clinic,
                    Observation,
                    **values,
                    code=code,
                    title=code,
                    component_of=panel.id,
                    value_text=value,
                    unit="mm[Hg]",
                )
        put(
            the_clinic, Observation, **values, code="w", title="Weight", value_text="80.50",
            unit="kg", comparator="<",
        )  # fmt: skip
        row = see(the_clinic, "vitals")
        said = {entry.title: entry for group in row.groups for entry in group.rows}
        assert said["Blood pressure"].say == "132 / 84 mmHg"
        assert said["Blood pressure"].when == "2 Mar 2026"
        assert said["Blood pressure"].lines == [
            "Before: 140 / 84 mmHg, 1 Feb 2026",
            "Recorded 3 times",
        ]
        assert said["Weight"].say == "<80.50 kg"
        assert {one.key: one.count for one in row.sections}["vitals"] == 2

    def test_what_is_asked_stands_apart_from_what_is_measured(self, the_clinic: Clinic) -> None:
        for category, title in (("vital-signs", "Pulse"), ("social-history", "Smoking")):
            put(
                the_clinic,
                Observation,
                status="final",
                category=category,
                released_at=NOW,
                title=title,
                value_text="71",
                unit="{count}",
            )
        assert titles(see(the_clinic, "vitals")) == ["Pulse"]
        assert only(see(the_clinic, "answers")).title == "Smoking"
        assert only(see(the_clinic, "answers")).say == "71"

    def test_a_helper_is_told_of_no_part_that_is_confidential(self, the_clinic: Clinic) -> None:
        values: dict[str, Any] = {
            "status": "final",
            "category": "vital-signs",
            "released_at": NOW,
            "confidential": True,
        }
        panel = put(the_clinic, Observation, **values, title="Panel")
        put(the_clinic, Observation, **values, title="Part", component_of=panel.id, value_text="9")
        assert titles(see(the_clinic, "vitals")) == ["Panel"]
        assert titles(see(the_clinic, "vitals", "bob", helping="alice")) == []
        assert titles(find(the_clinic, "panel", "charlie")) == []


class TestSearch:
    def test_looks_into_all_sections_without_case_and_accents(self, the_clinic: Clinic) -> None:
        put(the_clinic, Condition, **SURE, title="Ménière's disease", plain="Dizziness")
        put(the_clinic, Procedure, status="completed", title="MENIERE operation")
        put(the_clinic, Immunization, status="completed", title="Straße 100%_")
        for query, found in (
            ("meniere", ["Dizziness", "MENIERE operation"]),
            ("MÉNIÈRE oper", ["MENIERE operation"]),
            ("izzi", ["Dizziness"]),
            ("strasse", ["Straße 100%_"]),
            ("100%", ["Straße 100%_"]),
            ("%", ["Straße 100%_"]),
            ("nothing", []),
        ):
            assert titles(find(the_clinic, query)) == found, query

    def test_groups_by_section_and_says_when_there_is_nothing(self, the_clinic: Clinic) -> None:
        put(the_clinic, Condition, **SURE, title="Sore knee")
        put(the_clinic, Encounter, status="finished", title="Knee pain")
        row = find(the_clinic, "knee")
        assert [group.title for group in row.groups] == ["Conditions", "Visits"]
        assert find(the_clinic, "zzz").nothing


class TestWhoMay:
    def test_is_hidden_from_strangers_and_refused_to_the_desk(self, the_clinic: Clinic) -> None:
        put(the_clinic, Condition, **SURE, title="Hers")
        whose = the_clinic.patients["alice"].id
        assert titles(see(the_clinic, "conditions", "dana", patient_id=whose)) == ["Hers"]
        assert titles(see(the_clinic, "conditions", "charlie")) == []
        assert titles(find(the_clinic, "hers", "charlie")) == []
        for name in ("charlie", "ada", "otto"):
            with pytest.raises(NotFound):
                see(the_clinic, "conditions", name, patient_id=whose)
        for name in ("frank", "bill"):
            with pytest.raises(NotAllowed):
                see(the_clinic, "conditions", name, patient_id=whose)

    def test_helpers_are_not_told_of_what_is_confidential(self, the_clinic: Clinic) -> None:
        put(the_clinic, Condition, **SURE, title="Open")
        put(the_clinic, Condition, **SURE, title="Private", confidential=True)
        put(the_clinic, AllergyIntolerance, **SURE, title="Secret allergy", confidential=True)
        assert titles(see(the_clinic, "conditions")) == ["Open", "Private"] or titles(
            see(the_clinic, "conditions")
        ) == ["Private", "Open"]
        row = see(the_clinic, "conditions", "bob", helping="alice")
        assert titles(row) == ["Open"]
        assert not row.allergies
        counts = {one.key: one.count for one in row.sections}
        assert (counts["conditions"], counts["allergies"]) == (1, 0)


class TestSaid:
    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ("Hypertension (disorder)", "Hypertension"),
            ("Cough (finding); Wheal (finding)", "Cough; Wheal"),
            ("Depression (mild)", "Depression (mild)"),
            ("NDA020503 200 ACTUAT Albuterol", "200 ACTUAT Albuterol"),
        ],
    )
    def test_a_term_without_what_is_meant_for_machines(self, given: str, said: str) -> None:
        assert tidy(given) == said

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ("1958", "1958"),
            ("1958-03", "March 1958"),
            ("1958-03-04", "4 Mar 1958"),
            ("2019-03-02T23:30:00-05:00", "2 Mar 2019"),
            ("", ""),
            ("in childhood", "in childhood"),
            ("12 years", "12 years"),
        ],
    )
    def test_a_date_as_far_as_it_is_known(self, given: str, said: str) -> None:
        assert day_of(given) == said

    def test_a_span(self) -> None:
        assert between("2019-03-02", "2019-03-02T12:00:00Z") == "2 Mar 2019"
        assert between("2019", "2020-01") == "2019 to January 2020"
        assert between("", "2020") == "Until 2020"
        assert between("", "") == "Date not known"
