"""The state of a reset link's page: whose password the link in the address changes."""

import reflex as rx

from portal.services import acting, forgotten
from portal.services.forgotten import ResetRow
from portal.state import events

# What may have gone wrong with a new password: the end of the address says it.
TROUBLES = ("differ", "weak", "wait")


class Reset(rx.State):
    """What the page of a reset link shows. Nothing of any patient's is in it."""

    row: ResetRow = ResetRow()
    problem: str = ""
    trouble: str = ""

    @events.handler(events.PUBLIC)
    async def open(self) -> None:
        """Shows whom the link in the address is for, without using it up."""
        self.row, self.problem = ResetRow(), ""
        address = self.router.url
        self.trouble = address.fragment if address.fragment in TROUBLES else ""
        token = address.path.rpartition("/")[2]
        self.row = await acting.look(forgotten.owner, token=token[:100])
