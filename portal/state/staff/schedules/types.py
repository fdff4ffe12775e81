"""Types of visit: the list, and one of them with a look at what patients would see."""

from dataclasses import asdict, replace
from typing import Any

import reflex as rx

from portal.services import schedules
from portal.services.schedules import FieldRow, PlanRow, TypeForm, TypeRow
from portal.state import events
from portal.state.staff.desk import Desk, Form
from portal.state.staff.schedules import forms
from portal.state.staff.schedules.forms import NewType, TypeValues
from portal.words import _


class VisitTypes(Desk, rx.State):
    """Every type of visit."""

    rows: list[TypeRow] = []  # noqa: RUF012 - Reflex gives each state its own

    async def _load(self, *, by_itself: bool = False) -> None:
        rows = await self._try(schedules.types, by_itself=by_itself) or []
        if rows != self.rows:
            self.rows = rows

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the list."""
        self._forget()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what somebody else has changed."""
        if "appointments" in topics or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def add(self, form: dict[str, Any]) -> Any:
        """Makes a new type of visit and leads to its page."""
        self._forget()
        given = events.entered(NewType, form)
        made = await self._ask(schedules.add_type, name=given.name, minutes=given.minutes)
        return rx.redirect(f"/admin/visit-types/{made}")


class OneType(Form, rx.State):
    """One type of visit. The form stays as it is being written, whatever others do."""

    row: TypeForm = TypeForm()
    plan: PlanRow = PlanRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        asked = self._asked("id")
        row = await self._try(schedules.one_type, by_itself=by_itself, type_id=asked) or TypeForm()
        if row != self.row:
            self.row = row

    def _begin(self) -> None:
        self._forget()
        self.plan = PlanRow()

    @events.handler(events.STAFF_ONLY)
    async def check(self, form: dict[str, Any]) -> Any:
        """Shows what patients would see with these values."""
        self._forget()
        self.plan = PlanRow()
        _version, values = _read(form)
        plan = await self._ask(schedules.try_type, type_id=self._asked("id"), values=values)
        self.plan = replace(plan, fields=[FieldRow(name, said) for name, said in form.items()])
        return rx.set_focus("plan-title")

    @events.handler(events.STAFF_ONLY)
    async def save(self, form: dict[str, Any]) -> None:
        """Saves what was tried out, unless a colleague was faster."""
        self._forget()
        version, values = _read(form)
        seen = asdict(self.row)
        seen["channels"] = " ".join(one.value for one in self.row.channels if one.is_on)
        await self._ask(
            schedules.put_type, type_id=self._asked("id"), version=version, values=values, seen=seen
        )
        self.plan = PlanRow()
        self.done = _("Saved. What is booked already keeps its length.")
        await self._load()


def _read(form: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    rest, ticked = forms.split(form, "channel.")
    given = events.entered(TypeValues, rest)
    return given.version, given.values(ticked["channel."])
