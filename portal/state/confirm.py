"""Confirming's state: with what the person may confirm, and where it leads back to."""

import reflex as rx

from portal.security import paths
from portal.services import signing_in
from portal.services.signing_in import ConfirmRow
from portal.state import events
from portal.state.screen import Screen


class Confirm(Screen, rx.State):
    """Asks somebody who is in for a factor once more."""

    row: ConfirmRow = ConfirmRow()
    then: str = "/"

    @events.handler(events.SIGNED_IN)
    async def open(self) -> None:
        """Shows the ways that this person has."""
        self.problem = ""
        asked = self.router.url.query_parameters.get("then", "")
        self.then = paths.own(str(asked))
        self.row = await self._ask(signing_in.confirm_view)
        self.is_loaded = True
