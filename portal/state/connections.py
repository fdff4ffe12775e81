"""Connections: which socket owns a client token, whose cookie it brought, what its tab holds.

The identity of an event is the cookie of the socket that owns its token, never what the event
or the stored state says. This is the only module that touches Reflex's private attributes; the
version is pinned and tests/attacks/ cover it.
"""

import asyncio
import contextlib
import logging
import time
from typing import Any

import reflex as rx
from reflex.state import StateUpdate
from reflex_base.event import Event

from portal import live, settings
from portal.security import signins

log = logging.getLogger("portal.connections")

# Where somebody lands whose sign-in has ended.
ENDED = "/#ended"
AWAY_SECONDS = 0.5

_app: rx.App | None = None
# For which sign-in each tab's state was filled; empty for nobody's.
_bound: dict[str, str] = {}
# When a tab without a socket was first seen without one.
_closed_at: dict[str, float] = {}


def bind(app: rx.App) -> None:
    """Tells which app this process runs; the composition root calls it once."""
    global _app  # noqa: PLW0603 - one app a process
    _app = app


def _running() -> Any:
    if _app is None:
        msg = "no app is bound"
        raise RuntimeError(msg)
    return _app


def headers_of(token: str) -> dict[str, str]:
    """Returns the headers that the owning socket was opened with; empty if none is open."""
    namespace = _running().event_namespace
    record = namespace._token_manager.token_to_socket.get(token)  # noqa: SLF001
    if record is None:
        return {}
    return (namespace._static_router_data.get(record.sid) or {}).get("headers", {})  # noqa: SLF001


def digest_of(token: str) -> str:
    """Returns the digest of the sign-in secret that the owning socket brought; may be empty."""
    name = signins.cookie_name(is_https=settings.current().is_https)
    return signins.digest_in(headers_of(token).get("cookie", ""), name)


def is_open(token: str) -> bool:
    """Says whether a socket owns the token now."""
    return token in _running().event_namespace._token_manager.token_to_socket  # noqa: SLF001


async def send(token: str, event_name: str, payload: dict[str, Any]) -> asyncio.Future[Any]:
    """Runs one of our handlers in another tab's own state, with that tab's own identity.

    The context is forked from the root: from within a handler, the publisher's cookie would
    otherwise travel along (REFLEX.md 3.2). Returns what ends when the handler has.
    """
    processor = _running().event_processor
    context = processor._root_context.fork(token=token)  # noqa: SLF001
    return await processor.enqueue(token, Event(name=event_name, payload=payload), ev_ctx=context)


def note_bound(token: str, sign_in_id: str) -> None:
    """Notes for which sign-in a tab's state is filled from now on."""
    _bound[token] = sign_in_id


def bound() -> dict[str, str]:
    """Returns for which sign-in the state of each tab was filled."""
    return dict(_bound)


async def send_away(token: str) -> None:
    """Empties a tab whose sign-in has ended, on the screen too, and shows it the door."""
    if not is_open(token):
        return
    running = _running()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(AWAY_SECONDS):
            whole = rx.BaseStateToken(ident=token, cls=rx.State)
            async with running.modify_state(whole) as state:
                state.reset()
            door = StateUpdate(events=Event.from_event_type(rx.redirect(ENDED)))
            await running.event_namespace.emit_update(door, token)


def forget(token: str) -> None:
    """Drops what a tab's state held, unless an event is at work in it just now."""
    manager = _running().state_manager
    kept = manager._token_expires_at.get(token)  # noqa: SLF001
    lock = manager._states_locks.get(token)  # noqa: SLF001
    if lock is not None and lock.locked():
        return
    if kept is not None:
        manager._purge_token(kept[1])  # noqa: SLF001
    live.presence.leave(token)
    _bound.pop(token, None)
    _closed_at.pop(token, None)


def forget_closed(grace: float) -> None:
    """Drops the states of tabs whose socket has been gone for `grace` seconds."""
    now = time.monotonic()
    held = list(_running().state_manager._token_expires_at)  # noqa: SLF001
    for token in {*held, *_bound}:
        if is_open(token):
            _closed_at.pop(token, None)
            continue
        live.presence.leave(token)
        if now - _closed_at.setdefault(token, now) >= grace:
            forget(token)
    for token in [token for token in live.presence.tabs if not is_open(token)]:
        live.presence.leave(token)


def states_held() -> int:
    """Counts the tabs whose state is in memory."""
    return len(_running().state_manager.states)
