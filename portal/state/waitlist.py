"""The waiting list's state for patients: what they wait for, and what would suit them."""

import re
from datetime import date
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict, Field

from portal.errors import Invalid, NotFound
from portal.services import appointments, waitlist
from portal.services.waitlist import WaitlistRow, Wishes
from portal.state import events
from portal.state.appointments import PAGES, Offers
from portal.state.screen import Screen
from portal.words import _

# How early one may need to know, in minutes and in words.
NOTICES = waitlist.NOTICES
WAITLIST = "/appointments/waitlist"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TICKS = ("with-", "on-", "at-")
MOST_TICKS = 60


class Wished(BaseModel):
    """What suits somebody, without what is ticked."""

    model_config = ConfigDict(strict=True, extra="forbid")

    whose: str = Field(default="", max_length=64)
    kind: str = Field(max_length=64)
    moves: str = Field(default="", max_length=64)
    entry: str = Field(default="", max_length=64)
    version: str = Field(default="0", max_length=9)
    first: str = Field(default="", max_length=10)
    last: str = Field(default="", max_length=10)
    notice: str = Field(default="120", max_length=6)
    channel: str = Field(default="in-person", max_length=20)


def ticked(form: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Parts a form into its fields and what is ticked, by the beginning of its name."""
    ticks = [name for name in form if name.startswith(_TICKS)]
    if len(ticks) > MOST_TICKS or any(len(name) > 80 for name in ticks):  # noqa: PLR2004
        raise Invalid
    fields = {name: value for name, value in form.items() if name not in ticks}
    found = {
        kind: [name[len(kind) :] for name in ticks if name.startswith(kind)] for kind in _TICKS
    }
    return fields, found


def wishes(said: Any, ticks: dict[str, list[str]], people: tuple[str, ...]) -> Wishes:
    """Returns what was entered as the services take it; raises `Invalid` for what is no day."""
    try:
        windows = [tuple(int(part) for part in window.split("-")) for window in ticks["at-"]]
        return Wishes(
            practitioner_ids=people,
            from_on=date.fromisoformat(said.first) if said.first else None,
            until_on=date.fromisoformat(said.last) if said.last else None,
            weekdays=tuple(int(day) for day in ticks["on-"]),
            windows=tuple((first, last) for first, last in windows),
            notice_minutes=int(said.notice),
            channel=said.channel,
        )
    except ValueError:
        raise Invalid from None


def number(text: str) -> int:
    """Returns a number that a form carries; raises `Invalid` for anything else."""
    if not text.isascii() or not text.isdigit():
        raise Invalid
    return int(text)


class Waitlist(Screen, rx.State):
    """What somebody waits for, with the form for what the address names."""

    row: WaitlistRow = WaitlistRow()
    is_missing: bool = False

    def _wanted(self) -> dict[str, str]:
        params = self.rx_router_page.params
        asked = {name: params.get(name, "") for name in ("kind", "moves", "entry")}
        return {
            name: value if isinstance(value, str) and _ID.fullmatch(value) else ""
            for name, value in asked.items()
        }

    async def _load(self, *, by_itself: bool = False) -> None:
        try:
            await self._fill(waitlist.view, by_itself=by_itself, **self._wanted())
        except (NotFound, appointments.TooLate):
            await self._show(appointments.nothing, by_itself=by_itself)
            self.row, self.is_missing = WaitlistRow(), True
            return
        self.is_missing = False

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows what the open record waits for."""
        self.problem = ""
        await (await self.get_state(Offers))._forget()  # noqa: SLF001
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def save(self, form: dict[str, Any]) -> Any:
        """Joins the list, or says anew what suits."""
        self.problem = self.done = ""
        fields, ticks = ticked(form)
        said = events.entered(Wished, fields)
        wanted = wishes(said, ticks, tuple(ticks["with-"]))
        if said.entry:
            await self._act(
                waitlist.change,
                whose=said.whose,
                entry_id=said.entry,
                version=number(said.version),
                wishes=wanted,
            )
            self.done = _("Changed. Your place on the list stays.")
        else:
            await self._act(
                waitlist.join,
                whose=said.whose,
                visit_type_id=said.kind,
                appointment_id=said.moves,
                wishes=wanted,
            )
            self.done = _("You are on the waiting list. We tell you when something comes free.")
        return rx.redirect(WAITLIST, replace=True)

    @events.handler(events.PATIENTS)
    async def resume(self, whose: str, entry_id: str) -> None:
        """Lets offers come again."""
        self.problem = self.done = ""
        await self._act(waitlist.resume, whose=whose, entry_id=entry_id)
        await self._load()
        self.done = _("We offer you again what comes free.")

    @events.handler(events.PATIENTS)
    async def leave(self, whose: str, entry_id: str) -> None:
        """Leaves the list."""
        self.problem = self.done = ""
        await self._act(waitlist.leave, whose=whose, entry_id=entry_id)
        await self._load()
        self.done = _("You are no longer on the waiting list for this.")


PAGES[WAITLIST] = Waitlist
