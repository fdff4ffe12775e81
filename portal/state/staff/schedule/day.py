"""The day board: a day by practitioner or by room, or a week, and what a key does with a visit."""

from datetime import date, datetime, timedelta
from typing import Any

import reflex as rx
from sqlmodel import Session

from portal.errors import Conflict, NotFound
from portal.security.actor import Actor
from portal.services import appointments, board
from portal.services.board.rows import BoardRow, DetailRow
from portal.state import events
from portal.state.staff.desk import Desk
from portal.state.staff.schedule.booking import Booking
from portal.state.staff.schedule.columns import Columns
from portal.state.staff.schedule.forms import Act
from portal.words import local

_NEXT_MODE = {"board": "rooms", "rooms": "list", "list": "board", "week": "board"}


class Schedule(Booking, Columns, Desk, rx.State):
    """The day, by practitioner or by room; or a week of one practitioner."""

    detail: DetailRow = DetailRow()
    mode: str = "board"
    who: str = ""
    _day: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(
            _day_of, by_itself=by_itself, day=self._day, mode=self.mode, who=self.who
        )
        self._put(row or BoardRow(), by_itself=by_itself)

    async def _look_at(self, appointment_id: str) -> None:
        """Shows one visit beside the board; nothing where it is none."""
        try:
            found = await self._ask(board.one, appointment_id=appointment_id)
        except NotFound:
            found = DetailRow()
        if found != self.detail:
            self.detail = found

    @events.handler(events.STAFF_ONLY)
    async def open(self) -> None:
        """Shows today, or the day that the address names."""
        self._forget()
        given = self.rx_router_page.params.get("day", "")
        self._day = given if isinstance(given, str) and _is_day(given) else ""
        self.mode, self.who, self.detail = "board", "", DetailRow()
        await self._load()
        if not self.is_closed and self.head.may_book and not self.kinds:
            self.kinds = await self._ask(board.kinds)
            self.people = await self._ask(board.people)

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed; what a colleague did glows once."""
        await self._load(by_itself=True)
        if self.detail.id and {"appointments", "coverage"} & set(topics):
            await self._look_at(self.detail.id)

    @events.handler(events.STAFF_ONLY)
    async def turn(self, days: int) -> None:
        """Shows another day: so many further, or today with none."""
        self._forget()
        if days and abs(days) <= 366:  # noqa: PLR2004 - a year
            shown = date.fromisoformat(self.head.day) if self.head.day else None
            step = days * (7 if self.mode == "week" else 1)
            self._day = (shown + timedelta(days=step)).isoformat() if shown else ""
        else:
            self._day = ""
        self.detail = DetailRow()
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def look(self) -> None:
        """Shows the same day another way: by practitioner, by room, as a list."""
        self._forget()
        self.mode, self.who = _NEXT_MODE[self.mode], ""
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def week(self, practitioner_id: str) -> None:
        """Shows the week of one practitioner."""
        self._forget()
        self.mode, self.who = "week", practitioner_id
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def choose(self, form: dict[str, Any]) -> None:
        """Shows one visit beside the board, or none."""
        self._forget()
        await self._look_at(events.entered(Act, form).id)

    @events.handler(events.STAFF_ONLY)
    async def act(self, form: dict[str, Any]) -> None:
        """Does what a key says with the visit that had the focus."""
        self._forget()
        asked = events.entered(Act, form)
        try:
            await self._do(asked)
        except (appointments.NotRead, appointments.WrongStep) as refusal:
            said = await self._ask(board.changed, appointment_id=asked.id)
            words = f"{refusal.words} {said}"
            raise Conflict(words) from None
        finally:
            await self._load()
            if self.detail.id and self.detail.id == asked.id:
                await self._look_at(asked.id)

    async def _do(self, asked: Act) -> None:
        if asked.act == "unblock":
            await self._ask(board.unblock, block_id=asked.id)
        elif asked.act == "copy":
            made = await self._ask(board.copy, appointment_id=asked.id, **_there(asked))
            self.made, self.made_id = self.made + 1, made
        elif asked.act == "drop":
            await self._ask(
                board.drop, appointment_id=asked.id, version=asked.version, **_there(asked)
            )
        else:
            await self._ask(
                board.act,
                appointment_id=asked.id,
                version=asked.version,
                act=asked.act,
                code=asked.code,
            )

    @events.handler(events.STAFF_ONLY)
    async def undo(self) -> None:
        """Takes back the last change of the person at this desk."""
        self._forget()
        try:
            await self._ask(appointments.undo)
        finally:
            await self._load()


def _there(asked: Act) -> dict[str, Any]:
    """Returns where a visit is to go, for how long, and why over what is there."""
    return {
        "practitioner_id": asked.column,
        "minute": asked.minute,
        "minutes": asked.minutes,
        "place": asked.place,
        "overbooked": asked.why,
    }


def _day_of(db: Session, actor: Actor, *, day: str, mode: str, who: str, now: datetime) -> BoardRow:
    """Returns the board of a day; of today where none was chosen, also after midnight."""
    shown = date.fromisoformat(day) if day else local(now).date()
    return board.view(db, actor, day=shown, mode=mode, who=who, now=now)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2026-03-03")
