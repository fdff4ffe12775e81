"""The state of one's own password."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import Invalid
from portal.security import passwords
from portal.services import own_password
from portal.services.own_password import PasswordRow
from portal.state import events
from portal.state.screen import Screen
from portal.words import _


class NewPassword(BaseModel):
    """The old password once and the new one twice."""

    model_config = ConfigDict(strict=True, extra="forbid")

    username: str = Field(default="", max_length=400)
    current: str = Field(max_length=1024)
    password: str = Field(max_length=1024)
    again: str = Field(max_length=1024)


class Password(Screen, rx.State):
    """Changing the password. What is typed is never kept here."""

    row: PasswordRow = PasswordRow()
    current_error: str = ""
    password_error: str = ""
    again_error: str = ""
    is_changed: bool = False
    # Rises with each change, so that the fields are empty again.
    edition: int = 0

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(own_password.view, by_itself=by_itself)

    def _forget(self) -> None:
        self.problem = self.done = ""
        self.current_error = self.password_error = self.again_error = ""
        self.is_changed = False

    @events.handler(events.SIGNED_IN)
    async def open(self) -> None:
        """Shows the form, to who has confirmed."""
        self._forget()
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed around it."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.SIGNED_IN)
    async def change(self, form: dict[str, Any]) -> None:
        """Sets a new password; every other sign-in ends."""
        self._forget()
        given = events.entered(NewPassword, form)
        if given.password != given.again:
            self.again_error = _("The two are not the same. Type the new password twice.")
            return
        try:
            await self._ask(own_password.judge, password=given.password)
        except Invalid as refusal:
            self.password_error = refusal.words
            return
        if not await self._set(given):
            self.current_error = _(own_password.WrongNow.sentence)
            return
        self.is_changed, self.edition = True, self.edition + 1
        self.done = _("Your password is changed. All other devices are signed out.")
        await self._load()

    async def _set(self, given: NewPassword) -> bool:
        """Checks the old one and sets the new one, both beside the event loop."""
        known = await self._ask(own_password.known)
        fits = await passwords.check(given.current, known.stored)
        hashed = await passwords.make(given.password) if fits else ""
        return await self._ask(own_password.change, fits=fits, counted=known.counted, hashed=hashed)
