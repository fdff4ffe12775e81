"""B3, B20, B21, B22: what a page loads, how soon a server is there, and what its queries cost."""

import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from benchmarks import served
from benchmarks.clinic import Clinic, patient_id
from benchmarks.house import LOADED, House, tab, token
from benchmarks.judged import PAIRS, Line, amount, at, in_turn, ratio
from benchmarks.wire import boot, connect
from portal.database import Database
from portal.security.actor import Actor
from portal.services import appointments, frame, home, messages, patients, results

# Like what a receptionist types: prefixes, accents left out, a slip, a birth date, a number.
ROUNDS = 60
TYPED = ("sil", "silv ana", "muller", "okafr", "garcia jos", "1975", "j00004", "zoe", "ng fat")
LIKE = (
    "SELECT id, name FROM patient WHERE name LIKE :part COLLATE NOCASE "
    "OR birth_date LIKE :part OR record_number LIKE :part LIMIT 12"
)


async def dashboard(house: House) -> list[Line]:
    """B3: Home from the opening of its socket until it is whole, at 100,000 beside 1,000."""
    small, large = house.portal("small"), house.portal("large")
    rounds = 30 if house.full else 15
    found: tuple[list[float], list[float]] = ([], [])
    for turn in range(PAIRS + 1):
        for kept, portal, name in zip(found, (large, small), ("large", "small"), strict=True):
            clinic = house.clinic(name)
            took = [await _load(portal, clinic, 700 + 40 * turn + place) for place in range(rounds)]
            if turn:
                kept.append(at(took, 0.5))
    return [
        ratio("Home's load, 100k beside 1k, p50", *found, gate=1.25, stretch=1.1),
        amount("Home's load at 100k, p50", found[0], gate=6, stretch=4),
    ]


async def _load(portal: served.Served, clinic: Clinic, number: int) -> float:
    began = time.perf_counter()
    heard: list[bytes] = []
    page, done = await connect(
        portal.port,
        token(),
        cookie=clinic.patients[number],
        hello=boot(),
        wanted=LOADED,
        heard=lambda text, _: heard.append(text),
    )
    page.close()
    said = b"".join(heard)
    assert patient_id(number).encode() in said, "another patient's Home, or none"
    assert b'"unread_results":2' in said, "Home does not count what the database holds"
    return done - began


async def cold_start(house: House) -> list[Line]:
    """B20: from nothing to the first served event on 100,000 patients, beside an empty app."""
    from benchmarks.baselines import empty

    clinic = house.clinic("large")
    house.forget_servers()
    build = empty.built(house.logs)
    mine: list[float] = []
    theirs: list[float] = []
    for _ in range(PAIRS if house.full else 3):
        words = [sys.executable, "-m", "portal", "serve"]
        mine.append(
            await _first_event(
                served.portal(clinic, house.logs / "cold.log", words=words),
                clinic.patients[5],
                "/home",
            )
        )
        theirs.append(await _first_event(empty.server(build, house.logs), "", "/"))
    return [
        ratio("start to first event", mine, theirs, gate=3, stretch=2, unit="s", scale=1),
        amount("start to first event", mine, unit="s", scale=1, gate=3),
    ]


async def _first_event(server: served.Served, cookie: str, path: str) -> float:
    began = time.perf_counter()
    with server:
        page = await tab(server.port, cookie, path)
        took = time.perf_counter() - began
        page.close()
    return took


async def type_ahead(house: House) -> list[Line]:
    """B21: a patient found by what is typed, 100,000 beside 1,000, and beside a LIKE scan."""
    with ExitStack() as stack:
        small, large = (_opened(house.clinic(name), stack) for name in ("small", "large"))
        _check_search(large)
        tail: list[float] = []
        large_p50: list[float] = []
        small_p50: list[float] = []
        scan: list[float] = []
        for _ in range(PAIRS + 1):
            took = _searches(large, 40 if house.full else 12)
            tail.append(at(took, 0.99))
            large_p50.append(statistics.median(took))
            small_p50.append(statistics.median(_searches(small, 12)))
            scan.append(_scan(large))
    return [
        amount("type-ahead at 100k, p99", tail[1:], gate=5, stretch=2),
        ratio("type-ahead, 100k beside 1k, p50", large_p50[1:], small_p50[1:]),
        ratio("type-ahead beside a LIKE scan", large_p50[1:], scan[1:], gate=1 / 20),
    ]


