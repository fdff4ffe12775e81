"""Disks that are full, locked, read-only or wrong: nothing half done, a sentence, and no lie.

Proves R-19, R-20, R-21 and R-22 of the reliability list.
"""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from portal import database
from portal.database import Damaged, Database, DiskFull, KeyWrong, Unreachable, Unwritable
from portal.errors import Busy, Refusal
from portal.services import frame, home, messages
from tests.reliability import standing, working
from tests.reliability.working import Day, Desk, Portal, Refused
from tests.support import bases, clinic, running
from tests.support.clinic import NOW, PASSWORD, Clinic
from tests.support.patience import PATIENCE_S

SMALL = 8 * 1024 * 1024


def _write(people: Clinic, thread_id: str, key: str) -> str:
    with people.base.transaction() as db:
        return messages.reply(
            db,
            people.actor("dana"),
            thread_id=thread_id,
            body=f"{key} " + "word " * 200,
            client_key=key,
            now=NOW,
        ).message_id


@pytest.fixture
def thread_id(the_clinic: Clinic) -> str:
    thread = clinic.thread(the_clinic)
    the_clinic.add(thread)
    return thread.id


@contextmanager
def _locked(base: Database) -> Iterator[None]:
    """Holds the database as a backup or somebody's shell would, from outside."""
    if base.is_sqlite:
        other = base.connect()
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()
        return
    engine = create_engine(base.engine.url)
    with engine.begin() as other:
        other.execute(text("LOCK TABLE audit_head IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


class TestLocked:
    @pytest.fixture(autouse=True)
    @staticmethod
    def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database, "BUSY_MS", 300)
        monkeypatch.setattr(database, "TURN_SECONDS", 0.5)

    def _again(self, people: Clinic) -> Database:
        """Opens the same database with the short patience of this test."""
        base = people.base
        url = "" if base.is_sqlite else base.engine.url.render_as_string(hide_password=False)
        base.close()
        people.base = Database(base.path.parent, bases.KEY, url)
        return people.base

    def test_says_busy_saves_nothing_and_recovers(self, the_clinic: Clinic, thread_id: str) -> None:
        base = self._again(the_clinic)
        with _locked(base):
            for key in ("one", "two"):
                with pytest.raises(Busy) as told:
                    _write(the_clinic, thread_id, key)
                assert "Nothing was saved" in told.value.words
        assert _write(the_clinic, thread_id, "one")
        with base.reading() as db:
            assert db.execute(text("SELECT count(*) FROM communication")).scalar_one() == 1
        assert standing.halves(base) == []
        base.close()

    def test_a_read_that_leaves_a_trace_is_busy_too(self, the_clinic: Clinic) -> None:
        base = self._again(the_clinic)
        alice = the_clinic.actor("alice")
        with _locked(base), pytest.raises(Busy), base.transaction() as db:
            home.view(db, alice, now=NOW)
        with base.transaction() as db:
            assert frame.view(db, alice, now=NOW).patient_id == alice.patient_id
        base.close()


class TestWords:
    """What the drivers say, in the words of people."""

    @pytest.mark.parametrize(
        ("said", "kind"),
        [
            ("database is locked", Busy),
            ("database or disk is full", DiskFull),
            ("attempt to write a readonly database", Unwritable),
            ("disk I/O error", Unwritable),
            ("database disk image is malformed", Damaged),
            ("file is not a database", KeyWrong),
            ("no such table: patient", None),
        ],
    )
    def test_of_sqlite(self, said: str, kind: type[Refusal] | None) -> None:
        assert database.refusal_of(database.sqlcipher.OperationalError(said)) is kind

    def test_of_a_server_that_is_away(self, tmp_path: Path) -> None:
        base = Database(tmp_path, bases.KEY, "postgresql+psycopg://nobody@127.0.0.1:9/none")
        with pytest.raises(Unreachable) as told, base.transaction() as db:
            db.execute(text("SELECT 1"))
        assert "does not answer" in told.value.words
        with pytest.raises(Unreachable):
            base.peek("SELECT 1")
        base.close()

    def test_of_a_line_that_breaks_while_saving(self, postgres_base: Database) -> None:
        people = clinic.gather(postgres_base)
        with pytest.raises(database.Unsure) as told, postgres_base.transaction() as db:
            db.add(clinic.thread(people))
            db.flush()
            mine = db.execute(text("SELECT pg_backend_pid()")).scalar_one()
            other = create_engine(postgres_base.engine.url)
            with other.connect() as door:
                door.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
            other.dispose()
        assert "before you do it again" in told.value.words
        with postgres_base.transaction() as db:
            assert db.execute(text("SELECT count(*) FROM thread")).scalar_one() == 0


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """Mounts a disk of a few megabytes; skips where the user may not."""
    folder.mkdir(parents=True)
    size = f"size={SMALL},mode=700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("only root may mount the small disk that this test fills")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607


def _fill(folder: Path) -> Path:
    """Takes all the room there is."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return ballast


@pytest.fixture
def cramped(empty_file: Path, tmp_path: Path) -> Iterator[Portal]:
    """Returns a portal whose records lie on a disk of a few megabytes."""
    with _small_disk(tmp_path / "disk") as disk:
        made = Portal(disk / "data", tmp_path / "log")
        made.fill(empty_file)
        yield made
        made.close()


async def _refused(desk: Desk, what: str, **sent: str) -> str:
    try:
        return f"done: {await desk.act(what, **sent)}"
    except Refused as refusal:
        return str(refusal)


class TestFullDisk:
    def test_refuses_in_words_loses_nothing_and_goes_on_when_there_is_room(
        self, cramped: Portal
    ) -> None:
        cramped.begin()
        day = working.open_day(cramped)
        said = asyncio.run(self._fill_up(day, cramped.data_dir))
        assert set(said) == {DiskFull().words}
        assert cramped.base
        standing.check(cramped.base, day.log)
        assert "bug" not in cramped.said()

    async def _fill_up(self, day: Day, folder: Path) -> list[str]:
        dana, alice = (Desk(day.portal, day.cookies[name]) for name in ("dana", "alice"))
        place = {"thread_id": day.threads["charlie"]}
        for number in range(20):
            key = f"m-{number}"
            day.log.messages[key] = await dana.act("write", key=key, **place)
        ballast = await asyncio.to_thread(_fill, folder.parent)
        said, number = list[str](), 0
        # What the log has still room for may be taken; it must then stand.
        while len(said) < 3:
            number += 1
            answer = await _refused(dana, "write", key=f"full-{number}", **place)
            if answer.startswith("done: "):
                day.log.messages[f"full-{number}"] = answer.removeprefix("done: ")
            else:
                said.append(answer)
            assert number < 5000
        said.append(await _refused(alice, "show", key="s"))
        health = await asyncio.to_thread(httpx.get, f"{day.portal.url}/health", timeout=PATIENCE_S)
        assert health.status_code in {200, 503}
        ballast.unlink()
        key = "after"
        day.log.messages[key] = await dana.act("write", key=key, **place)
        await alice.act("show", key="s2")
        await dana.leave()
        await alice.leave()
        return said


class TestFullDiskAtTheDoor:
    """R-20, AUTHN-06: a try that cannot be counted is not looked at; nobody is half in."""

    def test_lets_nobody_in_tells_nobody_apart_and_opens_again(self, cramped: Portal) -> None:
        cramped.begin()
        ways = {"alice": PASSWORD, "erin": "not the password", "nobody": "not the password"}
        ballast = _fill(cramped.data_dir.parent)
        # What the log has still room for may be taken; then every try is refused.
        said = list[httpx.Response]()
        while len(said) < 2 * len(ways):
            for name, password in ways.items():
                answer = _enter(cramped, name, password)
                if answer.status_code == DiskFull.status:
                    said.append(answer)
                else:
                    assert answer.status_code == 303
                    said.clear()
        assert not any("set-cookie" in answer.headers for answer in said)
        assert {answer.text for answer in said} == {DiskFull().words}
        before = _sign_ins(cramped)
        assert httpx.get(f"{cramped.url}/health", timeout=PATIENCE_S).status_code in {200, 503}
        ballast.unlink()
        assert _enter(cramped, "alice", PASSWORD).headers["location"] == "/second-step"
        assert _enter(cramped, "erin", "not the password").headers["location"] == "/#wrong"
        assert _sign_ins(cramped) == before + 1
        assert "Traceback" not in cramped.said()
        assert "bug" not in cramped.said()


def _enter(portal: Portal, name: str, password: str) -> httpx.Response:
    with portal.web() as web:
        return web.post("/auth/sign-in", data={"username": name, "password": password})


def _sign_ins(portal: Portal) -> int:
    assert portal.base
    with portal.base.reading() as db:
        return db.execute(text("SELECT count(*) FROM sign_in")).scalar_one()


class TestReadOnly:
    def test_the_start_is_refused_in_words_until_it_may_write_again(self, cramped: Portal) -> None:
        cramped.begin()
        day = working.open_day(cramped)
        cramped.stop()
        cramped.let_go()
        _remount(cramped.data_dir.parent, "ro")
        port = str(cramped.port)
        done = running.run("serve", data_dir=cramped.data_dir, port=port, public_url=cramped.url)
        checked = running.run("check", data_dir=cramped.data_dir)
        _remount(cramped.data_dir.parent, "rw")
        assert done.returncode == checked.returncode == 1
        assert "cannot be written" in done.stderr
        assert "cannot be written" in checked.stdout
        assert "Traceback" not in done.stderr + checked.stderr
        cramped.begin()
        asyncio.run(self._write(day))
        assert cramped.base
        standing.check(cramped.base, day.log)

    async def _write(self, day: Day) -> None:
        dana = Desk(day.portal, day.cookies["dana"])
        day.log.messages["m"] = await dana.act("write", key="m", thread_id=day.threads["charlie"])
        await dana.leave()


def _remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)  # noqa: S607


class TestFlippedBits:
    """One bit anywhere: found when it is read, by start, page or check; never shown (R-22)."""

    FLIPS = 40

    @pytest.fixture
    def written(self, sqlite_base: Database) -> Path:
        people = clinic.gather(sqlite_base)
        thread = clinic.thread(people)
        people.add(thread)
        for number in range(30):
            _write(people, thread.id, str(number))
        sqlite_base.close()
        return sqlite_base.path.parent

    def _all_of(self, base: Database) -> list[tuple[object, ...]]:
        with base.reading() as db:
            tables = db.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            ).scalars()
            return [
                tuple(row)
                for name in list(tables)
                for row in db.execute(text(f'SELECT * FROM "{name}"'))
            ]

    def test_are_never_served_as_data(self, written: Path, tmp_path: Path) -> None:
        whole = self._all_of(Database(written, bases.KEY))
        size = (written / database.FILE_NAME).stat().st_size
        found = 0
        for number in range(self.FLIPS):
            folder = tmp_path / f"flipped-{number}"
            folder.mkdir()
            content = bytearray((written / database.FILE_NAME).read_bytes())
            content[size * number // self.FLIPS + number] ^= 1 << number % 8
            (folder / database.FILE_NAME).write_bytes(content)
            base = Database(folder, bases.KEY)
            try:
                assert self._all_of(base) == whole, "another record than was written"
            except (Damaged, KeyWrong):
                found += 1
            finally:
                base.close()
                shutil.rmtree(folder)
        # The others lie in indexes and free pages, which these reads did not need.
        assert found > self.FLIPS // 4

    @pytest.mark.parametrize("at", ["first", "middle"])
    def test_are_said_by_start_or_check(self, embedded: Portal, at: str) -> None:
        embedded.let_go()
        path = embedded.data_dir / database.FILE_NAME
        content = bytearray(path.read_bytes())
        spots = range(len(content) // 2, len(content), 4096) if at == "middle" else [100]
        for spot in spots:
            content[spot] ^= 4
        path.write_bytes(content)
        done = running.run("check", data_dir=embedded.data_dir)
        assert done.returncode == 1
        assert "damaged" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        if at == "first":
            done = running.run("serve", data_dir=embedded.data_dir, port=str(embedded.port))
            assert done.returncode == 1
            assert "damaged" in done.stderr
            assert "Traceback" not in done.stderr
