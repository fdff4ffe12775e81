"""C2, C3: the day board of the largest clinic: opening it, and a change until all desks show it."""

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from benchmarks.calendars import FIRST, NOW, PRACTITIONERS, calendar
from benchmarks.clinic import Clinic
from benchmarks.house import LOADED, House, bare_crowd, part, token
from benchmarks.judged import PAIRS, Line, amount, in_turn, ratio
from benchmarks.screens import timed_raw
from benchmarks.sockets import everybody
from benchmarks.wire import Wire, body, boot, connect
from portal.database import Database
from portal.models.appointments import Appointment
from portal.security.actor import Actor
from portal.services import board

BOARDS = 20
ROUNDS = 5
DESK = Actor("frank", "Frank", "front_desk")
STATE = "portal___state___staff___schedule___day____schedule"
PATH = "/staff/schedule"
# Where patients get a day: the middle of the calendar's first week.
DAY = FIRST + timedelta(days=2)
# A whole column comes: its variable ends like all of ours.
COLUMN = b'"column_'


async def opened(house: House) -> list[Line]:
    """C2: the whole day of 30 practitioners with all that stands beside it; beside its own SQL."""
    del house
    with calendar() as (base, _taken):
        row, asked = _recorded(base)
        assert len([one for one in row.columns if one.key]) == PRACTITIONERS
        assert sum(len(one.strips) for one in row.columns) > 200, "hardly anybody is booked"
        ours, raw = in_turn(lambda: _viewed(base), lambda: timed_raw(base, asked))
    return [
        amount("the day of 30 practitioners, as the page asks", ours, gate=100),
        ratio(f"the same beside its own {len(asked)} queries, CPU", ours, raw, gate=4),
    ]


def _viewed(base: Database) -> float:
    began = time.thread_time()
    for _ in range(ROUNDS):
        with base.transaction() as db:
            board.view(db, DESK, day=DAY, now=NOW)
            db.rollback()
    return (time.thread_time() - began) / ROUNDS


def _recorded(base: Database) -> tuple[Any, list[str]]:
    """Returns the board, and what the driver is asked for it, with its values."""
    asked: list[str] = []
    with base.transaction() as db:
        driver: Any = db.connection().connection.driver_connection
        driver.set_trace_callback(asked.append)
        row = board.view(db, DESK, day=DAY, now=NOW)
        driver.set_trace_callback(None)
        db.rollback()
    return row, [sql for sql in asked if sql.lstrip().upper().startswith("SELECT")]


async def changed(house: House) -> list[Line]:
    """C3: a visit confirmed at one desk until the last of 20 open boards shows it."""
    portal, echo, clinic = house.portal("small"), house.echo(), house.clinic("small")
    day, visits = _busy_day(clinic, PAIRS + 1)
    desks = [await _desk(portal.port, cookie, day) for cookie in clinic.staff[-(BOARDS // 2) :] * 2]
    bare = await bare_crowd(echo.port, BOARDS)
    ours: list[float] = []
    theirs: list[float] = []
    for turn, (visit, version) in enumerate(visits):
        came = asyncio.ensure_future(everybody(desks, COLUMN))
        await asyncio.sleep(0)
        began = time.perf_counter()
        form = {"act": "confirmed", "id": visit, "version": str(version)}
        desks[0].send(_event("act", {"form": form}, day))
        took = await came - began
        came = asyncio.ensure_future(everybody(bare, visit.encode()))
        await asyncio.sleep(0)
        bare[0].send("42/_event," + json.dumps(["tell", {"size": 600, "notice": visit}]))
        began = time.perf_counter()
        emitted = await came - began
        await asyncio.sleep(0.5)
        if turn:
            ours.append(took)
            theirs.append(emitted)
    part([*desks, *bare])
    return [
        amount("a change on the last of 20 open boards", ours, gate=1000, stretch=250),
        amount("a bare emit to 20", theirs),
    ]


def _busy_day(clinic: Clinic, count: int) -> tuple[str, Sequence[tuple[str, int]]]:
    """Returns a day with at least so many visits nobody confirmed, and those."""
    base = clinic.open()
    with base.reading() as db:
        query = select(
            col(Appointment.id), col(Appointment.version), col(Appointment.starts_at)
        ).where(
            col(Appointment.status) == "booked",
            col(Appointment.starts_at) > datetime.now().astimezone() + timedelta(days=2),
        )
        by_day: dict[str, list[tuple[str, int]]] = {}
        for visit, version, starts_at in db.connection().execute(query):
            # In the middle of the day it is the same date in every zone of the clinic.
            if 17 <= starts_at.hour <= 22:
                by_day.setdefault(starts_at.date().isoformat(), []).append((visit, version))
    base.close()
    day = max(by_day, key=lambda one: len(by_day[one]))
    assert len(by_day[day]) >= count, "no day is busy enough"
    return day, by_day[day][:count]


async def _desk(port: int, cookie: str, day: str) -> Wire:
    wire, _ = await connect(port, token(), cookie=cookie, hello=boot(PATH), wanted=LOADED)
    await wire.ask(_event("open", {}, day), COLUMN)
    return wire


def _event(name: str, payload: dict[str, Any], day: str) -> str:
    sent = body(f"{STATE}.{name}", payload, PATH)
    sent["router_data"]["query"] = {"day": day}
    return "42/_event," + json.dumps(["event", sent])
