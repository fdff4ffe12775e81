"""Series: a visit that comes again, and what becomes of its series; looked at, then saved."""

from datetime import date, datetime, time
from typing import Any, Literal

import reflex as rx
from pydantic import Field

from portal.errors import Invalid, Refusal
from portal.services.appointments import series
from portal.services.appointments.series import DateRow, MemberRow, Outcome, Rule
from portal.state import events
from portal.state.staff.desk import Desk
from portal.state.staff.entered import Entered
from portal.state.staff.schedule.forms import YEARS
from portal.words import _, _n, zone

_ID = Field(default="", max_length=64)
# A box of each date: "take.29544480".
TAKE = "take."
# Minutes since 1970 have eight for the next century.
DIGITS = 9


class Wish(Entered):
    """What is to become of a visit and its series."""

    what: Literal["repeat", "move", "cancel"] = "repeat"
    id: str = _ID
    version: int = Field(default=0, ge=0, le=10**9)
    every: int = Field(default=1, ge=0, le=400)
    unit: Literal["day", "week"] = "week"
    times: int = Field(default=0, ge=0, le=400)
    until: date | None = None
    scope: Literal["one", "rest", "all"] = "rest"
    day: date | None = None
    clock: time | None = None
    reason: str = Field(default="", max_length=200)

    def starts_at(self) -> datetime:
        """Returns where this visit is to go."""
        if self.day is None or self.clock is None or self.day.year not in YEARS:
            raise Invalid(_("Choose the day and the time."))
        return datetime.combine(self.day, self.clock.replace(tzinfo=None), zone())


class Series(Desk, rx.State):
    """The window of series. `shown` says of which visit and for what the rows below are."""

    dates: list[DateRow] = []  # noqa: RUF012 - Reflex gives each state its own
    members: list[MemberRow] = []  # noqa: RUF012
    # What was looked at, to be sent again when it is saved.
    wish: dict[str, str] = {}  # noqa: RUF012
    shown: str = ""
    kind: str = ""
    left: list[str] = []  # noqa: RUF012

    def _begin(self) -> None:
        self._forget()
        self.left = []

    @events.handler(events.STAFF_ONLY)
    async def look(self, form: dict[str, Any]) -> None:
        """Shows each date, or what would become of each visit; nothing is saved."""
        self._begin()
        self.dates, self.members, self.shown, self.kind = [], [], "", ""
        asked = events.entered(Wish, form)
        try:
            await self._look(asked)
        except Refusal as refusal:
            self.problem = refusal.words
            return
        self.shown, self.kind = asked.id, asked.what
        self.wish = {name: value for name, value in form.items() if isinstance(value, str)}

    async def _look(self, asked: Wish) -> None:
        given: dict[str, Any] = {"appointment_id": asked.id}
        if asked.what == "repeat":
            rule = Rule(asked.every, asked.unit, asked.times, asked.until)
            self.dates = await self._ask(series.ahead, rule=rule, **given)
        elif asked.what == "move":
            to = asked.starts_at()
            self.members = await self._ask(series.moving, scope=asked.scope, starts_at=to, **given)
        else:
            self.members = await self._ask(series.cancelling, scope=asked.scope, **given)

    @events.handler(events.STAFF_ONLY)
    async def save(self, form: dict[str, Any]) -> None:
        """Saves what was looked at, and says what was left out."""
        self._begin()
        taken = [name.removeprefix(TAKE) for name in form if name.startswith(TAKE)]
        rest = {name: value for name, value in form.items() if not name.startswith(TAKE)}
        asked = events.entered(Wish, rest)
        try:
            outcome = await self._save(asked, taken)
        except Refusal as refusal:
            self.problem = refusal.words
            return
        self.dates, self.members, self.shown, self.kind = [], [], "", ""
        self.left = list(outcome.left)
        self.done = _DONE[asked.what](outcome.done)

    async def _save(self, asked: Wish, taken: list[str]) -> Outcome:
        given: dict[str, Any] = {"appointment_id": asked.id, "version": asked.version}
        if asked.what == "repeat":
            minutes = [int(one[:DIGITS]) for one in taken if one.isascii() and one.isdigit()]
            return await self._ask(series.repeat, minutes=minutes, **given)
        if asked.what == "move":
            to = asked.starts_at()
            return await self._ask(series.move, scope=asked.scope, starts_at=to, **given)
        return await self._ask(series.cancel, scope=asked.scope, reason=asked.reason, **given)

    @events.handler(events.STAFF_ONLY)
    async def clear(self) -> None:
        """Empties the window for another visit."""
        self._begin()
        self.dates, self.members, self.shown, self.kind, self.wish = [], [], "", "", {}


_DONE = {
    "repeat": lambda count: _n("{count} visit was booked.", "{count} visits were booked.", count),
    "move": lambda count: _n("{count} visit was moved.", "{count} visits were moved.", count),
    "cancel": lambda count: _n(
        "{count} visit was cancelled.", "{count} visits were cancelled.", count
    ),
}
