"""Insurance and balance of a patient, on their chart."""

from datetime import date
from typing import Any

import reflex as rx
from pydantic import Field

from portal.services import coverage
from portal.services.coverage import CoverageRow
from portal.state import events
from portal.state.staff.desk import OnChart
from portal.state.staff.entered import Entered
from portal.words import _


class Insured(Entered):
    """An insurance as the desk entered it; `version` is that of the one it saw."""

    version: int = 0
    payer: str = Field(default="", max_length=400)
    number: str = Field(default="", max_length=200)
    starts_on: date | None = None
    ends_on: date | None = None


class Ended(Entered):
    """Why an insurance ends."""

    version: int = 0
    why: str = Field(default="", max_length=20)


class Settled(Entered):
    """A balance as the desk entered it."""

    version: int = 0
    amount: str = Field(default="", max_length=40)
    currency: str = Field(default="", max_length=10)
    as_of: date | None = None


class Coverage(OnChart, rx.State):
    """Who pays for the patient in the address; nothing for who keeps no insurance."""

    row: CoverageRow = CoverageRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._seen(coverage.view, CoverageRow(), by_itself=by_itself)
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows who pays for the patient in the address."""
        self._forget()
        self.patient_id, self.row = self._asked("id"), CoverageRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def enter(self, form: dict[str, Any]) -> None:
        """Enters an insurance."""
        given = events.entered(Insured, form)
        await self._do(
            coverage.enter,
            _("The insurance is entered."),
            version=given.version,
            payer=given.payer,
            member_number=given.number,
            starts_on=given.starts_on,
            ends_on=given.ends_on,
        )

    @events.handler(events.STAFF_ONLY)
    async def pays_themselves(self) -> None:
        """Notes that nobody else pays, where no insurance is entered."""
        said = _("Noted: they pay themselves.")
        await self._do(coverage.enter, said, version=0, self_pay=True)

    @events.handler(events.STAFF_ONLY)
    async def verify(self, version: int) -> None:
        """Notes that the insurance was checked today."""
        await self._do(coverage.verify, _("Checked today."), version=version)

    @events.handler(events.STAFF_ONLY)
    async def end(self, form: dict[str, Any]) -> None:
        """Ends an insurance."""
        given = events.entered(Ended, form)
        said = _("It is ended. What it was stays in the records.")
        await self._do(coverage.end, said, version=given.version, why=given.why)

    @events.handler(events.STAFF_ONLY)
    async def settle(self, form: dict[str, Any]) -> None:
        """Enters what is open."""
        given = events.entered(Settled, form)
        await self._do(
            coverage.settle,
            _("The balance is entered."),
            version=given.version,
            amount=given.amount,
            currency=given.currency,
            as_of=given.as_of,
        )
