"""The access log's state: what was looked for, and one page of lines."""

from datetime import date
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field, field_validator

from portal.services import looks, messages
from portal.services.looks import LookRow, LooksRow
from portal.state import events
from portal.state.screen import Screen
from portal.words import _


class Asked(BaseModel):
    """What is looked for, as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: str = Field(default="", max_length=60)
    kind: str = Field(default="", max_length=40)
    since: date | None = None
    until: date | None = None

    @field_validator("since", "until", mode="before")
    @classmethod
    def read_day(cls, given: Any) -> Any:
        """Reads the browser's date; none is given where the field was left empty."""
        if not isinstance(given, str) or not given:
            return None
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise ValueError(_("Choose the days from the calendar.")) from None


class Question(BaseModel):
    """A question about a line, as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    question: str = Field(max_length=2000)


class Looks(Screen, rx.State):
    """Who has looked at the open record."""

    row: LooksRow = LooksRow()
    # The line that is asked about.
    chosen: LookRow = LookRow()
    own: bool = False
    _asked: Asked = Asked()
    # Where the pages began that were turned over to come here.
    _turned: list[int] = []  # noqa: RUF012 - Reflex gives each state its own
    _before: int = 0
    _key: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(
            looks.view,
            by_itself=by_itself,
            own=self.own,
            before=self._before,
            **self._asked.model_dump(),
        )

    def _from_the_top(self) -> None:
        self.problem, self.done = "", ""
        self._turned, self._before = [], 0

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows the newest lines."""
        self._from_the_top()
        self._asked, self.own, self.chosen = Asked(), False, LookRow()
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows at once that somebody opened the record, and that a helper's right has ended."""
        if "people" in topics or (self._before == 0 and "access" in topics):
            await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def find(self, form: dict[str, Any]) -> None:
        """Shows the lines that fit."""
        self._asked = events.entered(Asked, form)
        self._from_the_top()
        await self._load()

    @events.handler(events.PATIENTS)
    async def show_own(self, *, shown: bool) -> None:
        """Shows one's own acts too, or leaves them out."""
        self.own = shown
        self._from_the_top()
        await self._load()

    @events.handler(events.PATIENTS)
    async def turn(self, by: int) -> None:
        """Turns to what was before, or back."""
        if by > 0 and self.row.next_before:
            self._turned = [*self._turned, self._before]
            self._before = self.row.next_before
        elif by < 0 and self._turned:
            *self._turned, self._before = self._turned
        await self._load()

    @events.handler(events.PATIENTS)
    async def choose(self, look: int) -> None:
        """Notes which line is asked about."""
        self.problem, self.done = "", ""
        self.chosen = next((one for one in self.row.looks if one.id == look), LookRow())
        self._key = messages.new_key()

    @events.handler(events.PATIENTS)
    async def ask(self, form: dict[str, Any]) -> None:
        """Sends the question about the chosen line; the same one never twice."""
        self.problem, self.done = "", ""
        question = events.entered(Question, form).question
        await self._ask(
            looks.ask,
            look=self.chosen.id,
            question=question,
            client_key=self._key or messages.new_key(),
        )
        self.done = _("Your question is sent. The answer comes under Messages.")
