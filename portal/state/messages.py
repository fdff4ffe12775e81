"""The states of messages: the list, a new one, and one conversation."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import NotFound
from portal.models.messages import BODY_MAX, SUBJECT_MAX
from portal.services import attachments, messages
from portal.services.messages import Advice, NewRow, ThreadsRow, ThreadView
from portal.state import events
from portal.state.screen import Screen
from portal.words import _

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
NEW = "new"
MORE_LETTERS = 50


class Search(BaseModel):
    """Words to look for in one's own messages."""

    model_config = ConfigDict(strict=True, extra="forbid")

    query: str = Field(max_length=200)


class Answer(BaseModel):
    """The next message of a conversation. `key` names the composition, whatever the connection."""

    model_config = ConfigDict(strict=True, extra="forbid")

    key: str = Field(min_length=1, max_length=64)
    # The record that the page showed when it was written.
    whose: str = Field(max_length=64)
    body: str = Field(max_length=4 * BODY_MAX)
    # "yes" where it is to go although its words can mean an emergency.
    sure: str = Field(default="", max_length=3)


class Letter(Answer):
    """The first message of a conversation."""

    subject: str = Field(max_length=4 * SUBJECT_MAX)
    topic: str = Field(max_length=20)
    # A box that is ticked sends "on"; one that is not, nothing or "".
    confidential: str | bool = False


@dataclass(frozen=True)
class FieldError:
    """What needs another look, and in which field."""

    field: str
    words: str


class Tab(Screen, mixin=True):
    """Knows the tab it runs in: a composition keeps its key when a connection drops."""

    def _key(self) -> str:
        return hashlib.sha256(self._token().encode()).hexdigest()[:20]


class Messages(Screen, rx.State):
    """The list of conversations, a page at a time."""

    row: ThreadsRow = ThreadsRow()
    _query: str = ""
    _page: int = 1

    async def _load(self, *, by_itself: bool = False) -> None:
        await self._fill(messages.threads, by_itself=by_itself, page=self._page, query=self._query)

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows the newest conversations."""
        self.problem, self._query, self._page = "", "", 1
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def find(self, form: dict[str, Any]) -> None:
        """Looks for words in one's own messages."""
        self.problem = ""
        self._query, self._page = events.entered(Search, form).query, 1
        await self._load()

    @events.handler(events.PATIENTS)
    async def turn(self, by: int) -> None:
        """Turns one page on or back."""
        self._page = max(1, self._page + (1 if by > 0 else -1))
        await self._load()


