"""People and roles: the list, one account, and inviting somebody who works here."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import ConfirmFirst, Refusal
from portal.services import administration
from portal.services.administration import InvitedRow, OneRow, PeopleRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _, _n


class Invited(BaseModel):
    """Who is to be invited, and as what."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: str = Field(min_length=1, max_length=300)
    new_sign_in_name: str = Field(min_length=1, max_length=254)
    role: str = Field(min_length=1, max_length=20)
    email: str = Field(default="", max_length=254)


class Found(BaseModel):
    """What somebody is looked for by."""

    model_config = ConfigDict(strict=True, extra="forbid")

    query: str = Field(default="", max_length=100)


class NewRole(BaseModel):
    """Which role somebody is to have."""

    model_config = ConfigDict(strict=True, extra="forbid")

    role: str = Field(min_length=1, max_length=20)


class People(Desk, rx.State):
    """Who may sign in."""

    row: PeopleRow = PeopleRow()
    invited: InvitedRow = InvitedRow()
    _page: int = 1
    _group: str = "staff"
    _words: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(
            administration.view,
            by_itself=by_itself,
            page=self._page,
            group=self._group,
            words=self._words,
        )
        row = row or PeopleRow()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows who works here."""
        self._forget()
        self._page, self._words, self.invited = 1, "", InvitedRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed among people."""
        if "people" in topics or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def show(self, group: str) -> None:
        """Shows the staff, the patients or the helpers."""
        self._page = 1
        self._group = group if group in {"patients", "helpers"} else "staff"
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def find(self, form: dict[str, Any]) -> None:
        """Finds people by name."""
        self._page, self._words = 1, events.entered(Found, form).query
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def before(self) -> None:
        """Turns to the page before."""
        self._page = max(1, self._page - 1)
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def after(self) -> None:
        """Turns to the next page."""
        self._page += 1
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def invite(self, form: dict[str, Any]) -> Any:
        """Invites somebody who works here."""
        self._forget()
        self.invited = InvitedRow()
        given = events.entered(Invited, form)
        self.invited = await self._ask(
            administration.invite,
            name=given.name,
            sign_in_name=given.new_sign_in_name,
            role=given.role,
            email=given.email,
        )
        self.done = _("The invitation is ready.")
        await self._load()
        return rx.set_focus("invited")

    @events.handler(events.STAFF_ONLY)
    async def end_everybody(self) -> None:
        """Ends every sign-in but this one."""
        self._forget()
        count = await self._ask(administration.end_everybody)
        self.done = _n("{count} sign-in was ended.", "{count} sign-ins were ended.", count)
        await self._load()


class Person(Desk, rx.State):
    """One account."""

    row: OneRow = OneRow()
    invited: InvitedRow = InvitedRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(administration.one, by_itself=by_itself, user_id=self._asked("id"))
        row = row or OneRow()
        if row != self.row:
            self.row = row

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the account."""
        self._forget()
        self.invited = InvitedRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed of the account."""
        if {"people", "account"} & set(topics) or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def change_role(self, form: dict[str, Any]) -> None:
        """Gives this person another role."""
        given = events.entered(NewRole, form)
        done = _("The role is changed. Open pages of this person are closed now.")
        await self._change(administration.change_role, done, role=given.role)

    @events.handler(events.STAFF_ONLY)
    async def disable(self) -> None:
        """Ends this account's sign-ins and lets none begin."""
        done = _("The account is disabled, and signed out everywhere.")
        await self._change(administration.disable, done)

    @events.handler(events.STAFF_ONLY)
    async def enable(self) -> None:
        """Lets this person sign in again."""
        await self._change(administration.enable, _("The account may be used again."))

    @events.handler(events.STAFF_ONLY)
    async def end_sign_ins(self) -> None:
        """Ends every sign-in of this account."""
        done = _("Every sign-in of this account is ended.")
        await self._change(administration.end_sign_ins, done)

    @events.handler(events.STAFF_ONLY)
    async def invite_again(self) -> Any:
        """Gives this person a new link."""
        self._forget()
        self.invited = await self._ask(administration.invite_again, user_id=self._asked("id"))
        self.done = _("A new invitation is ready. The one before does not work any more.")
        await self._load()
        return rx.set_focus("invited")

    async def _change(self, act: Any, done: str, **more: Any) -> None:
        self._forget()
        try:
            await self._ask(act, user_id=self._asked("id"), **more)
            self.done = done
        except ConfirmFirst:
            raise
        except Refusal as refusal:
            self.problem = refusal.words
        await self._load()
