"""The states of the settings' first page, and of devices and sign-ins."""

import reflex as rx

from portal.services import devices, own_account
from portal.services.devices import DevicesRow
from portal.services.own_account import AccountRow
from portal.state import events
from portal.state.screen import Screen
from portal.words import _


class Account(Screen, rx.State):
    """The settings at a glance."""

    row: AccountRow = AccountRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(own_account.view, by_itself=by_itself)

    @events.handler(events.SIGNED_IN)
    async def open(self) -> None:
        """Shows the settings."""
        self.problem = self.done = ""
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)


class Devices(Screen, rx.State):
    """Where the account is open, and where no second step is asked."""

    row: DevicesRow = DevicesRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(devices.view, by_itself=by_itself)

    @events.handler(events.SIGNED_IN)
    async def open(self) -> None:
        """Shows the sign-ins."""
        self.problem = self.done = ""
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.SIGNED_IN)
    async def end(self, sign_in_id: str) -> None:
        """Ends one sign-in."""
        self.problem = self.done = ""
        await self._ask(devices.end, sign_in_id=sign_in_id)
        self.done = _("That device is signed out.")
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def end_others(self) -> None:
        """Ends every sign-in but this one."""
        self.problem = self.done = ""
        await self._ask(devices.end_others)
        self.done = _("All other devices are signed out.")
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def distrust(self, device_id: str) -> None:
        """Asks a browser for the second step again."""
        self.problem = self.done = ""
        await self._ask(devices.distrust, device_id=device_id)
        self.done = _("From now on we ask for the second step there again.")
        await self._load()
