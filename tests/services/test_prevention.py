"""What is due, as patient, helper and clinic see it (AUTHZ-13); what they answer; the rules."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from portal import live
from portal.errors import NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.clinical import (
    DiagnosticReport,
    Encounter,
    Immunization,
    Observation,
    Procedure,
)
from portal.models.people import Patient
from portal.models.prevention import PreventiveAnswer, PreventiveRule
from portal.models.schedules import Schedule, VisitType
from portal.security.actor import system
from portal.security.permissions import NotLent, OnlyToRead
from portal.services import home, prevention
from portal.services.prevention import CheckUpsRow, RuleRow, Wording
from tests.support.clinic import NOW, Clinic, appointment

CVX, LOINC = "http://hl7.org/fhir/sid/cvx", "http://loinc.org"


def rule(rule_id: str, **changes: Any) -> PreventiveRule:
    """A vaccine for everybody, every year, switched on, unless changed."""
    values: dict[str, Any] = {
        "id": rule_id,
        "name": rule_id.title(),
        "kind": "vaccine",
        "codes": "cvx:140 cvx:09",
        "active": True,
        "changed_at": NOW,
    }
    return PreventiveRule(**values | changes)


@pytest.fixture
def ruled(small_clinic: Clinic) -> Clinic:
    """Three rules for everybody: a vaccine, a check of blood pressure, a confidential screening."""
    small_clinic.add(
        VisitType(id="check", name="Check-up"),
        Schedule(practitioner_id=small_clinic.practitioners["dana"].id, weekday=2,
                 from_minute=540, to_minute=600),
    )  # fmt: skip
    small_clinic.add(
        rule("flu", position=1),
        rule("pressure", kind="check-up", codes="loinc:85354-9", position=2,
             visit_type_id="check"),
        rule("kept", kind="screening", codes="", confidential=True, position=3),
        rule("off", active=False, position=4),
    )  # fmt: skip
    return small_clinic


def seen(at: Clinic, who: str = "alice", whose: str = "", **more: Any) -> CheckUpsRow:
    patient = at.patients[whose].id if whose else ""
    with at.base.transaction() as db:
        actor = at.actor(who, **more)
        return prevention.view(db, actor, patient_id=patient, now=NOW)


def due(at: Clinic, who: str = "alice", **more: Any) -> list[str]:
    return [one.rule_id for one in seen(at, who, **more).due]


def say(at: Clinic, said: str, rule_id: str = "flu", who: str = "alice", **more: Any) -> None:
    asked = {name: more.pop(name) for name in ("helping", "held") if name in more}
    with at.base.transaction() as db:
        given: dict[str, Any] = {"rule_id": rule_id, "number": 0, "said": said, "now": NOW}
        prevention.answer(db, at.actor(who, **asked), **given | more)


def entry(at: Clinic, table: Any, **values: Any) -> Any:
    whose = {"patient_id": at.patients["alice"].id, "title": "It"}
    return table(**whose | values)


class TestDone:
    @pytest.mark.parametrize(
        ("table", "values"),
        [
            (Immunization, {"status": "completed", "occurrence": "2026-01-05"}),
            (Procedure, {"status": "completed", "performed": "2026-01"}),
            (Observation, {"status": "amended", "effective": "2026-01-05", "released_at": NOW}),
            (DiagnosticReport, {"status": "final", "effective": "2026", "released_at": NOW}),
            (Encounter, {"status": "finished", "period_start": "2026-01-05T10:00:00Z"}),
        ],
    )
    def test_whatever_of_the_record_has_the_code_counts(
        self, ruled: Clinic, table: Any, values: dict[str, Any]
    ) -> None:
        assert "flu" in due(ruled)
        ruled.add(entry(ruled, table, code="140", code_system=LOINC, **values))
        assert "flu" in due(ruled)
        ruled.add(entry(ruled, table, code="140", code_system=CVX, **values))
        assert "flu" not in due(ruled)

    @pytest.mark.parametrize("status", ["entered-in-error", "not-done"])
    def test_what_was_not_done_or_entered_by_mistake_does_not(
        self, ruled: Clinic, status: str
    ) -> None:
        values = {"code": "140", "code_system": CVX, "occurrence": "2026-01-05"}
        ruled.add(entry(ruled, Immunization, status=status, **values))
        assert "flu" in due(ruled)

    def test_a_value_that_is_not_released_tells_its_patient_nothing(self, ruled: Clinic) -> None:
        values = {"code": "85354-9", "code_system": LOINC, "effective": "2026-01-05"}
        ruled.add(entry(ruled, Observation, status="final", **values))
        assert "pressure" in due(ruled)
        assert "pressure" not in due(ruled, "dana", whose="alice")

    def test_what_is_booked_is_not_asked_for_and_what_took_place_may_count(
        self, ruled: Clinic
    ) -> None:
        assert next(one for one in seen(ruled).due if one.rule_id == "pressure").href
        ruled.add(appointment(ruled, visit_type_id="check"))
        row = next(one for one in seen(ruled).rest if one.rule_id == "pressure")
        assert (row.words, row.due[:15], row.href) == ("Booked", "Thursday 5 Marc", "")
        past: dict[str, Any] = {"starts_at": NOW - timedelta(days=9), "status": "fulfilled"}
        ruled.add(appointment(ruled, visit_type_id="check", **past))
        with ruled.base.transaction() as db:
            db.execute(update(PreventiveRule).values(visit_counts=True))
        row = next(one for one in seen(ruled).rest if one.rule_id == "pressure")
        assert (row.words, row.last) == ("Done", "Last done: 22 Feb 2026")

    def test_nothing_is_due_for_who_has_died_or_has_no_birth_date(self, ruled: Clinic) -> None:
        for change in ({"deceased": True}, {"deceased": False, "birth_date": "", "born_on": None}):
            with ruled.base.transaction() as db:
                db.execute(update(Patient).values(**change))
            assert due(ruled) == []
        assert seen(ruled).nothing.startswith("We need a birth date")


class TestView:
    def test_stands_on_home_until_it_is_answered(self, ruled: Clinic) -> None:
        def shown() -> list[str]:
            with ruled.base.transaction() as db:
                row = home.view(db, ruled.actor("alice"), now=NOW)
                return [one.rule_id for one in row.due]

        assert shown() == ["flu", "pressure", "kept"]
        say(ruled, "declined")
        assert shown() == ["pressure", "kept"]

    def test_a_helper_sees_what_was_lent_and_nothing_confidential(self, ruled: Clinic) -> None:
        for held, found in (
            ("medicines:read", ["flu"]),
            ("results:read notes:read", ["pressure"]),
            ("medicines:read results:read", ["flu"]),
            ("medicines:act results:act notes:act messages:act", ["flu", "pressure"]),
        ):
            assert due(ruled, "bob", helping="alice", held=held) == found
        with pytest.raises(NotAllowed):
            due(ruled, "bob", helping="alice", held="results:read")
        with pytest.raises(NotLent):
            due(ruled, "bob", helping="alice", held="appointments:act")

    def test_a_mother_is_not_told_what_is_between_her_daughter_and_the_clinic(
        self, ruled: Clinic
    ) -> None:
        assert "kept" in due(ruled, "tess")
        assert "kept" not in due(ruled, "mia", helping="tess")
        with pytest.raises(NotFound):
            say(ruled, "declined", "kept", "mia", helping="tess")

    def test_a_stranger_finds_nothing_and_the_front_desk_is_refused(self, ruled: Clinic) -> None:
        for who, refusal in (
            ("charlie", NotFound), ("erin", NotFound), ("frank", NotAllowed), ("max", NotAllowed),
        ):  # fmt: skip
            with pytest.raises(refusal):
                seen(ruled, who, whose="alice")
        assert "flu" in due(ruled, "dana", whose="alice")

    def test_leaves_one_row_in_the_trace(self, ruled: Clinic) -> None:
        seen(ruled, "dana", whose="alice")
        with ruled.base.reading() as db:
            rows = db.scalars(select(AuditEvent).where(col(AuditEvent.category) == "check-ups"))
            assert [(one.action, one.patient_id) for one in rows] == [
                ("R", ruled.patients["alice"].id)
            ]


class TestAnswer:
    def test_done_elsewhere_is_done_and_may_be_taken_back(self, ruled: Clinic) -> None:
        say(ruled, "done", done_on="2025-11")
        row = next(one for one in seen(ruled).rest if one.rule_id == "flu")
        assert (row.words, row.last, row.due, row.number) == (
            "Done", "Last done: November 2025", "Next from 1 Nov 2026", 1
        )  # fmt: skip
        assert row.said == "“Done elsewhere”, said by Alice Ash on 3 Mar 2026"
        assert row.may_undo
        with ruled.base.transaction() as db:
            prevention.undo(db, ruled.actor("alice"), rule_id="flu", number=1, now=NOW)
        row = seen(ruled).due[0]
        assert (row.rule_id, row.number, row.may_undo) == ("flu", 2, False)
        with ruled.base.reading() as db:
            kept = db.scalars(select(PreventiveAnswer).order_by(col(PreventiveAnswer.number)))
            assert [one.answer for one in kept] == ["done", "undone"]

    def test_later_is_in_three_months_unless_said(self, ruled: Clinic) -> None:
        say(ruled, "later")
        say(ruled, "later", "pressure", until=date(2026, 3, 10))
        rows = {one.rule_id: one.due for one in seen(ruled).rest}
        assert rows["flu"] == "We remind you on 3 Jun 2026"
        assert rows["pressure"] == "We remind you on 10 Mar 2026"
        for until in (NOW.date(), date(2029, 1, 1)):
            with pytest.raises(prevention.NotLater):
                say(ruled, "later", "kept", until=until)

    @pytest.mark.parametrize(
        "done_on",
        ["", "2026-04", "2027", "1974", "2025-02-30", "last year", "2026-03-03T10:00:00Z"],
    )
    def test_refuses_a_day_on_which_nothing_can_have_been_done(
        self, ruled: Clinic, done_on: str
    ) -> None:
        with pytest.raises(prevention.NoSuchDay):
            say(ruled, "done", done_on=done_on)

    def test_a_doctor_answers_for_them_and_a_stranger_for_nobody(self, ruled: Clinic) -> None:
        alice = ruled.patients["alice"].id
        say(ruled, "declined", who="dana", patient_id=alice)
        assert "flu" not in due(ruled)
        for who, refusal in (("charlie", NotFound), ("erin", NotFound), ("frank", NotAllowed)):
            with pytest.raises(refusal):
                say(ruled, "declined", "pressure", who, patient_id=alice)
        with pytest.raises(NotFound):
            say(ruled, "declined", "off")

    def test_a_helper_answers_where_they_may_act(self, ruled: Clinic) -> None:
        with pytest.raises(OnlyToRead):
            say(ruled, "declined", who="bob", helping="alice", held="medicines:read")
        say(ruled, "declined", who="bob", helping="alice", held="medicines:act")
        with ruled.base.reading() as db:
            (one,) = db.scalars(select(PreventiveAnswer))
            assert (one.side, one.by_name) == ("helper", "Bob Ash")

    def test_of_two_who_saw_the_same_one_is_told(self, ruled: Clinic) -> None:
        say(ruled, "declined")
        with pytest.raises(prevention.AnsweredMeanwhile):
            say(ruled, "done", done_on="2025")

    def test_of_two_at_once_one_is_told(self, the_clinic: Clinic) -> None:
        the_clinic.add(rule("flu"))

        def once(said: str) -> str:
            try:
                say(the_clinic, said)
            except prevention.AnsweredMeanwhile:
                return "told"
            return "kept"

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(once, ("declined", "later"))) == ["kept", "told"]

    def test_tells_the_pages_concerned_and_no_helper_of_what_is_confidential(
        self, ruled: Clinic
    ) -> None:
        with ruled.base.transaction() as db:
            alice = ruled.actor("alice")
            for rule_id in ("flu", "kept"):
                prevention.answer(db, alice, rule_id=rule_id, number=0, said="declined", now=NOW)
            assert [change.topic for change in live.pending(db)] == ["record", "private record"]


@pytest.fixture
def empty(the_clinic: Clinic) -> Clinic:
    """A clinic with the examples that it starts with."""
    with the_clinic.base.transaction() as db:
        assert prevention.begin(db, system("start"), now=NOW) > 0
    return the_clinic


def listed(at: Clinic, who: str = "max") -> dict[str, RuleRow]:
    with at.base.transaction() as db:
        return {one.id: one for one in prevention.listed(db, at.actor(who), now=NOW).rules}


def keep(at: Clinic, who: str = "max", rule_id: str = "", version: int = 0, **words: Any) -> str:
    values: dict[str, Any] = {"name": "Eye test", "kind": "check-up"}
    wording = Wording(**values | words)
    with at.base.transaction() as db:
        actor = at.actor(who)
        return prevention.keep(
            db, actor, rule_id=rule_id, version=version, wording=wording, now=NOW
        )


class TestRules:
    def test_the_examples_are_off_and_laid_down_once(self, empty: Clinic) -> None:
        rules = listed(empty)
        assert rules
        assert all(one.is_example and not one.is_active for one in rules.values())
        assert due(empty) == []
        with empty.base.transaction() as db:
            assert prevention.begin(db, system("start"), now=NOW) == 0

    def test_says_whom_each_concerns_and_how_many_that_are(self, empty: Clinic) -> None:
        with empty.base.transaction() as db:
            db.execute(update(Patient).values(gender="female"))
            tess = col(Patient.id) == empty.patients["tess"].id
            db.execute(update(Patient).where(tess).values(gender="male"))
        rules = listed(empty)
        assert rules["flu-from-65"].said == "Everybody from 65 years on, every year"
        assert rules["measles-child"].said == "Everybody from 1 year, until they are 18 years, once"
        screening = rules["cervical-screening"]
        assert screening.said == "Women from 21 years, until they are 66 years, every 3 years"
        counted = {key: one.counted.split()[2] for key, one in rules.items()}
        # Alice is 50, Mia 46, Charlie 38, Tess 13.
        assert (counted["flu-from-65"], counted["cervical-screening"]) == ("0", "3")
        assert (counted["child-visit"], counted["blood-pressure"]) == ("1", "2")

    def test_a_rule_counts_once_it_is_switched_on(self, empty: Clinic) -> None:
        one = listed(empty)["tetanus-booster"]
        with empty.base.transaction() as db:
            prevention.switch(
                db, empty.actor("max"), rule_id=one.id, version=one.version, is_on=True, now=NOW
            )
        assert due(empty) == ["tetanus-booster"]
        assert listed(empty)["tetanus-booster"].is_example

    def test_who_was_slower_is_told_and_changes_nothing(self, empty: Clinic) -> None:
        kept = keep(empty, name="Eye test", first="18 months", until="7", every="0")
        row = listed(empty)[kept]
        assert (row.first, row.until, row.every) == ("18 months", "7", "0")
        assert (row.is_active, row.is_example, row.changed) == (
            False, False, "Changed by Max Moe on 3 Mar 2026"
        )  # fmt: skip
        keep(empty, rule_id=kept, version=1, name="Eyes")
        with pytest.raises(prevention.RuleChanged):
            keep(empty, rule_id=kept, version=1, name="Ears")
        assert listed(empty)[kept].name == "Eyes"
        with pytest.raises(NotFound):
            keep(empty, rule_id="another", version=1)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": " "}, {"name": "x" * 121}, {"kind": "party"}, {"sex": "both"},
            {"first": "old"}, {"first": "131"}, {"first": "65", "until": "65"},
            {"every": "yearly"}, {"every": "-1"}, {"every": "1561"}, {"codes": "icd:Z00"},
            {"codes": "cvx:"}, {"visit_type_id": "none"}, {"visit_counts": True},
            {"why": "x" * 301},
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_rule(self, small_clinic: Clinic, wrong: dict[str, Any]) -> None:
        with pytest.raises(prevention.NotARule):
            keep(small_clinic, **wrong)
        assert listed(small_clinic) == {}

    def test_is_for_who_answers_for_the_clinic(self, small_clinic: Clinic) -> None:
        for who in ("alice", "dana", "frank", "otto"):
            with pytest.raises(NotAllowed):
                listed(small_clinic, who)
            with pytest.raises(NotAllowed):
                keep(small_clinic, who)
