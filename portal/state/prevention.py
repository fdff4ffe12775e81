"""Check-ups and vaccines: what is due for the open record, and what is answered to it."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import Refusal
from portal.services import prevention
from portal.services.prevention import CheckUpsRow
from portal.state import events
from portal.state.appointments import PAGES
from portal.state.screen import Screen
from portal.words import _

CHECK_UPS = "/check-ups"


class DoneElsewhere(BaseModel):
    """When something was done elsewhere: a year, and the month if it is known."""

    model_config = ConfigDict(strict=True, extra="forbid")

    whose: str = Field(max_length=64)
    rule: str = Field(max_length=64)
    number: str = Field(max_length=6, pattern=r"^[0-9]+$")
    year: str = Field(default="", max_length=4)
    month: str = Field(default="", max_length=2)

    def day(self) -> str:
        """Returns it as a FHIR date."""
        return f"{self.year}-{self.month}" if self.month else self.year


class CheckUps(Screen, rx.State):
    """The page of check-ups; Home shows what is due, and its buttons come here too."""

    row: CheckUpsRow = CheckUpsRow()

    async def _forget(self) -> None:
        self.problem = self.done = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(prevention.view, by_itself=by_itself)

    async def _do(self, use_case: Any, noted: str, **arguments: Any) -> None:
        """Answers, and shows what there is now on the page where it was tapped."""
        await self._forget()
        here = PAGES.get(self.router.url.path.rstrip("/"), CheckUps)
        shown: Any = await self.get_state(here)
        try:
            await self._act(use_case, **arguments)
        except Refusal:
            # What is shown may be old: the sentence makes sense beside what it has become.
            await shown._load(by_itself=True)  # noqa: SLF001
            raise
        await shown._load(by_itself=True)  # noqa: SLF001
        self.done = noted

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows what concerns the open record."""
        await self._forget()
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def done_elsewhere(self, form: dict[str, Any]) -> None:
        """Notes that it was done, but not here."""
        given = events.entered(DoneElsewhere, form)
        await self._do(
            prevention.answer,
            _("Noted. We count from then."),
            whose=given.whose,
            rule_id=given.rule,
            number=int(given.number),
            said="done",
            done_on=given.day(),
        )

    @events.handler(events.PATIENTS)
    async def decline(self, whose: str, rule_id: str, number: int) -> None:
        """Notes that it is not wanted."""
        noted = _("Noted: not for you. Under “Check-ups” you can take it back.")
        answer = {"rule_id": rule_id, "number": number, "said": "declined"}
        await self._do(prevention.answer, noted, whose=whose, **answer)

    @events.handler(events.PATIENTS)
    async def later(self, whose: str, rule_id: str, number: int) -> None:
        """Lets it be asked again in three months."""
        noted = _("We remind you in three months.")
        answer = {"rule_id": rule_id, "number": number, "said": "later"}
        await self._do(prevention.answer, noted, whose=whose, **answer)

    @events.handler(events.PATIENTS)
    async def undo(self, whose: str, rule_id: str, number: int) -> None:
        """Takes the last answer back."""
        whom = {"whose": whose, "rule_id": rule_id, "number": number}
        await self._do(prevention.undo, _("Taken back."), **whom)


PAGES[CHECK_UPS] = CheckUps
