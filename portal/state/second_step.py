"""The second step's state: what is due, and setting the first factor up."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.security import recovery
from portal.services import acting, factors, signing_in
from portal.services.factors import AppRow
from portal.services.signing_in import StepRow
from portal.state import events
from portal.state.screen import Screen


class _CodeForm(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    code: str = Field(min_length=1, max_length=20)


class Step(Screen, rx.State):
    """For whom the password was right, and who is not in yet. Nothing of any record is here."""

    row: StepRow = StepRow()
    app: AppRow = AppRow()
    # Shown once: they exist nowhere else.
    codes: list[str] = []  # noqa: RUF012 - Reflex gives each state its own
    has_new_codes: bool = False

    @events.handler(events.HALFWAY)
    async def open(self) -> None:
        """Shows what is due of this sign-in."""
        self.problem, self.app, self.codes, self.has_new_codes = "", AppRow(), [], False
        await self._load()

    @events.handler(events.HALFWAY)
    async def enrol_app(self) -> None:
        """Draws a seed for an authenticator app, as QR code and as text."""
        self.problem = ""
        self.app = await self._halfway(factors.enrol_app)

    @events.handler(events.HALFWAY)
    async def choose_again(self) -> None:
        """Goes back to the choice of a first factor."""
        self.problem, self.app = "", AppRow()

    @events.handler(events.HALFWAY)
    async def confirm_app(self, form: dict[str, Any]) -> None:
        """Takes the first code of the new app; from then on it counts."""
        self.problem = ""
        given = events.entered(_CodeForm, form)
        bare = "".join(given.code.split())
        done = await self._halfway(factors.confirm_app, factor_id=self.app.factor_id, code=bare)
        if not done:
            self.problem = factors.WrongCode().words
            return
        self.app = AppRow()
        await self._load()

    @events.handler(events.HALFWAY)
    async def make_codes(self) -> None:
        """Makes ten recovery codes and shows them once."""
        self.problem = ""
        if not self.row.is_enrolled:
            return
        codes = recovery.make()
        hashes = await recovery.hashes(codes)
        await self._halfway(factors.put_recovery_codes, hashes=hashes)
        self.codes, self.has_new_codes = codes, True

    async def _load(self) -> None:
        self.row = await self._halfway(signing_in.view)
        self.is_loaded = True

    async def _halfway(self, use_case: Any, **arguments: Any) -> Any:
        return await acting.halfway(self._digest(), use_case, **arguments)
