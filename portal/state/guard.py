"""The guard: sees every event before it runs, and refuses by default.

It takes who is asking from the socket, asks the database anew, wipes the state when it was filled
for another sign-in (or another open record) than the one that sits there now, and lets through
only what has a policy that admits the role (SECURITY D4, AUTHZ-02, WS-02, WS-03, WS-06, SES-06).
"""

import logging
from collections.abc import Mapping
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from reflex.middleware.middleware import Middleware
from reflex.state import StateUpdate
from reflex_base.event import Event
from reflex_base.event.context import EventContext

from portal.errors import Refusal
from portal.security.signins import Seat
from portal.services import accounts, acting, signing_in
from portal.state import connections, events

log = logging.getLogger("portal.guard")


class _Nothing(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Boot(_Nothing):
    # Values of the browser's own storage: this portal keeps none there, so none is taken.
    vars: dict[str, None] | None = Field(default=None, max_length=0)
    hashes: list[str] | None = Field(default=None, max_length=1000)


class _Hydrated(_Nothing):
    value: bool


_ROOT = "reflex___state____state"
_ON_LOAD = "reflex___state____on_load_internal_state"
# What Reflex itself sends to show a page, each with what it may carry. By itself none of them
# shows a patient's data: the handlers that a page loads with are asked for one by one.
FRAMEWORK: Mapping[str, type[BaseModel]] = {
    f"{_ROOT}.hydrate": _Nothing,
    f"{_ROOT}.hydrate_and_load": _Boot,
    f"{_ROOT}.set_is_hydrated": _Hydrated,
    f"{_ROOT}.{_ON_LOAD}.on_load_internal": _Nothing,
    f"{_ROOT}.{_ON_LOAD}.set_is_hydrated": _Hydrated,
}


# The fields in which Reflex keeps route, headers and address of a tab's last event.
ROUTE_FIELDS = ("router_data", "rx_router_")


# Where somebody goes on whose sign-in is half open, by the stage that is due.
HALF_DOORS = {"agree": signing_in.AGREE}
# Where a tab is led whose page showed another record than the one that is open by now.
OTHER_RECORD = "/home"
# What the server itself asks a page to do; everything else is somebody's act.
FROM_THE_SERVER = ".refresh"


class Bound(rx.State):
    """For whom this state tree was filled: sign-in, open record. Only the server sees it."""

    _whose: str = ""


class Guard(Middleware):
    """Default deny, for every event."""

    async def preprocess(self, app: rx.App, state: Any, event: Event) -> StateUpdate | None:
        """Returns None to let an event run; else what the browser gets instead."""
        del app
        token = EventContext.get().token
        root = state._get_root_state()  # noqa: SLF001
        if _is_astray(root, token):
            return StateUpdate()
        try:
            seat = await acting.seat(connections.digest_of(token))
        except Refusal as refusal:
            return await _say(root, event, refusal)
        was_for_another = await _bind(root, token, seat)
        if event.name in FRAMEWORK:
            return None if _fits(event) else await _refused(root)
        policy = events.policy_of(event.name)
        if policy is not None and _admits(policy, seat):
            # What this page shows is another record, or another person's: its act is nobody's.
            is_stale = was_for_another and not _is_harmless(policy, event)
            return await _refused(root, rx.redirect(OTHER_RECORD)) if is_stale else None
        if seat is None:
            return await _refused(root, rx.redirect(connections.ENDED))
        if seat.stage == "full" or not event.name.endswith(".open"):
            await _note(seat, event, is_known=policy is not None)
        return await _refused(root, *_own_door(seat, event, is_known=policy is not None))


def _is_harmless(policy: events.Policy, event: Event) -> bool:
    return policy.is_public or event.name.endswith(FROM_THE_SERVER)


def _admits(policy: events.Policy, seat: Seat | None) -> bool:
    return policy.admits(seat.role, seat.stage) if seat else policy.admits(None)


def _is_astray(root: Any, token: str) -> bool:
    """Whether an event came with the route, address and headers of another tab.

    Reflex lets an event that one tab's handler makes for another inherit them (REFLEX.md 3.2).
    They are taken off again unseen, and the event does not run.
    """
    brought = root.router_data.get("token", token)
    if brought == token:
        return False
    # All of it: a state without a route is sent whole with the next event of the server's own.
    for name, kept in type(root).__fields__.items():
        if name.startswith(ROUTE_FIELDS):
            setattr(root, name, kept.default_value())
    root._clean()  # noqa: SLF001
    log.error("an event for one tab came with another tab's route: use connections.send")
    return True


async def _bind(root: Any, token: str, seat: Seat | None) -> bool:
    """Empties a state that was filled for somebody else, or for another record; says whether."""
    whose = f"{seat.sign_in_id} {seat.role} {seat.patient_id} {seat.stage}" if seat else ""
    bound = await root.get_state(Bound)
    was = bound._whose  # noqa: SLF001
    if was != whose:
        if was:
            root.reset()
        bound._whose = whose  # noqa: SLF001
        connections.note_bound(token, seat.sign_in_id if seat else "")
    return was not in {"", whose}


def _fits(event: Event) -> bool:
    try:
        FRAMEWORK[event.name].model_validate(event.payload)
    except ValidationError:
        return False
    return True


async def _refused(root: Any, *instead: Any) -> StateUpdate:
    """Returns an answer that runs nothing, but takes what was wiped off the screen as well."""
    delta = await root._get_resolved_delta()  # noqa: SLF001
    root._clean()  # noqa: SLF001
    return StateUpdate(delta=delta, events=Event.from_event_type(list(instead)))


async def _say(root: Any, event: Event, refusal: Refusal) -> StateUpdate:
    """Answers with why nobody can be let in just now, where the page has a place to say it."""
    page = root.get_substate(event.name.split(".")[:-1])
    if "problem" in page.vars:
        page.problem = refusal.words
    return await _refused(root)


def _own_door(seat: Seat, event: Event, *, is_known: bool) -> list[Any]:
    """Leads somebody who opened a page of the other side of the house to their own first page."""
    if not is_known or not event.name.endswith(".open"):
        return []
    if seat.stage != "full":
        return [rx.redirect(HALF_DOORS.get(seat.stage, signing_in.SECOND_STEP))]
    return [rx.redirect("/staff" if seat.role in events.STAFF else "/home")]


async def _note(seat: Seat, event: Event, *, is_known: bool) -> None:
    """Leaves a trace of an event that no page of this person offers."""
    # A name that we do not know is the sender's own text and stays out of log and trace.
    name = event.name.removeprefix(f"{_ROOT}.") if is_known else "unknown"
    log.warning("refused an event of a %s: %s", seat.role, name)
    try:
        now = acting.desk().clock()
        await acting.alone(lambda db: accounts.note_breach(db, seat, what=f"event {name}", now=now))
    except Refusal:
        log.warning("the refusal could not be written to the trace")
