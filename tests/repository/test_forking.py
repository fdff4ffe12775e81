"""What is forked for tests is as if it had been started: its own environment, chance and end."""

import json
import os
import select
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.support import forking, running
from tests.support.patience import PATIENCE_S


def said(*words: str, **given: str) -> Any:
    """Returns what one that is forked has drawn, was given and was told."""
    with tempfile.TemporaryFile("w+") as out:
        env = running.environment(Path("/nowhere"), **given)
        to = out.fileno()
        assert forking.start("tests.support.by_lot", *words, env=env, out=to, err=to).wait(60) == 0
        out.seek(0)
        return json.load(out)


def test_each_draws_by_lot_and_reads_its_own_settings() -> None:
    one, other = said("a", port="1"), said("b c", zone="Etc/GMT")
    assert not set(one["drawn"]) & set(other["drawn"])
    assert one["given"] == {"PORTAL_DATA_DIR": "/nowhere", "PORTAL_PORT": "1"}
    assert other["given"] == {"PORTAL_DATA_DIR": "/nowhere", "PORTAL_ZONE": "Etc/GMT"}
    assert (one["words"], other["words"]) == (["a"], ["b c"])


@pytest.mark.parametrize(
    ("words", "given"), [(["no-such-word"], {}), (["serve"], {"zone": "Mars/Olympus"})]
)
def test_ends_as_one_that_was_started(
    tmp_path: Path, words: list[str], given: dict[str, str]
) -> None:
    runs = (running.run, running.run_forked)
    started, forked = (run(*words, data_dir=tmp_path, **given) for run in runs)
    assert started.returncode == forked.returncode != 0
    assert (started.stdout, started.stderr) == (forked.stdout, forked.stderr)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGKILL, -9)])
def test_a_signal_ends_it_as_any_other(
    demo_data: Path, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    shutil.copytree(demo_data, tmp_path / "data")
    shutil.copy2(demo_data.with_name("data.key"), tmp_path / "data.key")
    given = {"demo": "true"}
    portal = running.Server(tmp_path / "data", tmp_path / "log", given, is_forked=True)
    portal.start()
    assert portal.stop(number) == status
    assert not portal.answers()


def test_what_nobody_waits_for_any_more_ends(tmp_path: Path) -> None:
    env = running.environment(tmp_path / "data", port=str(running.free_port()))
    with (tmp_path / "log").open("wb") as log:
        to = log.fileno()
        forked = forking.start("tests.support.trapped", env=env, out=to, err=to)
    ended = os.pidfd_open(forked.pid)
    forked.line.close()
    assert select.select([ended], [], [], PATIENCE_S)[0]
    os.close(ended)
