"""People at work on a portal that may die at any moment, each keeping a log of what was told.

An act counts as acknowledged when the change that says so reached the client's own socket. What
was acknowledged must stand afterwards; what was not may stand or not, but whole or not at all.
"""

import asyncio
import itertools
import json
import os
import secrets
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from portal.database import Database
from tests.support import bases, clinic
from tests.support.attacked import Attacked
from tests.support.sockets import RawSocket

DUTY = "tests___reliability___duties____duty"
SAYS = '"acked_rx_state_":"'
PROBLEM = '"problem_rx_state_":"'
ACT_WITHIN_S = 60.0
GONE = (ConnectionClosed, InvalidHandshake, OSError, EOFError)


class Refused(Exception):
    """The portal said no, in words."""


@dataclass
class Portal(Attacked):
    """A portal in a process of its own, on either kind of database, which is seen from behind."""

    # It is about starts and ends: a process as an operator starts it.
    is_forked: bool = False
    database_url: str = ""
    limits: dict[str, dict[str, float]] = field(default_factory=dict)
    program: str = "tests.reliability.on_duty"
    # The seconds that the last start took.
    waited: float = 0.0

    def fill(self, template: Path) -> None:
        """Gives it a database with the cast and their conversations in it."""
        if self.database_url:
            self._fill_server()
        else:
            super().fill(template)
        self.data_dir.chmod(0o700)
        for file in self.data_dir.iterdir():
            file.chmod(0o600)

    def _fill_server(self) -> None:
        from portal import migrations

        self.data_dir.mkdir(parents=True)
        key = self.data_dir.with_name(self.data_dir.name + ".key")
        key.write_text(bases.KEY.hex())
        key.chmod(0o600)
        self.settings["database_url"] = self.database_url
        self.base = Database(self.data_dir, bases.KEY, self.database_url)
        migrations.upgrade(self.base)
        self.cast = clinic.gather(self.base)

    def copy_to(self, folder: Path) -> None:
        """Copies the files as they lie, key included."""
        shutil.copytree(self.data_dir, folder)
        shutil.copy2(self.data_dir.with_name(self.data_dir.name + ".key"), f"{folder}.key")

    def begin(self) -> None:
        """Starts it."""
        os.environ["ON_DUTY"] = json.dumps(self.limits)
        try:
            self.waited = self.start(module=self.program)
        finally:
            del os.environ["ON_DUTY"]

    def worked(self) -> float:
        """Returns the seconds of processor time that it has used: the same on a busy machine."""
        assert self.process
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return 0.0
        used = stat.read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")

    def enter(self, name: str) -> str:
        """Signs somebody in from behind, both steps done; returns the cookie."""
        return self.sign_in(name)[0]

    def let_go(self) -> None:
        """Closes our own connections: after a death nobody but the portal itself recovers."""
        assert self.base
        self.base.close()


@dataclass
class Desk:
    """Where one person sits: a connection that comes back, and one act at a time."""

    portal: Portal
    cookie: str
    socket: RawSocket | None = None
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    async def act(self, what: str, **sent: Any) -> str:
        """Asks for one act; returns what acknowledged it. Raises `Refused`, or that it is gone."""
        if self.socket is None:
            self.socket = await self._sit()
        try:
            await self.socket.event(f"{DUTY}.{what}", **sent)
            frame = await self.socket.until(_answers(sent.get("key", "")), seconds=ACT_WITHIN_S)
        except GONE:
            self.socket = None
            raise
        self.socket.frames.clear()
        if said := _said(frame, SAYS):
            return said.partition(" ")[2]
        raise Refused(_said(frame, PROBLEM))

    async def _sit(self) -> RawSocket:
        socket = self.portal.socket(self.cookie, token=self.token)
        await socket.__aenter__()
        await socket.hydrate()
        return socket

    async def leave(self) -> None:
        """Closes the connection."""
        if self.socket is not None:
            with suppress(*GONE):
                await self.socket.__aexit__(None, None, None)
        self.socket = None


def _answers(key: str) -> Callable[[str], bool]:
    def holds(frame: str) -> bool:
        if "/#ended" in frame:
            raise Refused("signed out")
        return f"{SAYS}{key} " in frame or bool(_said(frame, PROBLEM))

    return holds


def _said(frame: str, mark: str) -> str:
    _, found, rest = frame.partition(mark)
    return json.loads('"' + rest.split('"')[0] + '"') if found else ""


