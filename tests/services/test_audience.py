"""Announcements for some: whom they are for, how many that is, and on whose Home they stand."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from portal.errors import NotAllowed
from portal.models.people import Patient
from portal.services import announcements, audience, home
from portal.services.announcements import NoSuchPractitioner
from portal.services.audience import Audience, NoSuchAge
from tests.support.clinic import NOW, Clinic

# Charlie becomes 18 tomorrow; of Tess nobody wrote the whole date down.
BORN = {"alice": date(1980, 3, 3), "charlie": date(2008, 3, 4), "tess": None}
DOCTORS = {"alice": "dana", "charlie": "dana", "tess": "erin"}


@pytest.fixture
def clinic(the_clinic: Clinic) -> Clinic:
    """The cast with birth dates around an age, Alice and Charlie with Dana as their doctor."""
    with the_clinic.base.transaction() as db:
        for name, known in the_clinic.patients.items():
            patient = db.get_one(Patient, known.id)
            patient.born_on = BORN.get(name)
            doctor = the_clinic.practitioners[DOCTORS[name]] if name in BORN else None
            patient.general_practitioner_id = doctor.id if doctor else None
            db.add(patient)
    return the_clinic


def told(db: Session, clinic: Clinic, whom: Audience) -> list[str]:
    """Publishes to an audience; returns on whose Home it stands."""
    made = announcements.publish(
        db, clinic.actor("max"), title="For some", body="", last_day=None, whom=whom, now=NOW
    )
    names = [
        name
        for name in BORN
        if any(made in row.key for row in home.view(db, clinic.actor(name), now=NOW).announcements)
    ]
    announcements.end(db, clinic.actor("max"), announcement_id=made, now=NOW)
    return names


class TestWhom:
    @pytest.mark.parametrize(
        ("ages", "names"),
        [
            ({}, ["alice", "charlie", "tess"]),
            ({"age_from": 18}, ["alice"]),
            ({"age_from": 17, "age_to": 17}, ["charlie"]),
            ({"age_to": 17}, ["charlie"]),
            ({"age_from": 0}, ["alice", "charlie"]),
            # Alice is 46 today.
            ({"age_from": 46, "age_to": 46}, ["alice"]),
            ({"age_from": 47}, []),
        ],
    )
    def test_an_age_counts_on_the_birthday_itself(
        self, clinic: Clinic, ages: dict[str, Any], names: list[str]
    ) -> None:
        whom = Audience(**ages)
        with clinic.base.transaction() as db:
            assert told(db, clinic, whom) == names
            said = audience.reach(db, clinic.actor("max"), audience=whom, now=NOW)
        others = len(clinic.patients) - len(BORN) if whom.is_everybody else 0
        assert said.partition(" ")[0] == str(len(names) + others)

    def test_a_practitioners_patients_have_them_as_their_doctor(self, clinic: Clinic) -> None:
        dana, erin = (clinic.practitioners[name].id for name in ("dana", "erin"))
        with clinic.base.transaction() as db:
            assert told(db, clinic, Audience(dana)) == ["alice", "charlie"]
            assert told(db, clinic, Audience(dana, age_from=18)) == ["alice"]
            assert told(db, clinic, Audience(erin)) == ["tess"]
            said = audience.reach(db, clinic.actor("max"), audience=Audience(dana, 18), now=NOW)
        assert said == "1 patient; 1 of them can sign in."

    def test_who_died_is_not_counted(self, clinic: Clinic) -> None:
        whom = Audience(clinic.practitioners["dana"].id)
        with clinic.base.transaction() as db:
            charlie = db.get_one(Patient, clinic.patients["charlie"].id)
            charlie.deceased = True
            db.add(charlie)
            db.flush()
            said = audience.reach(db, clinic.actor("max"), audience=whom, now=NOW)
        assert said.startswith("1 patient;")

    def test_staff_read_whom_it_is_for(self, clinic: Clinic) -> None:
        dana = clinic.practitioners["dana"].id
        with clinic.base.transaction() as db:
            for whom in (Audience(), Audience(dana, 18, 40), Audience(age_to=11), Audience("", 65)):
                announcements.publish(
                    db, clinic.actor("max"), title="x", body="", last_day=None, whom=whom, now=NOW
                )
        with clinic.base.transaction() as db:
            rows = announcements.standing(db, clinic.actor("max"), now=NOW)
        assert {row.audience for row in rows} == {
            "Everybody",
            f"Patients of {clinic.practitioners['dana'].name}, from 18 to 40 years",
            "Up to 11 years",
            "From 65 years",
        }


class TestRefuses:
    @pytest.mark.parametrize(
        ("first", "last"),
        [("-1", ""), ("", "121"), ("x", ""), ("30", "20"), ("1.5", ""), ("٣", "")],
    )
    def test_what_is_no_age(self, first: str, last: str) -> None:
        with pytest.raises(NoSuchAge):
            audience.entered("", first, last)

    def test_a_practitioner_who_is_nobodys_doctor(self, clinic: Clinic) -> None:
        with clinic.base.transaction() as db, pytest.raises(NoSuchPractitioner):
            told(db, clinic, Audience("nobody"))

    @pytest.mark.parametrize("who", ["alice", "frank", "nora", "otto", "bill"])
    def test_whoever_may_not_publish(self, clinic: Clinic, who: str) -> None:
        with clinic.base.transaction() as db, pytest.raises(NotAllowed):
            audience.reach(db, clinic.actor(who), audience=Audience(), now=NOW)
