"""Ready answers: a form each, as it was when the person looked."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.models.answers import BODY_MAX, TITLE_MAX
from portal.services import inbox
from portal.services.inbox import TemplateRow
from portal.state import events
from portal.state.staff.desk import Form
from portal.words import _


class Kept(BaseModel):
    """A ready answer as it was entered, and the version that it was written from."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: str = Field(default="", max_length=64)
    version: str = Field(max_length=9, pattern=r"^[0-9]+$")
    title: str = Field(max_length=TITLE_MAX)
    body: str = Field(max_length=BODY_MAX)


class ReadyAnswers(Form, rx.State):
    """Every ready answer of the clinic."""

    rows: list[TemplateRow] = []  # noqa: RUF012 - Reflex gives each state its own
    # The fields that are filled, as they are written.
    fields: list[str] = []  # noqa: RUF012 - the same
    # Rises when a new one was kept: the form for the next starts empty.
    written: int = 0

    async def _load(self, *, by_itself: bool = False) -> None:
        self.rows = await self._try(inbox.listed, by_itself=by_itself) or []
        self.fields = [f"{{{one}}}" for one in inbox.FIELDS]

    @events.handler(events.STAFF_ONLY)
    async def keep(self, form: dict[str, Any]) -> None:
        """Keeps a new one, or changes the version that was shown."""
        self._forget()
        given = events.entered(Kept, form)
        await self._ask(
            inbox.keep,
            template_id=given.id,
            title=given.title,
            body=given.body,
            version=int(given.version),
        )
        self.written += not given.id
        self.done = _("Kept. Whoever answers a message finds it there.")
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def take_away(self, template_id: str, version: int) -> None:
        """Takes one away."""
        self._forget()
        await self._ask(inbox.take_away, template_id=template_id, version=version)
        self.done = _("Taken away. What was sent with it stays as it is.")
        await self._load()