@dataclass
class Log:
    """What the clients were told, kept by themselves."""

    messages: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    booked: dict[str, str] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    newest_draft: int = -1
    kept: int = 0
    reads: int = 0
    refused: list[str] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def acts(self) -> int:
        """Counts what was acknowledged."""
        return len(self.messages) + len(self.booked) + len(self.confirmed) + self.reads + self.kept

    def key(self, kind: str) -> str:
        """Returns the next key of a composition."""
        return f"{kind}-{next(self.numbers):08d}"


@dataclass
class Day:
    """The work itself: who does what again and again until told to stop."""

    portal: Portal
    log: Log
    cookies: dict[str, str]
    threads: dict[str, str]
    stopping: bool = False
    # Set while the portal is meant to be up: nobody knocks at a closed door in between.
    is_up: asyncio.Event = field(default_factory=asyncio.Event)
    # Set with each act that was acknowledged.
    has_moved: asyncio.Event = field(default_factory=asyncio.Event)
    # Connections to ask at, by person; they outlive a restart.
    desks: list[Desk] = field(default_factory=list)

    def seats(self) -> list[tuple[Desk, Callable[[Desk], Awaitable[None]]]]:
        """Returns the people at work, each with what they do."""
        crew = [
            ("dana", self._write),
            ("nora", self._write),
            ("alice", self._write_back),
            ("alice", self._keep),
            ("charlie", self._read),
            ("frank", self._book),
            ("max", self._book),
            ("mia", self._confirm),
        ]
        if not self.desks:
            self.desks = [Desk(self.portal, self.cookies[name]) for name, _ in crew]
        return list(zip(self.desks, (work for _, work in crew), strict=True))

    async def work(self) -> None:
        """Works until stopped; a connection that breaks is opened again."""
        await asyncio.gather(*(self._keep_on(desk, work) for desk, work in self.seats()))

    async def _keep_on(self, desk: Desk, work: Callable[[Desk], Awaitable[None]]) -> None:
        while not self.stopping:
            await self.is_up.wait()
            try:
                await work(desk)
                self.has_moved.set()
            except Refused as refusal:
                self.log.refused.append(str(refusal))
            except GONE:
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Everybody goes home."""
        for desk in self.desks:
            await desk.leave()

    async def _write(self, desk: Desk) -> None:
        key = self.log.key("m")
        self.log.messages[key] = await desk.act("write", key=key, thread_id=self.threads["charlie"])

    async def _write_back(self, desk: Desk) -> None:
        key = self.log.key("m")
        self.log.messages[key] = await desk.act("write", key=key, thread_id=self.threads["alice"])

    async def _keep(self, desk: Desk) -> None:
        key = self.log.key("d")
        await desk.act("keep", key=key, thread_id=self.threads["draft"])
        self.log.newest_draft = int(key[2:])
        self.log.kept += 1

    async def _read(self, desk: Desk) -> None:
        before = set(self.log.messages.values())
        await desk.act("read", key=self.log.key("r"), thread_id=self.threads["charlie"])
        self.log.read |= before
        self.log.reads += 1

    async def _book(self, desk: Desk) -> None:
        key = self.log.key("b")
        number = int(key[2:])
        people = self.portal.people
        starts = datetime.now(UTC).replace(second=0, microsecond=0, minute=0)
        starts += timedelta(days=2, minutes=20 * number)
        self.log.booked[key] = await desk.act(
            "book",
            key=key,
            patient_id=people.patients["mia"].id,
            practitioner_id=people.practitioners["dana" if number % 2 else "erin"].id,
            starts_at=starts.isoformat(),
        )

    async def _confirm(self, desk: Desk) -> None:
        waiting = set(self.log.booked.values()) - self.log.confirmed
        if not waiting:
            await asyncio.sleep(0.01)
            return
        one = min(waiting)
        await desk.act("confirm", key=self.log.key("c"), appointment_id=one)
        self.log.confirmed.add(one)


def open_day(portal: Portal) -> Day:
    """Begins conversations, and signs everybody in by the form."""
    people = portal.people
    begun = {
        "charlie": clinic.thread(people, "charlie", topic="technical"),
        "alice": clinic.thread(people, "alice", topic="technical"),
        "draft": clinic.thread(people, "alice", subject="A draft stays here", topic="technical"),
    }
    people.add(*begun.values())
    names = ("dana", "nora", "alice", "charlie", "frank", "max", "mia")
    threads = {name: thread.id for name, thread in begun.items()}
    return Day(portal, Log(), {name: portal.enter(name) for name in names}, threads)
