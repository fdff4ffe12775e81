"""Changes: heard after the commit, once, also from other processes."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import psycopg
import pytest

from portal import live
from portal.database import Database
from tests.support import postgres
from tests.support.patience import PATIENCE_S
from tests.support.source import ROOT

ELSEWHERE = """
import sys
from pathlib import Path
from portal import live
from portal.database import Database
base = Database(Path(sys.argv[1]), bytes(range(32)), sys.argv[2])
with base.transaction() as db:
    for patient in sys.argv[3:]:
        live.tell(db, "results", [patient])
base.close()
"""


def another_process(base: Database, *patients: str) -> None:
    """Commits a change in a process of its own, as a command does."""
    url = "" if base.is_sqlite else base.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", ELSEWHERE, str(base.path.parent), url, *patients]
    subprocess.run(command, cwd=ROOT, check=True)


def said_outside(base: Database, whose: str) -> None:
    """Lets it be heard that another process has changed something, without starting one."""
    if base.is_sqlite:
        line = base.connect()
        line.execute(
            "INSERT INTO live_change (topic, patient_id, at) VALUES ('results', ?, '2026-01-01')",
            (whose,),
        )
        line.close()
        return
    url = base.engine.url.render_as_string(hide_password=False)
    with psycopg.connect(postgres.plain(url), autocommit=True) as line:
        said = json.dumps(["another", [["results", whose]]])
        line.execute("SELECT pg_notify(%s, %s)", (live.CHANNEL, said))


async def heard_while(base: Database, act: Callable[[], None]) -> list[live.Change]:
    """Returns what a server hears from outside while something happens.

    It listens once it hears a first word; all of it has come when it hears a last one.
    """
    first, last = live.Change("results", "first"), live.Change("results", "last")
    got: list[live.Change] = []

    async def hear() -> None:
        async for changes in live.outside(base):
            got.extend(changes)

    async def until_heard(word: live.Change) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while word not in got:
                await asyncio.to_thread(said_outside, base, word.patient_id)
                await asyncio.sleep(0.05)

    task = asyncio.create_task(hear())
    await until_heard(first)
    await asyncio.to_thread(act)
    await until_heard(last)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return [one for one in got if one not in {first, last}]


@pytest.fixture
def served() -> Iterator[None]:
    """Makes this process one that shows pages."""
    stop = live.listen(lambda _: None)
    yield
    stop()


@pytest.mark.usefixtures("served")
class TestOutside:
    def test_is_heard(self, base: Database) -> None:
        """From an import, a command, a second instance."""
        got = asyncio.run(heard_while(base, lambda: another_process(base, "p1", "p2")))
        assert got == [live.Change("results", "p1"), live.Change("results", "p2")]

    def test_is_one_word_to_everybody_when_it_is_very_much(self, base: Database) -> None:
        many = [f"p{number}" for number in range(live.MOST_TOLD + 50)]
        got = asyncio.run(heard_while(base, lambda: another_process(base, *many)))
        assert got == [live.Change("results")]

    def test_is_not_what_this_process_did_itself(self, base: Database) -> None:
        """It is announced already; twice would be a page that flickers."""

        def act() -> None:
            with base.transaction() as db:
                live.tell(db, "results", ["p1"])

        assert asyncio.run(heard_while(base, act)) == []

    def test_is_nothing_that_was_rolled_back(self, base: Database) -> None:
        def act() -> None:
            with pytest.raises(ZeroDivisionError), base.transaction() as db:
                live.tell(db, "results", ["p1"])
                raise ZeroDivisionError

        assert asyncio.run(heard_while(base, act)) == []

    def test_is_heard_again_after_the_table_was_tidied(self, sqlite_base: Database) -> None:
        another_process(sqlite_base, "p1")

        def act() -> None:
            with sqlite_base.transaction() as db:
                from sqlalchemy import text

                db.connection().execute(text("DELETE FROM live_change"))
            another_process(sqlite_base, "p2")

        got = asyncio.run(heard_while(sqlite_base, act))
        assert got == [live.Change("results", "p2")]


def test_a_change_is_announced_after_the_commit_and_once(sqlite_base: Database) -> None:
    heard: list[live.Change] = []
    stop = live.listen(heard.extend)
    with sqlite_base.transaction() as db:
        live.tell(db, "results", ["p1"])
        live.tell(db, "results", ["p1"])
        assert heard == []
    stop()
    assert heard == [live.Change("results", "p1")]


def test_an_unknown_topic_is_a_bug(sqlite_base: Database) -> None:
    with sqlite_base.transaction() as db, pytest.raises(ValueError, match="topic"):
        live.tell(db, "gossip")


class TestPresence:
    def test_tells_a_users_pages_whatever_record_is_open_there(self) -> None:
        """A change to an account: all of its own tabs, and nobody else's (SES-08)."""
        present = live.Presence()
        for token, user, patient, is_staff in (
            ("own", "u1", "p1", False),
            ("helping", "u1", "p2", False),
            ("other", "u2", "p1", False),
            ("staff", "u3", "", True),
        ):
            present.enter(live.Tab(token, user, patient, is_staff, "refresh"))
        told = live.Change("account", live.USER + "u1")
        assert present.concerned(told) == {"own", "helping"}
        present.leave("helping")
        present.leave("own")
        assert present.concerned(told) == set()
        assert not present.by_user.get("u1")
