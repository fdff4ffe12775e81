"""Connections: which socket owns a client token, and whose cookie it brought.

The identity of an event is the cookie of the socket that owns its token, never what the event
or the stored state says. This is the only module that touches Reflex's private attributes; the
version is pinned and tests/attacks/ cover it.
"""

from typing import Any

import reflex as rx
from reflex_base.event import Event

from portal import settings
from portal.security import signins

_app: rx.App | None = None


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


async def send(token: str, event_name: str, payload: dict[str, Any]) -> None:
    """Runs one of our handlers in another tab's own state, with that tab's own identity.

    The context is forked from the root: from within a handler, the publisher's cookie would
    otherwise travel along (REFLEX.md 3.2).
    """
    processor = _running().event_processor
    context = processor._root_context.fork(token=token)  # noqa: SLF001
    await processor.enqueue(token, Event(name=event_name, payload=payload), ev_ctx=context)
