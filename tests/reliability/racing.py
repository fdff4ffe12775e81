"""A race: two hundred clients in four processes want one time, in every way that there is.

Some book it, for five minutes or for forty, in a room or in none; some hold it; some move a visit
into it. As a program it runs fifty rounds on each kind of database and prints what came of them:
`python -m tests.reliability.racing --rounds 50`.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from portal import migrations, words
from portal.database import Database
from portal.errors import Busy, Refusal
from portal.models.appointments import Appointment
from portal.models.people import Location, Patient
from portal.models.schedules import Schedule, VisitType
from portal.security.actor import Actor
from portal.services import appointments
from tests.support import bases, clinic, postgres
from tests.support.clinic import NOW, Clinic
from tests.support.running import ROOT

PROCESSES, EACH = 4, 50
# What each fifth client does, before or at the time: minutes, minutes before it, in a room.
WAYS = (
    ("book", 20, 0, ""),
    ("book", 40, 20, "one"),
    ("hold", 20, 0, ""),
    ("move", 20, 0, ""),
    ("book", 5, 0, "one"),
    ("move", 40, 15, "one"),
    ("book", 10, 5, ""),
    ("hold", 20, 0, ""),
)
Asked = dict[str, Any]


@dataclass
class Race:
    """What came of the rounds: answers with how often, and how long each took in seconds."""

    answers: Counter[str] = field(default_factory=Counter[str])
    took: list[float] = field(default_factory=list[float])
    wrong: list[str] = field(default_factory=list[str])


def prepare(people: Clinic) -> list[Asked]:
    """Writes who races, and the visits that are to move; returns what each client will ask."""
    dana = people.practitioners["dana"].id
    runners = [
        Patient(id=f"runner{number}", name=f"Runner {number}", family=f"{number}", given="R")
        for number in range(PROCESSES * EACH)
    ]
    people.add(
        Location(id="one", name="Room 1", is_room=True),
        VisitType(id="check", name="Check-up", open_limit=0, ahead_days=700),
        *(
            Schedule(practitioner_id=dana, weekday=day, from_minute=0, to_minute=1440)
            for day in range(7)
        ),
        *runners,
    )
    asked: list[Asked] = []
    for number, one in enumerate(runners):
        way, minutes, before, room = WAYS[number % len(WAYS)]
        more = {"way": way, "minutes": minutes, "before": before, "room": room}
        if way == "move":
            there = clinic.appointment(
                people, patient_id=one.id, practitioner_id=None,
                starts_at=NOW + timedelta(days=1000 + number),
            )  # fmt: skip
            people.add(there)
            more["moves"] = there.id
        asked.append({"patient_id": one.id, **more})
    return asked


@contextmanager
def racers(people: Clinic, asked: list[Asked]) -> Iterator[list["subprocess.Popen[str]"]]:
    """Yields four processes that wait for a round to begin."""
    base, frank = people.base, people.actor("frank")
    told = {
        "folder": str(base.path.parent),
        "key": bases.KEY.hex(),
        "url": "" if base.is_sqlite else base.engine.url.render_as_string(hide_password=False),
        "frank": {"user_id": frank.user_id, "name": frank.name, "role": frank.role},
        "alice": people.users["alice"].id,
        "dana": people.practitioners["dana"].id,
        "warming_up": asked[: len(WAYS)],
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.racing", "--as-racer"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _number in range(PROCESSES)
    ]  # fmt: skip
    try:
        for one in started:
            assert _ask(one, told) == "ready"
        yield started
    finally:
        for one in started:
            one.communicate()


def run(people: Clinic, rounds: int) -> Race:
    """Runs rounds, each for a time of another day; says what was wrong with whom."""
    asked, race = prepare(people), Race()
    with racers(people, asked) as processes, ThreadPoolExecutor(PROCESSES) as gate:
        for number in range(rounds):
            at = NOW + timedelta(days=2 + number, hours=2)
            parts = [
                {"at": at.isoformat(), "clients": asked[place::PROCESSES]}
                for place in range(PROCESSES)
            ]
            said = [one for part in gate.map(_ask, processes, parts) for one in part]
            answers = Counter(words for words, _took in said)
            race.answers += answers
            race.took += [took for _words, took in said]
            race.wrong += _wrong(people.base, at, answers)
    return race


def _wrong(base: Database, at: datetime, answers: Counter[str]) -> list[str]:
    found: list[str] = []
    # Where the machine has other work, a turn may not come in time: that is said in words, too.
    lost = {appointments.TimeTaken().words, appointments.PatientTaken().words, Busy().words}
    if answers["won"] != 1 or set(answers) - lost - {"won"}:
        found.append(f"{at}: {dict(answers)}")
    with base.reading() as db:
        ask = db.connection().execute
        step = int(at.timestamp()) // 300
        have = "SELECT count(*) FROM claim WHERE step = :step AND resource LIKE 'practitioner:%'"
        if ask(text(have), {"step": step}).scalar_one() != 1:
            found.append(f"{at}: the time is nobody's, or two people's")
        bare = (
            "SELECT count(*) FROM appointment p WHERE status = 'booked' AND NOT EXISTS "
            "(SELECT 1 FROM claim c WHERE c.appointment_id = p.id)"
        )
        if ask(text(bare)).scalar_one():
            found.append(f"{at}: a visit without its time")
    return found


def _ask(process: "subprocess.Popen[str]", what: Any) -> Any:
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def _race() -> None:
    """Is one of the four: runs each round's clients at once, in threads."""
    told = json.loads(sys.stdin.readline())
    words.settle("en", "America/New_York")
    base = Database(Path(told["folder"]), bytes.fromhex(told["key"]), told["url"])
    _warm_up(base, told)
    print(json.dumps("ready"), flush=True)
    with ThreadPoolExecutor(EACH) as crowd:
        for line in sys.stdin:
            asked = json.loads(line)
            at = datetime.fromisoformat(asked["at"])
            jobs = [crowd.submit(_one, base, told, at, client) for client in asked["clients"]]
            print(json.dumps([job.result() for job in jobs]), flush=True)
    base.close()


