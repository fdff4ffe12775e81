"""Fan-out: carries what was committed to the open pages that it concerns.

One task for the whole process. Each page is sent one event with the topics, and asks again with
its own rights; a page that has a refresh on the way already gets no second one.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from portal import live
from portal.state import connections

log = logging.getLogger("portal.live")


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Carries changes for as long as the server runs."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[live.Change, ...]] = asyncio.Queue()

    def heard(changes: tuple[live.Change, ...]) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, changes)

    stop = live.listen(heard)
    task = asyncio.create_task(_carry(queue), name="fan-out")
    try:
        yield
    finally:
        stop()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _carry(queue: asyncio.Queue[tuple[live.Change, ...]]) -> None:
    while True:
        changes = list(await queue.get())
        while not queue.empty():
            changes.extend(queue.get_nowait())
        try:
            await _tell(changes)
        except Exception:
            # One page that cannot be reached must not silence the others.
            log.exception("a change could not be carried to the open pages")


async def _tell(changes: list[live.Change]) -> None:
    topics: dict[str, set[str]] = {}
    for change in changes:
        for token in live.presence.concerned(change):
            topics.setdefault(token, set()).add(change.topic)
    for token, about in topics.items():
        tab = live.presence.tabs.get(token)
        if tab is None:
            continue
        if not connections.is_open(token):
            live.presence.leave(token)
            continue
        await connections.send(token, tab.refresh, {"topics": sorted(about)})
