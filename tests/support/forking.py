"""Portals for tests that are not about starting one: forked from a process that has read the code.

To read it is most of what a start costs. So one process for each worker imports everything that
needs no settings, and then, before any thread, loop or database was opened, forks itself for each
portal, which goes on as `python -m …` would, in an environment, with outputs and with randomness of
its own. What is tried in tests/cli and tests/reliability is started as an operator does.
"""

import array
import gc
import importlib
import json
import os
import pkgutil
import runpy
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from tests.support.source import ROOT

LAYERS = (
    *("models", "security", "integrations", "services", "state", "components", "pages"),
    *("jobs", "api", "cli"),
)
LONGEST = 1 << 18


class StillRuns(Exception):
    """It has not ended in time."""


@dataclass
class Forked:
    """One that was forked: what a test asks of a process that it started."""

    pid: int
    line: socket.socket
    returncode: int | None = None

    def poll(self) -> int | None:
        """Returns its exit status, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end; returns its exit status."""
        status = self._ended(timeout)
        if status is None:
            raise StillRuns(self.pid)
        return status

    def send_signal(self, number: int) -> None:
        """Sends it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends it whatever it does."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self.line], [], [], timeout)[0]:
            said = self.line.recv(32)
            assert said, "what kept it has gone"
            self.returncode = os.waitstatus_to_exitcode(int(said))
            self.line.close()
        return self.returncode


def start(module: str, *words: str, env: dict[str, str], out: int, err: int) -> Forked:
    """Runs `python -m module words…` in an environment; its outputs go to these files."""
    ours, theirs = socket.socketpair()
    with theirs:
        asked = json.dumps({"module": module, "words": words, "env": env}).encode()
        fds = array.array("i", [theirs.fileno(), out, err])
        _ancestor().sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    return Forked(int(ours.recv(32)), ours)


@cache
def _ancestor() -> socket.socket:
    """Starts the process that all are forked from; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        env = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.forking", str(theirs.fileno())],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    return ours


def _read_everything() -> None:
    """Imports all that needs no settings; whatever asked for them would fail here."""
    from portal import settings

    current, settings.current = settings.current, _no_settings
    for layer in LAYERS:
        for name in _names(f"portal.{layer}"):
            importlib.import_module(name)
    settings.current = current
    gc.collect()
    gc.freeze()


def _no_settings() -> None:
    raise AssertionError("settings are read as a module is imported: it cannot be forked")


def _names(package: str) -> Iterator[str]:
    yield package
    inside = importlib.import_module(package).__path__
    for found in pkgutil.walk_packages(inside, package + "."):
        if not found.name.endswith(".__main__"):
            yield found.name


def _is_to_run(control: socket.socket) -> bool:
    """Forks for each that is asked for; returns once in each of these, and at the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    assert len(os.listdir("/proc/self/task")) == 1, "a thread would be lost"  # noqa: PTH208
    while True:
        asked, fds, _flags, _where = socket.recv_fds(control, LONGEST, 3)
        if not asked:
            return False
        if os.fork() == 0:
            control.close()
            return _keep(json.loads(asked), *fds)
        for one in fds:
            os.close(one)


def _keep(asked: dict[str, object], line: int, out: int, err: int) -> bool:
    """Forks the one that runs, and tells how it ends; returns in that one alone.

    Where nobody is left to be told, it is ended.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(line)
        _become(asked, out, err)
        return True
    os.close(out)
    os.close(err)
    os.write(line, str(child).encode())
    if line in select.select([line, os.pidfd_open(child)], [], [])[0]:
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    with suppress(OSError):
        os.write(line, str(status).encode())
    os._exit(0)


def _become(asked: dict[str, object], out: int, err: int) -> None:
    """Takes on the environment, the outputs and the name of what is asked for."""
    from portal import live

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for given, own in ((out, 1), (err, 2)):
        os.dup2(given, own)
        os.close(given)
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[arg-type]
    time.tzset()
    sys.argv = [str(asked["module"]), *asked["words"]]  # type: ignore[misc]
    # The one thing drawn by lot while the code is read; `random` itself begins anew after a fork.
    live._ourselves = secrets.token_hex(8)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as given:
        _read_everything()
        runs = _is_to_run(given)
    if runs:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