def _warm_up(base: Database, told: Asked) -> None:
    """Does each thing once and takes it back: a portal at work has said all its sentences before.

    Fifty threads that build them at once, in four processes, race for the processor instead.
    """
    for client in told["warming_up"]:
        with contextlib.suppress(_TakenBack), base.transaction() as db:
            _want(db, told, NOW + timedelta(days=1, hours=2), client)
            raise _TakenBack


class _TakenBack(Exception):
    pass


def _one(base: Database, told: Asked, at: datetime, client: Asked) -> tuple[str, float]:
    began = time.monotonic()
    try:
        with base.transaction() as db:
            _want(db, told, at, client)
        said = "won"
    except Refusal as refusal:
        said = refusal.words
    except Exception as error:  # noqa: BLE001 - that there is none is what is tested
        said = f"error: {type(error).__name__} {error}"
    return said, time.monotonic() - began


def _want(db: Any, told: Asked, at: datetime, client: Asked) -> None:
    frank, whose = Actor(**told["frank"]), client["patient_id"]
    starts_at = at - timedelta(minutes=client["before"])
    room = client["room"] or None
    if client["way"] == "book":
        appointments.book(
            db, frank, patient_id=whose, practitioner_id=told["dana"], location_id=room,
            title="Race", starts_at=starts_at, minutes=client["minutes"], now=NOW,
        )  # fmt: skip
    elif client["way"] == "hold":
        actor = Actor(
            user_id=told["alice"], name="R", role="patient", own_patient_id=whose, patient_id=whose
        )
        appointments.hold(
            db, actor, visit_type_id="check", practitioner_id=told["dana"], starts_at=at, now=NOW
        )
    else:
        there = db.get(Appointment, client["moves"])
        appointments.reschedule(
            db, frank, appointment_id=there.id, version=there.version, starts_at=starts_at,
            minutes=client["minutes"], practitioner_id=told["dana"], location_id=room, now=NOW,
        )  # fmt: skip


def main() -> int:
    """Runs the race on both kinds of database and prints what came of it; 1 where wrong."""
    asked = argparse.ArgumentParser(prog="python -m tests.reliability.racing", description=__doc__)
    asked.add_argument("--rounds", type=int, default=50)
    asked.add_argument("--as-racer", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.as_racer:
        _race()
        return 0
    wrong = 0
    for name, opened in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgres)):
        with opened() as base:
            migrations.upgrade(base)
            race = run(clinic.gather(base), given.rounds)
        took = sorted(race.took)
        print(
            f"{name}: {given.rounds} rounds of {PROCESSES * EACH}: {dict(race.answers)}; "
            f"median {took[len(took) // 2]:.3f} s, p99 {took[len(took) * 99 // 100]:.3f} s, "
            f"last {took[-1]:.3f} s; wrong: {race.wrong or 'nothing'}",
            flush=True,
        )
        wrong += len(race.wrong)
    return int(wrong > 0)


@contextmanager
def _on_sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        base = Database(Path(folder), bases.KEY)
        base.create_file()
        yield base
        base.close()


@contextmanager
def _on_postgres() -> Iterator[Database]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(contextmanager(postgres.server)())
        url = stack.enter_context(contextmanager(postgres.empty_database)(server))
        base = Database(Path(), bases.KEY, url)
        stack.callback(base.close)
        yield base


if __name__ == "__main__":
    sys.exit(main())
