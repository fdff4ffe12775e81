"""The results' states: the list, and one result."""

import re
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import NotFound
from portal.services import results
from portal.services.results import ResultRow, ResultsRow
from portal.state import events
from portal.state.screen import Screen

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Search(BaseModel):
    """What is looked for by name."""

    model_config = ConfigDict(strict=True, extra="forbid")

    query: str = Field(max_length=100)


class Results(Screen, rx.State):
    """The list of results, a page at a time."""

    row: ResultsRow = ResultsRow()
    _query: str = ""
    _page: int = 1

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._show(
            results.view, by_itself=by_itself, query=self._query, page=self._page
        )
        self._page = row.page
        if row != self.row:
            self.row = row

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows the newest results."""
        self.problem, self._query, self._page = "", "", 1
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def find(self, form: dict[str, Any]) -> None:
        """Looks for results by name."""
        self.problem = ""
        self._query, self._page = events.entered(Search, form).query, 1
        await self._load()

    @events.handler(events.PATIENTS)
    async def earlier(self) -> None:
        """Turns to the page before."""
        self._page = max(1, self._page - 1)
        await self._load()

    @events.handler(events.PATIENTS)
    async def later(self) -> None:
        """Turns to the next page."""
        self._page += 1
        await self._load()


class Result(Screen, rx.State):
    """One result, whole."""

    row: ResultRow = ResultRow()
    is_missing: bool = False

    async def _load(self, *, by_itself: bool = False) -> None:
        try:
            row = await self._show(
                results.read, by_itself=by_itself, report_id=self._wanted(), is_glance=by_itself
            )
        except NotFound:
            await self._show(results.nothing, by_itself=by_itself)
            self.row, self.is_missing = ResultRow(), True
            return
        self.is_missing = False
        if row != self.row:
            self.row = row

    def _wanted(self) -> str:
        given = self.rx_router_page.params.get("id", "")
        return given if isinstance(given, str) and _ID.fullmatch(given) else ""

    @events.handler(events.PATIENTS)
    async def clear(self) -> None:
        """Takes the result away that was open before another one."""
        if self.row.id != self._wanted():
            self.row, self.is_missing, self.is_loaded = ResultRow(), False, False

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows a result and marks it read on every device."""
        self.problem = ""
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)
