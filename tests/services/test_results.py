"""Results: who sees them, what reading leaves behind, and how they are released."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal import live
from portal.errors import NotAllowed, NotFound
from portal.models.clinical import DiagnosticReport
from portal.services import results
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic, appointment

LATER = NOW + timedelta(minutes=5)


def put(clinic: Clinic, patient: str = "alice", values: Any = ({},), **changes: Any) -> str:
    """Writes a report with its values and returns its id."""
    report = cast.report(clinic, patient, **changes)
    clinic.add(report)
    clinic.add(*[cast.value(report, **value) for value in values])
    return report.id


def one(clinic: Clinic, sql: str, **values: Any) -> Any:
    with clinic.base.reading() as db:
        return db.connection().execute(text(sql), values).scalar_one()


def listed(clinic: Clinic, name: str, *, helping: str = "", **asked: Any) -> results.ResultsRow:
    with clinic.base.transaction() as db:
        actor = clinic.actor(name, helping=helping)
        return results.view(db, actor, now=LATER, **asked)


def read(
    clinic: Clinic, name: str, report_id: str, *, helping: str = "", is_glance: bool = False
) -> results.ResultRow:
    with clinic.base.transaction() as db:
        return results.read(
            db,
            clinic.actor(name, helping=helping),
            report_id=report_id,
            is_glance=is_glance,
            now=LATER,
        )


class TestList:
    def test_shows_the_patient_and_her_helper_what_was_released(self, the_clinic: Clinic) -> None:
        shown = put(the_clinic)
        put(the_clinic, title="Held back", released_at=None)
        put(the_clinic, "charlie")
        for name, helping in (("alice", ""), ("bob", "alice")):
            row = listed(the_clinic, name, helping=helping)
            assert [report.id for report in row.reports] == [shown]
            assert row.total == 1
        assert row.reports[0].said == "Potassium is a little above the usual range."

    def test_hides_it_from_a_stranger(self, the_clinic: Clinic) -> None:
        put(the_clinic)
        assert listed(the_clinic, "charlie").reports == []

    def test_hides_from_a_helper_what_is_confidential(self, the_clinic: Clinic) -> None:
        put(the_clinic, confidential=True, values=({"confidential": True},))
        assert listed(the_clinic, "bob", helping="alice").total == 0
        assert listed(the_clinic, "alice").total == 1

    def test_finds_by_the_name_of_the_report_or_of_a_value(self, the_clinic: Clinic) -> None:
        wanted = put(the_clinic)
        put(the_clinic, title="Lipid panel", plain="Blood fats", values=())
        for query in ("kidney", "METABOLIC", " potass "):
            assert [r.id for r in listed(the_clinic, "alice", query=query).reports] == [wanted]
        assert listed(the_clinic, "alice", query="100%").reports == []

    def test_turns_pages(self, the_clinic: Clinic) -> None:
        reports = [
            cast.report(the_clinic, sort_at=NOW - timedelta(days=day)) for day in range(1, 31)
        ]
        the_clinic.add(*reports)
        first, second = (listed(the_clinic, "alice", page=page) for page in (1, 2))
        assert (len(first.reports), first.has_before, first.has_next) == (25, False, True)
        assert (len(second.reports), second.has_before, second.has_next) == (5, True, False)
        assert second.said == "26 to 30 of 30 results"
        assert [r.id for r in (*first.reports, *second.reports)] == [r.id for r in reports]
        assert listed(the_clinic, "alice", page=99).page == 2

    def test_leaves_out_what_was_entered_in_error(self, the_clinic: Clinic) -> None:
        put(the_clinic, status="entered-in-error")
        assert listed(the_clinic, "alice").total == 0


class TestRead:
    def test_marks_it_read_everywhere_and_tells_the_other_tabs(self, the_clinic: Clinic) -> None:
        report = put(the_clinic)
        assert listed(the_clinic, "alice").reports[0].new == "New result"
        told: list[live.Change] = []
        stop = live.listen(told.extend)
        try:
            read(the_clinic, "alice", report)
            read(the_clinic, "alice", report)
        finally:
            stop()
        assert told == [live.Change("results", the_clinic.patients["alice"].id)]
        assert listed(the_clinic, "alice").reports[0].new == ""
        assert one(the_clinic, "SELECT count(*) FROM read_mark") == 1

    def test_a_helper_who_reads_leaves_it_new_for_the_patient(self, the_clinic: Clinic) -> None:
        report = put(the_clinic)
        read(the_clinic, "bob", report, helping="alice")
        assert listed(the_clinic, "alice").reports[0].new == "New result"
        assert listed(the_clinic, "bob", helping="alice").reports[0].new == ""

    def test_a_glance_marks_nothing(self, the_clinic: Clinic) -> None:
        report = put(the_clinic)
        read(the_clinic, "alice", report, is_glance=True)
        assert listed(the_clinic, "alice").reports[0].new == "New result"

    def test_leaves_one_row_in_the_trace(self, the_clinic: Clinic) -> None:
        report = put(the_clinic)
        read(the_clinic, "alice", report)
        said = "SELECT count(*) FROM audit_event WHERE entity = :entity AND action = 'R'"
        assert one(the_clinic, said, entity=f"DiagnosticReport/{report}") == 1

    @pytest.mark.parametrize(
        ("changes", "name", "helping"),
        [
            ({}, "charlie", ""),
            ({"released_at": None}, "alice", ""),
            ({"confidential": True}, "bob", "alice"),
        ],
    )
    def test_whoever_may_not_see_it_learns_nothing(
        self, the_clinic: Clinic, changes: dict[str, Any], name: str, helping: str
    ) -> None:
        report = put(the_clinic, **changes)
        with pytest.raises(NotFound) as hidden:
            read(the_clinic, name, report, helping=helping)
        with pytest.raises(NotFound) as unknown:
            read(the_clinic, name, "no-such-report", helping=helping)
        assert hidden.value.words == unknown.value.words
        assert one(the_clinic, "SELECT count(*) FROM read_mark") == 0

    def test_hides_a_value_that_is_confidential_in_a_report_that_is_not(
        self, the_clinic: Clinic
    ) -> None:
        report = put(the_clinic, values=({}, {"title": "Secret", "confidential": True}))
        helped = read(the_clinic, "bob", report, helping="alice")
        assert "Secret" not in repr(helped)
        assert "Secret" in repr(read(the_clinic, "alice", report))

    def test_parts_values_outside_inside_and_without_a_verdict(self, the_clinic: Clinic) -> None:
        report = put(
            the_clinic,
            values=(
                {},
                {"title": "Sodium", "plain": "", "interpretation": "N", "value_number": 4.0},
                {"title": "Colour", "plain": "", "value_text": "Yellow", **no_range()},
                {
                    "title": "Calcium",
                    "plain": "",
                    "value_text": "",
                    "value_number": None,
                    "interpretation": "",
                    "absent_reason": "The sample clotted",
                },
            ),
        )
        row = read(the_clinic, "alice", report)
        assert [value.name for value in row.outside] == ["Potassium"]
        assert [value.name for value in row.inside] == ["Sodium"]
        assert {value.name for value in row.others} == {"Colour", "Calcium"}
        assert row.outside_title == "1 of 4 values is outside the usual range"
        assert "The lab gave no value: The sample clotted." in repr(row.others)

    def test_compares_with_the_last_value_of_the_same_code_and_unit(
        self, the_clinic: Clinic
    ) -> None:
        for days, number, changes in (
            (300, 4.4, {}),
            (100, 4.9, {}),
            (50, 77.0, {"unit": "mg/dL"}),
            (40, 88.0, {"code": "other"}),
            (30, 66.0, {"status": "entered-in-error"}),
            (20, 55.0, {"released_at": None}),
        ):
            at = NOW - timedelta(days=days)
            values = {"value_text": str(number), "value_number": number, "sort_at": at, **changes}
            put(the_clinic, sort_at=at, values=(values,))
        put(the_clinic, "charlie", values=({"value_number": 1.0, "sort_at": NOW},))
        row = read(the_clinic, "alice", put(the_clinic))
        assert row.outside[0].line.was == "68.8%"
        assert "4.9" in row.outside[0].before

    def test_parts_of_a_value_stand_in_its_place(self, the_clinic: Clinic) -> None:
        report = cast.report(the_clinic)
        the_clinic.add(report)
        whole = cast.value(report, title="Blood pressure", plain="", **empty_value())
        the_clinic.add(whole)
        part = {"report_id": None, "component_of": whole.id, "plain": ""}
        the_clinic.add(
            cast.value(report, title="Upper", position=1, **part),
            cast.value(report, title="Lower", position=2, **part),
        )
        row = read(the_clinic, "alice", report.id)
        assert [value.name for value in row.outside] == ["Upper", "Lower"]
        assert row.others == []

    def test_a_corrected_value_shows_what_it_was(self, the_clinic: Clinic) -> None:
        report = put(
            the_clinic,
            status="corrected",
            values=({"status": "corrected", "earlier_value": "5.8 mmol/L"},),
        )
        row = read(the_clinic, "alice", report)
        assert row.state == "Corrected"
        assert "5.8 mmol/L" in row.outside[0].corrected

    def test_an_urgent_value_says_so_first(self, the_clinic: Clinic) -> None:
        report = put(
            the_clinic, values=({}, {"title": "Sodium", "plain": "", "interpretation": "LL"})
        )
        row = read(the_clinic, "alice", report)
        assert row.urgent == "The lab marks this as urgent: Sodium"
        assert row.outside[0].name == "Sodium"

    def test_a_withdrawn_report_shows_no_values(self, the_clinic: Clinic) -> None:
        report = put(the_clinic, status="entered-in-error", values=({"status": "final"},))
        row = read(the_clinic, "alice", report)
        assert row.is_withdrawn
        assert "5.3" not in repr(row)


class TestRelease:
    def release(self, clinic: Clinic, name: str, report_id: str) -> bool:
        with clinic.base.transaction() as db:
            return results.release(db, clinic.actor(name), report_id=report_id, now=LATER)

    def test_shows_it_to_the_patient_with_its_values(self, the_clinic: Clinic) -> None:
        held: dict[str, Any] = {"released_at": None}
        report = put(the_clinic, is_history=True, values=(held,), **held)
        with pytest.raises(NotFound):
            read(the_clinic, "alice", report)
        assert self.release(the_clinic, "dana", report)
        assert listed(the_clinic, "alice").reports[0].new == "New result"
        assert read(the_clinic, "alice", report).outside[0].amount == "5.3"

    def test_a_second_click_changes_nothing(self, the_clinic: Clinic) -> None:
        report = put(the_clinic, released_at=None)
        told: list[live.Change] = []
        stop = live.listen(told.extend)
        try:
            assert self.release(the_clinic, "dana", report)
            assert not self.release(the_clinic, "dana", report)
        finally:
            stop()
        assert told == [live.Change("results", the_clinic.patients["alice"].id)]
        assert one(the_clinic, "SELECT count(*) FROM outbox_notice") == 1
        assert (
            one(the_clinic, "SELECT count(*) FROM audit_event WHERE reason LIKE '%released'") == 1
        )

    @pytest.mark.parametrize(
        "name", ["frank", "max", "ada", "bill", "otto", "erin", "charlie", "alice"]
    )
    def test_hides_it_from_whoever_may_not_see_it(self, the_clinic: Clinic, name: str) -> None:
        report = put(the_clinic, released_at=None)
        with pytest.raises(NotFound):
            self.release(the_clinic, name, report)

    def test_refuses_a_nurse_who_may_see_but_not_release(self, the_clinic: Clinic) -> None:
        report = put(the_clinic, released_at=None)
        # A visit today makes the record hers to see.
        the_clinic.add(appointment(the_clinic, starts_at=NOW))
        with pytest.raises(NotAllowed):
            self.release(the_clinic, "nora", report)
        with the_clinic.base.reading() as db:
            kept = db.get(DiagnosticReport, report)
            assert kept is not None
            assert kept.released_at is None

    def test_refuses_what_the_lab_took_back(self, the_clinic: Clinic) -> None:
        report = put(the_clinic, released_at=None, status="entered-in-error")
        with pytest.raises(results.NotReady):
            self.release(the_clinic, "dana", report)


def no_range() -> dict[str, Any]:
    return {
        "value_number": None,
        "range_low": None,
        "range_low_text": "",
        "range_high": None,
        "range_high_text": "",
        "interpretation": "",
    }


def empty_value() -> dict[str, Any]:
    return {"value_text": "", **no_range()}
