"""The guard: sees every event before it runs, and refuses by default.

It takes who is asking from the socket, asks the database anew, wipes the state when another
identity sits there than the one it was filled for, and lets through only what has a policy that
admits the role (SECURITY D4, AUTHZ-02, WS-02, WS-03, WS-06).
"""

from typing import Any

import reflex as rx
from reflex.middleware.middleware import Middleware
from reflex.state import StateUpdate
from reflex_base.event import Event
from reflex_base.event.context import EventContext

from portal.services import acting
from portal.state import connections, events

# What Reflex itself sends to show a page; none of them carries a patient's data by itself.
FRAMEWORK = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
    }
)


class Bound(rx.State):
    """For which sign-in this state tree was filled. Only the server sees it."""

    _digest: str = ""


class Guard(Middleware):
    """Default deny, for every event."""

    async def preprocess(self, app: rx.App, state: Any, event: Event) -> StateUpdate | None:
        """Returns None to let an event run, an empty update to refuse it."""
        del app
        digest = connections.digest_of(EventContext.get().token)
        root = state._get_root_state()  # noqa: SLF001
        bound = await root.get_state(Bound)
        if bound._digest != digest:  # noqa: SLF001
            if bound._digest:  # noqa: SLF001
                root.reset()
                bound = await root.get_state(Bound)
            bound._digest = digest  # noqa: SLF001
        if event.name in FRAMEWORK:
            return None
        policy = events.policy_of(event.name)
        if policy is None:
            return StateUpdate()
        if policy.is_public:
            return None
        seat = await acting.seat(digest)
        if seat is None:
            root.reset()
            return None if policy.admits(None) else _send_to_sign_in()
        return None if policy.admits(seat.role) else StateUpdate()


def _send_to_sign_in() -> StateUpdate:
    return StateUpdate(events=Event.from_event_type(rx.redirect("/#ended")))
