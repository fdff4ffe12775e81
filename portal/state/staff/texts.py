"""The clinic's texts: every version, and a form for the next one."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.services import agreements
from portal.services.agreements import VersionRow
from portal.state import events
from portal.state.staff.desk import Form
from portal.words import _


class Written(BaseModel):
    """A new version as it was entered, and the one that it was written from."""

    model_config = ConfigDict(strict=True, extra="forbid")

    kind: str = Field(max_length=20)
    after: str = Field(max_length=9, pattern=r"^[0-9]+$")
    body: str = Field(max_length=50_000)
    changed: str = Field(max_length=1000)


class LegalTexts(Form, rx.State):
    """What people agree to. `newest` are those that count now, `older` all before them."""

    newest: list[VersionRow] = []  # noqa: RUF012 - Reflex gives each state its own
    older: list[VersionRow] = []  # noqa: RUF012 - the same

    async def _load(self, *, by_itself: bool = False) -> None:
        rows = await self._try(agreements.published, by_itself=by_itself) or []
        first = {row.kind: row.version for row in reversed(rows)}
        self.newest = [row for row in rows if row.version == first[row.kind]]
        self.older = [row for row in rows if row.version != first[row.kind]]

    @events.handler(events.STAFF_ONLY)
    async def publish(self, form: dict[str, Any]) -> None:
        """Publishes a new version: everybody is asked at their next sign-in."""
        self._forget()
        given = events.entered(Written, form)
        await self._ask(
            agreements.publish,
            kind=given.kind,
            body=given.body,
            changed=given.changed,
            after=int(given.after),
        )
        self.done = _("Published. Everybody whom it concerns is asked at their next sign-in.")
        await self._load()
