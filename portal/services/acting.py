"""Acting: the one way from an event or a request to a use case.

`perform` resolves the actor from the sign-in on every call, opens one transaction in a worker
thread, runs the use case, commits; only then is announced what changed. Nothing is cached: a
right that ended a moment ago has ended here.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Session

from portal import database, settings, words
from portal.errors import NotSignedIn
from portal.security import signins

log = logging.getLogger("portal.acting")

THREADS = 8
# A clock that is off by more than this from what has passed was set; less is drift.
CLOCK_WAS_SET = timedelta(minutes=1)

T = TypeVar("T")


@dataclass
class Desk:
    """What a running portal acts with: its database and its rules for sign-ins."""

    database: database.Database
    limits: signins.Limits
    threads: ThreadPoolExecutor
    # One after the other through the door: a crowd that signs in holds up nobody inside.
    door: ThreadPoolExecutor
    clock: Callable[[], datetime]
    # Seconds that nobody can set, and the moment of the clock that they are counted from.
    ticks: Callable[[], float]
    since: tuple[datetime, float]
    # Where the end of the trace is written down.
    witness: Path
    setting: threading.Lock = field(default_factory=threading.Lock)

    def expected(self) -> datetime:
        """Returns what the clock should say, had nobody set it."""
        moment, ticks = self.since
        return moment + timedelta(seconds=self.ticks() - ticks)


_desk: Desk | None = None


def now() -> datetime:
    """Returns the present moment."""
    return datetime.now(UTC)


def seconds() -> float:
    """Returns seconds since the machine started; sleep counts, setting the clock does not."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def open_desk(
    base: database.Database,
    rules: settings.Settings,
    clock: Callable[[], datetime] = now,
    ticks: Callable[[], float] | None = None,
) -> Desk:
    """Begins to act on a database; tests give their own clock, and what goes on when it is set."""
    global _desk  # noqa: PLW0603 - one desk a process
    words.settle(rules.language, rules.zone)
    limits = signins.Limits.of(rules)
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="desk")
    door = ThreadPoolExecutor(1, thread_name_prefix="door")
    if ticks is None:
        ticks = seconds if clock is now else lambda: clock().timestamp()
    _desk = Desk(base, limits, threads, door, clock, ticks, (clock(), ticks()), rules.witness_dir)
    return _desk


def desk() -> Desk:
    """Returns the open desk; opens the clinic's own at first need."""
    if _desk is None:
        rules = settings.current()
        return open_desk(database.open_from(rules), rules)
    return _desk


def close_desk() -> None:
    """Finishes what was begun, then closes the database."""
    global _desk  # noqa: PLW0603 - one desk a process
    if _desk is not None:
        _desk.door.shutdown(wait=True)
        _desk.threads.shutdown(wait=True)
        _desk.database.close()
        _desk = None


@contextlib.asynccontextmanager
async def closing() -> AsyncIterator[None]:
    """Closes the desk when the server stops, so that all it wrote lies in one file."""
    yield
    await asyncio.to_thread(close_desk)


def settle() -> None:
    """Takes open sign-ins along if the machine's clock was set since; call before judging one."""
    here = desk()
    if abs(here.clock() - here.expected()) < CLOCK_WAS_SET:
        return
    with here.setting:
        before, moment = here.expected(), here.clock()
        if abs(moment - before) < CLOCK_WAS_SET:
            return
        with here.database.transaction() as db:
            carried = signins.carry(db, here.limits, before=before, now=moment)
        here.since = (moment, here.ticks())
    log.warning("the clock was set by %s; %d sign-ins keep their time", moment - before, carried)


async def perform(digest: str, use_case: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Runs a use case as the person whose sign-in this is; raises `NotSignedIn` if it has ended."""
    return await _in_thread(_perform, digest, use_case, args, kwargs)


async def glance(digest: str, use_case: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Runs a use case that the portal began by itself (a live refresh): extends no sign-in."""
    return await _in_thread(partial(_perform, is_use=False), digest, use_case, args, kwargs)


async def halfway(digest: str, use_case: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Runs a use case as somebody whose password was right, but who is not in yet."""
    stages = signins.HALFWAY
    return await _in_thread(partial(_perform, stages=stages), digest, use_case, args, kwargs)


async def seat(digest: str) -> signins.Seat | None:
    """Returns who sits at a connection, from the newest commit; None for nobody."""
    here = desk()
    if here.database.is_sqlite:
        settle()
        return signins.seat(here.database, digest, here.limits, now=here.clock())
    return await _in_thread(_seat, digest)


def _seat(digest: str) -> signins.Seat | None:
    settle()
    here = desk()
    return signins.seat(here.database, digest, here.limits, now=here.clock())


async def still_open(sign_in_ids: Collection[str]) -> set[str]:
    """Returns which of these sign-ins have not ended, without waiting for anybody's turn."""
    return await asyncio.to_thread(_still_open, sign_in_ids)


def _still_open(sign_in_ids: Collection[str]) -> set[str]:
    settle()
    here = desk()
    with here.database.reading() as db:
        return signins.still_open(db, sign_in_ids, here.limits, now=here.clock())


async def look(view: Callable[..., T], **arguments: Any) -> T:
    """Runs a view that is open to all, without waiting for anybody's turn."""
    return await _in_thread(_look, view, arguments)


def _look(view: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    here = desk()
    with here.database.reading() as db:
        return view(db, **arguments, now=here.clock())


async def alone(act: Callable[[Session], T]) -> T:
    """Runs one transaction with no actor: for sign-in itself and for the system."""
    return await _in_thread(_alone, act)


async def at_the_door(act: Callable[[Session], T]) -> T:
    """Does the same for whoever is not in yet: one at a time, however many come at once."""
    return await asyncio.get_running_loop().run_in_executor(desk().door, _alone, act)


async def _in_thread(function: Callable[..., Any], *args: Any) -> Any:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(desk().threads, function, *args)


def _perform(
    digest: str,
    use_case: Any,
    args: Any,
    kwargs: Any,
    *,
    is_use: bool = True,
    stages: frozenset[str] = signins.FULL,
) -> Any:
    settle()
    here = desk()
    with here.database.transaction() as db:
        at = here.clock()
        actor = signins.actor_of(db, digest, here.limits, now=at, is_use=is_use, stages=stages)
        if actor is None:
            raise NotSignedIn
        return use_case(db, actor, *args, now=at, **kwargs)


def _alone(act: Callable[[Session], Any]) -> Any:
    with desk().database.transaction() as db:
        return act(db)
