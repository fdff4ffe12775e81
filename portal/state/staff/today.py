"""The staff's start of the day."""

from datetime import date
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field, field_validator

from portal.errors import Invalid
from portal.services import announcements, appointments, results, today
from portal.services.today import ResultsPart, TodayRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Announced(BaseModel):
    """An announcement as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    title: str = Field(max_length=200)
    body: str = Field(max_length=2000)
    last_day: date | None = None

    @field_validator("last_day", mode="before")
    @classmethod
    def read_day(cls, given: Any) -> Any:
        """Reads the browser's date; none is given where the field was left empty."""
        if not isinstance(given, str) or not given:
            return None
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise ValueError(_("Choose the last day from the calendar.")) from None


class Today(Desk, rx.State):
    """Visits, what waits, results and announcements, each only for whom it is."""

    row: TodayRow = TodayRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(today.view, by_itself=by_itself) or TodayRow()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the day."""
        self._forget()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def move(self, appointment_id: str, version: int, status: str) -> None:
        """Says that a patient came, is being seen, or is done."""
        self._forget()
        try:
            await self._ask(
                appointments.move, appointment_id=appointment_id, version=version, status=status
            )
        finally:
            await self._load()

    @events.handler(events.STAFF_ONLY)
    async def release(self, report_id: str) -> None:
        """Shows a result to its patient."""
        self._forget()
        await self._ask(results.release, report_id=report_id)
        self.done = _("The result is released. The patient sees it now.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def publish(self, form: dict[str, Any]) -> None:
        """Publishes an announcement."""
        self._forget()
        entered = events.entered(Announced, form)
        if not entered.title.strip():
            raise Invalid(_("Give the announcement a title: one line that says it all."))
        await self._ask(
            announcements.publish,
            title=entered.title,
            body=entered.body,
            last_day=entered.last_day,
        )
        self.done = _("Published. It stands on every patient’s Home.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def end(self, announcement_id: str) -> None:
        """Takes an announcement back."""
        self._forget()
        await self._ask(announcements.end, announcement_id=announcement_id)
        self.done = _("The announcement has ended.")
        await self._load()


class Waiting(Desk, rx.State):
    """Results that wait for the clinic, on a page of their own."""

    row: ResultsPart = ResultsPart()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(today.waiting_results, by_itself=by_itself) or ResultsPart()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the results that wait."""
        self._forget()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def release(self, report_id: str) -> None:
        """Shows a result to its patient."""
        self._forget()
        await self._ask(results.release, report_id=report_id)
        self.done = _("The result is released. The patient sees it now.")
        await self._load()
