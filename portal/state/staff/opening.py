"""Opening a record that is not one's own to open: with a reason, or in an emergency."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.services import openings
from portal.state import events
from portal.state.staff.chart import Chart
from portal.state.staff.desk import Desk


class Stated(BaseModel):
    """A reason as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    reason: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=openings.NOTE_MAX)


class Emergency(BaseModel):
    """The words for an emergency as they were entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    words: str = Field(max_length=openings.NOTE_MAX)


class Opening(Desk, rx.State):
    """What stands before a record that is closed to this person."""

    @events.handler(events.STAFF_ONLY)
    async def state_reason(self, form: dict[str, Any]) -> Any:
        """Opens the record for some hours."""
        self._forget()
        entered = events.entered(Stated, form)
        await self._ask(
            openings.state_reason,
            patient_id=self._asked("id"),
            reason=entered.reason,
            note=entered.note,
        )
        return Chart.open

    @events.handler(events.STAFF_ONLY)
    async def break_glass(self, form: dict[str, Any]) -> Any:
        """Opens the record in an emergency."""
        self._forget()
        words = events.entered(Emergency, form).words
        await self._ask(openings.break_glass, patient_id=self._asked("id"), note=words)
        return Chart.open

    @events.handler(events.STAFF_ONLY)
    async def close(self) -> Any:
        """Ends this person's own opening before its time."""
        self._forget()
        await self._ask(openings.close, patient_id=self._asked("id"))
        return Chart.open
