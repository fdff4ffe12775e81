"""The outbox: what goes out, what would have, and what cannot."""

import reflex as rx

from portal.services import notices
from portal.services.notices import LetterRow, OutboxRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Outbox(Desk, rx.State):
    """The notices, and the one that is open."""

    row: OutboxRow = OutboxRow()
    letter: LetterRow = LetterRow()
    _shown: str = "all"
    _page: int = 1

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(notices.view, by_itself=by_itself, shown=self._shown, page=self._page)
        self.row = row or OutboxRow()

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the newest notices."""
        self._forget()
        self._shown, self._page, self.letter = "all", 1, LetterRow()
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
