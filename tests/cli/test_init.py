"""`init`: an empty real clinic, and one link for its first administrator."""

import stat
from pathlib import Path

from tests.support import running


def test_makes_a_clinic_and_prints_one_link(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    given = ("--clinic", "Birch Lane", "--phone", "555-0100", "--hours", "Mo-Fr 8-17")
    done = running.run("init", *given, data_dir=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("/activate/") == 1
    assert stat.S_IMODE((tmp_path / "data.key").stat().st_mode) == 0o600
    listed = running.run("user", "list", data_dir=folder).stdout
    assert listed.split()[:3] == ["administrator", "administrator", "invited"]


def test_refuses_what_cannot_be_the_clinics(tmp_path: Path) -> None:
    done = running.run("init", "--phone", "5" * 61, data_dir=tmp_path / "data")
    assert done.returncode == 1
    assert "too long" in done.stderr


def test_the_demo_stands_beside_it_only_when_asked_and_never_empties_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert running.run("init", "--clinic", "Birch Lane", data_dir=folder).returncode == 0
    refused = running.run("demo", "--only-fill", data_dir=folder)
    assert refused.returncode == 1
    assert "may hold a real clinic" in refused.stderr
    beside = running.run("demo", "--only-fill", "--beside", data_dir=folder)
    assert beside.returncode == 0, beside.stderr
    assert "marta" in running.run("user", "list", data_dir=folder).stdout
    kept = running.run("demo", "--only-fill", "--reset", data_dir=folder)
    assert kept.returncode == 1
    assert "not emptied" in kept.stderr
    assert "administrator" in running.run("user", "list", data_dir=folder).stdout
