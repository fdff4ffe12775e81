"""The portal end to end on PostgreSQL: filled, checked, served, live at two instances (R-42)."""

import asyncio
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability import standing, working
from tests.reliability.working import DUTY, Desk, Portal
from tests.support import running
from tests.support.patience import PATIENCE_S

URL = "postgresql+psycopg://"


class TestCommands:
    def test_the_demo_is_filled_checked_and_migrated(
        self, postgres_url: str, tmp_path: Path
    ) -> None:
        folder = tmp_path / "data"
        for words in (("demo", "--only-fill"), ("demo", "--only-fill"), ("migrate",)):
            done = running.run(
                *words, data_dir=folder, database_url=postgres_url, demo="true", port="3270"
            )
            assert done.returncode == 0, done.stdout + done.stderr
        done = running.run("check", data_dir=folder, database_url=postgres_url, demo="true")
        wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
        assert [line for line in wrong if not line.startswith("WRONG  Disk")] == [], done.stderr
        assert "rows, whole" in done.stdout

    def test_an_empty_clinic_is_set_up_and_gets_its_people(
        self, postgres_url: str, tmp_path: Path
    ) -> None:
        folder = tmp_path / "data"
        given = {"data_dir": folder, "database_url": postgres_url}
        for words in (("init", "--clinic", "Elm Street"), ("user", "list"), ("check",)):
            done = running.run(*words, **given)  # pyright: ignore[reportArgumentType]
            assert "Traceback" not in done.stderr, done.stderr
            assert done.returncode == 0, done.stdout + done.stderr

    def test_a_server_that_is_away_is_said_in_a_sentence(self, tmp_path: Path) -> None:
        folder = tmp_path / "data"
        for words in (("init", "--clinic", "Elm Street"), ("serve",), ("check",)):
            done = running.run(
                *words, data_dir=folder, database_url=f"{URL}nobody@127.0.0.1:9/none", port="3271"
            )
            assert done.returncode == 1
            assert "does not answer" in done.stdout + done.stderr
            assert "Traceback" not in done.stderr


class TestTwoInstances:
    @pytest.fixture
    def second(self, on_postgres: Portal, tmp_path: Path) -> Iterator[Portal]:
        """Returns another portal on the same database, with the same key."""
        folder = tmp_path / "second" / "data"
        folder.mkdir(parents=True, mode=0o700)
        shutil.copy2(f"{on_postgres.data_dir}.key", f"{folder}.key")
        made = Portal(folder, tmp_path / "log2", database_url=on_postgres.database_url)
        made.settings["database_url"] = on_postgres.database_url
        made.cast = on_postgres.cast
        yield made
        made.close()

    def test_what_one_commits_moves_the_pages_of_the_other(
        self, on_postgres: Portal, second: Portal
    ) -> None:
        on_postgres.begin()
        second.begin()
        day = working.open_day(on_postgres)
        took = asyncio.run(self._see(day, second))
        assert max(took) < PATIENCE_S
        assert on_postgres.base
        standing.check(on_postgres.base, day.log)

    async def _see(self, day: working.Day, second: Portal) -> list[float]:
        """A sign-in made at one instance is good at the other."""
        dana = Desk(day.portal, day.cookies["dana"])
        alice = Desk(second, day.cookies["alice"])
        await alice.act("show", key="s")
        assert alice.socket
        await alice.socket.event(f"{DUTY}.open")
        await alice.socket.until(lambda frame: "0 unread" in frame)
        took = list[float]()
        for number in range(1, 6):
            key = f"m-{number}"
            day.log.messages[key] = await dana.act("write", key=key, thread_id=day.threads["alice"])
            began, said = time.monotonic(), f"{number} unread"
            await alice.socket.until(lambda frame, said=said: said in frame)
            took.append(time.monotonic() - began)
        await dana.leave()
        await alice.leave()
        return took
