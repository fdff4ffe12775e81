"""Finding a patient."""

from datetime import datetime

import reflex as rx
from sqlmodel import Session

from portal.security.actor import Actor
from portal.services import patients
from portal.services.patients import Found, PatientHit
from portal.state import events
from portal.state.staff.desk import Desk

WORDS_MAX = 100


def _both(
    db: Session, actor: Actor, *, words: str, now: datetime
) -> tuple[Found, list[PatientHit]]:
    if words.strip():
        return patients.find(db, actor, words=words, now=now), []
    return Found(), patients.recent(db, actor, now=now)


class Patients(Desk, rx.State):
    """The search, and the charts that this person opened last."""

    words: str = ""
    found: Found = Found()
    recent: list[PatientHit] = []  # noqa: RUF012 - Reflex gives each state its own

    async def _load(self, *, by_itself: bool = False) -> None:
        shown = await self._try(_both, by_itself=by_itself, words=self.words)
        found, recent = shown or (Found(), [])
        if found != self.found:
            self.found = found
        if recent != self.recent:
            self.recent = recent

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows whom the address asks for, or who was open last."""
        self._forget()
        given = self.rx_router_page.params.get("query", "")
        self.words = given[:WORDS_MAX] if isinstance(given, str) else ""
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Asks again only where people themselves may have changed."""
        if "people" in topics or not self.is_loaded:
            await self._load(by_itself=True)

    @events.handler(events.STAFF_ONLY)
    async def find(self, words: str) -> None:
        """Shows who fits what has been typed so far."""
        self.problem = ""
        self.words = words[:WORDS_MAX]
        await self._load()
