"""The waiting list's state for staff: offers that are out, who waits, what was filled."""

from typing import Any

import reflex as rx
from pydantic import Field

from portal.errors import Conflict
from portal.services import board, waitlist
from portal.services.board.rows import HitsRow
from portal.services.waitlist import DeskRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.state.staff.patients import WORDS_MAX
from portal.state.waitlist import NOTICES, Wished, number, ticked, wishes
from portal.words import _

__all__ = ["NOTICES", "PRIORITIES", "Added", "WaitingList"]

PRIORITIES = waitlist.PRIORITIES


class Added(Wished):
    """Whom staff put on the list, and how soon they need a time."""

    patient: str = Field(max_length=64)
    priority: str = Field(default="0", max_length=1)


class WaitingList(Desk, rx.State):
    """The whole list, by whose turn it is."""

    row: DeskRow = DeskRow()
    # Whom the desk looks for, to put them on the list.
    hits: HitsRow = HitsRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(waitlist.desk, by_itself=by_itself, patient_id=self._asked("patient"))
        if row != self.row:
            self.row = row or DeskRow()

    async def _do(self, use_case: Any, said: str, **arguments: Any) -> Any:
        self._forget()
        try:
            found = await self._ask(use_case, **arguments)
        except Conflict:
            # What is shown is old: show what it has become, so that the sentence makes sense.
            await self._load()
            raise
        await self._load()
        self.done = said
        return found

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the list."""
        self.problem = ""
        self.hits = HitsRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def find(self, words: str) -> None:
        """Shows who fits what has been typed so far."""
        self._forget()
        self.hits = await self._ask(board.find, words=words[:WORDS_MAX])

    @events.handler(events.STAFF_ONLY)
    async def add(self, form: dict[str, Any]) -> Any:
        """Puts a patient on the list."""
        self._forget()
        fields, ticks = ticked(form)
        said = events.entered(Added, fields)
        await self._ask(
            waitlist.join,
            visit_type_id=said.kind,
            patient_id=said.patient,
            priority=number(said.priority),
            wishes=wishes(said, ticks, tuple(ticks["with-"])),
        )
        self.done = _("On the list. They are offered what suits them by themselves.")
        return rx.redirect("/staff/waitlist", replace=True)

    @events.handler(events.STAFF_ONLY)
    async def prioritise(self, entry_id: str, version: int, priority: str) -> None:
        """Says how soon somebody needs a time."""
        await self._do(
            waitlist.prioritise,
            _("Their turn has changed."),
            entry_id=entry_id,
            version=version,
            priority=number(priority),
        )

    @events.handler(events.STAFF_ONLY)
    async def resume(self, entry_id: str) -> None:
        """Lets offers go again to somebody who had not answered."""
        await self._do(waitlist.resume, _("They are offered times again."), entry_id=entry_id)

    @events.handler(events.STAFF_ONLY)
    async def take_off(self, entry_id: str) -> None:
        """Takes somebody off the list."""
        await self._do(waitlist.leave, _("Taken off the list."), entry_id=entry_id)

    @events.handler(events.STAFF_ONLY)
    async def accept(self, offer_id: str) -> None:
        """Takes an offer for somebody who called."""
        taken = await self._do(waitlist.take, _("Booked for them."), offer_id=offer_id)
        self.done = taken.said or self.done

    @events.handler(events.STAFF_ONLY)
    async def decline(self, offer_id: str) -> None:
        """Leaves an offer for somebody who called: it goes to the next."""
        await self._do(waitlist.decline, _("It goes to the next."), offer_id=offer_id)
