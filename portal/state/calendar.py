"""The state of one's own calendar: the address that it reads, made, shown once, ended."""

import reflex as rx

from portal import settings
from portal.services import calendars
from portal.services.calendars import FeedRow
from portal.state import events
from portal.state.screen import Screen
from portal.words import _


class OwnCalendar(Screen, rx.State):
    """The address for the open record. Its secret is here only until the page is left."""

    row: FeedRow = FeedRow()
    address: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._show(calendars.view, by_itself=by_itself)
        if row != self.row:
            self.row = row

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows whether there is an address."""
        self.problem = self.done = self.address = ""
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def make(self) -> None:
        """Makes an address and shows it, this once; the one before ends."""
        self.problem = self.done = ""
        token = await self._act(calendars.make, whose=self.row.patient_id)
        self.address = f"{settings.current().public_url}/calendar/{token}.ics"
        await self._load()
        self.done = _("Your address is ready. Copy it now: it is shown only once.")

    @events.handler(events.PATIENTS)
    async def revoke(self) -> None:
        """Ends the address."""
        self.problem = self.address = ""
        await self._act(calendars.revoke, whose=self.row.patient_id)
        await self._load()
        self.done = _("The address has ended. Calendars that followed it see nothing new.")
