"""The staff's start of the day."""

from datetime import date
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field, field_validator

from portal.errors import Invalid
from portal.services import announcements, appointments, audience, results, today
from portal.services.audience import PractitionerChoice
from portal.services.today import ResultsPart, TodayRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _

ID_MAX = 64


class Announced(BaseModel):
    """An announcement as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    title: str = Field(max_length=200)
    body: str = Field(max_length=2000)
    last_day: date | None = None
    practitioner: str = Field(default="", max_length=64)
    age_from: str = Field(default="", max_length=10)
    age_to: str = Field(default="", max_length=10)

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
    # How many would see what is being written, or what is wrong with whom it is for.
    reach: str = ""
    # Whose patients may be told something alone.
    audiences: list[PractitionerChoice] = []  # noqa: RUF012 - as above
    _whom: dict[str, str] = {}  # noqa: RUF012 - Reflex gives each state its own

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(today.view, by_itself=by_itself) or TodayRow()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the day."""
        self._forget()
        self.reach, self._whom = "", {}
        await self._load()
        if self.row.has_announcements:
            self.audiences = await self._ask(audience.choices)

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
    async def choose(self, name: str, words: str) -> None:
        """Says how many an announcement would reach, while it is said whom it is for."""
        if name in {"practitioner", "age_from", "age_to"} and len(words) <= ID_MAX:
            self._whom = self._whom | {name: words}
        given = (self._whom.get(one, "") for one in ("practitioner", "age_from", "age_to"))
        try:
            whom = audience.entered(*given)
        except audience.NoSuchAge as wrong:
            self.reach = wrong.sentence
            return
        self.reach = await self._ask(audience.reach, audience=whom)

    @events.handler(events.STAFF_ONLY)
    async def publish(self, form: dict[str, Any]) -> None:
        """Publishes an announcement."""
        self._forget()
        entered = events.entered(Announced, form)
        if not entered.title.strip():
            raise Invalid(_("Give the announcement a title: one line that says it all."))
        whom = audience.entered(entered.practitioner, entered.age_from, entered.age_to)
        await self._ask(
            announcements.publish,
            title=entered.title,
            body=entered.body,
            last_day=entered.last_day,
            whom=whom,
        )
        self.done = (
            _("Published. It stands on every patient’s Home.")
            if whom.is_everybody
            else _("Published. It stands on the Home of those whom it is for.")
        )
        self.reach, self._whom = "", {}
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
