"""The clinic's inbox: the list on one side, the open conversation on the other."""

from datetime import date
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal import live
from portal.errors import Conflict, NotAllowed, NotFound
from portal.services import acting, attachments, inbox, messages
from portal.services.inbox import InboxRow, ReadyRow, TalkRow
from portal.services.messages import Choice, ThreadView
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Answer(BaseModel):
    """An answer as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    body: str = Field(max_length=8000)


class Noted(BaseModel):
    """A note among staff as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    note: str = Field(max_length=2000)


class HandedTo(BaseModel):
    """The colleague who gets a conversation."""

    model_config = ConfigDict(strict=True, extra="forbid")

    to: str = Field(max_length=64)


class Urgent(BaseModel):
    """Why a conversation is urgent, and where it goes."""

    model_config = ConfigDict(strict=True, extra="forbid")

    reason: str = Field(max_length=200)
    to: str = Field(default="", max_length=64)


class Sought(BaseModel):
    """What is looked for in the inbox."""

    model_config = ConfigDict(strict=True, extra="forbid")

    sought: str = Field(max_length=100)


class Away(BaseModel):
    """From when to when somebody is away, and who stands in."""

    model_config = ConfigDict(strict=True, extra="forbid")

    cover: str = Field(max_length=64)
    first: str = Field(max_length=10)
    last: str = Field(max_length=10)

    def days(self) -> tuple[date, date]:
        """Returns the first and the last day."""
        try:
            return date.fromisoformat(self.first), date.fromisoformat(self.last)
        except ValueError:
            raise inbox.WrongDays from None


