"""The front door's state: the clinic's card."""

import reflex as rx

from portal.services import acting, front_door
from portal.services.front_door import DoorRow
from portal.state import events


class Door(rx.State):
    """What pages that are open to all show. Nothing of any patient's is in it."""

    row: DoorRow = DoorRow()
    is_loaded: bool = False

    @events.handler(events.PUBLIC)
    async def open(self) -> None:
        """Shows the clinic's card."""
        await self._load()

    async def _load(self) -> None:
        row = await acting.look(front_door.view)
        if row != self.row:
            self.row = row
        self.is_loaded = True
