"""A portal running as its own process, as an operator starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import httpx

from tests.support.source import ROOT

READY_WITHIN_S = 60
STOPPED_WITHIN_S = 15


def free_port() -> int:
    """Returns a port of this machine that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def command(*words: str) -> list[str]:
    """Returns `python -m portal …` with this Python."""
    return [sys.executable, "-m", "portal", *words]


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Returns an environment whose only PORTAL_… settings are these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    kept["PORTAL_DATA_DIR"] = str(data_dir)
    return kept | {f"PORTAL_{name.upper()}": value for name, value in settings.items()}


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
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address that people type."""
        return f"http://localhost:{self.port}"

    def start(self, *words: str, program: list[str] | None = None) -> float:
        """Starts it (`serve` unless said otherwise) and waits; returns the seconds that it took."""
        given = {"port": str(self.port), "public_url": self.url} | self.settings
        began = time.monotonic()
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                program or command(*(words or ("serve",))),
                cwd=ROOT,
                env=environment(self.data_dir, **given),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        while not self.answers():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - began < READY_WITHIN_S, self.said()
            time.sleep(0.02)
        return time.monotonic() - began

    def answers(self) -> bool:
        """Whether the front page comes."""
        try:
            return httpx.get(self.url, timeout=5).status_code == HTTPStatus.OK
        except httpx.TransportError:
            return False

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
