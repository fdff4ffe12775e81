"""The outbox: what goes out, what would have, and what cannot."""

from datetime import date
from typing import Any

import reflex as rx
from pydantic import Field

from portal.services import notices
from portal.services.notices import LetterRow, OutboxRow, Wanted
from portal.state import events
from portal.state.staff.desk import Desk
from portal.state.staff.entered import Entered
from portal.words import _


class Looked(Entered):
    """What is looked for, as it was entered."""

    words: str = Field(default="", max_length=60)
    kind: str = Field(default="", max_length=20)
    day: date | None = None

    def wanted(self) -> Wanted:
        """Returns it as the service takes it."""
        return Wanted(self.words.strip(), self.kind, self.day.isoformat() if self.day else "")


class Outbox(Desk, rx.State):
    """The notices, and the one that is open."""

    row: OutboxRow = OutboxRow()
    letter: LetterRow = LetterRow()
    _shown: str = "all"
    _page: int = 1
    _wanted: Wanted = Wanted()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(
            notices.view,
            by_itself=by_itself,
            shown=self._shown,
            page=self._page,
            wanted=self._wanted,
        )
        self.row = row or OutboxRow()

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the newest notices."""
        self._forget()
        self._shown, self._page, self.letter = "all", 1, LetterRow()
        self._wanted = Wanted()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what became of them."""
        if "outbox" in topics or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def show(self, shown: str) -> None:
        """Shows all of them, or those that wait, went out, or could not."""
        self._shown, self._page, self.letter = shown, 1, LetterRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def find(self, form: dict[str, Any]) -> None:
        """Shows those that fit a name, a kind, a day."""
        self._forget()
        given = events.entered(Looked, form)
        self._wanted, self._page, self.letter = given.wanted(), 1, LetterRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def before(self) -> None:
        """Turns to the page before."""
        self._page = max(1, self._page - 1)
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def after(self) -> None:
        """Turns to the next page."""
        self._page += 1
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def read(self, notice_id: str) -> object:
        """Opens one notice as it would look."""
        self._forget()
        self.letter = await self._ask(notices.letter, notice_id=notice_id)
        return rx.set_focus("letter")

    @events.handler(events.STAFF_ONLY)
    async def retry(self, notice_id: str) -> None:
        """Tries one again at once."""
        self._forget()
        await self._ask(notices.retry, notice_id=notice_id)
        self.done = _("It is tried again now.")
        await self._load()
