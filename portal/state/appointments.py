"""The states of appointments: coming and past ones, and one by itself."""

import re
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import Conflict, NotFound, Refusal
from portal.services import appointments, waitlist
from portal.services.appointments import AppointmentRow, AppointmentsRow
from portal.services.waitlist import OfferRow
from portal.state import events
from portal.state.screen import Screen
from portal.words import _

# Why somebody does not come: codes with their words.
REASONS = appointments.REASONS
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
PAST = "past"
# The states of the pages on which offers of the waiting list stand, by address.
PAGES: dict[str, Any] = {}


class Cancellation(BaseModel):
    """Why somebody does not come."""

    model_config = ConfigDict(strict=True, extra="forbid")

    code: str = Field(default="", max_length=20)
    reason: str = Field(default="", max_length=1000)


class Appointments(Screen, rx.State):
    """One list of visits, coming or past, a page at a time."""

    row: AppointmentsRow = AppointmentsRow()
    offers: list[OfferRow] = []  # noqa: RUF012 - Reflex gives each state its own
    shown: str = "coming"
    _page: int = 1

    async def _load(self, *, by_itself: bool = False) -> None:
        use_case = waitlist.past if self.shown == PAST else waitlist.upcoming
        row, offers = await self._show(use_case, by_itself=by_itself, page=self._page)
        if row != self.row:
            self.row = row
        if offers != self.offers:
            self.offers = offers

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows the list that the address names."""
        await (await self.get_state(Offers))._forget()  # noqa: SLF001
        wanted = PAST if self.rx_router_page.params.get("show") == PAST else "coming"
        if wanted != self.shown:
            self.row, self.is_loaded = AppointmentsRow(), False
        self.problem, self.shown, self._page = "", wanted, 1
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def turn(self, by: int) -> None:
        """Turns one page on or back."""
        self._page = max(1, self._page + (1 if by > 0 else -1))
        await self._load()


class Visit(Screen, rx.State):
    """One visit: when, where, with whom, and what may be done about it."""

    row: AppointmentRow = AppointmentRow()
    is_missing: bool = False
    # What has just been booked, and whether it was moved; told once.
    _just: tuple[str, str] = ("", "")

    def _wanted(self) -> str:
        given = self.rx_router_page.params.get("id", "")
        return given if isinstance(given, str) and _ID.fullmatch(given) else ""

    async def _load(self, *, by_itself: bool = False) -> None:
        try:
            row = await self._show(
                appointments.view, by_itself=by_itself, appointment_id=self._wanted()
            )
        except NotFound:
            await self._show(appointments.nothing, by_itself=by_itself)
            self.row, self.is_missing = AppointmentRow(), True
            return
        self.is_missing = False
        if row != self.row:
            self.row = row

    @events.handler(events.PATIENTS)
    async def clear(self) -> None:
        """Takes the visit away that was open before another one."""
        if self.row.id != self._wanted():
            self.row, self.is_missing, self.is_loaded = AppointmentRow(), False, False
            self.done = ""

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows a visit."""
        self.problem = self.done = ""
        await self._load()
        visit_id, moved = self._just
        if visit_id and visit_id == self.row.id:
            self.done = _booked_said(self.row.status, moved)
        self._just = ("", "")

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def come(self) -> None:
        """Says on the day that one is here."""
        await self._do(appointments.come)
        self.done = _("We know that you are here. Please take a seat.")

    @events.handler(events.PATIENTS)
    async def confirm(self) -> None:
        """Says that one is coming."""
        await self._do(appointments.confirm)
        self.done = _("Thank you. We look forward to seeing you.")

    @events.handler(events.PATIENTS)
    async def cancel(self, form: dict[str, Any]) -> None:
        """Gives the time back."""
        why = events.entered(Cancellation, form)
        await self._do(appointments.cancel, reason=why.reason, code=why.code)
        self.done = _("Your appointment is cancelled.")

    async def _do(self, use_case: Any, **more: str) -> None:
        self.problem = self.done = ""
        try:
            await self._act(
                use_case,
                whose=self.row.patient_id,
                appointment_id=self.row.id,
                version=self.row.version,
                **more,
            )
        except Conflict:
            # What is shown is old: show what it has become, so that the sentence makes sense.
            await self._load()
            raise
        await self._load()


class Offers(Screen, rx.State):
    """Takes and leaves offers. The rows are the page's, in its own transaction and trace."""

    async def _forget(self) -> None:
        self.problem = self.done = ""

    async def _again(self) -> None:
        """Shows what there is now, on the page where it was tapped."""
        here = PAGES.get(self.router.url.path.rstrip("/"))
        if here is not None:
            await (await self.get_state(here))._load(by_itself=True)  # noqa: SLF001

    @events.handler(events.PATIENTS)
    async def accept(self, whose: str, offer_id: str) -> Any:
        """Takes the time: it is booked, or the visit that was to come earlier moves there."""
        await self._forget()
        try:
            taken = await self._act(waitlist.take, whose=whose, offer_id=offer_id)
        except Refusal:
            await self._again()
            raise
        visit = await self.get_state(Visit)
        visit._just = taken.visit_id, taken.said  # noqa: SLF001 - the next page, told once
        return rx.redirect(f"/appointments/{taken.visit_id}")

    @events.handler(events.PATIENTS)
    async def decline(self, whose: str, offer_id: str) -> None:
        """Leaves the time to the next."""
        await self._forget()
        try:
            await self._act(waitlist.decline, whose=whose, offer_id=offer_id)
        except Refusal:
            await self._again()
            raise
        await self._again()
        self.done = _("We offer it to somebody else. You stay on the waiting list.")


PAGES["/appointments"] = Appointments


def _booked_said(status: str, moved: str) -> str:
    if status == "proposed":
        return _("We have your request. We look at it and confirm it; the time is kept for you.")
    return moved or _("It is booked. See you then.")
