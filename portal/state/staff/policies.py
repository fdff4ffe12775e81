"""The clinic's policies: one form each, so that one mistake does not hold up the others."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.services import policy_desk
from portal.services.policy_desk import PolicyRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Put(BaseModel):
    """What a policy is to be, and what it was when the person looked."""

    model_config = ConfigDict(strict=True, extra="forbid")

    key: str = Field(min_length=1, max_length=60)
    before: str = Field(max_length=500)
    value: str = Field(default="", max_length=500)


class Policies(Desk, rx.State):
    """What the clinic has decided."""

    rows: list[PolicyRow] = []  # noqa: RUF012 - Reflex gives each state its own
    # The policy that was last to be changed, and whether it was: said beside it, too.
    last: str = ""
    saved: bool = False

    async def _load(self, *, by_itself: bool = False) -> None:
        rows = await self._try(policy_desk.view, by_itself=by_itself) or []
        if rows != self.rows:
            self.rows = rows

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows every policy."""
        self._forget()
        self.last = ""
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what somebody else has changed."""
        if "people" in topics or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def put(self, form: dict[str, Any]) -> None:
        """Changes one policy."""
        self._forget()
        areas = {name: value for name, value in form.items() if name.startswith("area.")}
        rest = {name: value for name, value in form.items() if name not in areas}
        if areas:
            rest["value"] = _scopes(areas)
        given = events.entered(Put, rest)
        self.last, self.saved = given.key, False
        await self._ask(policy_desk.put, **given.model_dump())
        self.done, self.saved = _("Changed. It holds from now on."), True
        await self._load()


def _scopes(areas: dict[str, Any]) -> str:
    """Returns the scopes of boxes: area.results:read is a box that is ticked or not."""
    ticked = [name.removeprefix("area.") for name, value in areas.items() if value in {"on", True}]
    return " ".join(ticked)
