"""Home's state."""

import reflex as rx

from portal.services import home
from portal.services.home import HomeRow
from portal.state import events
from portal.state.screen import Screen


class Home(Screen, rx.State):
    """What is next, new and waiting."""

    row: HomeRow = HomeRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._show(home.view, by_itself=by_itself)
        if row != self.row:
            self.row = row

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows Home."""
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)
