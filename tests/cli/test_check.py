"""`check` says in words what is wrong, and what to do about it (OPS-01, DEP-04)."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from portal import database, migrations
from portal.cli import checks, clinic
from portal.database import Database
from portal.security import audit
from portal.security.actor import system
from portal.services import witness
from portal.settings import Settings
from tests.support import running

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check")
    clinic.made(Settings(data_dir=folder / "data"))
    return folder


@pytest.fixture
def installed(template: Path, tmp_path: Path) -> Settings:
    """A sound installation of the test's own."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    chosen = Settings(data_dir=tmp_path / "data")
    base = database.open_from(chosen)
    with base.transaction() as db:
        for number in range(5):
            audit.record(
                db, system("test"), "R", category="record", entity=f"Patient/{number}", now=NOW
            )
    base.close()
    return chosen


def _wrong(chosen: Settings) -> dict[str, str]:
    return {
        finding.subject: finding.words for finding in checks.all_of(chosen) if not finding.is_fine
    }


def _with_database(chosen: Settings, act: Callable[[Database], None]) -> None:
    base = database.open_from(chosen)
    act(base)
    base.close()


def _run(base: Database, statement: str) -> None:
    with base.engine.begin() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text(statement))


def test_a_sound_installation_has_nothing_wrong(installed: Settings) -> None:
    assert not _wrong(installed)
    subjects = [finding.subject for finding in checks.all_of(installed)]
    for subject in (
        "Data folder",
        "Key file",
        "Public address",
        "Disk",
        "Database",
        "SQLite",
        "Files of messages",
        "Audit chain",
        "Clock",
    ):
        assert subject in subjects


class TestKey:
    def test_that_others_can_read_is_wrong(self, installed: Settings) -> None:
        installed.key_file.chmod(0o644)
        assert "chmod 600" in _wrong(installed)["Key file"]

    def test_that_is_missing_is_wrong(self, installed: Settings) -> None:
        installed.key_file.unlink()
        assert str(installed.key_file) in _wrong(installed)["Key file"]

    @pytest.mark.parametrize("content", ["", "abc", "g" * 64, "ab" * 16, "\udcff"])
    def test_that_holds_no_key_is_wrong(self, installed: Settings, content: str) -> None:
        installed.key_file.write_bytes(content.encode("utf8", "surrogateescape"))
        assert "Key file" in _wrong(installed)

    def test_of_another_clinic_does_not_open_this_one(self, installed: Settings) -> None:
        installed.key_file.write_text("ab" * 32)
        assert "does not open" in _wrong(installed)["Database"]


class TestFolder:
    def test_that_others_can_enter_is_wrong(self, installed: Settings) -> None:
        installed.data_dir.chmod(0o755)
        assert "chmod 700" in _wrong(installed)["Data folder"]

    def test_that_is_missing_is_wrong(self, installed: Settings) -> None:
        shutil.rmtree(installed.data_dir)
        assert "portal init" in _wrong(installed)["Data folder"]

    def test_without_a_database_is_wrong(self, installed: Settings) -> None:
        (installed.data_dir / database.FILE_NAME).unlink()
        assert "portal init" in _wrong(installed)["Database"]
        assert not (installed.data_dir / database.FILE_NAME).exists(), "looking makes nothing"


class TestDatabase:
    def test_of_another_layout_is_wrong(self, installed: Settings) -> None:
        _with_database(installed, lambda base: migrations.downgrade(base, "-1"))
        assert "portal migrate" in _wrong(installed)["Database"]

    def test_that_is_damaged_is_wrong(self, installed: Settings) -> None:
        path = installed.data_dir / database.FILE_NAME
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        assert set(_wrong(installed)) & {"Database file", "Database", "Audit chain"}

    def test_with_an_old_sqlite_is_wrong(
        self, installed: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "LEAST_SQLITE", (99, 0, 0))
        assert "SQLite" in _wrong(installed)


class TestChain:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_event SET actor_name = 'somebody else' WHERE seq = 3",
            "DELETE FROM audit_event WHERE seq = 3",
            "DELETE FROM audit_event WHERE seq = 5",
            "UPDATE audit_event SET seq = seq + 100 WHERE seq = 2",
        ],
    )
    def test_that_was_tampered_with_is_wrong(self, installed: Settings, statement: str) -> None:
        _with_database(installed, lambda base: _run(base, statement))
        assert "at row" in _wrong(installed)["Audit chain"]


