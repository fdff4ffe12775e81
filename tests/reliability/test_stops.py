"""Stops and starts as an operator does them: asked to stop under load, started over, started twice.

Proves R-10, R-11, R-12 and R-16 of the reliability list. What depends on the kind of database, the
death in the midst of work, is tried on both by test_deaths.py.
"""

import asyncio
import time

import pytest

from portal.services import messages
from tests.reliability import standing, working
from tests.reliability.working import DUTY, Day, Desk, Portal, Refused
from tests.support import running
from tests.support.clinic import NOW
from tests.support.patience import PATIENCE_S

STOPPED_WITHIN_S = 50
BACK_WITHIN_S = 90
LISTED_WITHIN_S = 240


async def _some_work(day: Day, acts: int) -> "asyncio.Task[None]":
    """Begins the day's work and waits until so much of it has been acknowledged."""
    day.is_up.set()
    crew = asyncio.create_task(day.work())
    async with asyncio.timeout(120):
        while day.log.acts < acts:
            day.has_moved.clear()
            await day.has_moved.wait()
    return crew


async def _go_home(day: Day, crew: "asyncio.Task[None]") -> None:
    day.stopping = True
    day.is_up.set()
    await asyncio.wait_for(crew, 120)
    await day.close()


class TestStop:
    def test_under_load_is_soon_clean_and_loses_nothing(self, embedded: Portal) -> None:
        portal = embedded
        portal.begin()
        day = working.open_day(portal)
        status, took = asyncio.run(self._stop_and_start(day))
        assert (status, took < STOPPED_WITHIN_S) == (0, True), f"{took:.1f} s"
        assert portal.base
        standing.check(portal.base, day.log)
        assert day.log.refused == []
        assert "Traceback" not in portal.said()

    async def _stop_and_start(self, day: Day) -> tuple[int, float]:
        crew = await _some_work(day, 60)
        began = time.monotonic()
        status = await asyncio.to_thread(day.portal.stop)
        took = time.monotonic() - began
        day.is_up.clear()
        await asyncio.to_thread(day.portal.begin)
        goal = day.log.acts + 20
        day.is_up.set()
        async with asyncio.timeout(120):
            while day.log.acts < goal:
                day.has_moved.clear()
                await day.has_moved.wait()
        await _go_home(day, crew)
        return status, took

    def test_leaves_one_file(self, embedded: Portal) -> None:
        embedded.begin()
        working.open_day(embedded)
        embedded.let_go()
        assert embedded.stop() == 0
        kept = {path.name for path in embedded.data_dir.iterdir()}
        assert kept == {"portal.db", "serving.lock"}


class TestRestart:
    def test_keeps_sign_ins_drafts_and_what_was_revoked(self, embedded: Portal) -> None:
        portal = embedded
        portal.begin()
        day = working.open_day(portal)
        cookie, sign_in_id = portal.sign_in("charlie")
        asyncio.run(self._keep_a_draft(day))
        portal.end(sign_in_id)
        portal.stop()
        portal.begin()
        asyncio.run(self._go_on(day, cookie))
        assert portal.base
        standing.check(portal.base, day.log)

    async def _keep_a_draft(self, day: Day) -> None:
        alice = Desk(day.portal, day.cookies["alice"])
        await alice.act("keep", key="d-00000001", thread_id=day.threads["draft"])
        day.log.newest_draft = 1
        await alice.leave()

    async def _go_on(self, day: Day, revoked: str) -> None:
        alice = Desk(day.portal, day.cookies["alice"])
        assert await alice.act("show", key="s")
        await alice.leave()
        for cookie in (revoked, ""):
            stranger = Desk(day.portal, cookie)
            with pytest.raises(Refused, match="signed out"):
                await stranger.act("show", key="s")
            await stranger.leave()
        people = day.portal.people
        with people.base.transaction() as db:
            seen = messages.draft(
                db,
                people.actor("alice"),
                patient_id=people.patients["alice"].id,
                place=day.threads["draft"],
                key="tab",
                now=NOW,
            )
        assert seen.body == "d-00000001"

    def test_fifty_open_pages_come_back_by_themselves(self, embedded: Portal) -> None:
        embedded.begin()
        day = working.open_day(embedded)
        took = asyncio.run(self._all_back(day))
        assert took < BACK_WITHIN_S

    async def _all_back(self, day: Day) -> float:
        names = ("alice", "charlie", "mia", "dana", "frank")
        desks = [Desk(day.portal, day.cookies[name]) for name in names for _ in range(10)]
        await asyncio.gather(*(desk.act("show", key="s") for desk in desks))
        await asyncio.to_thread(day.portal.stop)
        for desk in desks:
            await desk.leave()
        await asyncio.to_thread(day.portal.begin)
        began = time.monotonic()
        answers = await asyncio.gather(*(desk.act("show", key="s") for desk in desks))
        took = time.monotonic() - began
        assert len(answers) == 50
        await asyncio.gather(*(desk.leave() for desk in desks))
        return took


class TestBeside:
    def test_a_second_portal_on_the_same_folder_is_refused(self, embedded: Portal) -> None:
        embedded.begin()
        port = str(running.free_port())
        url = f"http://localhost:{port}"
        done = running.run("serve", data_dir=embedded.data_dir, port=port, public_url=url)
        assert done.returncode == 1
        assert "Another portal serves" in done.stderr
        assert embedded.answers()

    def test_commands_work_and_open_pages_move_within_a_second(self, portal: Portal) -> None:
        portal.begin()
        day = working.open_day(portal)
        asyncio.run(self._command(day))
        assert portal.base
        standing.check(portal.base, day.log)

    async def _command(self, day: Day) -> None:
        portal = day.portal
        alice = Desk(portal, day.cookies["alice"])
        await alice.act("show", key="s")
        assert alice.socket
        await alice.socket.event(f"{DUTY}.open")
        await alice.socket.until(lambda frame: "0 unread" in frame)
        # Read all the while: a page that answers no ping is taken for gone.
        moves = asyncio.create_task(
            alice.socket.until(lambda frame: "1 unread" in frame, seconds=LISTED_WITHIN_S)
        )
        settings = {"database_url": portal.database_url} if portal.database_url else {}
        listed = await asyncio.to_thread(
            lambda: running.run("user", "list", data_dir=portal.data_dir, **settings)
        )
        assert listed.returncode == 0, listed.stderr
        assert "Alice Ash" in listed.stdout
        people = portal.people

        def answer() -> None:
            with people.base.transaction() as db:
                messages.reply(
                    db,
                    people.actor("dana"),
                    thread_id=day.threads["alice"],
                    body="from another process",
                    client_key="k",
                    now=NOW,
                )

        await asyncio.to_thread(answer)
        committed = time.monotonic()
        await moves
        assert time.monotonic() - committed < PATIENCE_S
        await alice.leave()
