"""The traps: a state with everything that must not be reachable, and some that may be.

Imported by tests/support/trapped.py alone, after Reflex has been told where it is.
"""

import asyncio
import threading
from typing import Any

import reflex as rx
from reflex_base.event import Event
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from portal import live, settings
from portal.api import health
from portal.services import frame
from portal.state import connections, events
from portal.state.screen import Screen

SPRUNG = settings.current().data_dir / "sprung"
BEGUN, GO_ON = SPRUNG.with_name("slow-begun"), SPRUNG.with_name("slow-go-on")


def _spring(name: str) -> None:
    with SPRUNG.open("a") as file:
        file.write(name + "\n")


async def states(request: Request) -> PlainTextResponse:
    """Tells how many tabs' states are in memory."""
    del request
    return PlainTextResponse(str(connections.states_held()))


health.routes.append(Route("/test/states", states))


def _around(db: Any, actor: Any, *, now: Any) -> Any:
    return frame.view(db, actor, now=now)


class Trap(Screen, rx.State):
    """Holds who was last seen here."""

    age: int = 0
    seen: str = ""
    echoed: str = ""
    row: list[str] = []  # noqa: RUF012 - Reflex copies defaults

    def undecorated(self, **_sent: Any) -> None:
        """Reachable by any browser in plain Reflex."""
        _spring("undecorated")

    def _private(self) -> None:
        _spring("private")

    def set_age(self, value: Any) -> None:
        """What `setvar` calls in plain Reflex."""
        _spring("set_age")
        self.age = value

    @rx.event
    def without_policy(self) -> None:
        """Decorated, but nobody said who may."""
        _spring("without_policy")

    @events.handler(events.PUBLIC)
    async def echo(self, said: str) -> None:
        """Says it again, so that a test knows where an answer ends."""
        self.echoed = said

    @events.handler(events.PUBLIC)
    async def left_alone(self) -> None:
        """Has this tab told of no change any more, until it shows a page again."""
        live.presence.leave(self._token())

    @events.handler(events.STAFF_ONLY)
    async def for_staff(self) -> None:
        """Only staff may."""
        _spring("for_staff")

    @events.handler(events.SIGNED_IN)
    async def who(self) -> None:
        """Shows whose tab this is: asked anew, as every page does."""
        row = await self._show(_around)
        self.seen = f"{row.name} of {row.patient_id}"

    @events.handler(events.SIGNED_IN)
    async def refresh(self, topics: list[str]) -> None:
        """Shows it again."""
        row = await self._show(_around, by_itself=True)
        self.seen = f"{row.name} of {row.patient_id} after {' '.join(topics)}"

    @events.handler(events.SIGNED_IN)
    async def breaks(self, text: str) -> None:
        """Has a bug, with a patient's words in it."""
        raise ValueError(text)

    @events.handler(events.SIGNED_IN)
    async def push(self, token: str) -> None:
        """Makes another tab ask again, the right way."""
        await connections.send(token, f"{Trap.get_full_name()}.who", {})

    @events.handler(events.SIGNED_IN)
    async def push_naively(self, token: str) -> None:
        """Makes another tab ask again, the way that leaks in plain Reflex."""
        processor: Any = connections._running().event_processor
        await processor.enqueue(token, Event(name=f"{Trap.get_full_name()}.who", payload={}))

    @events.handler(events.SIGNED_IN)
    async def push_later(self, token: str) -> None:
        """Has a job do it: on a timer that inherits this handler's context, and in a thread."""
        loop = asyncio.get_running_loop()
        processor: Any = connections._running().event_processor
        event = Event(name=f"{Trap.get_full_name()}.who", payload={})

        def job() -> None:
            loop.create_task(processor.enqueue(token, event))  # noqa: RUF006

        loop.call_later(0.01, job)
        threading.Thread(target=loop.call_soon_threadsafe, args=(job,)).start()

    @events.handler(events.SIGNED_IN)
    async def slow(self, seconds: float) -> None:
        """Works until it is told to go on, or for so long; then shows whose tab this is."""
        until = asyncio.get_running_loop().time() + min(seconds, 60)
        BEGUN.touch()
        while not GO_ON.exists() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 - told by a file
            await asyncio.sleep(0.02)
        await self._show(_around)
        _spring("slow finished")
