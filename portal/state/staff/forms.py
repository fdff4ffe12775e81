"""A form that was filled in, as staff read it; and the forms that the clinic makes."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import Conflict
from portal.models.forms import OPTIONS_MAX, TEXT_MAX, TITLE_MAX
from portal.services import forms
from portal.services.forms import FilledView, MadeRow, Wording
from portal.state import events
from portal.state.staff.desk import Desk, Form
from portal.words import _


class FilledForm(Desk, rx.State):
    """One form of a patient, as it was sent."""

    row: FilledView = FilledView()

    async def _load(self, *, by_itself: bool = False) -> None:
        asked = {"response_id": self._asked("id")}
        row = await self._try(forms.read, by_itself=by_itself, **asked) or FilledView()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows a form; the one before goes at once."""
        self._forget()
        if self.row.id != self._asked("id"):
            self.row, self.is_loaded = FilledView(), False
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what was changed since."""
        if "messages" in topics or not self.is_loaded:
            await self._load(by_itself=True)


class Titled(BaseModel):
    """The title of a form as it was entered; without an id it is a new one."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: str = Field(default="", max_length=64)
    edition: str = Field(default="0", max_length=9, pattern=r"^[0-9]+$")
    title: str = Field(max_length=2 * TITLE_MAX)


class Asked(BaseModel):
    """A question as it was entered, and the edition of the form that it was written in."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: str = Field(max_length=64)
    edition: str = Field(max_length=9, pattern=r"^[0-9]+$")
    link: str = Field(default="", max_length=64)
    kind: str = Field(max_length=10)
    text: str = Field(max_length=2 * TEXT_MAX)
    options: str = Field(default="", max_length=2 * OPTIONS_MAX)
    # A box: one that is not ticked is not sent.
    required: str = Field(default="", max_length=2)

    def wording(self) -> Wording:
        """Returns it as the service takes it."""
        return Wording(self.text, self.kind, self.link, bool(self.required), self.options)


class MadeForms(Form, rx.State):
    """Every form of the clinic, as it was when the person looked."""

    rows: list[MadeRow] = []  # noqa: RUF012 - Reflex gives each state its own
    # Rises with what was kept: the form for the next question starts empty.
    written: int = 0

    async def _load(self, *, by_itself: bool = False) -> None:
        self.rows = await self._try(forms.listed, by_itself=by_itself) or []

    async def _change(self, use_case: Any, noted: str, **wanted: Any) -> None:
        self._forget()
        try:
            await self._ask(use_case, **wanted)
        except Conflict:
            # What is shown is old: show what it has become, so that the sentence makes sense.
            await self._load()
            raise
        self.written += 1
        await self._load()
        self.done = noted

    @events.handler(events.STAFF_ONLY)
    async def name(self, form: dict[str, Any]) -> None:
        """Begins a form, or gives a draft another title."""
        given = events.entered(Titled, form)
        if given.id:
            seen = {"questionnaire_id": given.id, "edition": int(given.edition)}
            await self._change(forms.rename, _("Kept."), title=given.title, **seen)
        else:
            noted = _("Begun. Add its questions, then publish it.")
            await self._change(forms.begin, noted, title=given.title)

    @events.handler(events.STAFF_ONLY)
    async def put(self, form: dict[str, Any]) -> None:
        """Adds a question to a draft, or changes one."""
        given = events.entered(Asked, form)
        seen = {"questionnaire_id": given.id, "edition": int(given.edition)}
        await self._change(forms.put, _("Kept."), wording=given.wording(), **seen)

    @events.handler(events.STAFF_ONLY)
    async def move(self, form_id: str, edition: int, link_id: str, by: int) -> None:
        """Moves a question one place up or down."""
        seen = {"questionnaire_id": form_id, "edition": edition}
        await self._change(forms.move, _("Moved."), link_id=link_id, by=by, **seen)

    @events.handler(events.STAFF_ONLY)
    async def remove(self, form_id: str, edition: int, link_id: str) -> None:
        """Takes a question out of a draft."""
        seen = {"questionnaire_id": form_id, "edition": edition}
        await self._change(forms.remove, _("Taken out."), link_id=link_id, **seen)

    @events.handler(events.STAFF_ONLY)
    async def publish(self, form_id: str, edition: int) -> None:
        """Lets a form be asked from now on."""
        noted = _("Published. Whoever answers a message can link to it.")
        await self._change(forms.publish, noted, questionnaire_id=form_id, edition=edition)

    @events.handler(events.STAFF_ONLY)
    async def change(self, form_id: str) -> None:
        """Begins the next version of a form."""
        noted = _("A new version is begun. Until you publish it, the one before is asked.")
        await self._change(forms.change, noted, questionnaire_id=form_id)

    @events.handler(events.STAFF_ONLY)
    async def retire(self, form_id: str, edition: int) -> None:
        """Lets a form be asked no more."""
        noted = _("Retired. Who was asked it can still fill it in.")
        await self._change(forms.retire, noted, questionnaire_id=form_id, edition=edition)

    @events.handler(events.STAFF_ONLY)
    async def discard(self, form_id: str, edition: int) -> None:
        """Throws a draft away."""
        noted = _("Thrown away. What was published stays.")
        await self._change(forms.discard, noted, questionnaire_id=form_id, edition=edition)
