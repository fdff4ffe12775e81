"""A clinic to test on: both kinds of database, a fixed cast, builders with sensible defaults.

Alice is the patient; Bob her brother, whom she may let help; Charlie a stranger, a patient too;
Dana the doctor of them all; Erin a doctor outside their care teams; Frank the front desk; Nora a
nurse; Max the manager; Ada the administrator; Tess a teenager and Mia her mother, who helps her.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session, SQLModel

from portal.database import Database
from portal.models.agreements import TEXTS, Agreement, LegalText
from portal.models.appointments import Appointment
from portal.models.clinical import DiagnosticReport, Observation
from portal.models.messages import Communication, Thread
from portal.models.people import (
    Organization,
    Patient,
    Practitioner,
    PractitionerRole,
    RelatedPerson,
    User,
)
from portal.security import passwords, scopes, signins
from portal.security.actor import STAFF, Actor
from portal.services import patients

# A Tuesday morning in New York, the test clinic's zone.
NOW = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
LIMITS = signins.Limits(timedelta(minutes=15), timedelta(hours=12))
PASSWORD = "seven green kettles sing"
_HASH: list[str] = []


def password_hash() -> str:
    """Returns the hash of `PASSWORD`, made once a run."""
    if not _HASH:
        _HASH.append(passwords.make_hash(PASSWORD))
    return _HASH[0]


Person = TypeVar("Person", bound=SQLModel)


@dataclass
class Clinic:
    """The cast in a database. `users` and `patients` by first name, lower case."""

    base: Database
    users: dict[str, User] = field(default_factory=dict)
    patients: dict[str, Patient] = field(default_factory=dict)
    practitioners: dict[str, Practitioner] = field(default_factory=dict)

    def actor(self, name: str, *, helping: str = "", held: str = "", at: datetime = NOW) -> Actor:
        """Returns a member of the cast as the actor; `helping` opens another's record.

        `held` are the scopes of the help, all where none are named; `at` the moment of the act.
        """
        user = self.users[name]
        own = user.patient_id or ""
        opened = self.patients[helping].id if helping else own
        return Actor(
            user_id=user.id,
            name=user.name,
            role=user.role,
            own_patient_id=own,
            patient_id="" if user.role in STAFF else opened,
            practitioner_id=user.practitioner_id or "",
            sign_in_id=f"sign-in-of-{name}",
            source="127.0.0.1",
            scopes=(scopes.parse(held) if held else scopes.ALL) if helping else frozenset(),
            at=at,
            confirmed_at=at,
        )

    def on(self, base: Database) -> "Clinic":
        """Returns the same cast in a copy of the database that they were gathered in."""
        return Clinic(
            base,
            users=_again(self.users),
            patients=_again(self.patients),
            practitioners=_again(self.practitioners),
        )

    def add(self, *records: Any) -> None:
        """Writes records in one transaction."""
        with self.base.transaction() as db:
            db.add_all(records)


def _again(people: dict[str, Person]) -> dict[str, Person]:
    """Returns records of one's own that a session takes for those of its database."""
    found: dict[str, Person] = {}
    for name, one in people.items():
        again = type(one)(**one.model_dump())
        make_transient_to_detached(again)
        found[name] = again
    return found


def gather(base: Database) -> Clinic:
    """Brings the cast together in an empty, migrated database."""
    clinic = Clinic(base)
    with base.transaction() as db:
        db.add(
            Organization(
                name="Juniper Test Clinic",
                phone="(406) 555-0100",
                is_clinic=True,
                hours="Mo-Fr 8-17",
            )
        )
        for name, born in (
            ("Alice Ash", date(1975, 5, 17)),
            ("Charlie Cole", date(1988, 1, 2)),
            ("Tess Tran", date(2012, 9, 30)),
            ("Mia Tran", date(1980, 2, 29)),
        ):
            _patient(clinic, db, name, born)
        for name, role in (
            ("Dana Diaz", "practitioner"),
            ("Erin Egan", "practitioner"),
            ("Nora Nye", "nurse"),
            ("Frank Fox", "front_desk"),
            ("Max Moe", "manager"),
            ("Ada Abel", "administrator"),
            ("Bill Bay", "billing"),
            ("Otto Orr", "auditor"),
        ):
            _member(clinic, db, name, role)
        for patient in clinic.patients.values():
            patient.general_practitioner_id = clinic.practitioners["dana"].id
            db.add(patient)
        _user(clinic, db, "Bob Ash", "helper")
        _helps(clinic, db, "mia", "tess", "parent")
        _helps(clinic, db, "bob", "alice", "brother")
        _agree(clinic, db)
    return clinic


def appointment(clinic: Clinic, patient: str = "alice", **changes: Any) -> Appointment:
    """Returns an appointment in two days with Dana, unless changed."""
    starts = changes.pop("starts_at", NOW + timedelta(days=2))
    values: dict[str, Any] = {
        "patient_id": clinic.patients[patient].id,
        "practitioner_id": clinic.practitioners["dana"].id,
        "title": "Blood pressure review",
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=20),
        "created_at": NOW - timedelta(days=10),
    }
    return Appointment(**(values | changes))


