"""Weekly hours and exceptions: tried out first, then saved; and what falls outside is settled."""

from dataclasses import replace
from typing import Any

import reflex as rx

from portal.errors import Refusal
from portal.services import appointments, schedules
from portal.services.schedules import (
    ChoiceRow,
    Exceptional,
    FieldRow,
    HoursRow,
    PlanRow,
    WouldFallOut,
)
from portal.state import events
from portal.state.staff.desk import Desk
from portal.state.staff.schedules import forms
from portal.state.staff.schedules.forms import Settled
from portal.words import _

PLAN = "plan-title"


class Hours(Desk, rx.State):
    """The hours of one practitioner, what is otherwise, and the bookings outside."""

    row: HoursRow = HoursRow()
    # What was entered and is not saved yet.
    plan: PlanRow = PlanRow()
    # The booking for which another time is looked for, and the times.
    chosen: str = ""
    choices: list[ChoiceRow] = []  # noqa: RUF012 - Reflex gives each state its own
    _who: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(schedules.view, by_itself=by_itself, practitioner_id=self._who)
        if (row or HoursRow()) != self.row:
            self.row = row or HoursRow()

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the hours of the first practitioner."""
        self._forget()
        self._who, self.plan, self.chosen = "", PlanRow(), ""
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what somebody else has changed; a plan that is open stays."""
        if {"appointments", "people"} & set(topics) or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def choose(self, practitioner_id: str) -> None:
        """Shows the hours of another practitioner."""
        self._forget()
        self._who, self.plan, self.chosen = practitioner_id[:64], PlanRow(), ""
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def check(self, form: dict[str, Any]) -> Any:
        """Shows what a change would do, without saving it."""
        self._forget()
        self.plan = PlanRow()
        await self._check(form)
        return rx.set_focus(PLAN)

    async def _check(self, form: dict[str, Any]) -> None:
        given, change = forms.change(form)
        if isinstance(change, Exceptional):
            plan = await self._ask(schedules.check_exception, change=change)
        else:
            plan = await self._ask(schedules.check_hours, change=change, visit_type_id=given.shows)
        kept = [
            FieldRow(name, value)
            for name, value in form.items()
            if name != "knows" and isinstance(value, str)
        ]
        self.plan = replace(plan, fields=kept)

    @events.handler(events.STAFF_ONLY)
    async def save(self, form: dict[str, Any]) -> Any:
        """Saves what was tried out; shows it anew where more bookings fall out by now."""
        self._forget()
        given, change = forms.change(form)
        put = schedules.put_hours
        if isinstance(change, Exceptional):
            put = schedules.put_exception
        try:
            await self._ask(put, change=change, knows=given.knows)
        except WouldFallOut:
            await self._check(form)
            raise
        self.plan = PlanRow()
        self.done = _("Saved. Patients see it from now on.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def drop(self) -> None:
        """Forgets the change that is not saved."""
        self._forget()
        self.plan = PlanRow()

    @events.handler(events.STAFF_ONLY)
    async def remove(self, exception_id: str) -> None:
        """Takes an exception back."""
        self._forget()
        await self._ask(schedules.remove_exception, exception_id=exception_id)
        self.done = _("Taken back.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def times(self, appointment_id: str) -> None:
        """Shows to which times a booking could be moved."""
        self._forget()
        self.choices = await self._ask(schedules.choices, appointment_id=appointment_id)
        self.chosen = appointment_id
        if not self.choices:
            self.problem = _("Nothing is free near that time. Call the patient.")

    @events.handler(events.STAFF_ONLY)
    async def settle(self, form: dict[str, Any]) -> None:
        """Keeps, moves or cancels a booking that lies outside of the hours."""
        self._forget()
        given = events.entered(Settled, form)
        one: dict[str, Any] = {"appointment_id": given.id, "version": given.version}
        try:
            if given.what == "keep":
                await self._ask(schedules.keep, reason=given.reason, **one)
                self.done = _("Kept. The board shows it with your reason.")
            elif given.what == "move":
                await self._ask(schedules.move, to=given.to, **one)
                self.done = _("Moved. The patient is told in three minutes.")
            else:
                await self._ask(appointments.cancel, reason=given.reason, **one)
                self.done = _("Cancelled. The patient is told in three minutes.")
        except Refusal as refusal:
            self.problem = refusal.words
        self.chosen, self.choices = "", []
        await self._load()
