"""The clinic's inbox: the list on one side, the open conversation on the other."""

from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import NotAllowed, NotFound
from portal.services import acting, inbox, messages
from portal.services.inbox import InboxRow
from portal.services.messages import ThreadView
from portal.state import events
from portal.state.staff.desk import Desk
from portal.words import _


class Answer(BaseModel):
    """An answer as it was entered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    body: str = Field(max_length=8000)


class Inbox(Desk, rx.State):
    """What waits for an answer, the latest promise first, and one conversation."""

    row: InboxRow = InboxRow()
    thread: ThreadView = ThreadView()
    # Rises when an answer was sent: the field below starts empty.
    written: int = 0
    _page: int = 1
    _answered: bool = False

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(
            inbox.view, by_itself=by_itself, page=self._page, answered=self._answered
        )
        row = row or InboxRow()
        if row != self.row:
            self.row = row

    async def _read(self, thread_id: str, *, by_itself: bool = False) -> None:
        """Shows a conversation; opening it marks it read, a refresh does not."""
        run = acting.glance if by_itself else acting.perform
        use_case = messages.view if by_itself else messages.open_thread
        try:
            thread = await run(
                self._digest(), use_case, thread_id=thread_id, key=self._token()[:24]
            )
        except (NotFound, NotAllowed):
            thread = ThreadView()
        if thread != self.thread:
            self.thread = thread

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows the inbox, and the conversation that the address names."""
        self._forget()
        self._page, self._answered = 1, False
        asked = self._asked("thread")
        if asked:
            await self._read(asked)
        else:
            self.thread = ThreadView()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed, in the list and in the open conversation."""
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
        """Sends an answer; the same composition never twice."""
        self._forget()
        body = events.entered(Answer, form).body
        thread = self.thread
        await self._ask(messages.reply, thread_id=thread.id, body=body, client_key=thread.draft.key)
        self.done = _("Your answer is sent. {name} sees it now.").format(name=thread.patient_name)
        self.written += 1
        await self._read(thread.id)
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def save(self, body: str) -> None:
        """Keeps what has been written so far: it waits on every device."""
        if self.thread.id:
            await self._ask(
                messages.save_draft,
                place=self.thread.id,
                client_key=self.thread.draft.key,
                body=body,
            )

    @events.handler(events.STAFF_ONLY)
    async def waiting(self) -> None:
        """Shows what waits for us."""
        self._page, self._answered = 1, False
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def answered(self) -> None:
        """Shows what has been answered."""
        self._page, self._answered = 1, True
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
