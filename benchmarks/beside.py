"""B15: what two hundred people feel while others sign in, and while records are imported."""

import asyncio
import contextlib
import http.client
import os
import sys
import tempfile
import time
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks import served
from benchmarks.clinic import Clinic
from benchmarks.house import SHOWN, House, crowd, part
from benchmarks.imports import write_many
from benchmarks.judged import Line, amount, at, ratio
from benchmarks.sockets import mix, paced
from portal.security import passwords

PASSWORD = "seven green kettles sing aloud"  # noqa: S105 - an invented person's
A_SECOND = 10
SECONDS = 3


async def interference(house: House) -> list[Line]:
    """B15: the 99th percentile of 200 sessions at 1/s, alone and beside sign-ins and an import."""
    portal, clinic = house.portal(), house.clinic("large")
    give_passwords(clinic)
    ours = await crowd(portal.port, clinic.patients[:200])
    asks = mix(portal)
    tails: dict[str, list[float]] = {"alone": [], "sign-ins": [], "import": []}
    for _ in range(5 if house.full else 3):
        tails["alone"].append(at(await paced(ours, asks, SHOWN, SECONDS), 0.99))
        async with _signing_in(portal):
            tails["sign-ins"].append(at(await paced(ours, asks, SHOWN, SECONDS), 0.99))
        async with _importing(clinic):
            tails["import"].append(at(await paced(ours, asks, SHOWN, SECONDS), 0.99))
    part(ours)
    lines: list[Line] = []
    for name in ("sign-ins", "import"):
        lines.append(ratio(f"p99 beside {name}", tails[name], tails["alone"], gate=4, stretch=2))
        lines.append(amount(f"p99 beside {name}", tails[name], gate=40))
    return lines


def give_passwords(clinic: Clinic) -> None:
    """Gives every patient of a clinic the same password."""
    base = clinic.open()
    raw = base.connect()
    raw.execute(
        "UPDATE \"user\" SET password_hash = ? WHERE role = 'patient'",
        (passwords.make_hash(PASSWORD),),
    )
    raw.close()
    base.close()


@asynccontextmanager
async def _signing_in(portal: served.Served) -> AsyncIterator[None]:
    """Lets ten people sign in each second, each from an address of their own."""
    over = asyncio.Event()
    entered: list[bool] = []

    async def go() -> None:
        number = 0
        while not over.is_set():
            entered.append(await asyncio.to_thread(enter, portal.port, number))
            number += 1
            await asyncio.sleep(1 / A_SECOND)

    task = asyncio.create_task(go())
    try:
        yield
    finally:
        over.set()
        await task
    assert all(entered), "somebody could not sign in"


def enter(port: int, number: int) -> bool:
    """Signs one of the patients in by the form; says whether the door opened."""
    address = f"127.0.{1 + time.monotonic_ns() // 1000 % 200}.{1 + number % 250}"
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(address, 0))
    user = f"user{1000 + (number + time.monotonic_ns() // 1000) % 1200}"
    form = urllib.parse.urlencode({"username": user, "password": PASSWORD})
    headers = {"Origin": f"http://localhost:{port}", "Host": f"localhost:{port}"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    line.request("POST", "/auth/sign-in", form, headers)
    answer = line.getresponse()
    line.close()
    return answer.status == http.client.SEE_OTHER and bool(answer.headers.get("set-cookie"))


@asynccontextmanager
async def _importing(clinic: Clinic) -> AsyncIterator[None]:
    """Imports bundles by the command, in a process of its own, again and again."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")}
    environ["PORTAL_DATA_DIR"] = str(clinic.folder)
    with tempfile.TemporaryDirectory() as folder:
        write_many(Path(folder), 20)
        words = [sys.executable, "-m", "portal", "import", folder]
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *words, env=environ, stdout=quiet, stderr=quiet
        )
        await asyncio.sleep(1.0)
        yield
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
