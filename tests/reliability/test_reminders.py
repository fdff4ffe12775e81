"""Many reminders are due and the deliverer is killed again and again: none is lost (R-13, JOB-05).

A few deaths by default; the long form is 10,000 reminders and 20 deaths.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update
from sqlmodel import col

from portal.database import Database
from portal.models.appointments import Appointment
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.security.actor import system
from portal.services import acting, appointments
from tests.support import bases, clinic
from tests.support.clinic import NOW, Clinic
from tests.support.lent import Lent
from tests.support.mail import Post, serving

SEED = 20260314
DAY = timedelta(days=1)


@pytest.fixture
def on_file(empty_file: Path, tmp_path: Path) -> Iterator[tuple[Clinic, str, str]]:
    """Returns the cast on an encrypted file, its folder, and no address."""
    for file in empty_file.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    base = Database(tmp_path, bases.KEY)
    yield clinic.gather(base), str(tmp_path), ""
    base.close()


@pytest.fixture
def on_server(empty_lent: Lent, tmp_path: Path) -> Iterator[tuple[Clinic, str, str]]:
    """Returns the cast on PostgreSQL."""
    url = empty_lent.address()
    base = Database(tmp_path, bases.KEY, url)
    yield clinic.gather(base), str(tmp_path), url
    base.close()
    empty_lent.give_back()


def book(people: Clinic, count: int) -> None:
    """Gives Alice as many visits, one after the other, each reminded of a week before; all due."""
    starts = NOW + 7 * DAY
    whose = people.patients["alice"].id
    rows = [
        Appointment(
            id=f"visit-{number}",
            patient_id=whose,
            title="Review",
            starts_at=starts + number * timedelta(minutes=5),
            ends_at=starts + (number + 1) * timedelta(minutes=5),
            created_at=NOW - DAY,
        ).model_dump()
        for number in range(count)
    ]
    with people.base.transaction() as db:
        db.connection().execute(insert(Appointment), rows)
        mine = col(User.id) == people.users["alice"].id
        proven = {"email": "alice@mail.example", "email_verified_at": NOW}
        db.execute(update(User).where(mine).values(**proven))
    while True:
        with people.base.transaction() as db:
            if not appointments.catch_up(db, system("housekeeping"), now=NOW - DAY):
                break
    with people.base.transaction() as db:
        # Those of a week before are due; the others are not, whenever this runs.
        first = col(OutboxNotice.key).startswith("appointment.reminder/10080:")
        db.execute(update(OutboxNotice).where(first).values(due_at=NOW))
        db.execute(update(OutboxNotice).where(~first).values(due_at=NOW + 300 * DAY))


def begin(folder: str, url: str, port: int, since: float) -> subprocess.Popen[bytes]:
    """Starts a deliverer."""
    said = f"{folder}|{url}|{port}|{NOW.isoformat()}|{since}"
    command = [sys.executable, "-m", "tests.reliability.delivering"]
    return subprocess.Popen(command, env={**os.environ, "DELIVERING": said})


def live_and_die(folder: str, url: str, post: Post, count: int, kills: int) -> float:
    """Kills the deliverer at random moments, then lets one finish; returns how long it all took."""
    chance, since = random.Random(SEED), acting.seconds()  # noqa: S311 - moments, no secrets
    began = time.monotonic()
    with serving(post) as port:
        for mark in sorted(chance.sample(range(5, count - 5), kills)):
            process = begin(folder, url, port, since)
            while len(post.taken) < mark and process.poll() is None:
                post.arrived.wait(1)
                post.arrived.clear()
            assert process.poll() is None, "it ended before its time"
            time.sleep(chance.random() * 0.02)
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        assert begin(folder, url, port, since).wait(3000) == 0
    return time.monotonic() - began


SMALL, WHOLE = (300, 3), (10_000, 20)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("where", "count", "kills"),
    [
        ("on_file", *SMALL),
        pytest.param("on_server", *SMALL, marks=pytest.mark.long),
        pytest.param("on_file", *WHOLE, marks=pytest.mark.long),
        pytest.param("on_server", *WHOLE, marks=pytest.mark.long),
    ],
)
def test_each_is_delivered_and_at_most_one_copy_for_each_death(
    request: pytest.FixtureRequest, where: str, count: int, kills: int
) -> None:
    """R-13, JOB-02, JOB-05: each at least once, by Message-ID; copies no more than kills."""
    people, folder, url = request.getfixturevalue(where)
    book(people, count)
    post = Post()
    took = live_and_die(folder, url, post, count, kills)
    copies = Counter(message["Message-ID"] for message in post.taken)
    assert len(copies) == count
    assert sum(copies.values()) - count <= kills
    with people.base.reading() as db:
        ended = select(col(OutboxNotice.state), func.count()).group_by(col(OutboxNotice.state))
        states = {row[0]: row[1] for row in db.connection().execute(ended)}
        handed = col(OutboxNotice.problem) == "handed-on"
        parents = db.connection().execute(select(func.count()).where(handed)).scalar_one()
    assert states["sent"] == 2 * count, states
    assert parents == count
    assert set(states) <= {"sent", "pending"}, states
    print(f"{count} reminders, {kills} deaths, {sum(copies.values()) - count} copies, {took:.0f} s")
