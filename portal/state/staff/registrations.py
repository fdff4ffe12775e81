"""The part of the requests page about people who ask for an account."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import NotAllowed, NotFound
from portal.services import acting, registrations
from portal.services.registrations import Accepted, OpenRequest, RequestRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Rejected(BaseModel):
    """Why a request is turned down, as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    reason: str = Field(max_length=40)


class RegistrationRequests(Desk, rx.State):
    """Who asks for an account, and one of them beside the patients whom it may mean."""

    rows: list[RequestRow] = []  # noqa: RUF012 - Reflex gives each state its own
    one: OpenRequest = OpenRequest()
    accepted: Accepted = Accepted()
    may_see: bool = False

    async def _load(self, *, by_itself: bool = False) -> None:
        """Asks again for the rows, and for the one that is open; it may be gone meanwhile."""
        run = acting.glance if by_itself else acting.perform
        try:
            rows = await run(self._digest(), registrations.waiting)
        except NotAllowed:
            self.may_see, self.rows, self.one = False, [], OpenRequest()
            return
        self.may_see = True
        if rows != self.rows:
            self.rows = rows
        if self.one.id and self.one.id not in {row.id for row in rows}:
            self.one = OpenRequest()

    async def _begin(self) -> None:
        self._forget()
        self.one, self.accepted = OpenRequest(), Accepted()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def choose(self, request_id: str) -> None:
        """Opens a request beside the patients whom it may mean."""
        self._forget()
        self.accepted = Accepted()
        try:
            self.one = await self._ask(registrations.one, request_id=request_id)
        except NotFound:
            self.one = OpenRequest()
            self.problem = _("Somebody has decided this meanwhile. There is nothing left to do.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def accept(self, patient_id: str, by: str) -> None:
        """Invites the patient whom the request means."""
        self._forget()
        try:
            self.accepted = await self._ask(
                registrations.accept, request_id=self.one.id, patient_id=patient_id, by=by
            )
            self.one = OpenRequest()
        finally:
            await self._load()

    @events.handler(events.STAFF_ONLY)
    async def reject(self, form: dict[str, Any]) -> None:
        """Turns the request down; the answer is neutral."""
        self._forget()
        reason = events.entered(Rejected, form).reason
        try:
            await self._ask(registrations.reject, request_id=self.one.id, reason=reason)
            self.done = _("The request of {name} is turned down.").format(name=self.one.name)
            self.one = OpenRequest()
        finally:
            await self._load()