def report(clinic: Clinic, patient: str = "alice", **changes: Any) -> DiagnosticReport:
    """Returns a released lab report from yesterday, unless changed."""
    values: dict[str, Any] = {
        "patient_id": clinic.patients[patient].id,
        "practitioner_id": clinic.practitioners["dana"].id,
        "status": "final",
        "title": "Basic metabolic panel",
        "plain": "Kidney and blood salts",
        "source": "Test laboratory",
        "category": "LAB",
        "effective": "2026-03-02",
        "issued": "2026-03-02T15:00:00Z",
        "sort_at": NOW - timedelta(days=1),
        "released_at": NOW - timedelta(hours=20),
    }
    return DiagnosticReport(**(values | changes))


def value(of: DiagnosticReport, **changes: Any) -> Observation:
    """Returns a potassium value a little above its range, in a report."""
    values: dict[str, Any] = {
        "patient_id": of.patient_id,
        "report_id": of.id,
        "status": of.status,
        "title": "Potassium",
        "plain": "Potassium",
        "code": "2823-3",
        "code_system": "http://loinc.org",
        "category": "laboratory",
        "value_text": "5.3",
        "value_number": 5.3,
        "unit": "mmol/L",
        "range_low_text": "3.5",
        "range_low": 3.5,
        "range_high_text": "5.1",
        "range_high": 5.1,
        "interpretation": "H",
        "effective": of.effective,
        "sort_at": of.sort_at,
        "released_at": of.released_at,
    }
    return Observation(**(values | changes))


def thread(clinic: Clinic, patient: str = "alice", **changes: Any) -> Thread:
    """Returns a conversation about health that waits for the patient."""
    values: dict[str, Any] = {
        "patient_id": clinic.patients[patient].id,
        "subject": "My new tablets",
        "topic": "medicine",
        "waiting_for": "patient",
        "last_at": NOW - timedelta(hours=3),
        "created_at": NOW - timedelta(days=1),
    }
    if changes.get("waiting_for") == "clinic":
        # What waits for the clinic has a clock.
        values["due_at"] = NOW + timedelta(days=2)
    return Thread(**(values | changes))


def message(of: Thread, **changes: Any) -> Communication:
    """Returns a message from the clinic in a conversation."""
    values: dict[str, Any] = {
        "thread_id": of.id,
        "patient_id": of.patient_id,
        "sender_name": "Dana Diaz",
        "from_clinic": True,
        "body": "Yes, you can take it with breakfast.",
        "sent_at": NOW - timedelta(hours=3),
        "client_key": f"key-{of.id}",
    }
    return Communication(**(values | changes))


def _patient(clinic: Clinic, db: Session, name: str, born: date) -> None:
    given, family = name.split()
    record = Patient(
        name=name,
        family=family,
        given=given,
        family_key=patients.fold(family),
        given_key=patients.fold(given),
        birth_date=born.isoformat(),
        born_on=born,
        record_number=f"T-{len(clinic.patients) + 1:04d}",
        email=f"{given.lower()}@example.org",
    )
    db.add(record)
    db.flush()
    clinic.patients[given.lower()] = record
    _user(clinic, db, name, "patient", patient_id=record.id)


def _member(clinic: Clinic, db: Session, name: str, role: str) -> None:
    given = name.split(maxsplit=1)[0].lower()
    record = None
    if role in {"practitioner", "nurse"}:
        record = Practitioner(name=f"Dr {name}" if role == "practitioner" else name)
        db.add(record)
        db.flush()
        db.add(PractitionerRole(practitioner_id=record.id, title=role))
        clinic.practitioners[given] = record
    _user(clinic, db, name, role, practitioner_id=record.id if record else None)


def _user(clinic: Clinic, db: Session, name: str, role: str, **links: Any) -> None:
    given = name.split(maxsplit=1)[0].lower()
    record = User(
        sign_in_name=given,
        name=name,
        role=role,
        password_hash=password_hash(),
        created_at=NOW - timedelta(days=100),
        **links,
    )
    db.add(record)
    db.flush()
    clinic.users[given] = record


def _agree(clinic: Clinic, db: Session) -> None:
    """The clinic's texts are published, and everybody who has to has agreed to them."""
    long_ago = NOW - timedelta(days=100)
    for kind in TEXTS:
        text = f"# What it is about\n\nThis is the {kind} text of the test clinic."
        db.add(LegalText(kind=kind, version=1, body=text, published_at=long_ago))
        db.add_all(
            Agreement(user_id=user.id, kind=kind, version=1, agreed=True, at=long_ago)
            for user in clinic.users.values()
            if user.role in {"patient", "helper"}
        )


def _helps(clinic: Clinic, db: Session, helper: str, patient: str, relationship: str) -> None:
    db.add(
        RelatedPerson(
            patient_id=clinic.patients[patient].id,
            name=clinic.users[helper].name,
            relationship=relationship,
            user_id=clinic.users[helper].id,
            kind="parent" if relationship == "parent" else "adult",
            status="active",
            scopes=scopes.write(scopes.ALL),
        )
    )
