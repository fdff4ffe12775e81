"""The record's state: which section, which page, which words; one page of entries."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import NotFound
from portal.services import record
from portal.services.record import RecordRow
from portal.state import events
from portal.state.screen import Screen


class Search(BaseModel):
    """Words to look for in the whole record."""

    model_config = ConfigDict(strict=True, extra="forbid")

    query: str = Field(max_length=200)


class Record(Screen, rx.State):
    """One page of one section, or of what was found. What was looked for never leaves the state."""

    row: RecordRow = RecordRow()
    _section: str = ""
    _query: str = ""
    _page: int = 1

    async def _load(self, *, by_itself: bool = False) -> None:
        if self._query:
            row = await self._show(
                record.search, by_itself=by_itself, query=self._query, page=self._page
            )
        else:
            row = await self._section_of(by_itself=by_itself)
        if row != self.row:
            self.row = row

    async def _section_of(self, *, by_itself: bool) -> RecordRow:
        """Shows the section; the first one where there is none such for this person."""
        try:
            return await self._show(
                record.view, by_itself=by_itself, section=self._section, page=self._page
            )
        except NotFound:
            self._section, self._page = "", 1
            return await self._show(record.view, by_itself=by_itself)

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows the section that the address names."""
        given = self.rx_router_page.params.get("section", "")
        known = record.is_section(given) if isinstance(given, str) else False
        self._section = str(given) if known else ""
        self.problem, self._query, self._page = "", "", 1
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def find(self, form: dict[str, Any]) -> None:
        """Looks for words in all sections."""
        self.problem = ""
        self._query, self._page = events.entered(Search, form).query.strip(), 1
        await self._load()

    @events.handler(events.PATIENTS)
    async def turn(self, by: int) -> None:
        """Turns one page on or back."""
        self._page = max(1, self._page + (1 if by > 0 else -1))
        await self._load()
