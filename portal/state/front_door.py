"""The front door's state: the clinic's card, and whom a one-time link is for."""

import reflex as rx

from portal.services import acting, front_door
from portal.services.front_door import DoorRow, LinkRow
from portal.state import events


class Door(rx.State):
    """What pages that are open to all show. Nothing of any patient's is in it."""

    row: DoorRow = DoorRow()
    link: LinkRow = LinkRow()
    problem: str = ""
    is_loaded: bool = False

    @events.handler(events.PUBLIC)
    async def open(self) -> None:
        """Shows the clinic's card."""
        await self._load()

    @events.handler(events.PUBLIC)
    async def open_link(self) -> None:
        """Shows whom the one-time link in the address is for, without using it up."""
        await self._load()
        self.link, self.problem = LinkRow(), ""
        token = self.router.url.path.rpartition("/")[2]
        self.link = await acting.look(front_door.link_view, token=token[:100])

    async def _load(self) -> None:
        row = await acting.look(front_door.view)
        if row != self.row:
            self.row = row
        self.is_loaded = True
