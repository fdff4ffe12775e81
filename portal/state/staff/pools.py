"""Pools: a form for each, and one for each topic, as it was when the person looked."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.services.inbox import pools
from portal.services.inbox.pools import PoolsRow
from portal.state import events
from portal.state.staff.desk import Form
from portal.words import _


class Named(BaseModel):
    """A pool and its name as they were entered; without an id it is a new one."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: str = Field(default="", max_length=64)
    before: str = Field(default="", max_length=pools.NAME_MAX)
    name: str = Field(max_length=pools.NAME_MAX)


class Laid(BaseModel):
    """Where a topic is to lie, and where it did."""

    model_config = ConfigDict(strict=True, extra="forbid")

    topic: str = Field(max_length=20)
    before: str = Field(max_length=64)
    pool: str = Field(max_length=64)


class Pools(Form, rx.State):
    """Every pool of the clinic, and what lies where."""

    row: PoolsRow = PoolsRow()
    # Rises when one was added: the form for the next starts empty.
    written: int = 0

    async def _load(self, *, by_itself: bool = False) -> None:
        self.row = await self._try(pools.shown, by_itself=by_itself) or PoolsRow()

    @events.handler(events.STAFF_ONLY)
    async def name(self, form: dict[str, Any]) -> None:
        """Adds a pool, or gives one another name."""
        self._forget()
        given = events.entered(Named, form)
        if given.id:
            names = {"name": given.name, "before": given.before}
            await self._ask(pools.rename, pool_id=given.id, **names)
        else:
            await self._ask(pools.add, name=given.name)
            self.written += 1
        self.done = _("Kept. Your colleagues see it in their messages.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def lay(self, form: dict[str, Any]) -> None:
        """Lays a topic into another pool."""
        self._forget()
        given = events.entered(Laid, form)
        await self._ask(pools.lay, topic=given.topic, pool_id=given.pool, before=given.before)
        self.done = _("Kept. What waits has gone along.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def remove(self, pool_id: str) -> None:
        """Takes a pool away in which nothing lies."""
        self._forget()
        await self._ask(pools.remove, pool_id=pool_id)
        self.done = _("Taken away.")
        await self._load()
