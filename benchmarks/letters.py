"""M1, M2: the staff's inbox as it grows, and how fast the outbox empties."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.house import House
from benchmarks.judged import PAIRS, Line, amount, in_turn, ratio
from portal import migrations, settings
from portal.database import Database
from portal.jobs import deliver
from portal.models.agreements import Agreement, LegalText
from portal.models.messages import Communication, Thread
from portal.models.people import Patient, User
from portal.security.actor import Actor
from portal.services import acting, inbox, notices, patients

NOW = datetime(2026, 3, 3, 14, tzinfo=UTC)
FEW, MANY = 200, 20_000
# In a clinic that answers as many wait, however many conversations lie behind.
WAIT = 100
EACH = 4
ROUNDS, LETTERS, ROWS = 20, 400, 2
DESK = Actor("frank", "Frank", "front_desk")


async def inboxes(house: House) -> list[Line]:
    """M1: the inbox opened, searched by a name and by words, at 20,000 conversations and at 200."""
    del house
    with clinic(FEW) as few, clinic(MANY) as many:
        lines: list[Line] = []
        for what, query, total in (
            ("the inbox opened", "", 0),
            ("searched by a patient's name", "Person00042", EACH),
            ("searched by words of a letter", "umbrella 7 ", 0),
        ):
            for base in (few, many):
                with base.transaction() as db:
                    row = inbox.view(db, DESK, now=NOW, query=query)
                    db.rollback()
                assert row.threads, what
                assert total in {0, row.leaf.total}, (what, row.leaf.total)
            ours, before = in_turn(partial(_opened, many, query), partial(_opened, few, query))
            lines.append(ratio(f"{what}, 20,000 beside 200", ours, before, gate=1.5))
        return lines


def _opened(base: Database, query: str) -> float:
    began = time.thread_time()
    for _ in range(ROUNDS):
        with base.transaction() as db:
            inbox.view(db, DESK, now=NOW, query=query)
            db.rollback()
    return (time.thread_time() - began) / ROUNDS


async def outbox(house: House) -> list[Line]:
    """M2: rows a second that are taken, handed to the offline mailer and written down.

    Each letter is two rows: the news of a patient, and what one account is told of it.
    """
    del house
    speeds: list[float] = []
    for _turn in range(PAIRS):
        with clinic(LETTERS) as base:
            speeds.append(await _drained(base))
    slowest = Line("the slowest of them", min(speeds), "/s", gate=200, at_least=True)
    letters = [speed / ROWS for speed in speeds]
    return [
        amount("rows of the outbox a second, offline", speeds, unit="/s", scale=1),
        slowest,
        amount("letters a second", letters, unit="/s", scale=1),
    ]


async def _drained(base: Database) -> float:
    write_letters(base)
    rules = settings.Settings(data_dir=base.path.parent, public_url="https://portal.example.org")
    acting.open_desk(base, rules, clock=lambda: NOW)
    try:
        began = time.perf_counter()
        sent = await deliver.drain(deliver.desk_for(rules))
        took = time.perf_counter() - began
    finally:
        acting.close_desk()
    assert sent == LETTERS, f"{sent} of {LETTERS} went out"
    return ROWS * sent / took


def write_letters(base: Database) -> None:
    """Writes news of one letter of each conversation, all due."""
    with base.transaction() as db:
        for number in range(LETTERS):
            whose, one = f"p{number // EACH:05}", f"m{number:05}-1"
            notices.write(db, "message", patient_id=whose, record_id=one, now=NOW)


@contextmanager
def clinic(count: int) -> Iterator[Database]:
    """Yields a clinic with so many conversations of four letters, four to a patient."""
    with tempfile.TemporaryDirectory(prefix="portal-letters-") as folder:
        base = Database(Path(folder), bytes(range(32)))
        base.create_file()
        migrations.upgrade(base)
        numbers = range(count // EACH)
        with base.transaction() as db:
            write: Any = db.connection().execute
            write(insert(Patient), [_patient(number) for number in numbers])
            users = [_user(number) for number in numbers]
            write(insert(User), users)
            write(insert(LegalText), [_text()])
            write(insert(Agreement), [_agreed(one["id"]) for one in users])
            write(insert(Thread), [_thread(number) for number in range(count)])
            write(
                insert(Communication),
                [_letter(number, turn) for number in range(count) for turn in range(EACH)],
            )
            # As a portal does that has been at work for a while.
            db.connection().exec_driver_sql("ANALYZE")
        with base.transaction() as db:
            while patients.catch_up(db, most=10_000):
                pass
        try:
            yield base
        finally:
            base.close()


def _patient(number: int) -> dict[str, Any]:
    name = f"Person{number:05}"
    return Patient(id=f"p{number:05}", name=f"Pat {name}", family=name, given="Pat").model_dump()


def _user(number: int) -> dict[str, Any]:
    return User(
        sign_in_name=f"person{number:05}",
        name=f"Pat Person{number:05}",
        role="patient",
        patient_id=f"p{number:05}",
        password_hash="",
        email=f"person{number:05}@mail.example",
        email_verified_at=NOW,
        created_at=NOW,
    ).model_dump()


def _text() -> dict[str, Any]:
    text = LegalText(kind="electronic", version=1, body="We write to you.", published_at=NOW)
    return text.model_dump()


def _agreed(user_id: str) -> dict[str, Any]:
    """Without it nobody is written to."""
    yes = Agreement(user_id=user_id, kind="electronic", version=1, agreed=True, at=NOW)
    return yes.model_dump()


def _thread(number: int) -> dict[str, Any]:
    waits, at = number < WAIT, NOW - timedelta(minutes=number)
    return Thread(
        id=f"t{number:05}",
        patient_id=f"p{number // EACH:05}",
        subject=f"About bill {number}",
        topic="bill",
        waiting_for="clinic" if waits else "patient",
        due_at=at + timedelta(days=2) if waits else None,
        last_at=at,
        created_at=at,
    ).model_dump()


def _letter(number: int, turn: int) -> dict[str, Any]:
    return Communication(
        id=f"m{number:05}-{turn}",
        thread_id=f"t{number:05}",
        patient_id=f"p{number // EACH:05}",
        sender_name=f"Pat Person{number // EACH:05}",
        from_clinic=turn % 2 == 1,
        body=f"What is meant by umbrella {number % 100} on line {turn}? " + "It says so. " * 20,
        sent_at=NOW - timedelta(minutes=number + 10 - turn),
        client_key=f"k{number}-{turn}",
    ).model_dump()
