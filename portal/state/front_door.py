"""The front door's state: the clinic's card, and whom a one-time link is for."""

import reflex as rx

from portal.services import acting, front_door
from portal.services.front_door import DoorRow, LinkRow
from portal.state import events

# What may have gone wrong with a new password: the end of the address says it.
TROUBLES = ("differ", "weak", "wait")


class Door(rx.State):
    """What pages that are open to all show. Nothing of any patient's is in it."""

    row: DoorRow = DoorRow()
    link: LinkRow = LinkRow()
    problem: str = ""
    trouble: str = ""
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
        address = self.router.url
        # This page has no file of its own, so style alone cannot find the end of its address.
        self.trouble = address.fragment if address.fragment in TROUBLES else ""
        token = address.path.rpartition("/")[2]
        self.link = await acting.look(front_door.link_view, token=token[:100])

    async def _load(self) -> None:
        row = await acting.look(front_door.view)
        if row != self.row:
            self.row = row
        self.is_loaded = True
