"""The requests page: one list for each kind of request, each with a state of its own."""

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from portal.errors import NotAllowed
from portal.security.actor import Actor
from portal.services import requests_queue
from portal.state import events
from portal.state.staff.desk import Desk
from portal.state.staff.helps import HelpsQueue
from portal.state.staff.registrations import RegistrationRequests
from portal.state.staff.ways_back import WayBackRequests

# A kind that comes adds its state here: it has `_begin()` and `_load(by_itself=…)`.
PARTS: tuple[Any, ...] = (RegistrationRequests, WayBackRequests, HelpsQueue)


class Requests(Desk, rx.State):
    """Everything that somebody asked for and a member of staff decides."""

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows what waits."""
        self._forget()
        await self._try(_may_see)
        for part in PARTS:
            await (await self.get_state(part))._begin()  # noqa: SLF001

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed; what is open stays open while it waits."""
        await self._try(_may_see, by_itself=True)
        if "people" in topics:
            for part in PARTS:
                await (await self.get_state(part))._load(by_itself=True)  # noqa: SLF001


def _may_see(db: Session, actor: Actor, *, now: datetime) -> None:
    del db, now
    if not requests_queue.may_see(actor):
        raise NotAllowed
