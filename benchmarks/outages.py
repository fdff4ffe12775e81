"""M3: how fast the portal answers while its mail server is down, or says nothing."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.house import House
from benchmarks.judged import PAIRS, Line, at, ratio
from benchmarks.letters import DESK, LETTERS, NOW, clinic, write_letters
from portal import settings
from portal.database import Database
from portal.jobs import deliver
from portal.services import acting, inbox

ASKED = 60


async def outages(house: House) -> list[Line]:
    """M3: the inbox opened while nothing goes out, beside the same with nothing to send."""
    del house
    lines: list[Line] = []
    with clinic(LETTERS) as base:
        write_letters(base)
        for what, answers in (("down", False), ("silent", True)):
            calm: list[float] = []
            during: list[float] = []
            for turn in range(PAIRS + 1):
                async with _delivering(base, answers=None):
                    alone = await _opened()
                async with _delivering(base, answers=answers) as here:
                    troubled = await _opened()
                    assert here.rests or answers, "it was not down"
                if turn:
                    calm.append(alone)
                    during.append(troubled)
            name = f"the inbox while the mail server is {what}, p95"
            lines.append(ratio(name, during, calm, gate=1.5))
    return lines


@contextlib.asynccontextmanager
async def _delivering(base: Database, *, answers: bool | None) -> AsyncIterator[deliver.Desk]:
    """Lets the deliverer work against a server that is down or silent; not at all with None."""
    rules = settings.Settings(data_dir=Path(base.path.parent), public_url="https://p.example")
    acting.open_desk(base, rules, clock=lambda: NOW)
    server = await asyncio.start_server(_silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if not answers:
        server.close()
        await server.wait_closed()
    here = deliver.desk_for(rules.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"}))
    work = asyncio.create_task(_without_end(here)) if answers is not None else None
    await asyncio.sleep(0.2)
    try:
        yield here
    finally:
        if work is not None:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        server.close()
        acting.close_desk()


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes a connection and never says a word."""
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.close()


async def _without_end(here: deliver.Desk) -> None:
    while True:
        await deliver.drain(here)
        await asyncio.sleep(0.05)


async def _opened() -> float:
    """Opens the inbox again and again; returns what it takes nearly always, in seconds."""
    took: list[float] = []
    for _ in range(ASKED):
        began = time.perf_counter()
        await acting.alone(lambda db: inbox.view(db, DESK, now=NOW))
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.01)
    return at(took, 0.95)
