"""B13, B14, and the choice of a server: what an open page holds, and gives back."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from benchmarks import served
from benchmarks.clinic import Clinic
from benchmarks.house import HOME, House, bare_crowd, crowd, part
from benchmarks.judged import Line, amount
from benchmarks.wire import Wire

KIB = 1024
FEW, MANY = 250, 1000
More = Callable[[int, int], Awaitable[list[Wire]]]


async def per_session(house: House) -> list[Line]:
    """B13: memory of one more open Home, from 250 to 1,000, beside a bare connection."""
    clinic = house.clinic("small")
    house.forget_servers()
    with served.portal(clinic, house.logs / "memory.log") as portal:
        ours = await _slope(portal, lambda first, last: _tabs(portal, clinic, first, last))
    with served.echo(house.logs / "memory.log") as echo:
        bare = await _slope(echo, lambda first, last: bare_crowd(echo.port, last - first))
    return [
        amount("one more Home over a bare socket", [ours - bare], unit="KiB", scale=1, gate=80)
        if bare
        else amount("one more Home", [ours], unit="KiB", scale=1),
        amount("one more Home in all", [ours], unit="KiB", scale=1, gate=300, stretch=150),
        amount("one more bare socket", [bare], unit="KiB", scale=1),
    ]


async def _tabs(portal: served.Served, clinic: Clinic, first: int, last: int) -> list[Wire]:
    return await crowd(portal.port, clinic.patients[first:last])


async def _slope(server: served.Served, more: More) -> float:
    """Returns the KiB of each connection between the 250th and the 1,000th."""
    few = await more(0, FEW)
    await asyncio.sleep(1)
    before = server.rss()
    many = await more(FEW, MANY)
    await asyncio.sleep(1)
    slope = (server.rss() - before) / (MANY - FEW) / KIB
    part([*few, *many])
    return slope


async def come_and_go(house: House) -> list[Line]:
    """B14: five rounds of 500 people who come, use their Home and leave; nothing piles up."""
    clinic = house.clinic("small")
    house.forget_servers()
    held: list[int] = []
    with served.portal(clinic, house.logs / "leak.log", "--forget-soon") as portal:
        for _ in range(5):
            here = await crowd(portal.port, clinic.patients[:500])
            for one in here:
                one.event(f"{HOME}.open")
            await asyncio.sleep(2)
            part(here)
            await _until_forgotten(portal)
            held.append(portal.rss())
        states = portal.tell(do="memory")["states"]
    assert states == 0, f"{states} states are still held"
    return [
        Line(
            "memory after round 5 beside round 2",
            held[4] / held[1],
            "x",
            gate=1.05,
            stretch=1.02,
            subject=f"{held[4] / 2**20:.0f} MiB",
            baseline=f"{held[1] / 2**20:.0f} MiB",
        ),
        Line("states still held", states, "", gate=0),
    ]


async def _until_forgotten(portal: served.Served, seconds: int = 30) -> None:
    for _ in range(seconds * 2):
        if not portal.tell(do="memory")["states"]:
            return
        await asyncio.sleep(0.5)
    raise AssertionError("states of closed tabs are not forgotten")


async def servers(house: House) -> list[Line]:
    """SERVER: memory of one more open Home under uvicorn and under granian, for the choice."""
    clinic = house.clinic("small")
    house.forget_servers()
    lines: list[Line] = []
    for name, options in (("uvicorn", ()), ("granian", ("--granian",))):
        log = house.logs / f"{name}.log"
        words = [sys.executable, "-m", "benchmarks.launch", *options]
        with served.portal(clinic, log, words=words) as portal:
            slope = await _slope(portal, lambda a, b, p=portal: _tabs(p, clinic, a, b))
        lines.append(amount(f"one more Home under {name}", [slope], unit="KiB", scale=1))
    return lines
