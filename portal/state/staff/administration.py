"""The administrators' first page: each part, and how it stands."""

import reflex as rx

from portal.services import administration
from portal.services.administration import OverviewRow
from portal.state import events
from portal.state.staff.desk import Desk

TOPICS = frozenset({"people", "outbox"})


class Administration(Desk, rx.State):
    """What this person may look after."""

    row: OverviewRow = OverviewRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(administration.overview, by_itself=by_itself) or OverviewRow()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows how each part stands."""
        self._forget()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        if TOPICS & set(topics) or not self.is_loaded:
            await self._load(by_itself=True)