def _opened(clinic: Clinic, stack: ExitStack) -> Database:
    base = clinic.open()
    stack.callback(base.close)
    return base


def _receptionist() -> Actor:
    return Actor(user_id="staff35", name="Staff 35", role="front_desk")


def _search(base: Database, words: str) -> Any:
    with base.transaction() as db:
        return patients.find(db, _receptionist(), words=words, now=datetime.now(UTC))


def _check_search(base: Database) -> None:
    """Everybody who is found fits what was typed; somebody known is found by it."""
    for typed, part in (("silva", "silva"), ("muller", "muller"), ("okafr", "okafor")):
        hits = _search(base, typed).hits
        assert hits, f"nobody was found by {typed}"
        assert all(part in patients.fold(hit.name) for hit in hits), f"{typed} found others"
    alone = _search(base, "J0000042").hits
    assert [hit.patient_id for hit in alone][:1] == [patient_id(42)], "not found by the number"


def _searches(base: Database, rounds: int) -> list[float]:
    took: list[float] = []
    for _ in range(rounds):
        for words in TYPED:
            began = time.perf_counter()
            _search(base, words)
            took.append(time.perf_counter() - began)
    return took


def _scan(base: Database) -> float:
    raw = base.connect()
    took: list[float] = []
    for words in TYPED:
        began = time.perf_counter()
        raw.execute(LIKE, {"part": f"%{words}%"}).fetchall()
        took.append(time.perf_counter() - began)
    raw.close()
    return statistics.median(took)


async def query_tax(house: House) -> list[Line]:
    """B22: each screen's view in whole, its words too, beside its own SQL by the bare driver."""
    lines: list[Line] = []
    with ExitStack() as stack:
        base = _opened(house.clinic("large"), stack)
        for name, view in _views().items():
            asked = _recorded(base, view, 3)
            again = _recorded(base, view, 7)
            assert len(asked) == len(again), f"{name} asks more often for another patient"
            assert not _scans(base, asked), f"{name} reads a whole table: {_scans(base, asked)}"
            pairs = in_turn(lambda v=view: _timed_view(base, v), lambda a=asked: timed_raw(base, a))
            what = f"{name}: {len(asked)} queries and the words, CPU"
            lines.append(ratio(what, *pairs, gate=4, stretch=2.5))
    return lines


def _views() -> dict[str, Callable[..., Any]]:
    return {
        "frame": frame.view,
        "home": home.view,
        "results": results.view,
        "messages": messages.threads,
        "appointments": appointments.upcoming,
    }


def _patient(number: int) -> Actor:
    own = patient_id(number)
    user = f"user{number:08d}"
    return Actor(user, f"User {number}", "patient", own_patient_id=own, patient_id=own)


def _recorded(base: Database, view: Callable[..., Any], number: int) -> list[str]:
    """Returns what the driver is asked for a view, with its values, whichever way it went."""
    asked: list[str] = []
    with base.reading() as db:
        view(db, _patient(number), now=datetime.now(UTC))
        driver: Any = db.connection().connection.driver_connection
        driver.set_trace_callback(asked.append)
        view(db, _patient(number), now=datetime.now(UTC))
        driver.set_trace_callback(None)
        db.info.clear()
    assert asked, "nothing was asked"
    return asked


def _scans(base: Database, asked: list[str]) -> list[str]:
    """Returns the steps of the plans that read a whole large table."""
    raw = base.connect()
    plans = [raw.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in asked]
    raw.close()
    steps = [step[3] for plan in plans for step in plan]
    few = ("organization", "announcement", "CONSTANT", "(subquery", "unread", "anon")
    return [step for step in steps if step.startswith("SCAN") and not any(f in step for f in few)]


def _timed_view(base: Database, view: Callable[..., Any]) -> float:
    now, actors = datetime.now(UTC), [_patient(number) for number in range(100, 160)]
    with base.reading() as db:
        began = time.thread_time()
        for actor in actors:
            view(db, actor, now=now)
        took = time.thread_time() - began
        db.info.clear()
    return took / len(actors)


def timed_raw(base: Database, asked: list[str]) -> float:
    """Returns the CPU seconds that questions take by the bare driver."""
    raw = base.connect()
    raw.execute("BEGIN")
    began = time.thread_time()
    for _ in range(ROUNDS):
        for sql in asked:
            raw.execute(sql).fetchall()
    took = time.thread_time() - began
    raw.execute("COMMIT")
    raw.close()
    return took / ROUNDS
