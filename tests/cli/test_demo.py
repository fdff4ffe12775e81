"""The demo clinic: filled once, kept, started over on request, never mixed with a real one."""

import shutil
from pathlib import Path

import pytest

from portal.cli import datadir
from tests.support import running


@pytest.fixture
def demo(demo_data: Path, tmp_path: Path) -> Path:
    """A copy of the filled demo clinic."""
    folder = tmp_path / "data"
    shutil.copytree(demo_data, folder)
    shutil.copy2(demo_data.with_name("data.key"), tmp_path / "data.key")
    return folder


def _users(folder: Path) -> set[str]:
    done = running.run("user", "list", data_dir=folder)
    assert done.returncode == 0, done.stderr
    return {line.split()[0] for line in done.stdout.splitlines()}


def _add_somebody(folder: Path) -> None:
    done = running.run(
        "user", "create", "newcomer", "--role", "nurse", "--called", "New Comer", data_dir=folder
    )
    assert done.returncode == 0, done.stderr


class TestDemo:
    def test_again_keeps_what_was_entered(self, demo: Path) -> None:
        _add_somebody(demo)
        done = running.run("demo", "--only-fill", data_dir=demo)
        assert done.returncode == 0, done.stderr
        assert "newcomer" in _users(demo)

    def test_reset_starts_over(self, demo: Path) -> None:
        _add_somebody(demo)
        done = running.run("demo", "--only-fill", "--reset", data_dir=demo)
        assert done.returncode == 0, done.stderr
        users = _users(demo)
        assert "newcomer" not in users
        assert "marta" in users

    def test_that_was_cut_short_can_be_started_over(self, demo: Path) -> None:
        demo.with_name("data.key").unlink()
        assert running.run("demo", "--only-fill", data_dir=demo).returncode == 1
        done = running.run("demo", "--only-fill", "--reset", data_dir=demo)
        assert done.returncode == 0, done.stderr

    def test_prints_names_and_the_password_for_each_role(
        self, demo: Path, tmp_path: Path, site: Path
    ) -> None:
        del site
        started = running.Server(demo, tmp_path / "log")
        started.start("demo", "--port", str(started.port))
        started.close()
        for word in ("marta", "patient", "practitioner", "front_desk", "manager", "password"):
            assert word in started.said()


class TestRealClinic:
    @pytest.fixture
    def real(self, tmp_path: Path) -> Path:
        folder = tmp_path / "real"
        assert running.run("init", data_dir=folder).returncode == 0
        return folder

    @pytest.mark.parametrize("words", [("--only-fill",), ("--only-fill", "--reset")])
    def test_is_never_touched_by_the_demo(self, real: Path, words: tuple[str, ...]) -> None:
        before = _users(real)
        done = running.run("demo", *words, data_dir=real)
        assert done.returncode == 1
        assert "not a demo" in done.stderr
        assert _users(real) == before

    def test_is_not_served_from_a_demos_folder(self, demo: Path) -> None:
        port = str(running.free_port())
        for words in (("serve",), ("init",)):
            done = running.run(*words, data_dir=demo, port=port)
            assert done.returncode == 1
            assert "demo" in done.stderr

    def test_refuses_even_with_the_mark_of_a_demo(self, real: Path) -> None:
        (real / datadir.DEMO_MARK).touch()
        done = running.run("demo", "--only-fill", data_dir=real)
        assert done.returncode == 1
        assert "real clinic" in done.stderr
