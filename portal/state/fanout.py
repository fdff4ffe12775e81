"""Fan-out: carries what was committed to the open pages that it concerns.

One task for the whole process. Each page is sent one event with the topics, and asks again with
its own rights. While a page still works on the one before, what happens meanwhile is gathered
into one more: a slow page is never sent a queue.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from portal import live
from portal.services import acting
from portal.state import connections

log = logging.getLogger("portal.live")

# A page that has not answered for so long is asked again all the same.
PATIENCE_S = 10.0
AGAIN_S = 1.0

Queue = asyncio.Queue[tuple[live.Change, ...]]


@dataclass
class Rounds:
    """What each page has still to be told, and which pages are at it."""

    waiting: dict[str, set[str]] = field(default_factory=dict)
    busy: dict[str, float] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def tell(self, changes: list[live.Change]) -> None:
        """Tells every page concerned, or notes it for when the page is free."""
        concerned: set[str] = set()
        for change in changes:
            for token in live.presence.concerned(change):
                self.waiting.setdefault(token, set()).add(change.topic.removeprefix(live.PRIVATE))
                concerned.add(token)
        for token in concerned:
            if time.monotonic() - self.busy.get(token, -PATIENCE_S) >= PATIENCE_S:
                await self._send(token)

    async def _send(self, token: str) -> None:
        topics = self.waiting.pop(token, set[str]())
        self.busy.pop(token, None)
        tab = live.presence.tabs.get(token)
        if not topics or tab is None:
            return
        if not connections.is_open(token):
            live.presence.leave(token)
            return
        self.busy[token] = time.monotonic()
        done = await connections.send(token, tab.refresh, {"topics": sorted(topics)})
        done.add_done_callback(lambda _: self._go_on(token))

    def _go_on(self, token: str) -> None:
        task = asyncio.get_running_loop().create_task(self._send(token))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Carries changes for as long as the server runs."""
    loop = asyncio.get_running_loop()
    queue: Queue = asyncio.Queue()

    def heard(changes: tuple[live.Change, ...]) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, changes)

    stop = live.listen(heard)
    tasks = [
        asyncio.create_task(_carry(queue), name="fan-out"),
        asyncio.create_task(_hear_outside(queue), name="changes of other processes"),
    ]
    try:
        yield
    finally:
        stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _hear_outside(queue: Queue) -> None:
    """Takes in what other processes commit; after a gap every page asks for everything."""
    while True:
        try:
            async for changes in live.outside(acting.desk().database):
                queue.put_nowait(changes)
        except Exception:
            log.exception("changes of other processes cannot be heard just now")
        await asyncio.sleep(AGAIN_S)
        queue.put_nowait(tuple(live.Change(topic) for topic in sorted(live.TOPICS)))


async def _carry(queue: Queue) -> None:
    rounds = Rounds()
    while True:
        changes = list(await queue.get())
        while not queue.empty():
            changes.extend(queue.get_nowait())
        try:
            await rounds.tell(changes)
        except Exception:
            # One page that cannot be reached must not silence the others.
            log.exception("a change could not be carried to the open pages")
