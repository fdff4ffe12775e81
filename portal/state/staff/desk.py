"""Desk: what the staff's screens do alike."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session

from portal.errors import NotAllowed, NotFound
from portal.security.actor import Actor
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


def _nothing(db: Session, actor: Actor, *, now: datetime) -> None:
    del db, actor, now
