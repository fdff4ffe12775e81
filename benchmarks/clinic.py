"""Clinics to measure on: a thousand patients, or a hundred thousand, in the encrypted database.

Made once for each layout of the tables and each week, kept in the user's cache folder, copied for
each run. Everybody is invented; each patient has three visits, two conversations with four
messages, four results (two unread) with values, and two medicines.
"""

import contextlib
import hashlib
import os
import random
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from portal import database, migrations
from portal.models.appointments import Appointment
from portal.models.audit import OutboxNotice
from portal.models.clinical import DiagnosticReport, MedicationRequest, Observation
from portal.models.messages import Announcement, Communication, Thread
from portal.models.people import (
    Organization,
    Patient,
    Practitioner,
    PractitionerRole,
    ReadMark,
    SignIn,
    User,
)
from portal.security import signins
from portal.services import patients

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"small": 1_000, "large": 100_000}
# So many patients can sign in; two hundred others of them only have a record.
WITH_USER = 2_200
FAMILIES = [
    "Silva",
    "Müller",
    "Nguyen",
    "Okafor",
    "García",
    "Ivanov",
    "Tanaka",
    "O'Neill",
    "Dupont",
    "Kowalski",
    "Haddad",
    "Larsen",
    "Rossi",
    "Novák",
    "Papadopoulos",
    "Şahin",
    "Johansson",
    "Mbeki",
    "Santos",
    "Fischer",
    "Brown",
    "Walker",
    "Chen",
    "Kim",
    "Patel",
    "Ruiz",
    "Andersson",
    "Castro",
    "Weiß",
    "Moreau",
    "Bianchi",
    "Horváth",
    "Popescu",
    "Demir",
    "Yılmaz",
    "Cohen",
    "Levi",
    "Ali",
    "Khan",
    "Singh",
    "Das",
    "Mensah",
    "Diallo",
    "Traoré",
    "Abebe",
    "Osei",
    "Juarez",
    "Delgado",
    "Ibarra",
    "Quispe",
    "Suzuki",
    "Sato",
    "Park",
    "Choi",
    "Tran",
    "Le",
]
GIVENS = [
    "Ana",
    "José",
    "Zoë",
    "Björn",
    "Inês",
    "Liam",
    "Noah",
    "Emma",
    "Mia",
    "Olivia",
    "Chloé",
    "René",
    "Søren",
    "Łukasz",
    "Jiří",
    "Ayşe",
    "Fatima",
    "Omar",
    "Yusuf",
    "Ming",
    "Wei",
    "Hana",
    "Yuki",
    "Priya",
    "Arjun",
    "Kofi",
    "Ama",
    "Chidi",
    "Ngozi",
    "Pedro",
    "Lucía",
    "Mateo",
    "Nina",
    "Ivan",
    "Olga",
    "Piotr",
    "Greta",
    "Hans",
    "Ingrid",
    "Lars",
    "Maeve",
    "Sean",
    "Tariq",
    "Leila",
    "Dalia",
    "Ravi",
    "Sita",
    "Tomás",
    "Ursula",
    "Viktor",
]
STAFF = 40
# Changed by hand when what is seeded changes, so that kept clinics are made anew.
SHAPE = "1"
PRACTITIONERS = 30
# How many a practitioner sees in a day, half an hour each.
A_DAY = 16


@dataclass
class Clinic:
    """A running clinic's folder, and the cookies of those who are signed in there."""

    folder: Path
    size: int
    patients: list[str] = field(default_factory=list)
    staff: list[str] = field(default_factory=list)

    @property
    def key_file(self) -> Path:
        """Where its key lies."""
        return self.folder.with_name(self.folder.name + ".key")

    def open(self) -> database.Database:
        """Opens its database, for seeding and for oracles."""
        return database.Database(self.folder, database.read_key(self.key_file))


@contextlib.contextmanager
def copy_of(name: str) -> Iterator[Clinic]:
    """Yields a fresh copy of a clinic with everybody signed in, taken away afterwards."""
    kept = _kept(name)
    folder = kept.with_name(f"run-{secrets.token_hex(4)}")
    shutil.copytree(kept, folder)
    shutil.copy2(kept.with_name(kept.name + ".key"), folder.with_name(folder.name + ".key"))
    clinic = Clinic(folder, SIZES[name])
    try:
        _sign_in(clinic)
        yield clinic
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        clinic.key_file.unlink(missing_ok=True)


def patient_id(number: int) -> str:
    """Returns the id of a patient."""
    return f"patient{number:08d}"


