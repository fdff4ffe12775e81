"""kill -9 at random moments under load: nothing acknowledged is lost, nothing stands by half.

Proves R-01 and R-43 of the reliability list. A few deaths by default;
`PORTAL_TEST_KILLS=100 pytest tests/reliability/test_deaths.py -s` for the long form.
"""

import asyncio
import os
import random
import signal
import time

import pytest

from tests.reliability import standing, working
from tests.reliability.working import Day, Log, Portal

KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "3"))
LONGEST_S = 300 + KILLS * 60
CHECK_EVERY = 10
SEED = 20260314


async def _until(day: Day, acts: int) -> None:
    """Waits until so many more acts have been acknowledged."""
    goal = day.log.acts + acts
    async with asyncio.timeout(120):
        while day.log.acts < goal:
            day.has_moved.clear()
            await day.has_moved.wait()


async def _live_and_die(day: Day, kills: int) -> list[tuple[float, float]]:
    """Kills the portal while everybody works; returns how long each start took, and worked."""
    # Moments, no secrets.
    chance, starts = random.Random(SEED), list[tuple[float, float]]()  # noqa: S311
    day.is_up.set()
    crew = asyncio.create_task(day.work())
    for number in range(1, kills + 1):
        await _until(day, chance.randrange(5, 60))
        await asyncio.sleep(chance.random() * 0.05)
        day.portal.let_go()
        await asyncio.to_thread(day.portal.stop, signal.SIGKILL)
        day.is_up.clear()
        await asyncio.to_thread(day.portal.begin)
        starts.append((day.portal.waited, day.portal.worked()))
        day.is_up.set()
        if number % CHECK_EVERY == 0:
            await asyncio.to_thread(_check, day, number)
    await _until(day, 20)
    day.stopping = True
    await asyncio.wait_for(crew, 120)
    await day.close()
    return starts


def _check(day: Day, number: int) -> None:
    assert day.portal.base
    standing.check(day.portal.base, day.log)
    print(f"\n{number} deaths, {day.log.acts} acknowledged, nothing lost", flush=True)


class TestDeath:
    @pytest.mark.timeout(LONGEST_S)
    def test_loses_nothing_that_was_acknowledged(self, portal: Portal) -> None:
        portal.begin()
        day = working.open_day(portal)
        began = time.monotonic()
        starts = asyncio.run(_live_and_die(day, KILLS))
        _check(day, KILLS)
        print(_figures(day.log, starts, time.monotonic() - began))
        assert day.log.refused == []
        assert "bug" not in portal.said()


def _figures(log: Log, starts: list[tuple[float, float]], took: float) -> str:
    waited, worked = zip(*starts, strict=True)
    return (
        f"{KILLS} deaths in {took:.0f} s: {log.acts} acts acknowledged ({len(log.messages)} "
        f"messages, {log.reads} reads, {log.kept} drafts, {len(log.booked)} booked, "
        f"{len(log.confirmed)} confirmed); starts {max(waited):.1f} s at most, "
        f"{sum(waited) / len(waited):.1f} on average; processor time {max(worked):.1f} and "
        f"{sum(worked) / len(worked):.1f}"
    )
