"""A portal running as its own process, as an operator starts it."""

import http.client
import itertools
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from tests.support import forking
from tests.support.patience import PATIENCE_S
from tests.support.source import ROOT

READY_WITHIN_S = 180
STOPPED_WITHIN_S = 60
LOOK_EVERY_S = 0.05
# Below those that systems give to whoever opens a connection: such a one would hold the port while
# its portal is down, be it a page that knocks again and again. Each worker has ports of its own.
FIRST_PORT, PORTS, WORKERS = 20_000, 1_000, 12
_WORKER = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0) % WORKERS
_TURNS = itertools.count(secrets.randbelow(PORTS))


def free_port() -> int:
    """Returns a port of this machine that nobody listens on, another one each time."""
    for turn in itertools.islice(_TURNS, PORTS):
        port = FIRST_PORT + _WORKER * PORTS + turn % PORTS
        with socket.socket() as trial, suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def command(*words: str) -> list[str]:
    """Returns `python -m portal …` with this Python."""
    return [sys.executable, "-m", "portal", *words]


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Returns an environment whose only PORTAL_… settings are these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    kept["PORTAL_DATA_DIR"] = str(data_dir)
    return kept | {f"PORTAL_{name.upper()}": value for name, value in settings.items()}


def run_forked(*words: str, data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end, where the test is not about its start."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        env = environment(data_dir, **settings)
        began = forking.start("portal", *words, env=env, out=out.fileno(), err=err.fileno())
        status = began.wait(300)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(command(*words), status, out.read(), err.read())


def run(*words: str, data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    return subprocess.run(
        command(*words),
        cwd=ROOT,
        env=environment(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@dataclass
class Server:
    """A portal that listens on a port of its own."""

    data_dir: Path
    log: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | forking.Forked | None = None
    # Where a test is not about starting: see forking.py.
    is_forked: bool = False

    @property
    def url(self) -> str:
        """The address that people type."""
        return f"http://localhost:{self.port}"

    def start(self, *words: str, module: str = "portal") -> float:
        """Starts it (`serve` unless said otherwise) and waits; returns the seconds that it took."""
        given = {"port": str(self.port), "public_url": self.url} | self.settings
        env = environment(self.data_dir, **given)
        if module == "portal":
            words = words or ("serve",)
        began = time.monotonic()
        with self.log.open("ab") as out:
            if self.is_forked:
                to = out.fileno()
                self.process = forking.start(module, *words, env=env, out=to, err=to)
            else:
                program = [sys.executable, "-m", module, *words]
                self.process = subprocess.Popen(
                    program, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
                )
        while not self.answers():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - began < READY_WITHIN_S, self.said()
            time.sleep(LOOK_EVERY_S)
        return time.monotonic() - began

    def answers(self) -> bool:
        """Whether the front page comes. Without httpx: to make its client takes as long as this."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            asked.request("GET", "/", headers={"Host": f"localhost:{self.port}"})
            return asked.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stops it and returns its exit status."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(STOPPED_WITHIN_S)

    def close(self) -> None:
        """Ends it whatever it does."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def said(self) -> str:
        """Returns everything that it printed and logged."""
        return self.log.read_text(errors="replace")
