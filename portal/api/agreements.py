"""Agreements at the start: a clinic that has no texts yet gets the first ones."""

import contextlib
from collections.abc import AsyncIterator

from portal.security.actor import system
from portal.services import acting, agreements


@contextlib.asynccontextmanager
async def opening() -> AsyncIterator[None]:
    """Lays down the first versions where there are none, before the first request."""
    now = acting.desk().clock()
    await acting.alone(lambda db: agreements.begin(db, system("start"), now=now))
    yield
