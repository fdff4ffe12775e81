"""The clinic's report of who looked at what."""

from datetime import date
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field, field_validator

from portal.services import tracing
from portal.services.tracing import ReportRow, Wanted
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Filters(BaseModel):
    """What is looked for, as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    person: str = Field(default="", max_length=60)
    patient: str = Field(default="", max_length=60)
    kind: str = Field(default="", max_length=40)
    since: date | None = None
    until: date | None = None
    glances: bool = False

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

    @field_validator("glances", mode="before")
    @classmethod
    def read_tick(cls, given: Any) -> bool:
        """Reads a box as browsers send it: there when it is ticked."""
        return given in (True, "on")


class Access(Desk, rx.State):
    """A period of the trace, what is unusual in it, one page of rows."""

    row: ReportRow = ReportRow()
    _filters: Filters = Filters()
    _sort: str = "at"
    _descending: bool = True
    _page: int = 1

    async def _load(self, *, by_itself: bool = False) -> None:
        wanted = Wanted(
            **self._filters.model_dump(),
            sort=self._sort,
            descending=self._descending,
            newest=self.row.newest if self._page > 1 else 0,
        )
        row = await self._try(tracing.view, by_itself=by_itself, wanted=wanted, page=self._page)
        row = row or ReportRow()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the last week."""
        self._forget()
        self._filters, self._sort, self._descending, self._page = Filters(), "at", True, 1
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows at once that a record was opened."""
        if "access" in topics or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def find(self, form: dict[str, Any]) -> None:
        """Shows the rows that fit."""
        self._forget()
        self._filters, self._page = events.entered(Filters, form), 1
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def sort(self, key: str) -> None:
        """Sorts by a column; a second press turns the order around."""
        self._forget()
        self._descending = not self._descending if key == self._sort else key == "at"
        self._sort, self._page = key, 1
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def turn(self, by: int) -> None:
        """Turns one page on or back."""
        self._page = max(1, self._page + (1 if by > 0 else -1))
        await self._load()