class TestClock:
    def test_behind_the_newest_record_is_wrong(self, installed: Settings) -> None:
        def act(base: Database) -> None:
            with base.transaction() as db:
                later = NOW + timedelta(days=2)
                audit.record(db, system("test"), "R", category="record", now=later)

        _with_database(installed, act)
        assert "clock" in _wrong(installed)["Clock"]


class TestWitness:
    """AUD-05: whatever was done to the file, `check` says it and does not believe the file."""

    @pytest.fixture
    def kept(self, installed: Settings) -> Path:
        """The witness of three days."""

        def act(base: Database) -> None:
            for days in range(3):
                at = NOW - timedelta(days=3 - days)
                assert witness.keep(base, installed.witness_dir, now=at).is_fine

        _with_database(installed, act)
        assert "Witness" not in _wrong(installed)
        return installed.witness_dir / witness.FILE

    @pytest.mark.parametrize(
        ("forged", "words"),
        [
            (lambda text: text.replace(b'"end"', b'"was"', 1), "Line 1 of the witness"),
            (lambda text: text[: text.rindex(b'{"kind"')], "does not know row 10"),
            (lambda text: text[: text.index(b"\n") + 1], "does not know row 10"),
            (lambda text: text[:-9], "Line 3 of the witness"),
            (lambda _text: b"", "does not know row 10"),
        ],
        ids=["edited", "cut off", "an older one", "torn", "emptied"],
    )
    def test_that_was_forged_is_wrong(
        self, installed: Settings, kept: Path, forged: Callable[[bytes], bytes], words: str
    ) -> None:
        kept.write_bytes(forged(kept.read_bytes()))
        assert words in _wrong(installed)["Witness"]

    def test_that_was_taken_away_is_wrong(self, installed: Settings, kept: Path) -> None:
        kept.unlink()
        assert "is gone" in _wrong(installed)["Witness"]

    def test_of_another_clinic_is_wrong(
        self, installed: Settings, kept: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        other = Settings(data_dir=tmp_path_factory.mktemp("other") / "data")
        clinic.made(other)
        _with_database(other, lambda base: witness.accept(base, kept.parent / "x", why="", now=NOW))
        kept.write_bytes((kept.parent / "x" / witness.FILE).read_bytes())
        assert "sealed with another key" in _wrong(installed)["Witness"]


class TestAddress:
    @pytest.mark.parametrize(
        ("given", "is_wrong"),
        [
            ({"public_url": "https://portal.example.org"}, False),
            ({"public_url": "https://portal.example.org", "host": "0.0.0.0"}, True),  # noqa: S104
            (
                {"public_url": "https://portal.example.org", "host": "0.0.0.0", "proxy_hops": 1},  # noqa: S104
                False,
            ),
            ({"public_url": "https://portal.example.org", "demo": True}, True),
            ({"public_url": "http://localhost:3000"}, False),
            ({"public_url": "http://localhost:3000", "host": "0.0.0.0"}, True),  # noqa: S104
        ],
    )
    def test_is_judged(self, installed: Settings, given: dict[str, str], is_wrong: bool) -> None:  # noqa: FBT001
        chosen = installed.model_copy(update=given)
        assert ("Public address" in _wrong(chosen)) == is_wrong


class TestCommand:
    def test_ends_with_0_when_all_is_well(self, installed: Settings) -> None:
        done = running.run("check", data_dir=installed.data_dir)
        assert (done.returncode, done.stderr) == (0, "")
        assert "All is well" in done.stdout

    def test_ends_with_1_and_the_words_when_something_is_wrong(self, installed: Settings) -> None:
        installed.key_file.chmod(0o644)
        done = running.run("check", data_dir=installed.data_dir)
        assert done.returncode == 1
        assert "chmod 600" in done.stdout
        assert "Traceback" not in done.stderr

    def test_holds_nothing_of_a_record(self, installed: Settings) -> None:
        done = running.run("check", data_dir=installed.data_dir)
        assert "Patient/" not in done.stdout
