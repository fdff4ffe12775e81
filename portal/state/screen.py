"""Screens: what every page's state does alike: open, refresh by itself, tell what went wrong."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import reflex as rx
from reflex_base.event.context import EventContext
from sqlmodel import Session

from portal import live
from portal.errors import AnotherRecord, NotAllowed, RecordClosed
from portal.security.actor import Actor
from portal.services import acting, frame
from portal.services.frame import FrameRow
from portal.state import connections
from portal.state.frame import Frame
from portal.words import _n

Row = TypeVar("Row")
# The views that are there also while no record is open: they say which one was closed, and why.
WITHOUT_RECORD: set[Callable[..., Any]] = set()
# Unseen and unheard, but a screen reader takes the text for a new one.
SAID_AGAIN = "\u00a0"


class Screen(rx.State, mixin=True):
    """What each page's state is made with. A page names itself and says how it loads.

    `problem` is the sentence of the last refusal, `done` of the last success; `is_loaded` is false
    until the first rows are there.
    """

    problem: str = ""
    done: str = ""
    is_loaded: bool = False
    # What was announced with the last refresh.
    _heard: list[str] = []  # noqa: RUF012 - Reflex gives each state its own

    def _digest(self) -> str:
        return connections.digest_of(self._token())

    def _token(self) -> str:
        # Of the event that runs, not of the state: a server-made event may bring another tab's.
        return EventContext.get().token

    async def _ask(self, use_case: Callable[..., Row], **arguments: Any) -> Row:
        """Runs a use case as the person at this page."""
        return await acting.perform(self._digest(), _on_open, use_case, arguments)

    async def _act(self, use_case: Callable[..., Row], *, whose: str, **arguments: Any) -> Row:
        """Writes in the record that the page shows, whose id it brings; in no other one.

        Another tab may have opened another record since (SECURITY AUTHZ-11).
        """
        return await acting.perform(self._digest(), _in_record, whose, use_case, arguments)

    async def _show(
        self, use_case: Callable[..., Row], *, by_itself: bool = False, **arguments: Any
    ) -> Row:
        """Runs a view together with the frame, in one transaction, and notes who is looking."""
        run = acting.glance if by_itself else acting.perform
        row, around, refusal = await run(self._digest(), _with_frame, use_case, arguments)
        shared = await self.get_state(Frame)
        if shared.row.held != around.held and shared.row.patient_id == around.patient_id:
            # What was lent has changed: nothing of before stays, on this page or another one.
            self._get_root_state().reset()
        is_same = shared.row.patient_id == around.patient_id
        self._heard = arrived(shared.row, around) if by_itself and is_same else []
        self._announce(shared, self._heard)
        if shared.row != around:
            shared.row = around
        live.presence.enter(
            live.Tab(
                token=self._token(),
                user_id=around.user_id,
                patient_id=around.patient_id,
                is_staff=around.is_staff,
                refresh=self._refreshed_by(by_itself=by_itself),
                areas=areas(around),
                name=around.name,
            )
        )
        self.is_loaded = True
        if refusal is not None:
            raise refusal
        return row

    def _refreshed_by(self, *, by_itself: bool) -> str:
        """Returns the event that shows a change at this browser tab from now on.

        A refresh of the page before may come to its turn after the next page has opened: that one
        stays the one that is told, or it would show nothing new any more.
        """
        here = live.presence.tabs.get(self._token())
        return here.refresh if by_itself and here else f"{self.get_full_name()}.refresh"

    async def _fill(
        self, use_case: Callable[..., Any], *, by_itself: bool = False, **arguments: Any
    ) -> None:
        """Runs a view for the page's `row`; one that is the same is not sent again."""
        page: Any = self
        row = await self._show(use_case, by_itself=by_itself, **arguments)
        if row != page.row:
            page.row = row

    def _announce(self, shared: Frame, words: list[str]) -> None:
        """Says politely what has changed; the same words twice are still heard twice."""
        if words:
            said = " ".join(words)
            shared.said = said + SAID_AGAIN if shared.said == said else said


def arrived(before: FrameRow, now: FrameRow) -> list[str]:
    """Returns the sentences for what has come since: on whichever page one is."""
    results = now.unread_results - before.unread_results
    messages = now.unread_messages - before.unread_messages
    waiting = now.waiting_threads - before.waiting_threads
    return [
        sentence
        for count, sentence in (
            (results, _n("A new result arrived.", "{count} new results arrived.", results)),
            (messages, _n("A new message arrived.", "{count} new messages arrived.", messages)),
            (waiting, _n("A message waits.", "{count} more messages wait.", waiting)),
        )
        if count > 0
    ]


def _on_open(
    db: Session, actor: Actor, use_case: Callable[..., Row], arguments: Any, *, now: datetime
) -> Row:
    """Refuses what is done after the right to the open record has ended."""
    if actor.lost_patient_id:
        raise RecordClosed
    return use_case(db, actor, now=now, **arguments)


def _in_record(
    db: Session,
    actor: Actor,
    whose: str,
    use_case: Callable[..., Row],
    arguments: Any,
    *,
    now: datetime,
) -> Row:
    if actor.lost_patient_id:
        raise RecordClosed
    if not whose or whose != actor.patient_id:
        raise AnotherRecord
    return use_case(db, actor, now=now, **arguments)


def _with_frame(
    db: Session,
    actor: Actor,
    use_case: Callable[..., Row],
    arguments: dict[str, Any],
    *,
    now: datetime,
) -> tuple[Any, frame.FrameRow, NotAllowed | None]:
    """Returns a view with its frame; where the view is refused, the frame with the refusal."""
    if actor.lost_patient_id and use_case not in WITHOUT_RECORD:
        raise RecordClosed
    try:
        row, refusal = use_case(db, actor, now=now, **arguments), None
    except NotAllowed as found:
        row, refusal = None, found
    return row, frame.view(db, actor, now=now), refusal


def areas(around: FrameRow) -> frozenset[str] | None:
    """Returns the areas that a page may hear of; None for whoever is no helper there."""
    if not around.helping:
        return None
    log = {"log"} if around.sees_log else set[str]()
    return frozenset(scope.partition(":")[0] for scope in around.held.split()) | log