def cache() -> Path:
    """Returns where seeded clinics are kept between runs."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "portal-benchmarks"


def _kept(name: str) -> Path:
    """Returns the folder of a seeded clinic, making it where the tables or the week are new."""
    layout = hashlib.sha256(SHAPE.encode())
    for script in sorted((ROOT / "alembic" / "versions").glob("*.py")):
        layout.update(script.read_bytes())
    week = datetime.now(UTC).strftime("%G-%V")
    folder = cache() / f"{name}-{week}-{layout.hexdigest()[:12]}"
    if not (folder / "whole").exists():
        for old in cache().glob(f"{name}-*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        began = time.monotonic()
        print(f"Seeding {SIZES[name]:,} patients once …", flush=True)
        _seed(Clinic(folder, SIZES[name]))
        (folder / "whole").touch()
        print(f"  done in {time.monotonic() - began:.0f} s")
    return folder


def _seed(clinic: Clinic) -> None:
    clinic.folder.mkdir(parents=True, mode=0o700)
    database.make_key(clinic.key_file)
    base = clinic.open()
    migrations.upgrade(base)
    raw = base.connect()
    raw.execute("PRAGMA synchronous = OFF")
    # Tables are written side by side; an oracle counts what must fit together.
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("PRAGMA cache_size = -400000")
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    raw.execute("BEGIN")
    for rows in (_house(now), _people(clinic.size, now), _records(clinic.size, now)):
        _insert(raw, rows)
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    with base.transaction() as db:
        patients.catch_up(db)
    base.close()


def _insert(raw: Any, rows: Iterable[Any]) -> None:
    """Writes records, a few thousand of one table at a time."""
    waiting: dict[type, list[Any]] = {}
    for table, values in rows:
        some = waiting.setdefault(table, [])
        some.append(values)
        if len(some) == 5000:
            _write(raw, table, some)
            some.clear()
    for table, some in waiting.items():
        _write(raw, table, some)


_blank: dict[type, dict[str, Any]] = {}


def _write(raw: Any, table: Any, some: list[dict[str, Any]]) -> None:
    if not some:
        return
    blank = {**_defaults(table), **some[0]}
    names = ", ".join(f'"{name}"' for name in blank)
    marks = ", ".join("?" * len(blank))
    query = f'INSERT INTO "{table.__tablename__}" ({names}) VALUES ({marks})'  # noqa: S608
    raw.executemany(query, [[row.get(name, blank[name]) for name in blank] for row in some])


def _defaults(table: Any) -> dict[str, Any]:
    if table not in _blank:
        _blank[table] = {
            name: one.default
            for name, one in table.model_fields.items()
            if one.default_factory is None and not one.is_required()
        }
    return _blank[table]


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond:06d}"


def _house(now: datetime) -> Iterator[Any]:
    yield (
        Organization,
        {"id": "clinic", "name": "Juniper Benchmark Clinic", "phone": "(406) 555-0100"}
        | {"is_clinic": True, "hours": "Monday to Friday 8:00 to 17:00"},
    )
    for number in range(PRACTITIONERS):
        key, name = f"practitioner{number}", f"Dr. {GIVENS[number]} {FAMILIES[number]}"
        yield Practitioner, {"id": key, "name": name, "prefix": "Dr."}
        yield (
            PractitionerRole,
            {"id": f"role{number}", "practitioner_id": key, "title": "Family doctor"},
        )
    for number in range(STAFF):
        role = "practitioner" if number < PRACTITIONERS else "front_desk"
        yield (
            User,
            {"id": f"staff{number}", "sign_in_name": f"staff{number}", "name": f"Staff {number}"}
            | {"role": role, "created_at": _at(now)}
            | {"practitioner_id": f"practitioner{number}" if role == "practitioner" else None},
        )
    for number in range(2):
        yield (
            Announcement,
            {"id": f"announcement{number}", "title": f"Flu vaccines, week {number}"}
            | {"body": "Come by without an appointment.", "published_at": _at(now)},
        )


def _people(size: int, now: datetime) -> Iterator[Any]:
    dice = random.Random(20)  # noqa: S311 - the same clinic each time
    for number in range(size):
        family, given = dice.choice(FAMILIES), dice.choice(GIVENS)
        if dice.random() < 0.3:
            family = f"{family} {dice.choice(FAMILIES)}"
        born = date(1930, 1, 1) + timedelta(days=dice.randrange(34_000))
        yield (
            Patient,
            {"id": patient_id(number), "name": f"{given} {family}", "family": family}
            | {"given": given, "family_key": patients.fold(family)}
            | {"given_key": patients.fold(given), "birth_date": born.isoformat()}
            | {"born_on": born.isoformat(), "record_number": f"J{number:07d}"}
            | {"phone": f"(406) 555-{number % 10_000:04d}"},
        )
    for number in range(min(size, WITH_USER)):
        yield (
            User,
            {"id": f"user{number:08d}", "sign_in_name": f"user{number}", "role": "patient"}
            | {"name": f"User {number}", "patient_id": patient_id(number), "created_at": _at(now)},
        )


def _records(size: int, now: datetime) -> Iterator[Any]:
    for number in range(size):
        whose, who = patient_id(number), f"practitioner{number % PRACTITIONERS}"
        yield from _visits(number, whose, who, now)
        yield from _messages(number, whose, now)
        yield from _results(number, whose, who, now)
        for place in range(2):
            yield (
                MedicationRequest,
                {"id": f"m{number:08d}{place}", "patient_id": whose, "status": "active"}
                | {"intent": "order", "title": f"Lisinopril {10 * (place + 1)} mg tablet"}
                | {"dosage": "One tablet in the morning", "practitioner_id": who}
                | {"authored_on": f"{now:%Y-%m-%d}", "sort_at": _at(now - timedelta(days=40))},
            )


def _visits(number: int, whose: str, who: str, now: datetime) -> Iterator[Any]:
    """Yields one visit that was and two to come; nobody is booked twice for one time."""
    day, turn = divmod(number // PRACTITIONERS, A_DAY)
    for place, days in enumerate((-2 - day, 9 + 2 * day, 10 + 2 * day)):
        opens = now.replace(hour=14, minute=0, second=0)
        begins = opens + timedelta(days=days, minutes=30 * turn)
        yield (
            Appointment,
            {"id": f"a{number:08d}{place}", "patient_id": whose, "practitioner_id": who}
            | {"title": "Check-up", "status": "booked" if days > 0 else "fulfilled"}
            | {"starts_at": _at(begins), "ends_at": _at(begins + timedelta(minutes=30))}
            | {"created_at": _at(now)},
        )


def _messages(number: int, whose: str, now: datetime) -> Iterator[Any]:
    for place in range(2):
        thread, at = f"t{number:08d}{place}", now - timedelta(days=3 + place)
        yield (
            Thread,
            {"id": thread, "patient_id": whose, "subject": "A question about my tablets"}
            | {"waiting_for": "nobody", "last_at": _at(at), "created_at": _at(at)},
        )
        for turn in range(2):
            key = f"c{number:08d}{place}{turn}"
            yield (
                Communication,
                {"id": key, "thread_id": thread, "patient_id": whose, "client_key": key}
                | {"sender_id": f"staff{number % PRACTITIONERS}", "sender_name": "Dr. Ana Silva"}
                | {"from_clinic": turn == 1, "sent_at": _at(at + timedelta(hours=turn))}
                | {"body": "Take one tablet in the morning, with water. " * 4},
            )


def _results(number: int, whose: str, who: str, now: datetime) -> Iterator[Any]:
    for place in range(4):
        report, at = f"r{number:08d}{place}", now - timedelta(days=2 + 60 * place)
        shared = {"patient_id": whose, "status": "final", "released_at": _at(at)}
        shared |= {"sort_at": _at(at), "practitioner_id": who}
        yield (
            DiagnosticReport,
            {"id": report, "title": "Lipid panel", "category": "LAB", "laboratory": "Juniper Lab"}
            | {"issued": f"{at:%Y-%m-%dT%H:%M:%SZ}", "ordered_by": "Dr. Ana Silva"}
            | shared,
        )
        if place > 1 and number < WITH_USER:
            yield (
                ReadMark,
                {"id": report, "user_id": f"user{number:08d}", "kind": "result"}
                | {"record_id": report, "at": _at(now)},
            )
        for part in range(2 if place < 2 else 0):
            yield (
                Observation,
                {"id": f"o{number:08d}{place}{part}", "report_id": report, "position": part}
                | {"category": "laboratory", "title": "Cholesterol", "code": "2093-3"}
                | {"value_text": "182", "value_number": 182.0, "unit": "mg/dL"}
                | {"range_high_text": "200", "range_high": 200.0, "interpretation": "N"}
                | shared,
            )


def _sign_in(clinic: Clinic) -> None:
    """Gives every user a sign-in of now; cookies end up in the clinic."""
    name = signins.cookie_name(is_https=False)
    now = _at(datetime.now(UTC).replace(tzinfo=None))
    rows: list[Any] = []
    for users, cookies, count in (
        ("user{:08d}", clinic.patients, min(clinic.size, WITH_USER)),
        ("staff{}", clinic.staff, STAFF),
    ):
        for number in range(count):
            secret = secrets.token_urlsafe(32)
            cookies.append(f"{name}={secret}")
            is_patient = users.startswith("user")
            rows.append(
                (
                    SignIn,
                    {"id": secrets.token_urlsafe(12), "digest": signins.digest_of(secret)}
                    | {"user_id": users.format(number), "created_at": now, "used_at": now}
                    | {"patient_id": patient_id(number) if is_patient else None},
                )
            )
    base = clinic.open()
    raw = base.connect()
    raw.execute("BEGIN IMMEDIATE")
    _insert(raw, rows)
    raw.execute("COMMIT")
    raw.close()
    base.close()


# A table that services write in the measured paths; named here so that its absence is noticed.
OUTBOX = OutboxNotice.__tablename__
