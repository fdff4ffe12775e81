"""Desk: what the staff's screens do alike."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session

from portal.errors import Conflict, NotAllowed, NotFound
from portal.security.actor import Actor
from portal.services import acting
from portal.state import events
from portal.state.screen import Screen

Row = TypeVar("Row")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Desk(Screen, mixin=True):
    """A screen of the staff. `is_closed`: this role may not see it, or it does not exist."""

    is_closed: bool = False

    async def _try(
        self, use_case: Callable[..., Row], *, by_itself: bool = False, **arguments: Any
    ) -> Row | None:
        """Shows a view; None where the person may not see it, with the frame around a notice."""
        try:
            row = await self._show(use_case, by_itself=by_itself, **arguments)
        except (NotAllowed, NotFound):
            await self._show(_nothing, by_itself=by_itself)
            self.is_closed = True
            return None
        self.is_closed = False
        return row

    def _asked(self, name: str) -> str:
        """Returns an id from the address, or nothing."""
        given = self.rx_router_page.params.get(name, "")
        return given if isinstance(given, str) and _ID.fullmatch(given) else ""

    def _forget(self) -> None:
        self.problem, self.done = "", ""


class Form(Desk, mixin=True):
    """A page of forms: shown when it is opened, and never anew under whoever writes in one."""

    async def _load(self, *, by_itself: bool = False) -> None:
        raise NotImplementedError

    def _begin(self) -> None:
        """Forgets what belongs to the last time that the page was open."""
        self._forget()

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows what there is."""
        self._begin()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows it where it has not come yet; what is being written stays."""
        del topics
        if not self.is_loaded:
            await self._load(by_itself=True)


class OnChart(Desk, mixin=True):
    """A part of the chart of the patient in the address; nothing for who may not see it."""

    patient_id: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        raise NotImplementedError

    async def _seen(self, use_case: Callable[..., Row], nothing: Row, *, by_itself: bool) -> Row:
        """Returns a view of the patient, or nothing where the person may not see it."""
        run = acting.glance if by_itself else acting.perform
        try:
            row = await run(self._digest(), use_case, patient_id=self.patient_id)
        except (NotAllowed, NotFound):
            row = nothing
        self.is_loaded = True
        return row

    async def _do(self, use_case: Callable[..., Any], noted: str, **arguments: Any) -> None:
        """Does something for the patient; who was slower is shown what it has become."""
        self._forget()
        try:
            await self._ask(use_case, patient_id=self.patient_id, **arguments)
        except Conflict:
            # What is shown is old: show what it has become, so that the sentence makes sense.
            await self._load()
            raise
        await self._load()
        self.done = noted


def _nothing(db: Session, actor: Actor, *, now: datetime) -> None:
    del db, actor, now