class NewMessage(Tab, rx.State):
    """A new message, from the first word to the moment it stands."""

    row: NewRow = NewRow()
    saved: str = ""
    errors: list[FieldError] = []  # noqa: RUF012 - Reflex gives each state its own
    subject_error: str = ""
    body_error: str = ""
    # What to do now, where the words can mean an emergency: said once before they are sent.
    advice: Advice = Advice()

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._show(messages.compose, by_itself=by_itself, key=self._key())
        if row != self.row:
            self.row = row

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Begins a message, or goes on with the draft."""
        self.problem, self.advice = "", Advice()
        self._blame("", "")
        await self._load()
        self.saved = self.row.draft.saved

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed around the message."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def keep(self, whose: str, key: str, name: str, words: str) -> None:
        """Saves the draft while it is written: one of subject, topic and body."""
        if key and name in {"subject", "topic", "body"}:
            self.saved = await self._act(
                messages.save_draft, whose=whose, place=NEW, client_key=key, **{name: words}
            )

    @events.handler(events.PATIENTS)
    async def remove(self, whose: str, attachment_id: str) -> None:
        """Takes a file away from the draft."""
        self.problem = ""
        await self._act(attachments.remove, whose=whose, attachment_id=attachment_id)
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def send(self, form: dict[str, Any]) -> Any:
        """Sends the message, then shows where it stands."""
        self.problem = ""
        letter = events.entered(Letter, form)
        self._blame(
            "" if letter.subject.strip() else _("Say in a few words what it is about."),
            "" if letter.body.strip() else _("Write your message."),
        )
        if self.errors:
            return None
        self.advice = messages.advice(letter.subject, letter.body)
        if self.advice.title and not letter.sure:
            return None
        sent = await self._act(
            messages.start,
            whose=letter.whose,
            subject=letter.subject,
            topic=letter.topic,
            body=letter.body,
            client_key=letter.key,
            confidential=letter.confidential in {True, "on", "true"},
        )
        conversation = await self.get_state(Conversation)
        conversation._just_sent = sent.thread_id  # noqa: SLF001 - the next page of the same module
        return rx.redirect(f"/messages/{sent.thread_id}")

    def _blame(self, subject: str, body: str) -> None:
        self.subject_error, self.body_error = subject, body
        found = (("subject", subject), ("body", body))
        self.errors = [FieldError(name, words) for name, words in found if words]


class Conversation(Tab, rx.State):
    """One conversation: what was written, what is promised, and the answer being written."""

    row: ThreadView = ThreadView()
    is_missing: bool = False
    is_sent: bool = False
    saved: str = ""
    body_error: str = ""
    advice: Advice = Advice()
    # Rises with each other conversation in this tab: what was typed for one never goes to another.
    edition: int = 0
    _shown: int = MORE_LETTERS
    _fresh: tuple[str, ...] = ()
    _has_news: bool = False
    _just_sent: str = ""

    def _wanted(self) -> str:
        given = self.rx_router_page.params.get("id", "")
        return given if isinstance(given, str) and _ID.fullmatch(given) else ""

    async def _load(self, *, by_itself: bool = False) -> None:
        use_case = messages.view if by_itself else messages.open_thread
        try:
            row = await self._show(
                use_case,
                by_itself=by_itself,
                thread_id=self._wanted(),
                key=self._key(),
                shown=self._shown,
                fresh=self._fresh,
            )
        except NotFound:
            await self._show(messages.nothing, by_itself=by_itself)
            self.row, self.is_missing = ThreadView(), True
            return
        self.is_missing = False
        self._has_news = by_itself and row.unread > 0
        self._fresh = tuple(letter.id for letter in row.letters if letter.is_new)
        if row != self.row:
            self.row = row

    @events.handler(events.PATIENTS)
    async def clear(self) -> None:
        """Takes the conversation away that was open before another one."""
        if self.row.id != self._wanted():
            self.edition += bool(self.row.id)
            self.row, self.is_missing, self.is_loaded = ThreadView(), False, False
            self._shown, self._fresh, self.is_sent = MORE_LETTERS, (), False
            self.advice = Advice()

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows a conversation and marks it read on every device."""
        self.problem = self.body_error = ""
        self.advice, self._fresh = Advice(), ()
        await self._load()
        self.saved = self.row.draft.saved
        self.is_sent = bool(self.row.id) and self._just_sent == self.row.id
        self._just_sent = ""

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed; a message that came by itself is new until somebody is there."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def seen(self) -> None:
        """Notes that somebody is there and reads what has come by itself."""
        if self._has_news:
            self._has_news = False
            await self._act(messages.mark_read, whose=self.row.patient_id, thread_id=self.row.id)

    @events.handler(events.PATIENTS)
    async def earlier(self) -> None:
        """Shows the letters before."""
        self._shown += MORE_LETTERS
        await self._load()

    @events.handler(events.PATIENTS)
    async def keep(self, whose: str, key: str, words: str) -> None:
        """Saves the draft while it is written."""
        if key:
            self.saved = await self._act(
                messages.save_draft,
                whose=whose,
                place=self._wanted(),
                client_key=key,
                body=words,
            )

    @events.handler(events.PATIENTS)
    async def put_right(self, whose: str, message_id: str) -> Any:
        """Notes that the answer puts a letter of one's own right, or that it puts none right."""
        self.problem, self.is_sent = "", False
        place = self._wanted()
        await self._act(messages.correct, whose=whose, place=place, message_id=message_id)
        await self._load(by_itself=True)
        return rx.set_focus("body")

    @events.handler(events.PATIENTS)
    async def remove(self, whose: str, attachment_id: str) -> None:
        """Takes a file away from the draft."""
        self.problem = ""
        await self._act(attachments.remove, whose=whose, attachment_id=attachment_id)
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def send(self, form: dict[str, Any]) -> None:
        """Sends the answer; it is said to be sent only once it stands."""
        self.problem = self.body_error = ""
        answer = events.entered(Answer, form)
        if not answer.body.strip():
            self.body_error = _("Write your message first, then send it.")
            return
        self.advice = messages.advice(answer.body)
        if self.advice.title and not answer.sure:
            return
        await self._act(
            messages.reply,
            whose=answer.whose,
            thread_id=self._wanted(),
            body=answer.body,
            client_key=answer.key,
        )
        self.is_sent, self.saved, self.advice = True, "", Advice()
        await self._load()

    @events.handler(events.PATIENTS)
    async def again(self) -> None:
        """Lets another message be written."""
        self.is_sent = False