class Inbox(Desk, rx.State):
    """What waits for an answer, the latest promise first, and one conversation."""

    row: InboxRow = InboxRow()
    thread: ThreadView = ThreadView()
    talk: TalkRow = TalkRow()
    # To whom the open conversation may be handed, once somebody asks.
    colleagues: list[Choice] = []  # noqa: RUF012 - Reflex gives each state its own
    # What can be put into the answer, once somebody asks.
    ready: list[ReadyRow] = []  # noqa: RUF012 - the same
    # Rises when an answer was sent or filled: the field below starts empty.
    written: int = 0
    # Which colleagues write in the open conversation just now.
    writers: str = ""
    # The newest letter when its writer began with the answer.
    _begun: str = ""
    _page: int = 1
    _view: str = "waiting"
    _pool: str = ""
    _query: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        asked = {"page": self._page, "view": self._view, "pool": self._pool}
        asked["query"] = self._query
        row = await self._try(inbox.view, by_itself=by_itself, **asked) or InboxRow()
        if row != self.row:
            self.row = row
        live.presence.read(self._token(), self.thread.id)
        self._name_writers()

    def _name_writers(self) -> None:
        names = live.presence.writers(self._token())
        one, more = _("{names} is writing an answer"), _("{names} are writing an answer")
        said = one if len(names) == 1 else more
        self.writers = said.format(names=_(" and ").join(names)) if names else ""

    async def _read(self, thread_id: str, *, by_itself: bool = False) -> None:
        """Shows a conversation; opening it marks it read, a refresh does not."""
        run = acting.glance if by_itself else acting.perform
        asked = {"thread_id": thread_id, "key": self._token()[:24], "by_itself": by_itself}
        try:
            found = await run(self._digest(), inbox.read, **asked)
        except (NotFound, NotAllowed):
            found = inbox.Open()
        if found.view.id != self.thread.id:
            self.colleagues, self.ready, self._begun = [], [], ""
        if found.view != self.thread:
            self.thread = found.view
        if found.talk != self.talk:
            self.talk = found.talk

    async def _do(self, use_case: Any, said: str, **arguments: Any) -> None:
        """Does something to the open conversation; who was slower is shown what it has become."""
        self._forget()
        thread_id = self.thread.id
        try:
            await self._ask(use_case, thread_id=thread_id, **arguments)
        except Conflict:
            await self._show_again(thread_id)
            raise
        await self._show_again(thread_id)
        self.done = said

    async def _show_again(self, thread_id: str) -> None:
        await self._read(thread_id, by_itself=True)
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the inbox, and the conversation that the address names."""
        self._forget()
        self._page, self._view, self._pool, self._query = 1, "waiting", "", ""
        asked = self._asked("thread")
        if asked:
            await self._read(asked)
        else:
            self.thread, self.talk = ThreadView(), TalkRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed, in the list and in the open conversation."""
        if topics == [live.WRITING]:
            self._name_writers()
            return
        if self.thread.id and "messages" in topics:
            await self._read(self.thread.id, by_itself=True)
        await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def choose(self, thread_id: str) -> None:
        """Opens a conversation."""
        self._forget()
        await self._read(thread_id)
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def answer(self, form: dict[str, Any]) -> None:
        """Sends an answer; the same composition never twice.

        Where a colleague has answered since it was begun, theirs is shown first; again it goes.
        """
        self._forget()
        thread, seen = self.thread, self._begun or self.talk.newest
        asked = {"thread_id": thread.id, "client_key": thread.draft.key, "seen": seen}
        try:
            await self._ask(inbox.answer, body=events.entered(Answer, form).body, **asked)
        except inbox.Answered:
            await self._show_again(thread.id)
            self._begun = self.talk.newest
            raise
        live.presence.write(self._token(), is_writing=False)
        self._begun = ""
        self.done = _("Your answer is sent. {name} sees it now.").format(name=thread.patient_name)
        self.written += 1
        await self._read(thread.id)
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def begin(self) -> None:
        """Lets colleagues who have the conversation open know that an answer is being written."""
        self._begun = self._begun or self.talk.newest
        live.presence.write(self._token(), is_writing=True)

    @events.handler(events.STAFF_ONLY)
    async def save(self, body: str) -> None:
        """Keeps what has been written so far: it waits on every device."""
        if not body.strip():
            self._begun = ""
            live.presence.write(self._token(), is_writing=False)
        if self.thread.id:
            await self._ask(
                messages.save_draft,
                place=self.thread.id,
                client_key=self.thread.draft.key,
                body=body,
            )

    @events.handler(events.STAFF_ONLY)
    async def ask_ready(self) -> None:
        """Shows what can be put into the answer: ready ones, and links."""
        if self.thread.id:
            self.ready = await self._ask(inbox.offered, thread_id=self.thread.id)

    @events.handler(events.STAFF_ONLY)
    async def put_in(self, ready_id: str) -> None:
        """Adds a ready answer or a link to what has been written, for its writer to read over."""
        self._forget()
        thread = self.thread
        asked = {"thread_id": thread.id, "client_key": thread.draft.key, "ready_id": ready_id}
        await self._ask(inbox.put_in, **asked)
        self._begun = self._begun or self.talk.newest
        live.presence.write(self._token(), is_writing=True)
        self.written += 1
        await self._read(thread.id, by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def put_right(self, message_id: str) -> Any:
        """Notes that the answer puts a letter of the clinic right, or that it puts none right."""
        self._forget()
        thread = self.thread
        await self._ask(messages.correct, place=thread.id, message_id=message_id)
        await self._read(thread.id, by_itself=True)
        return rx.set_focus("body")

    @events.handler(events.STAFF_ONLY)
    async def take_away(self, attachment_id: str) -> None:
        """Takes a file away from the answer that is being written."""
        self._forget()
        await self._ask(attachments.remove, attachment_id=attachment_id)
        await self._read(self.thread.id, by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def claim(self) -> None:
        """Takes the open conversation on."""
        await self._do(inbox.claim, _("You have this now. Your colleagues see it."))

    @events.handler(events.STAFF_ONLY)
    async def give_back(self) -> None:
        """Gives the open conversation back to its pool."""
        await self._do(inbox.give_back, _("Given back. Somebody else can take it on."))

    @events.handler(events.STAFF_ONLY)
    async def ask_colleagues(self) -> None:
        """Shows to whom the open conversation may be handed."""
        if self.thread.id:
            self.colleagues = await self._ask(inbox.colleagues, thread_id=self.thread.id)

    @events.handler(events.STAFF_ONLY)
    async def assign(self, form: dict[str, Any]) -> None:
        """Hands the open conversation to a colleague."""
        to = events.entered(HandedTo, form).to
        await self._do(inbox.assign, _("Handed over."), to=to, before=self.talk.owner_id)

    @events.handler(events.STAFF_ONLY)
    async def escalate(self, form: dict[str, Any]) -> None:
        """Marks the open conversation as urgent, or passes it on."""
        urgent = events.entered(Urgent, form)
        said = _("It stands first now, with your reason.")
        await self._do(inbox.escalate, said, reason=urgent.reason, to=urgent.to)

    @events.handler(events.STAFF_ONLY)
    async def note(self, form: dict[str, Any]) -> None:
        """Adds a note that only staff see."""
        note = events.entered(Noted, form).note
        said, key = _("Noted for your colleagues alone."), self.talk.note_key
        await self._do(inbox.write_note, said, body=note, client_key=key)

    @events.handler(events.STAFF_ONLY)
    async def close(self) -> None:
        """Closes the open conversation: it needs no further answer."""
        said = _("Closed. A new message opens it again by itself.")
        await self._do(inbox.close, said, seen=self.talk.newest)

    @events.handler(events.STAFF_ONLY)
    async def reopen(self) -> None:
        """Opens the conversation again."""
        await self._do(inbox.reopen, _("Open again: it waits for us."))

    @events.handler(events.STAFF_ONLY)
    async def leave(self, form: dict[str, Any]) -> None:
        """Says that one is away, and who stands in."""
        self._forget()
        away = events.entered(Away, form)
        first, last = away.days()
        await self._ask(inbox.plan, cover=away.cover, from_on=first, until_on=last)
        await self._load()
        self.done = _("Written down. It ends by itself after the last day.")

    @events.handler(events.STAFF_ONLY)
    async def come_back(self, away_id: str) -> None:
        """Ends an absence."""
        self._forget()
        await self._ask(inbox.take_back, away_id=away_id)
        await self._load()
        self.done = _("Taken back.")

    @events.handler(events.STAFF_ONLY)
    async def narrow(self, view: str) -> None:
        """Shows what waits, what is mine, nobody's or overdue, what was answered or closed."""
        self._page, self._view = 1, view if view in inbox.VIEWS else "waiting"
        self._query = ""
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def by_pool(self, pool: str) -> None:
        """Shows one pool, or all."""
        self._page, self._pool = 1, pool[:64]
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def find(self, form: dict[str, Any]) -> None:
        """Looks for a patient's conversations, or for words in the newest."""
        self._page, self._query = 1, events.entered(Sought, form).sought
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
