"""The demo clinic: whole, invented, dated around today, and never inside a real clinic."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from portal import settings
from portal.database import Database
from portal.models.appointments import STANDING, STEP_MINUTES, Appointment, Claim
from portal.models.clinical import Condition, DiagnosticReport, MedicationRequest, Observation
from portal.models.messages import Announcement, Communication, Thread
from portal.models.people import Organization, Patient, Practitioner, RelatedPerson, User
from portal.security import access, actor, audit, passwords
from portal.security.actor import Actor
from portal.services import accounts, board, demo, frame
from portal.services.demo import cast
from portal.words import local

# A Tuesday at a quarter past ten in New York.
NOW = datetime(2026, 3, 3, 15, 15, tzinfo=UTC)
FILLER = actor.system("demo")


@pytest.fixture(autouse=True)
def demo_mode(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("PORTAL_DEMO", "true")
    settings.current.cache_clear()
    yield monkeypatch
    settings.current.cache_clear()


def fill(base: Database, now: datetime = NOW) -> demo.Filled:
    with base.transaction() as db:
        return demo.fill(db, FILLER, now=now)


def count(db: Session, table: Any, *conditions: Any) -> int:
    query = select(func.count()).select_from(table).where(*conditions)
    return db.connection().execute(query).scalar_one()


def signed_in(db: Session, name: str, patient: str = "") -> Actor:
    user = db.scalars(select(User).where(col(User.sign_in_name) == name)).one()
    opened = db.scalars(select(Patient).where(col(Patient.given) == patient)).first()
    return Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        own_patient_id=user.patient_id or "",
        patient_id=opened.id if opened else user.patient_id or "",
        practitioner_id=user.practitioner_id or "",
    )


class TestFill:
    def test_brings_a_whole_clinic(self, base: Database) -> None:
        filled = fill(base)
        assert filled.at == NOW
        assert filled.rows > 6000
        with base.transaction() as db:
            assert count(db, Patient) >= 40
            assert count(db, Practitioner) == 5
            assert count(db, Organization, col(Organization.is_clinic)) == 1
            assert count(db, Observation) > 4000
            assert count(db, Announcement) == 4

    def test_a_second_run_adds_nothing(self, base: Database) -> None:
        fill(base)
        with base.transaction() as db:
            marta = db.scalars(select(Patient).where(col(Patient.given) == "Marta")).one()
            marta.phone = "(406) 555-0177"
        again = fill(base, NOW + timedelta(days=3))
        assert again == demo.Filled(NOW, 0)
        with base.transaction() as db:
            marta = db.scalars(select(Patient).where(col(Patient.given) == "Marta")).one()
            assert marta.phone == "(406) 555-0177"
            assert count(db, Patient) == len(cast.PATIENTS)

    def test_is_the_same_every_time(self) -> None:
        one, other = demo._drawn_up(NOW), demo._drawn_up(NOW)
        for table, rows in one.sheet.rows.items():
            if table is not User:
                assert rows == other.sheet.rows[table], table.__name__

    @pytest.mark.parametrize(
        "now",
        [
            datetime(2028, 2, 29, 17, 0, tzinfo=UTC),
            datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
            datetime(2027, 3, 14, 6, 30, tzinfo=UTC),  # the night that loses an hour
            datetime(2026, 11, 1, 5, 30, tzinfo=UTC),  # the hour that comes twice
            datetime(2031, 7, 5, 3, 0, tzinfo=UTC),
        ],
    )
    def test_holds_on_odd_days_too(self, sqlite_base: Database, now: datetime) -> None:
        fill(sqlite_base, now)
        with sqlite_base.transaction() as db:
            ana = db.scalars(select(Patient).where(col(Patient.given) == "Ana")).one()
            here = now.astimezone(ZoneInfo("America/New_York")).date()
            assert ana.born_on
            had = here.year - ana.born_on.year
            assert had - ((here.month, here.day) < (ana.born_on.month, ana.born_on.day)) == 9
            late = count(db, DiagnosticReport, col(DiagnosticReport.released_at) > now)
            assert late == 0

    def test_lets_its_people_sign_in(self, sqlite_base: Database) -> None:
        fill(sqlite_base)
        accounts.check_password(demo.PASSWORD, "marta")
        with sqlite_base.transaction() as db:
            found = [
                accounts.candidate(db, one.key, address=f"192.0.2.{number}", now=NOW)
                for number, one in enumerate(demo.ACCOUNTS)
            ]
            assert all(one.user_id for one in found)
            assert passwords.matches(demo.PASSWORD, found[-1].stored)
            assert {account.role for account in demo.ACCOUNTS} >= {
                "patient",
                "helper",
                "practitioner",
                "nurse",
                "front_desk",
                "manager",
                "administrator",
                "auditor",
            }
            assert count(db, User, col(User.is_demo).is_(False)) == 0

    def test_leaves_a_trace_that_is_whole(self, base: Database) -> None:
        fill(base)
        with base.transaction() as db:
            verdict = audit.verify(db, base.info["audit_key"])
            assert verdict.is_whole
            assert verdict.rows > 80


class TestRefusals:
    def test_outside_demo_mode(self, sqlite_base: Database, demo_mode: pytest.MonkeyPatch) -> None:
        demo_mode.setenv("PORTAL_DEMO", "false")
        settings.current.cache_clear()
        with pytest.raises(demo.NoDemo):
            fill(sqlite_base)
        with sqlite_base.transaction() as db:
            assert count(db, User) == 0

    def test_where_real_people_have_accounts(self, sqlite_base: Database) -> None:
        with sqlite_base.transaction() as db:
            db.add(User(sign_in_name="jo", name="Jo", role="manager", created_at=NOW))
        with pytest.raises(demo.RealClinic):
            fill(sqlite_base)

    def test_where_a_real_clinic_was_founded(self, sqlite_base: Database) -> None:
        with sqlite_base.transaction() as db:
            db.add(Organization(name="Somebody’s clinic", is_clinic=True))
        with pytest.raises(demo.RealClinic):
            fill(sqlite_base)

    def test_but_not_beside_imported_patients(self, base: Database) -> None:
        with base.transaction() as db:
            db.add(Patient(name="Ima Ported", fhir_source="synthea", fhir_id="1"))
            db.add(Organization(name="Some hospital", fhir_source="synthea", fhir_id="2"))
        fill(base)
        with base.transaction() as db:
            assert count(db, Patient) == len(cast.PATIENTS) + 1


class TestBeside:
    def test_a_founded_clinic_keeps_its_name_on_the_door(self, base: Database) -> None:
        with base.transaction() as db:
            db.add(Organization(name="Birch Lane", is_clinic=True))
            db.add(User(sign_in_name="jo", name="Jo", role="administrator", created_at=NOW))
            db.add(Patient(name="Ima Ported", fhir_source="synthea", fhir_id="1"))
        with base.transaction() as db:
            assert demo.fill(db, FILLER, now=NOW, beside=True).rows > 6000
        with base.transaction() as db:
            doors = db.scalars(select(Organization).where(col(Organization.is_clinic))).all()
            assert [door.name for door in doors] == ["Birch Lane"]
            assert demo.filled_at(db, FILLER) == NOW

    def test_not_once_a_real_person_has_a_password(self, sqlite_base: Database) -> None:
        with sqlite_base.transaction() as db:
            user = User(sign_in_name="jo", name="Jo", role="administrator", created_at=NOW)
            user.password_hash = passwords.make_hash(demo.PASSWORD)
            db.add(user)
        with pytest.raises(demo.RealClinic), sqlite_base.transaction() as db:
            demo.fill(db, FILLER, now=NOW, beside=True)


class TestPeople:
    def test_nobody_can_be_reached(self) -> None:
        for patient in demo._drawn_up(NOW).sheet.rows[Patient]:
            assert patient["email"].endswith("@example.org")
            assert re.fullmatch(r"\(406\) 555-01\d\d", patient["phone"])

    def test_names_are_written_in_several_scripts(self) -> None:
        scripts = {ord(person.given[0]) // 256 for person in cast.PATIENTS}
        assert len(scripts) >= 7

    def test_everybody_who_was_promised_is_there(self, sqlite_base: Database) -> None:
        fill(sqlite_base)
        with sqlite_base.transaction() as db:
            helped = db.scalars(
                select(RelatedPerson).where(col(RelatedPerson.status) == "active")
            ).all()
            ana = db.scalars(select(Patient).where(col(Patient.given) == "Ana")).one()
            assert len([one for one in helped if one.patient_id == ana.id]) == 2
            assert count(db, Patient, col(Patient.deceased)) == 1
            noor = db.scalars(select(Patient).where(col(Patient.given) == "Noor")).one()
            for table in (Appointment, Condition, DiagnosticReport, Thread):
                assert count(db, table, col(table.patient_id) == noor.id) == 0
            mina = db.scalars(select(Patient).where(col(Patient.given) == "Wilhelmina")).one()
            assert count(db, Observation, col(Observation.patient_id) == mina.id) > 2000
            rosa = db.scalars(select(User).where(col(User.sign_in_name) == "rosa")).one()
            assert rosa.language == "es"

    def test_what_is_the_teenagers_own_is_hidden_from_her_mother(self, base: Database) -> None:
        fill(base)
        with base.transaction() as db:
            tess, claire = signed_in(db, "tess"), signed_in(db, "claire", "Tess")
            for table in (Condition, MedicationRequest, DiagnosticReport):
                assert count(db, table, access.entries(tess, table)) > 0, table.__name__
                # At fifteen nothing of the medical record is a parent's by default.
                assert count(db, table, access.entries(claire, table)) == 0, table.__name__


class TestCalendar:
    def test_standing_visits_hold_each_of_their_steps_once(self, base: Database) -> None:
        fill(base)
        with base.transaction() as db:
            visits = db.scalars(select(Appointment)).all()
            claims = db.scalars(select(Claim)).all()
        held: dict[str | None, int] = {}
        for claim in claims:
            held[claim.appointment_id] = held.get(claim.appointment_id, 0) + 1
        for visit in visits:
            minutes = (visit.ends_at - visit.starts_at).total_seconds() / 60
            expected = 3 * minutes / STEP_MINUTES if visit.status in STANDING else 0
            assert held.get(visit.id, 0) == expected, visit.title

    def test_the_board_shows_who_is_to_be_asked_what(self, sqlite_base: Database) -> None:
        fill(sqlite_base)
        with sqlite_base.transaction() as db:
            kim = db.scalars(select(User).where(col(User.role) == "front_desk")).first()
            assert kim
            desk = Actor(user_id=kim.id, name=kim.name, role=kim.role)
            row = board.view(db, desk, day=local(NOW).date(), now=NOW)
        strips = [one for column in row.columns for one in column.strips]
        asked = {flag.icon: one.name for one in strips for flag in one.flags}
        assert {"form", "insurance", "balance", "interpreter", "first", "minor"} <= set(asked)
        flagged = [one for one in strips if "insurance" in {flag.icon for flag in one.flags}]
        assert len(flagged) < len(strips) / 4

    def test_nobody_is_in_two_places(self) -> None:
        visits = demo._drawn_up(NOW).sheet.rows[Appointment]
        for resource in ("patient_id", "practitioner_id", "location_id"):
            ordered = sorted(visits, key=lambda visit: (visit[resource], visit["starts_at"]))
            for one, other in pairwise(ordered):
                if one[resource] == other[resource]:
                    assert one["ends_at"] <= other["starts_at"]

    def test_today_goes_on_around_now(self, sqlite_base: Database) -> None:
        fill(sqlite_base)
        with sqlite_base.transaction() as db:
            today = db.scalars(
                select(Appointment).where(
                    col(Appointment.starts_at).between(
                        NOW - timedelta(hours=2), NOW + timedelta(hours=7)
                    )
                )
            ).all()
        found = {visit.status for visit in today}
        assert {"fulfilled", "checked-in", "arrived", "booked"} <= found
        assert any(visit.confirmed_at is None for visit in today if visit.status == "booked")
        past = [visit for visit in today if visit.status == "fulfilled"]
        assert all(visit.ends_at <= NOW for visit in past)


class TestResults:
    def test_flags_agree_with_the_ranges_beside_them(self) -> None:
        for value in demo._drawn_up(NOW).sheet.rows[Observation]:
            number, low, high = (
                value[name] for name in ("value_number", "range_low", "range_high")
            )
            flag = value["interpretation"]
            if high is not None and number > high:
                assert flag in {"H", "HH"}, value
            elif low is not None and number < low:
                assert flag in {"L", "LL"}, value
            elif low is not None or high is not None:
                assert flag == "N", value

    def test_there_is_one_of_each_kind(self) -> None:
        rows = demo._drawn_up(NOW).sheet.rows
        flags = {value["interpretation"] for value in rows[Observation]}
        assert {"N", "H", "L", "HH"} <= flags
        assert any(value["earlier_value"] for value in rows[Observation])
        reports = rows[DiagnosticReport]
        assert len([report for report in reports if report["released_at"] is None]) >= 4
        assert len([report for report in reports if report["conclusion"]]) >= 6
        assert {"LAB", "RAD", "MB"} <= {report["category"] for report in reports}

    def test_martas_potassium_goes_back_for_years(self, sqlite_base: Database) -> None:
        fill(sqlite_base)
        with sqlite_base.transaction() as db:
            marta = signed_in(db, "marta")
            values = db.scalars(
                select(Observation)
                .where(access.entries(marta, Observation), col(Observation.title) == "Potassium")
                .order_by(col(Observation.sort_at).desc())
            ).all()
        assert [value.value_text for value in values[:3]] == ["5.3", "4.9", "4.8"]
        assert {value.range_high_text for value in values} == {"5.0", "5.1"}


class TestMessages:
    def test_marta_has_one_new_message_and_two_new_results(self, base: Database) -> None:
        fill(base)
        with base.transaction() as db:
            marta = signed_in(db, "marta")
            assert frame.unread_messages(db, marta) == 1
            assert frame.unread_results(db, marta) == 2

    def test_some_are_late_and_some_wait_for_either_side(self) -> None:
        threads = demo._drawn_up(NOW).sheet.rows[Thread]
        assert {thread["waiting_for"] for thread in threads} == {"clinic", "patient", "nobody"}
        late = [thread for thread in threads if thread["due_at"] and thread["due_at"] < NOW]
        assert len(late) == 2
        assert {thread["topic"] for thread in threads} == {
            "health",
            "medicine",
            "appointment",
            "bill",
            "form",
            "technical",
            "privacy",
        }

    def test_a_thread_ends_with_its_last_message(self) -> None:
        rows = demo._drawn_up(NOW).sheet.rows
        for thread in rows[Thread]:
            said = [one for one in rows[Communication] if one["thread_id"] == thread["id"]]
            assert max(one["sent_at"] for one in said) == thread["last_at"]
            if thread["waiting_for"] == "clinic":
                assert not said[-1]["from_clinic"]
            elif thread["waiting_for"] == "patient":
                assert said[-1]["from_clinic"]
