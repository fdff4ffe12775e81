"""W1: what an acknowledged write costs beside a bare commit of as many rows."""

import itertools
import secrets
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.clinic import patient_id
from benchmarks.house import House
from benchmarks.judged import PAIRS, Line, amount, at, ratio
from portal import settings
from portal.database import Database
from portal.security import signins
from portal.services import acting, appointments, messages

ROUNDS = 150
_months = itertools.count()


async def acknowledged(house: House) -> list[Line]:
    """W1: a message and a booking (row, trace, notice), beside a bare commit of three rows."""
    clinic = house.clinic("large")
    rules = settings.current().model_copy(
        update={"data_dir": clinic.folder, "key_file": clinic.key_file, "database_url": ""}
    )
    base = clinic.open()
    acting.open_desk(base, rules)
    digest = signins.digest_of(clinic.staff[0].partition("=")[2])
    bare = base.connect()
    bare.execute("CREATE TABLE IF NOT EXISTS bench_row (id TEXT PRIMARY KEY, body TEXT, at TEXT)")
    try:
        found: dict[str, list[float]] = {"message": [], "booking": [], "bare": []}
        tails: dict[str, list[float]] = {"message": [], "booking": []}
        for turn in range(PAIRS + 1):
            message = await _messages(digest, turn)
            booking = await _bookings(digest)
            plain = _bare(bare)
            if turn:
                found["message"].append(statistics.median(message))
                found["booking"].append(statistics.median(booking))
                found["bare"].append(statistics.median(plain))
                tails["message"].append(at(message, 0.99))
                tails["booking"].append(at(booking, 0.99))
        _check(base)
    finally:
        bare.close()
        acting.close_desk()
    return [
        ratio("a message, acknowledged", found["message"], found["bare"], gate=2.5),
        ratio("a booking, acknowledged", found["booking"], found["bare"], gate=2.5),
        amount("a message, p99", tails["message"]),
        amount("a booking, p99", tails["booking"]),
    ]


async def _messages(digest: str, turn: int) -> list[float]:
    took: list[float] = []
    for place in range(ROUNDS):
        began = time.perf_counter()
        await acting.perform(
            digest,
            messages.reply,
            thread_id=f"t{500 + place:08d}{turn % 2}",
            body="Take one tablet in the morning, with water.",
            client_key=f"bench-{secrets.token_hex(8)}",
        )
        took.append(time.perf_counter() - began)
    return took


async def _bookings(digest: str) -> list[float]:
    """Books quarters of an hour in a far year, each practitioner's own."""
    took: list[float] = []
    first = datetime(2040, 1, 1, 8, tzinfo=UTC) + timedelta(days=30 * next(_months))
    for place in range(ROUNDS):
        began = time.perf_counter()
        await acting.perform(
            digest,
            appointments.book,
            patient_id=patient_id(1000 + place),
            practitioner_id=f"practitioner{place % 30}",
            location_id=None,
            title="Check-up",
            starts_at=first + timedelta(minutes=15 * place),
            minutes=15,
        )
        took.append(time.perf_counter() - began)
    return took


def _bare(raw: Any) -> list[float]:
    """Commits three plain rows, in the same encrypted file with the same promises."""
    took: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        raw.execute("BEGIN IMMEDIATE")
        for _row in range(3):
            values = (secrets.token_urlsafe(12), "x" * 200, "2040-01-01")
            raw.execute("INSERT INTO bench_row VALUES (?, ?, ?)", values)
        raw.execute("COMMIT")
        took.append(time.perf_counter() - began)
    return took


def _check(base: Database) -> None:
    """Every acknowledged write stands, with its trace and its notice."""
    count = (PAIRS + 1) * ROUNDS
    for table, where, more in (
        ("communication", "client_key LIKE 'bench-%'", 0),
        ("appointment", "starts_at > '2039'", 0),
        ("audit_event", "action = 'C' AND category = 'messages'", 0),
        ("audit_event", "action = 'C' AND category = 'appointments'", 0),
        ("outbox_notice", "kind = 'appointment.booked'", 0),
        ("outbox_notice", "kind = 'message'", 0),
    ):
        stands = base.peek(f"SELECT count(*) FROM {table} WHERE {where}")[0]  # noqa: S608
        assert stands >= count + more, f"{table}: {stands} rows stand of {count} acknowledged"
