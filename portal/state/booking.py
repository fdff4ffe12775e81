"""The booking's state: which step the address asks for, the time that is kept, what was said."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import Invalid, NotFound, Refusal
from portal.services import appointments, free_times
from portal.services.appointments import Choice, NoLongerKept, TimeTaken, choosing
from portal.services.appointments.choosing import BookingRow, TakenRow, Wanted
from portal.state import events
from portal.state.appointments import Visit
from portal.state.screen import Screen
from portal.words import _

BOOK = "/appointments/book"
# What stands in the address: ids, days and short words.
_PLAIN = re.compile(r"[A-Za-z0-9_-]{0,64}")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
_NARROWS = {"who", "part", "weekday", "channel"}
# Minutes since 1970 that a calendar can hold: until the year 2200.
_LAST_MINUTE = 121_000_000
# The name in the address of each field of `Wanted`.
_NAMES = {"weekday": "on", "channel": "how"}


@dataclass(frozen=True)
class Ways:
    """Addresses of the other steps, with all that was chosen."""

    why: str = BOOK
    who: str = BOOK
    when: str = BOOK
    back: str = "/appointments"
    # The times without a day: `&day=` is added to it.
    days: str = BOOK


class Said(BaseModel):
    """Why somebody comes, for the time that is kept."""

    model_config = ConfigDict(strict=True, extra="forbid")

    hold: str = Field(max_length=64)
    # The record that the page showed when it was written.
    whose: str = Field(max_length=64)
    reason: str = Field(default="", max_length=4000)


def address(wanted: Wanted, **changes: str) -> str:
    """Returns the address of a step: what is empty is left out."""
    shown = replace(wanted, **changes)
    names = ("step", "kind", "who", "day", "part", "weekday", "channel", "moves")
    asked = {_NAMES.get(name, name): getattr(shown, name) for name in names}
    return f"{BOOK}?{urlencode({name: value for name, value in asked.items() if value})}"


class Booking(Screen, rx.State):
    """One booking, from the first question to the moment it stands."""

    row: BookingRow = BookingRow()
    taken: TakenRow = TakenRow()
    ways: Ways = Ways()
    is_missing: bool = False
    # What was typed, so that a lost time loses no word.
    reason: str = ""
    _zone: str = ""
    _keeps: bool = False

    def _wanted(self) -> Wanted:
        params = self.rx_router_page.params
        fields = ("step", "kind", "who", "day", "part", "weekday", "channel", "moves")
        asked = {name: params.get(_NAMES.get(name, name), "") for name in fields}
        plain = {
            name: value if isinstance(value, str) and _PLAIN.fullmatch(value) else ""
            for name, value in asked.items()
        }
        return Wanted(**plain, zone=self._zone)

    async def _load(self, *, by_itself: bool = False) -> None:
        wanted = self._wanted()
        try:
            row = await self._show(choosing.view, by_itself=by_itself, wanted=wanted)
        except (NotFound, appointments.TooLate) as refusal:
            await self._show(appointments.nothing, by_itself=by_itself)
            self.row, self.is_missing = BookingRow(), True
            if isinstance(refusal, appointments.TooLate):
                self.problem = refusal.words
            return
        self.is_missing = False
        if by_itself and self.row.step == "say" and row.step != "say":
            # The time has run out while somebody writes: not a word is taken from under them.
            # Booking takes it again where it is still free, and says so where it is not.
            return
        if row != self.row:
            self.row = row
        ways = _ways(wanted, row)
        if ways != self.ways:
            self.ways = ways

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows the step that the address names; a step back lets go of the time."""
        if self.row.held.id and self._wanted().step != "say":
            await self._ask(appointments.let_go, hold_id=self.row.held.id)
        if not self._keeps:
            self.taken, self.problem = TakenRow(), ""
        self._keeps = False
        await self._load()
        if self.row.step == "why":
            self.reason = ""

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def zoned(self, zone: str) -> None:
        """Notes the zone of the browser's clock, to say times twice; it counts for nothing else."""
        if zone == self._zone or not _ZONE.fullmatch(zone):
            return
        self._zone = zone
        if self.is_loaded and self.row.step in {"when", "say"}:
            await self._load()

    @events.handler(events.PATIENTS)
    async def narrow(self, name: str, value: str) -> Any:
        """Looks for other times: with somebody else, on other days, in another way."""
        if name not in _NARROWS or not _PLAIN.fullmatch(value):
            raise Invalid
        return rx.redirect(address(self._wanted(), step="when", **{name: value}), replace=True)

    @events.handler(events.PATIENTS)
    async def choose(self, minute: int, who: str) -> Any:
        """Keeps a time, and goes on to the last step."""
        self.problem = ""
        if not 0 < minute < _LAST_MINUTE:
            raise Invalid
        wanted, row = self._wanted(), self.row
        choice = Choice(row.kind.id, who, free_times.moment_of(minute), row.channel, row.moved.id)
        try:
            await self._act(appointments.hold, whose=row.patient_id, **vars(choice))
        except TimeTaken:
            await self._lose(minute)
            return None
        self.taken = TakenRow()
        day = choice.starts_at.date().isoformat()
        return rx.redirect(address(wanted, step="say", kind=row.kind.id, day=row.day or day))

    @events.handler(events.PATIENTS)
    async def book(self, form: dict[str, Any]) -> Any:
        """Books the time that is kept, once, however often it is asked for."""
        self.problem = ""
        said = events.entered(Said, form)
        self.reason = said.reason
        held = self.row.held
        try:
            visit_id = await self._book(said)
        except (TimeTaken, NoLongerKept, NotFound) as refusal:
            await self._lose(held.minute, refusal)
            self._keeps = True
            back = address(self._wanted(), step="when", kind=self.row.kind.id, day=held.date)
            return rx.redirect(back, replace=True)
        visit = await self.get_state(Visit)
        moved = _("It is moved. We expect you then.") if self.row.moved.id else ""
        visit._just = visit_id, moved  # noqa: SLF001 - the next page, told once
        self.row, self.reason = BookingRow(), ""
        return rx.redirect(f"/appointments/{visit_id}", replace=True)

    async def _book(self, said: Said) -> str:
        """Books what is kept; what has run out is taken again where it is still free."""
        row, held = self.row, self.row.held
        try:
            return await self._act(
                appointments.book_held, whose=said.whose, hold_id=said.hold, reason=said.reason
            )
        except NotFound:
            if held.id != said.hold:
                raise
        starts_at = free_times.moment_of(held.minute)
        return await self._act(
            appointments.retake,
            whose=said.whose,
            hold_id=said.hold,
            expired_at=datetime.fromisoformat(held.expires_at),
            choice=Choice(row.kind.id, held.who, starts_at, held.channel, row.moved.id),
            reason=said.reason,
        )

    async def _lose(self, minute: int, refusal: Refusal | None = None) -> None:
        """Shows the next free times in place of one that is gone."""
        kind = self.row.kind.id
        taken = await self._ask(choosing.near, wanted=self._wanted(), kind=kind, minute=minute)
        if refusal is not None and not isinstance(refusal, TimeTaken):
            taken = replace(taken, title=_("That time is not kept for you any more"))
        self.taken = taken
        if refusal is None:
            await self._load()


def _ways(wanted: Wanted, row: BookingRow) -> Ways:
    known = replace(wanted, kind=row.kind.id, moves=row.moved.id, day=row.day)
    why = BOOK
    who = address(known, step="who", who="", day="", part="", weekday="", channel="")
    when = address(known, step="when")
    before = {"who": why, "when": why if row.kind.only else who, "say": when}
    visit = f"/appointments/{row.moved.id}" if row.moved.id else "/appointments"
    back = before.get(row.step, visit)
    return Ways(
        why=why,
        who=who,
        when=when,
        back=visit if row.moved.id and row.step == "when" else back,
        days=address(known, step="when", day=""),
    )
