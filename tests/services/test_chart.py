"""The chart: for each role what it may see, and not a trace of the rest."""

from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from portal.errors import NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.clinical import (
    AllergyIntolerance,
    Condition,
    MedicationRequest,
    Observation,
)
from portal.models.people import RelatedPerson
from portal.services import chart
from portal.services.chart import ChartRow, ClinicalPart
from tests.support.clinic import NOW, Clinic, appointment, message, report, thread, value

SECRET = ("Penicillin", "Migraine", "Sumatriptan", "Potassium", "Ferritin", "My new tablets")


@pytest.fixture
def full(the_clinic: Clinic) -> Clinic:
    """Alice with something in every part of her chart."""
    whose = the_clinic.patients["alice"].id
    held = report(the_clinic, released_at=None, title="Ferritin panel")
    seen = report(the_clinic)
    health, bill = thread(the_clinic), thread(the_clinic, subject="My bill", topic="bill")
    the_clinic.add(held, seen, health, bill)
    the_clinic.add(
        value(seen),
        value(held, title="Ferritin", code="2276-4", value_text="9", unit="ug/L"),
        message(health),
        message(bill),
        appointment(the_clinic),
        AllergyIntolerance(
            patient_id=whose, status="active", title="Penicillin", criticality="high"
        ),
        Condition(patient_id=whose, status="resolved", title="Old fracture", sort_at=NOW),
        Condition(
            patient_id=whose,
            status="active",
            title="Migraine",
            sort_at=NOW - timedelta(days=900),
        ),
        Condition(
            patient_id=whose,
            status="active",
            title="A mistake",
            verification_status="entered-in-error",
        ),
        MedicationRequest(patient_id=whose, status="active", title="Sumatriptan 50 mg"),
    )
    pressure = Observation(
        patient_id=whose,
        status="final",
        title="Blood pressure",
        category="vital-signs",
        code="85354-9",
        sort_at=NOW,
    )
    the_clinic.add(pressure)
    the_clinic.add(*(_part(pressure, at, text) for at, text in enumerate(("112", "70"))))
    return the_clinic


def _part(of: Observation, position: int, text: str) -> Observation:
    return Observation(
        patient_id=of.patient_id,
        status="final",
        title="Part",
        category="vital-signs",
        component_of=of.id,
        position=position,
        value_text=text,
        unit="mm[Hg]",
    )


def view(clinic: Clinic, who: str, whose: str = "alice") -> ChartRow:
    with clinic.base.transaction() as db:
        patient_id = clinic.patients[whose].id
        return chart.view(db, clinic.actor(who), patient_id=patient_id, now=NOW)


class TestView:
    def test_says_who_it_is(self, full: Clinic) -> None:
        row = view(full, "frank")
        assert (row.name, row.born, row.record_number, row.has_account) == (
            "Alice Ash",
            "50, born 17 May 1975",
            "T-0001",
            "Active",
        )

    def test_shows_a_clinician_the_record(self, full: Clinic) -> None:
        part = view(full, "dana").clinical
        assert [row.title for row in part.conditions] == ["Migraine", "Old fracture"]
        assert [(row.title, row.words) for row in part.allergies] == [("Penicillin", "high risk")]
        assert [row.title for row in part.medicines] == ["Sumatriptan 50 mg"]
        assert [(row.title, row.value) for row in part.vitals] == [
            ("Blood pressure", "112/70 mmHg")
        ]

    def test_puts_what_is_held_first_with_its_button(self, full: Clinic) -> None:
        results = view(full, "dana").clinical.results
        assert [(row.title, row.may_release) for row in results] == [
            ("Ferritin panel", True),
            ("Basic metabolic panel", False),
        ]
        assert results[1].said == "Potassium 5.3 mmol/L (H)"
        assert not any(row.may_release for row in view(full, "nora").clinical.results)

    def test_says_who_helps_and_whether_they_may_look(self, full: Clinic) -> None:
        full.add(
            RelatedPerson(
                patient_id=full.patients["alice"].id,
                name="Zed",
                relationship="friend",
                user_id=full.users["charlie"].id,
                status="active",
                scopes="results:read",
                ends_on=date(2026, 3, 2),
            )
        )
        assert [(row.name, row.has_access) for row in view(full, "frank").helpers] == [
            ("Bob Ash", True),
            ("Zed", False),
        ]

    def test_says_that_somebody_has_died(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            alice = db.merge(the_clinic.patients["alice"])
            alice.deceased, alice.deceased_at = True, "2025-12-24"
        row = view(the_clinic, "frank")
        assert (row.born, row.died) == ("Born 17 May 1975", "Died 24 Dec 2025")


class TestWho:
    @pytest.mark.parametrize("who", ["frank", "max", "bill"])
    def test_nothing_clinical_reaches_who_may_not_see_it(self, full: Clinic, who: str) -> None:
        row = view(full, who)
        assert not row.is_clinical
        assert row.clinical == ClinicalPart()
        said = str(asdict(row))
        assert [word for word in SECRET if word in said] == []

    def test_the_desk_sees_visits_and_administrative_letters(self, full: Clinic) -> None:
        row = view(full, "frank")
        assert [visit.title for visit in row.visits] == ["Blood pressure review"]
        assert [one.title for one in row.threads] == ["My bill"]

    def test_billing_sees_who_it_is_and_no_more(self, full: Clinic) -> None:
        row = view(full, "bill")
        assert row.name == "Alice Ash"
        assert (row.visits, row.threads, row.has_visits, row.has_messages) == ([], [], False, False)

    @pytest.mark.parametrize("who", ["alice", "bob", "charlie", "tess", "mia", "ada", "otto"])
    def test_others_open_no_chart(self, full: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            view(full, who)

    def test_an_unknown_one_is_not_found(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(NotFound):
            chart.view(db, small_clinic.actor("dana"), patient_id="nobody", now=NOW)


class TestTrace:
    def test_leaves_one_row_that_names_the_patient_and_why(self, full: Clinic) -> None:
        view(full, "dana")
        with full.base.transaction() as db:
            (row,) = db.exec(select(AuditEvent)).all()
        assert (row.action, row.category, row.patient_id, row.reason) == (
            "R",
            "chart",
            full.patients["alice"].id,
            "result",
        )

    def test_tells_a_refresh_from_an_opening(self, full: Clinic) -> None:
        with full.base.transaction() as db:
            whose = full.patients["alice"].id
            chart.view(db, replace(full.actor("dana"), is_glance=True), patient_id=whose, now=NOW)
        with full.base.transaction() as db:
            (row,) = db.exec(select(AuditEvent)).all()
        assert row.reason == "result | still open"
