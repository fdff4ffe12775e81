"""Rooms: a form each, as it was when the person looked."""

from typing import Any

import reflex as rx

from portal.services import schedules
from portal.services.schedules import ChangedMeanwhile, RoomRow
from portal.state import events
from portal.state.staff.desk import Form
from portal.state.staff.schedules.forms import RoomValues
from portal.words import _


class Rooms(Form, rx.State):
    """Every place of the clinic."""

    rows: list[RoomRow] = []  # noqa: RUF012 - Reflex gives each state its own
    # The room that was last to be changed, and whether it was: said beside it, too.
    last: str = ""
    saved: bool = False

    async def _load(self, *, by_itself: bool = False) -> None:
        rows = await self._try(schedules.rooms, by_itself=by_itself) or []
        if rows != self.rows:
            self.rows = rows

    def _begin(self) -> None:
        self._forget()
        self.last = ""

    @events.handler(events.STAFF_ONLY)
    async def put(self, form: dict[str, Any]) -> None:
        """Makes or changes a room, as long as it is as it was shown."""
        self._forget()
        given = events.entered(RoomValues, form)
        self.last, self.saved = given.id, False
        seen = next((one for one in self.rows if given.id and one.id == given.id), RoomRow())
        room = RoomRow(
            id=given.id,
            name=given.name,
            equipment=given.equipment,
            directions=given.directions,
            is_room=given.is_room == "on",
            active=given.active == "on",
        )
        try:
            await self._ask(schedules.put_room, room=room, seen=seen)
        except ChangedMeanwhile:
            await self._load()
            raise
        self.done, self.saved = _("Saved."), True
        await self._load()
