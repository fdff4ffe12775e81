"""A patient's chart."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.services import chart, messages, results
from portal.services.chart import ChartRow
from portal.state import events
from portal.state.staff.account import Invitation
from portal.state.staff.coverage import Coverage
from portal.state.staff.desk import Desk
from portal.state.staff.prevention import ChartCheckUps
from portal.words import _


class Written(BaseModel):
    """A new message to the patient as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    subject: str = Field(max_length=200)
    topic: str = Field(max_length=20)
    body: str = Field(max_length=8000)


class Chart(Desk, rx.State):
    """One patient, as far as this person may see."""

    row: ChartRow = ChartRow()
    _key: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        whose = self._asked("id")
        row = await self._try(chart.view, by_itself=by_itself, patient_id=whose)
        row = row or ChartRow()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Opens the chart; the one before goes at once."""
        self._forget()
        if self.row.patient_id != self._asked("id"):
            self.row, self.is_loaded = ChartRow(), False
        self._key = messages.new_key()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        await self._load(by_itself=True)
        if "people" in topics:
            await (await self.get_state(Invitation))._load(by_itself=True)  # noqa: SLF001
        if "coverage" in topics:
            await (await self.get_state(Coverage))._load(by_itself=True)  # noqa: SLF001
        if not {"record", "results", "appointments"}.isdisjoint(topics):
            await (await self.get_state(ChartCheckUps))._load(by_itself=True)  # noqa: SLF001

    @events.handler(events.STAFF_ONLY)
    async def release(self, report_id: str) -> None:
        """Shows a result to its patient."""
        self._forget()
        await self._ask(results.release, report_id=report_id)
        self.done = _("The result is released. The patient sees it now.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def write(self, form: dict[str, Any]) -> None:
        """Begins a conversation with the patient; the same composition never twice."""
        self._forget()
        entered = events.entered(Written, form)
        await self._ask(
            messages.start,
            patient_id=self.row.patient_id,
            subject=entered.subject,
            topic=entered.topic,
            body=entered.body,
            client_key=self._key or messages.new_key(),
        )
        self._key = messages.new_key()
        self.done = _("Your message is sent.")
        await self._load()
