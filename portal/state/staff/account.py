"""The account of a patient, on their chart: invite, invite again, take back."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import NotAllowed, NotFound
from portal.services import acting, invitations
from portal.services.invitations import AccountRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Identified(BaseModel):
    """How whoever prints a letter made sure who it is for."""

    model_config = ConfigDict(strict=True, extra="forbid")

    identity: str = Field(default="", max_length=40)


class Invitation(Desk, rx.State):
    """Whether the patient has an account; `code` and `secret` only until the panel is left."""

    row: AccountRow = AccountRow()
    patient_id: str = ""
    # Shown once to be told or printed: they exist nowhere else.
    code: str = ""
    secret: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        run = acting.glance if by_itself else acting.perform
        try:
            row = await run(self._digest(), invitations.view, patient_id=self.patient_id)
        except (NotAllowed, NotFound):
            row = AccountRow()
        if row != self.row:
            self.row = row
        self.is_loaded = True

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the account of the patient in the address; nothing to who may not invite."""
        self._forget()
        self.patient_id, self.row = self._asked("id"), AccountRow()
        self.code = self.secret = ""
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def mail(self) -> None:
        """Invites by e-mail: the link goes there, the code is told."""
        await self._invite("email")
        self.done = _("The invitation is on its way. Now tell the code in another way.")

    @events.handler(events.STAFF_ONLY)
    async def letter(self, form: dict[str, Any]) -> None:
        """Invites by letter: two sheets to print now, by somebody who knows who it is for."""
        await self._invite("letter", events.entered(Identified, form).identity)
        self.done = _("The invitation is made. Print both sheets now: they exist only here.")

    @events.handler(events.STAFF_ONLY)
    async def revoke(self) -> None:
        """Takes the open invitation back."""
        self._forget()
        self.code = self.secret = ""
        await self._ask(invitations.revoke, patient_id=self.patient_id)
        self.done = _("The invitation is taken back. Its link opens nothing any more.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def forget(self) -> None:
        """Takes code and letter off the screen, for good."""
        self._forget()
        self.code = self.secret = ""

    async def _invite(self, by: str, proof: str = "") -> None:
        self._forget()
        self.code = self.secret = ""
        made = await self._ask(invitations.invite, patient_id=self.patient_id, by=by, proof=proof)
        self.code, self.secret = invitations.code_said(made.code), made.secret
        await self._load()
