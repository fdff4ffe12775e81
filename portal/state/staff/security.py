"""Sign-in and security events."""

import reflex as rx

from portal.services import administration
from portal.services.administration import SecurityRow, TraceRow
from portal.state import events
from portal.state.staff.desk import Desk


class Security(Desk, rx.State):
    """What the trace says of doors, locks and keys."""

    row: SecurityRow = SecurityRow()
    trace: TraceRow = TraceRow()
    _kind: str = "failures"
    _days: int = 7
    _page: int = 1

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(
            administration.security,
            by_itself=by_itself,
            kind=self._kind,
            days=self._days,
            page=self._page,
        )
        self.row = row or SecurityRow()

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows what failed in the last week."""
        self._forget()
        self._kind, self._days, self._page, self.trace = "failures", 7, 1, TraceRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what came since."""
        if "people" in topics or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def show(self, kind: str) -> None:
        """Shows another kind of events."""
        self._kind, self._page = kind, 1
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def within(self, days: str) -> None:
        """Shows another period."""
        self._days, self._page = (int(days) if days.isdecimal() else 7), 1
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
    async def check(self) -> None:
        """Checks the trace from its first row to its last."""
        self._forget()
        self.trace = await self._ask(administration.check_trace)
