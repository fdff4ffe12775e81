"""A state with the day's work in it: each event is one act, and says so once it stands.

Imported by tests/reliability/on_duty.py alone, after Reflex has been told where it is.
"""

from datetime import datetime

import reflex as rx

from portal.services import appointments, frame, home, messages
from portal.state import events
from portal.state.screen import Screen


class Duty(Screen, rx.State):
    """`acked` names the act that stands: it reaches the browser after the commit, or never."""

    acked: str = ""
    seen: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._show(frame.view, by_itself=by_itself)
        self.seen = f"{row.name} has {row.unread_messages} unread"

    @events.handler(events.SIGNED_IN)
    async def open(self) -> None:
        """Shows who is here."""
        self.problem = ""
        await self._load()

    @events.handler(events.SIGNED_IN)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.SIGNED_IN)
    async def show(self, key: str) -> None:
        """Shows Home, which leaves a trace."""
        self.problem = self.acked = ""
        row = await self._show(home.view)
        self.acked = f"{key} {len(row.news)}"

    @events.handler(events.SIGNED_IN)
    async def write(self, key: str, thread_id: str) -> None:
        """Writes a message."""
        self.problem = self.acked = ""
        sent = await self._ask(messages.reply, thread_id=thread_id, body=key, client_key=key)
        self.acked = f"{key} {sent.message_id}"

    @events.handler(events.SIGNED_IN)
    async def keep(self, key: str, thread_id: str) -> None:
        """Keeps a draft that says its own key."""
        self.problem = self.acked = ""
        await self._ask(messages.save_draft, place=thread_id, client_key=key, body=key)
        self.acked = f"{key} draft"

    @events.handler(events.SIGNED_IN)
    async def read(self, key: str, thread_id: str) -> None:
        """Marks a conversation read."""
        self.problem = self.acked = ""
        marked = await self._ask(messages.mark_read, thread_id=thread_id)
        self.acked = f"{key} {marked}"

    @events.handler(events.SIGNED_IN)
    async def book(self, key: str, patient_id: str, practitioner_id: str, starts_at: str) -> None:
        """Books a visit of twenty minutes."""
        self.problem = self.acked = ""
        booked = await self._ask(
            appointments.book,
            patient_id=patient_id,
            practitioner_id=practitioner_id,
            location_id=None,
            title=key,
            starts_at=datetime.fromisoformat(starts_at),
            minutes=20,
        )
        self.acked = f"{key} {booked}"

    @events.handler(events.SIGNED_IN)
    async def confirm(self, key: str, appointment_id: str) -> None:
        """Says that the patient is coming."""
        self.problem = self.acked = ""
        await self._ask(appointments.confirm, appointment_id=appointment_id, version=1)
        self.acked = f"{key} {appointment_id}"
