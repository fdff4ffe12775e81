"""The administrators' page."""

import reflex as rx

from portal.services import administration
from portal.services.administration import AdminRow, TraceRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Admin(Desk, rx.State):
    """Who may sign in, and whether the trace is whole."""

    row: AdminRow = AdminRow()
    trace: TraceRow = TraceRow()
    _page: int = 1
    _staff_only: bool = True

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(
            administration.view,
            by_itself=by_itself,
            page=self._page,
            staff_only=self._staff_only,
        )
        row = row or AdminRow()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the staff's accounts."""
        self._forget()
        self._page, self.trace = 1, TraceRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed among people."""
        if "people" in topics or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def show_staff(self, *, only: bool) -> None:
        """Shows the staff's accounts, or the patients' and helpers'."""
        self._page, self._staff_only = 1, only
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
    async def disable(self, sign_in_name: str) -> None:
        """Ends an account's sign-ins, everywhere and at once."""
        self._forget()
        await self._ask(administration.disable, sign_in_name=sign_in_name)
        self.done = _("The account is disabled, and signed out everywhere.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def enable(self, sign_in_name: str) -> None:
        """Lets somebody sign in again."""
        self._forget()
        await self._ask(administration.enable, sign_in_name=sign_in_name)
        self.done = _("The account may be used again.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def check(self) -> None:
        """Checks the trace from its first row to its last."""
        self._forget()
        self.trace = await self._ask(administration.check_trace)
