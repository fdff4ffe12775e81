"""The state of how somebody signs in: second factors, and recovery codes shown once."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.security import recovery
from portal.services import devices, factors
from portal.services.factors import AppRow, FactorsRow
from portal.state import events
from portal.state.screen import Screen
from portal.words import _


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class FirstCode(_Form):
    """The first code of a new authenticator app."""

    code: str = Field(max_length=20)


class NewName(_Form):
    """What its owner calls a factor."""

    factor_id: str = Field(max_length=64)
    name: str = Field(max_length=200)


class Factors(Screen, rx.State):
    """With what somebody signs in, besides the password."""

    row: FactorsRow = FactorsRow()
    # An app that is being set up; its seed is shown to nobody ever again.
    app: AppRow = AppRow()
    code_error: str = ""
    # Shown once: they exist nowhere else.
    codes: list[str] = []  # noqa: RUF012 - Reflex gives each state its own
    has_new_codes: bool = False
    # After a change the other sign-ins are offered to end (SES-08).
    offers_end: bool = False

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(factors.view, by_itself=by_itself)

    def _forget(self) -> None:
        self.problem = self.done = self.code_error = ""

    @events.handler(events.SIGNED_IN)
    async def open(self) -> None:
        """Shows the factors; what was shown once is gone."""
        self._forget()
        self.app, self.codes, self.has_new_codes, self.offers_end = AppRow(), [], False, False
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.SIGNED_IN)
    async def enrol_app(self) -> None:
        """Draws a seed for an authenticator app."""
        self._forget()
        self.app = await self._ask(factors.enrol_app)

    @events.handler(events.SIGNED_IN)
    async def drop_app(self) -> None:
        """Goes back without the app: it counts for nothing."""
        self._forget()
        self.app = AppRow()

    @events.handler(events.SIGNED_IN)
    async def confirm_app(self, form: dict[str, Any]) -> None:
        """Takes the new app's first code."""
        self._forget()
        given = events.entered(FirstCode, form)
        bare = "".join(given.code.split())
        if not await self._ask(factors.confirm_app, factor_id=self.app.factor_id, code=bare):
            self.code_error = factors.WrongCode().words
            return
        self.app = AppRow()
        await self._changed(_("Your authenticator app is added."))

    @events.handler(events.SIGNED_IN)
    async def remove(self, factor_id: str) -> None:
        """Takes a factor away."""
        self._forget()
        await self._ask(factors.remove, factor_id=factor_id)
        await self._changed(_("It is removed, and opens your account no more."))

    @events.handler(events.SIGNED_IN)
    async def rename(self, form: dict[str, Any]) -> None:
        """Gives a factor a name."""
        self._forget()
        given = events.entered(NewName, form)
        await self._ask(factors.rename, factor_id=given.factor_id, name=given.name)
        self.done = _("The new name is saved.")
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def make_codes(self) -> None:
        """Makes ten recovery codes and shows them once; the old ones end."""
        self._forget()
        codes = recovery.make()
        hashes = await recovery.hashes(codes)
        await self._ask(factors.put_recovery_codes, hashes=hashes)
        self.codes, self.has_new_codes = codes, True
        await self._changed(_("Here are your new codes. The old ones do not work any more."))

    @events.handler(events.SIGNED_IN)
    async def hide_codes(self) -> None:
        """Takes the codes off the screen."""
        self._forget()
        self.codes, self.has_new_codes = [], False

    @events.handler(events.SIGNED_IN)
    async def end_others(self) -> None:
        """Ends every sign-in but this one."""
        self._forget()
        await self._ask(devices.end_others)
        self.done, self.offers_end = _("All other devices are signed out."), False

    async def _changed(self, said: str) -> None:
        self.done, self.offers_end = said, True
        await self._load()
