"""The states of a way back: the page of its link, and the owner's own word against it."""

import reflex as rx

from portal.services import acting, ways_back
from portal.services.ways_back import Opening
from portal.state import events
from portal.state.screen import Screen
from portal.words import _

# What may have gone wrong: the end of the address says it.
TROUBLES = ("differ", "weak", "wait", "wrong")


class Back(rx.State):
    """What the page of a way back shows: what it asks for, never whose it is."""

    row: Opening = Opening()
    token: str = ""
    problem: str = ""
    trouble: str = ""

    @events.handler(events.PUBLIC)
    async def open(self) -> None:
        """Looks whether the link in the address holds, without using it up."""
        self.token, self.problem = "", ""
        address = self.router.url
        self.trouble = address.fragment if address.fragment in TROUBLES else ""
        token = address.path.rpartition("/")[2][:100]
        self.row = await acting.look(ways_back.owner, token=token)
        self.token = token


class OwnWayBack(Screen, rx.State):
    """On one's own settings: that somebody asked to get into the account, and how to stop it."""

    is_open: bool = False

    @events.handler(events.SIGNED_IN)
    async def open(self) -> None:
        """Looks whether somebody has asked to get back into this account."""
        self.problem, self.done = "", ""
        self.is_open = bool(await self._ask(ways_back.own))

    @events.handler(events.SIGNED_IN)
    async def stop(self) -> None:
        """Ends it: its owner did not ask for it."""
        self.problem, self.done = "", ""
        await self._ask(ways_back.object_to)
        self.is_open = False
        self.done = _("It is stopped. Nothing was changed in your account.")
