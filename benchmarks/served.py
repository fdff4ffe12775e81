"""Servers as processes of their own: started, asked, weighed, stopped."""

import json
import os
import selectors
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil

from benchmarks.clinic import ROOT, Clinic

READY_S = 90


def free_port() -> int:
    """Returns a port of this machine that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@dataclass
class Served:
    """A server process and its port."""

    words: list[str]
    environ: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    folder: Path = ROOT
    log: Path | None = None

    def __enter__(self) -> Self:
        """Starts it and waits until it answers; `ready_s` tells how long that took."""
        words = [word.replace("PORT", str(self.port)) for word in self.words]
        out = self.log.open("ab") if self.log else subprocess.DEVNULL
        self._sees = selectors.DefaultSelector()
        began = time.monotonic()
        self.process = subprocess.Popen(
            words,
            cwd=self.folder,
            env=self.environ or dict(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=out,
        )
        assert self.process.stdout
        self._sees.register(self.process.stdout, selectors.EVENT_READ)
        os.set_blocking(self.process.stdout.fileno(), False)
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() - began > READY_S:
                msg = f"{' '.join(words)} did not start; see {self.log}"
                raise RuntimeError(msg)
            time.sleep(0.01)
        self.ready_s = time.monotonic() - began
        return self

    def __exit__(self, *_trouble: object) -> None:
        """Stops it."""
        self.process.terminate()
        try:
            self.process.wait(12)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def tell(self, **asked: Any) -> dict[str, Any]:
        """Asks the launcher for something and returns its answer."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        self.process.stdin.flush()
        said = self._line()
        assert "error" not in said, said
        return said

    def _line(self, seconds: float = 60) -> dict[str, Any]:
        assert self.process.stdout
        text, until = b"", time.monotonic() + seconds
        while time.monotonic() < until:
            self._sees.select(1)
            text += self.process.stdout.read() or b""
            for line in text.splitlines(keepends=True):
                if line.startswith(b"bench ") and line.endswith(b"\n"):
                    return json.loads(line[6:])
        raise TimeoutError("the server did not answer the harness")

    def cpu(self) -> float:
        """Returns the CPU seconds that it has used."""
        used = psutil.Process(self.process.pid).cpu_times()
        return used.user + used.system

    def rss(self) -> int:
        """Returns its resident bytes."""
        return psutil.Process(self.process.pid).memory_info().rss


def portal(clinic: Clinic, log: Path, *options: str, words: list[str] | None = None) -> Served:
    """Returns the portal on a clinic's folder, not yet started."""
    port = free_port()
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")}
    environ |= {
        "PORTAL_DATA_DIR": str(clinic.folder),
        "PORTAL_PORT": str(port),
        "PORTAL_PUBLIC_URL": f"http://localhost:{port}",
        # All of the crowd comes from one address; this setting is there for that.
        "PORTAL_SOCKETS_PER_ADDRESS": "100000",
        "PYTHONUNBUFFERED": "1",
    }
    command = words or [sys.executable, "-m", "benchmarks.launch", *options]
    return Served(command, environ, port, log=log)


def echo(log: Path) -> Served:
    """Returns the bare Socket.IO server, not yet started."""
    return Served([sys.executable, "-m", "benchmarks.baselines.echo", "PORT"], log=log)


def fetch(port: int, path: str) -> bytes:
    """Returns what an address answers."""
    with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=10) as answer:
        return answer.read()
