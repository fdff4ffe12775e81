"""What is due for a patient, on their chart; and the clinic's rules of it."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import Conflict
from portal.models.prevention import CODES_MAX, NAME_MAX, TEXT_MAX
from portal.services import prevention
from portal.services.prevention import CheckUpsRow, RulesRow, Wording
from portal.state import events
from portal.state.prevention import DoneElsewhere
from portal.state.staff.desk import Form, OnChart
from portal.words import _


class ChartCheckUps(OnChart, rx.State):
    """What is due for the patient in the address; nothing for who may not open the record."""

    row: CheckUpsRow = CheckUpsRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._seen(prevention.view, CheckUpsRow(), by_itself=by_itself)
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows what is due for the patient in the address."""
        self._forget()
        self.patient_id, self.row = self._asked("id"), CheckUpsRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def done_elsewhere(self, form: dict[str, Any]) -> None:
        """Notes for the patient that it was done, but not here."""
        given = events.entered(DoneElsewhere, form)
        answer = {"rule_id": given.rule, "number": int(given.number), "said": "done"}
        await self._do(prevention.answer, _("Noted."), **answer, done_on=given.day())

    @events.handler(events.STAFF_ONLY)
    async def decline(self, rule_id: str, number: int) -> None:
        """Notes for the patient that they do not want it."""
        answer = {"rule_id": rule_id, "number": number, "said": "declined"}
        await self._do(prevention.answer, _("Noted."), **answer)

    @events.handler(events.STAFF_ONLY)
    async def undo(self, rule_id: str, number: int) -> None:
        """Takes the last answer back."""
        await self._do(prevention.undo, _("Taken back."), rule_id=rule_id, number=number)


class Ruled(BaseModel):
    """A rule as it was entered, and the version that it was written from."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: str = Field(default="", max_length=64)
    version: str = Field(max_length=9, pattern=r"^[0-9]+$")
    name: str = Field(max_length=2 * NAME_MAX)
    why: str = Field(default="", max_length=2 * TEXT_MAX)
    source: str = Field(default="", max_length=2 * TEXT_MAX)
    kind: str = Field(max_length=10)
    sex: str = Field(default="any", max_length=10)
    first: str = Field(default="0", max_length=20)
    until: str = Field(default="", max_length=20)
    every: str = Field(default="12", max_length=20)
    codes: str = Field(default="", max_length=2 * CODES_MAX)
    visit_type: str = Field(default="", max_length=64)
    # Boxes: one that is not ticked is not sent.
    visit_counts: str = Field(default="", max_length=2)
    confidential: str = Field(default="", max_length=2)

    def wording(self) -> Wording:
        """Returns it as the service takes it."""
        same = self.model_dump(
            exclude={"id", "version", "visit_type", "visit_counts", "confidential"}
        )
        return Wording(
            **same,
            visit_type_id=self.visit_type,
            visit_counts=bool(self.visit_counts),
            confidential=bool(self.confidential),
        )


class CheckUpRules(Form, rx.State):
    """Every rule of the clinic, as it was when the person looked."""

    row: RulesRow = RulesRow()
    # Rises when a new one was kept: the form for the next starts empty.
    written: int = 0

    async def _load(self, *, by_itself: bool = False) -> None:
        self.row = await self._try(prevention.listed, by_itself=by_itself) or RulesRow()

    async def _change(self, use_case: Any, **wanted: Any) -> None:
        try:
            await self._ask(use_case, **wanted)
        except Conflict:
            # What is shown is old: show what it has become, so that the sentence makes sense.
            await self._load()
            raise

    @events.handler(events.STAFF_ONLY)
    async def keep(self, form: dict[str, Any]) -> None:
        """Keeps a new rule, or changes the version that was shown."""
        self._forget()
        given = events.entered(Ruled, form)
        wanted = {"rule_id": given.id, "version": int(given.version), "wording": given.wording()}
        await self._change(prevention.keep, **wanted)
        self.written += not given.id
        await self._load()
        self.done = _("Kept.") if given.id else _("Kept, switched off. Switch it on when it may.")

    @events.handler(events.STAFF_ONLY)
    async def switch(self, rule_id: str, version: int, is_on: bool) -> None:  # noqa: FBT001 - an event's argument
        """Lets a rule count from now on, or no more."""
        self._forget()
        wanted = {"rule_id": rule_id, "version": version, "is_on": is_on}
        await self._change(prevention.switch, **wanted)
        await self._load()
        self.done = _("Switched on.") if is_on else _("Switched off.")
