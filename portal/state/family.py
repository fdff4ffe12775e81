"""The states of the family: who helps me, whom I help, and a record that was closed."""

from datetime import date
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.security import scopes
from portal.services import family, restrictions
from portal.services.family import ClosedRow, FamilyRow, Lent, Wanted
from portal.state import events, screen
from portal.state.keeping import Keeping
from portal.state.screen import Screen
from portal.words import _

screen.WITHOUT_RECORD.add(family.closed)
AREAS = tuple(scopes.AREAS)


class Areas(BaseModel):
    """What is lent, area by area, and until which day."""

    model_config = ConfigDict(strict=True, extra="forbid")

    whose: str = Field(max_length=64)
    appointments: str = Field(default="", max_length=4)
    messages: str = Field(default="", max_length=4)
    results: str = Field(default="", max_length=4)
    notes: str = Field(default="", max_length=4)
    medicines: str = Field(default="", max_length=4)
    bills: str = Field(default="", max_length=4)
    documents: str = Field(default="", max_length=4)
    profile: str = Field(default="", max_length=4)
    ends_on: str = Field(default="", max_length=10)

    def lent(self) -> frozenset[str]:
        """Returns the scopes that were chosen; what is none of ours is left out."""
        chosen = (f"{area}:{getattr(self, area)}" for area in AREAS)
        return frozenset(scopes.ALL.intersection(chosen))

    def last(self) -> date | None:
        """Returns the last day; raises `TooLong` for what is no day."""
        try:
            return date.fromisoformat(self.ends_on) if self.ends_on else None
        except ValueError:
            raise family.TooLong from None


class Invited(Areas):
    """Whom a patient asks to help."""

    name: str = Field(max_length=400)
    email: str = Field(max_length=400)
    relationship: str = Field(default="", max_length=200)
    kind: str = Field(default="adult", max_length=20)


class Changed(Areas):
    """What a standing help is to cover."""

    help_id: str = Field(max_length=64)


class Asked(BaseModel):
    """A restriction that somebody asks for."""

    model_config = ConfigDict(strict=True, extra="forbid")

    whose: str = Field(max_length=64)
    what: str = Field(max_length=4000)


class Family(Screen, Keeping, rx.State):
    """Who helps me and whom I help."""

    row: FamilyRow = FamilyRow()
    # The code of an invitation that was just sent, shown until the page is left.
    code: str = ""
    code_for: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(family.view, by_itself=by_itself)

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows who helps whom."""
        self.problem = self.done = self.code = self.code_for = ""
        await self._load()
        await self._take_form(self.row.patient_id)

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def lend(self, form: dict[str, Any]) -> None:
        """Invites somebody to help."""
        self.problem = self.done = ""
        asked = events.entered(Invited, form)
        wanted = Wanted(
            asked.name,
            asked.email,
            asked.kind,
            asked.relationship,
            asked.lent(),
            asked.last(),
        )
        self._show_code(await self._act(family.lend, whose=asked.whose, wanted=wanted))
        await self._load()

    @events.handler(events.PATIENTS)
    async def send_again(self, whose: str, help_id: str) -> None:
        """Sends a new link with a new code."""
        self.problem = self.done = ""
        self._show_code(await self._act(family.send_again, whose=whose, help_id=help_id))
        await self._load()

    def _show_code(self, lent: Lent) -> None:
        self.code, self.code_for = f"{lent.code[:4]} {lent.code[4:]}", lent.name

    @events.handler(events.PATIENTS)
    async def change(self, form: dict[str, Any]) -> None:
        """Changes what a help covers."""
        self.problem = self.done = ""
        asked = events.entered(Changed, form)
        await self._act(
            family.change,
            whose=asked.whose,
            help_id=asked.help_id,
            lent=asked.lent(),
            ends_on=asked.last(),
        )
        self.done = _("Changed. It holds from this moment on.")
        await self._load()

    @events.handler(events.PATIENTS)
    async def end(self, whose: str, help_id: str) -> None:
        """Ends a help at once."""
        self.problem = self.done = ""
        state = await self._act(family.end, whose=whose, help_id=help_id)
        self.done = (
            _("Stopped at once. The clinic will look at it and call you.")
            if state == "suspended"
            else _("Ended. This person sees nothing of your record any more.")
        )
        await self._load()

    @events.handler(events.PATIENTS)
    async def ask(self, form: dict[str, Any]) -> None:
        """Asks the clinic to restrict a use or disclosure."""
        self.problem = self.done = ""
        asked = events.entered(Asked, form)
        await self._act(restrictions.ask, whose=asked.whose, what=asked.what)
        self.done = _("We have your request, and answer it here.")
        await self._load()

    @events.handler(events.PATIENTS)
    async def stop(self, help_id: str) -> None:
        """Stops helping somebody."""
        self.problem = self.done = ""
        await self._ask(family.stop, help_id=help_id)
        self.done = _("You have stopped helping. Thank you for what you did.")
        await self._load()


class Closed(Screen, rx.State):
    """A record that was open, and is closed now."""

    row: ClosedRow = ClosedRow()

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Says which record was closed, and why."""
        self.problem = ""
        self.row = await self._show(family.closed)

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Says what is so now."""
        del topics
        self.row = await self._show(family.closed, by_itself=True)
