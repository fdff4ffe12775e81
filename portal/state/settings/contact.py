"""The states of e-mail and phone, and of how notices go out."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import Invalid
from portal.services import agreements, contact
from portal.services.contact import ContactRow, TellingRow
from portal.state import events
from portal.state.screen import Screen
from portal.words import _

EMAIL, PHONE = "new-email", "new-phone"


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class NewEmail(_Form):
    """An e-mail address as it was typed."""

    email: str = Field(max_length=400)


class NewPhone(_Form):
    """A phone number as it was typed."""

    phone: str = Field(max_length=100)


class EmailCode(_Form):
    """A code as it was typed."""

    email_code: str = Field(max_length=20)


class PhoneCode(_Form):
    """A code as it was typed."""

    phone_code: str = Field(max_length=20)


class Carried(_Form):
    """What notices carry; the page always sends one."""

    carries: str = Field(default="", max_length=10)


class Chosen(_Form):
    """By which way of which news; the page always sends all."""

    visits: str = Field(default="", max_length=10)
    messages: str = Field(default="", max_length=10)
    results: str = Field(default="", max_length=10)
    check_ups: str = Field(default="", max_length=10)


class Language(_Form):
    """In which language to be written to; nothing for the clinic's."""

    language: str = Field(default="", max_length=10)


class Hours(_Form):
    """When not to be told, and when once a day: minutes of the day, or nothing."""

    quiet_from: str = Field(default="", max_length=4)
    quiet_to: str = Field(default="", max_length=4)
    daily_at: str = Field(default="", max_length=4)


class Contact(Screen, rx.State):
    """How the account is reached, and what waits to be proven."""

    row: ContactRow = ContactRow()
    email_error: str = ""
    phone_error: str = ""
    code_error: str = ""
    # Rises with each change, so that what was typed for it does not stay in a field.
    edition: int = 0

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(contact.view, by_itself=by_itself)

    def _forget(self) -> None:
        self.problem = self.done = ""
        self.email_error = self.phone_error = self.code_error = ""

    @events.handler(events.SIGNED_IN)
    async def open(self) -> None:
        """Shows how the account is reached."""
        self._forget()
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.SIGNED_IN)
    async def change_email(self, form: dict[str, Any]) -> None:
        """Sends a code to a new e-mail address."""
        self._forget()
        given = events.entered(NewEmail, form)
        try:
            await self._ask(contact.change_email, email=given.email)
        except Invalid as refusal:
            self.email_error = refusal.words
            return
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def change_phone(self, form: dict[str, Any]) -> None:
        """Notes a new phone number, or sends a code there."""
        self._forget()
        given = events.entered(NewPhone, form)
        try:
            await self._ask(contact.change_phone, phone=given.phone)
        except Invalid as refusal:
            self.phone_error = refusal.words
            return
        await self._load()
        self.edition += 1
        if not self.row.new_phone.address:
            self.done = _("Your phone number is saved.")

    @events.handler(events.SIGNED_IN)
    async def remove_phone(self) -> None:
        """Forgets the phone number."""
        self._forget()
        await self._ask(contact.remove_phone)
        self.edition += 1
        self.done = _("Your phone number is removed.")
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def prove_email(self, form: dict[str, Any]) -> None:
        """Takes the code that was sent to the new e-mail address."""
        said = _("Your e-mail address is changed. We have told the old one.")
        code = events.entered(EmailCode, form).email_code
        await self._prove(EMAIL, code, said if self.row.is_email_proven else _CONFIRMED)

    @events.handler(events.SIGNED_IN)
    async def prove_phone(self, form: dict[str, Any]) -> None:
        """Takes the code that was sent to the new phone."""
        code = events.entered(PhoneCode, form).phone_code
        await self._prove(PHONE, code, _("Your phone number is confirmed."))

    async def _prove(self, kind: str, code: str, said: str) -> None:
        self._forget()
        fits = await self._ask(contact.prove, kind=kind, code=code)
        await self._load()
        if not fits:
            self.code_error = _(contact.WrongCode.sentence)
            return
        self.edition += 1
        self.done = said

    @events.handler(events.SIGNED_IN)
    async def send_again(self, kind: str) -> None:
        """Sends another code."""
        self._forget()
        await self._ask(contact.send_again, kind=kind)
        self.done = _("We have sent a new code. The one before does not work any more.")
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def drop(self, kind: str) -> None:
        """Forgets the address that waits for a code."""
        self._forget()
        await self._ask(contact.drop, kind=kind)
        self.edition += 1
        await self._load()


_CONFIRMED = _("Your e-mail address is confirmed.")


class Telling(Screen, rx.State):
    """How somebody is told of news, what notices carry, and what was agreed to."""

    row: TellingRow = TellingRow()

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(contact.telling, by_itself=by_itself)

    @events.handler(events.SIGNED_IN)
    async def open(self) -> None:
        """Shows what notices carry."""
        self.problem = self.done = ""
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.SIGNED_IN)
    async def carry(self, form: dict[str, Any]) -> None:
        """Sets what notices carry."""
        self.problem = self.done = ""
        given = events.entered(Carried, form)
        await self._ask(contact.carry, what=given.carries)
        self.done = _("Saved. It counts from the next notice on.")
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def choose_language(self, form: dict[str, Any]) -> None:
        """Sets in which language to be written to."""
        self.problem = self.done = ""
        given = events.entered(Language, form)
        await self._ask(contact.choose_language, language=given.language)
        self.done = _("Saved. It counts for everything that has not gone out yet.")
        await self._load()

    @events.handler(events.PATIENTS)
    async def choose(self, form: dict[str, Any]) -> None:
        """Sets by which way of which news."""
        self.problem = self.done = ""
        given = events.entered(Chosen, form)
        await self._ask(contact.choose, **given.model_dump())
        self.done = _("Saved. It counts for everything that has not gone out yet.")
        await self._load()

    @events.handler(events.PATIENTS)
    async def choose_hours(self, form: dict[str, Any]) -> None:
        """Sets when not to be told, and when once a day."""
        self.problem = self.done = ""
        given = events.entered(Hours, form)
        await self._ask(contact.choose_hours, **given.model_dump())
        self.done = _("Saved. It counts for everything that has not gone out yet.")
        await self._load()

    @events.handler(events.PATIENTS)
    async def end_device(self, device_id: str) -> None:
        """Ends the notices on one device."""
        self.problem = self.done = ""
        await self._ask(contact.end_device, device_id=device_id)
        self.done = _("That device gets no notices any more.")
        await self._load()

    @events.handler(events.PATIENTS)
    async def try_devices(self) -> None:
        """Sends something to see to every device."""
        self.problem = self.done = ""
        await self._ask(contact.try_devices)
        self.done = _(
            "A test is on its way. If nothing shows within a minute, look at what that device "
            "itself allows."
        )
        await self._load()

    @events.handler(events.PATIENTS)
    async def take_back(self) -> None:
        """Takes the consent to e-mails back."""
        self.problem = self.done = ""
        await self._ask(agreements.take_back)
        self.done = _("We will not write to you about news any more. Look into the portal for it.")
        await self._load()

    @events.handler(events.PATIENTS)
    async def agree(self) -> None:
        """Agrees to e-mails after all."""
        self.problem = self.done = ""
        await self._ask(agreements.start_anew)
        self.done = _("Thank you. From now on we write to you when there is news.")
        await self._load()
