"""The forms that the clinic asks: the list, and one that is filled in."""

import re
from dataclasses import dataclass, replace
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import Conflict, Invalid, NotFound
from portal.models.forms import ANSWER_MAX, KEY_MAX
from portal.services import forms
from portal.services.forms import FormsRow, FormView, ItemRow
from portal.state import events
from portal.state.messages import Tab
from portal.state.screen import Screen
from portal.words import _

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Put before a question's id, so that no field of the page has the same name or id.
FIELD = "q-"
_JUST_TOLD = -1


class Kept(BaseModel):
    """An answer while it is written, and what its page showed."""

    model_config = ConfigDict(strict=True, extra="forbid")

    link_id: str = Field(max_length=64)
    words: str = Field(max_length=2 * ANSWER_MAX)
    number: int = Field(ge=0)
    seen: int = Field(ge=0)


class Sent(BaseModel):
    """A form as it is sent; the answers stand beside it, each under its question's name."""

    model_config = ConfigDict(strict=True, extra="forbid")

    key: str = Field(min_length=1, max_length=KEY_MAX)
    # The record that the page showed when it was filled in.
    whose: str = Field(max_length=64)
    number: str = Field(max_length=6, pattern=r"^[0-9]+$")
    seen: str = Field(max_length=9, pattern=r"^[0-9]+$")


@dataclass(frozen=True)
class Wrong:
    """What needs another look, and in which field."""

    field: str
    words: str


class Forms(Screen, rx.State):
    """The forms of the open record."""

    row: FormsRow = FormsRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(forms.view, by_itself=by_itself)

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows what is to be filled in, and what was sent."""
        self.problem = ""
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)


class OneForm(Tab, rx.State):
    """One form, from the first answer to the moment it stands, and after."""

    row: FormView = FormView()
    is_missing: bool = False
    # It was sent, and is being changed.
    is_changing: bool = False
    saved: str = ""
    errors: list[Wrong] = []  # noqa: RUF012 - Reflex gives each state its own
    # By question: what is wrong with the answer.
    wrong: dict[str, str] = {}  # noqa: RUF012 - the same
    # By question: the answer of another device that the field here does not show, but was told of.
    _told: dict[str, int] = {}  # noqa: RUF012 - the same

    def _wanted(self) -> str:
        given = self.rx_router_page.params.get("id", "")
        return given if isinstance(given, str) and _ID.fullmatch(given) else ""

    async def _load(self, *, by_itself: bool = False) -> None:
        asked = {"response_id": self._wanted(), "tab": self._key()}
        try:
            row = await self._show(forms.one, by_itself=by_itself, **asked)
        except NotFound:
            await self._show(forms.nothing, by_itself=by_itself)
            self.row, self.is_missing = FormView(), True
            return
        self.is_missing = False
        if row.number != self.row.number and row.id == self.row.id:
            # Sent from another page: that is what is shown, unless more was begun since.
            self.is_changing, self.saved = row.is_begun, row.saved
        row = replace(row, questions=self._turned(row))
        if row != self.row:
            self.row = row

    def _turned(self, row: FormView) -> list[ItemRow]:
        """Lets each field show anew what was written in another tab; what is typed here stays."""
        same = row.id == self.row.id and row.number == self.row.number
        before = {one.id: one.turn for one in self.row.questions} if same else {}
        return [replace(one, turn=self._turn(one, before.get(one.id, 0))) for one in row.questions]

    def _turn(self, one: ItemRow, before: int) -> int:
        if self._told.get(one.id) == _JUST_TOLD:
            self._told = {**self._told, one.id: one.turn}
        return max(before, one.turn) if one.turn > self._told.get(one.id, 0) else before

    def _forget(self) -> None:
        self.problem, self.done = "", ""
        self._blame({})

    def _blame(self, problems: dict[str, str]) -> None:
        ends = (".", "?", "!", ":")
        named = {
            one.id: one.text if one.text.endswith(ends) else f"{one.text}:"
            for one in self.row.questions
        }
        self.wrong = problems
        self.errors = [
            Wrong(f"{FIELD}{one}", f"{named[one]} {words}")
            for one, words in problems.items()
            if one in named
        ]

    @events.handler(events.PATIENTS)
    async def clear(self) -> None:
        """Takes the form away that was open before another one."""
        if self.row.id != self._wanted():
            self.row, self.is_missing, self.is_loaded = FormView(), False, False
            self.is_changing, self._told = False, {}

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows a form with what was begun on any device."""
        self._forget()
        await self._load()
        self.saved, self.is_changing = self.row.saved, self.row.is_begun

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed; what is being written stays."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def keep(self, whose: str, link_id: str, words: str, number: int, seen: int) -> None:
        """Keeps an answer while it is written."""
        sent = {"link_id": link_id, "words": words, "number": number, "seen": seen}
        asked = events.entered(Kept, sent).model_dump()
        asked |= {"response_id": self._wanted(), "tab": self._key()}
        try:
            saved = await self._act(forms.keep, whose=whose, **asked)
        except forms.NotAnAnswer as refusal:
            self.wrong = {**self.wrong, link_id: refusal.words}
            return
        except forms.ChangedElsewhere as refusal:
            self.wrong = {**self.wrong, link_id: refusal.words}
            await self._tell(link_id)
            return
        except Conflict:
            # It was sent meanwhile: show what was, so that the sentence makes sense.
            await self._load(by_itself=True)
            raise
        self.wrong = {name: said for name, said in self.wrong.items() if name != link_id}
        self.saved = saved or self.saved

    async def _tell(self, link_id: str) -> None:
        """Takes in what another device wrote, and leaves the field as it is: it was told."""
        self._told = {**self._told, link_id: _JUST_TOLD}
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def send(self, form: dict[str, Any]) -> Any:
        """Sends the form; it is said to be sent only once it stands."""
        self._forget()
        answers, rest = _parted(form)
        given = events.entered(Sent, rest)
        try:
            await self._act(
                forms.send,
                whose=given.whose,
                response_id=self._wanted(),
                answers=answers,
                number=int(given.number),
                seen=int(given.seen),
                tab=self._key(),
                client_key=given.key,
            )
        except forms.Incomplete as refusal:
            self._blame(refusal.problems)
            return rx.set_focus("error-summary")
        except Conflict:
            # What is shown is old: show what it has become, so that the sentence makes sense.
            await self._load(by_itself=True)
            raise
        self.is_changing, self.saved, self._told = False, "", {}
        await self._load()
        self.done = _("Your answers are sent. The clinic sees them now.")
        return None

    @events.handler(events.PATIENTS)
    async def change(self) -> None:
        """Lets what was sent be changed; it stands until the change is sent."""
        self._forget()
        self.is_changing = True

    @events.handler(events.PATIENTS)
    async def drop(self, whose: str) -> None:
        """Throws away what was begun; what was sent stands."""
        self._forget()
        await self._act(forms.drop, whose=whose, response_id=self._wanted())
        self.is_changing, self.saved, self._told = False, "", {}
        await self._load(by_itself=True)


def _parted(form: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Returns the answers of a form by question, and what stands beside them."""
    answers = {name: words for name, words in form.items() if name.startswith(FIELD)}
    rest = {name: words for name, words in form.items() if name not in answers}
    if not all(isinstance(words, str) for words in answers.values()):
        raise Invalid
    return {name.removeprefix(FIELD): words for name, words in answers.items()}, rest
