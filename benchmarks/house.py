"""What benchmarks share: clinics, servers and crowds, made at first need, taken away at the end."""

import asyncio
import contextlib
import itertools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import clinic, served, wire
from benchmarks.clinic import Clinic
from benchmarks.served import Served

LOADED = b'"is_hydrated_rx_state_":true'
SHOWN = b"is_loaded_rx_state_"
HOME = "portal___state___home____home"
_tokens = itertools.count()


@dataclass
class House:
    """Everything that a run uses. `full`: more rounds, for up to fifteen minutes."""

    full: bool
    logs: Path
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _clinics: dict[str, Clinic] = field(default_factory=dict)
    _servers: dict[str, Served] = field(default_factory=dict)

    def clinic(self, name: str) -> Clinic:
        """Returns the run's own copy of a clinic."""
        if name not in self._clinics:
            self._clinics[name] = self.stack.enter_context(clinic.copy_of(name))
        return self._clinics[name]

    def portal(self, name: str = "large") -> Served:
        """Returns the portal at work on a clinic."""
        return self._running(f"portal on {name}", lambda log: served.portal(self.clinic(name), log))

    def echo(self) -> Served:
        """Returns the bare Socket.IO server."""
        return self._running("echo", served.echo)

    def _running(self, name: str, make: Callable[[Path], Served]) -> Served:
        if name not in self._servers:
            log = self.logs / f"{name.replace(' ', '-')}.log"
            self._servers[name] = make(log).__enter__()
        return self._servers[name]

    def forget_servers(self) -> None:
        """Stops every server; clinics stay."""
        for server in self._servers.values():
            server.__exit__()
        self._servers.clear()

    def close_servers(self) -> None:
        """Stops every server and forgets every clinic; the next benchmark starts its own."""
        self.forget_servers()
        self.stack.close()
        self._clinics.clear()
        for old in clinic.cache().glob("run-*"):
            shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink()


def token() -> str:
    """Returns a name for a tab that none had before."""
    return f"bench{next(_tokens):08d}"


async def tab(port: int, cookie: str, path: str = "/home") -> wire.Wire:
    """Opens a page as a browser does, and waits until it is whole."""
    hello = wire.boot(path)
    return (await wire.connect(port, token(), cookie=cookie, hello=hello, wanted=LOADED))[0]


async def crowd(port: int, cookies: Sequence[str], at_once: int = 20) -> list[wire.Wire]:
    """Opens a page for each cookie, a few at a time."""
    opened: list[wire.Wire] = []
    for first in range(0, len(cookies), at_once):
        some = cookies[first : first + at_once]
        opened += await asyncio.gather(*(tab(port, cookie) for cookie in some))
    return opened


async def bare_crowd(port: int, count: int) -> list[wire.Wire]:
    """Opens sockets to the bare server."""
    return [(await wire.connect(port, token()))[0] for _ in range(count)]


def part(wires: Sequence[wire.Wire]) -> None:
    """Closes them all."""
    for one in wires:
        one.close()
