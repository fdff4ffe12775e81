"""The day board: one var for each column, so that a change sends that column and nothing else."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import reflex as rx
from sqlmodel import Session

from portal.errors import Conflict, NotFound, Refusal
from portal.security.actor import Actor
from portal.services import appointments, board
from portal.services.board.rows import (
    BoardRow,
    ColumnRow,
    DetailRow,
    HeadRow,
    HitRow,
    HitsRow,
    KindRow,
    OptionRow,
    SideRow,
    UndoRow,
)
from portal.state import events
from portal.state.staff.desk import Desk
from portal.state.staff.schedule.forms import WORDS_MAX, Act, Asked, Blocked, Newcomer
from portal.state.staff.schedule.glowing import lit
from portal.words import _, local

_NEXT_MODE = {"board": "rooms", "rooms": "list", "list": "board", "week": "board"}


class Schedule(Desk, rx.State):
    """The day, by practitioner or by room; or a week of one practitioner."""

    head: HeadRow = HeadRow()
    side: SideRow = SideRow()
    undo_row: UndoRow = UndoRow()
    column_0: ColumnRow = ColumnRow()
    column_1: ColumnRow = ColumnRow()
    column_2: ColumnRow = ColumnRow()
    column_3: ColumnRow = ColumnRow()
    column_4: ColumnRow = ColumnRow()
    column_5: ColumnRow = ColumnRow()
    column_6: ColumnRow = ColumnRow()
    column_7: ColumnRow = ColumnRow()
    column_8: ColumnRow = ColumnRow()
    column_9: ColumnRow = ColumnRow()
    column_10: ColumnRow = ColumnRow()
    column_11: ColumnRow = ColumnRow()
    column_12: ColumnRow = ColumnRow()
    column_13: ColumnRow = ColumnRow()
    column_14: ColumnRow = ColumnRow()
    column_15: ColumnRow = ColumnRow()
    column_16: ColumnRow = ColumnRow()
    column_17: ColumnRow = ColumnRow()
    column_18: ColumnRow = ColumnRow()
    column_19: ColumnRow = ColumnRow()
    column_20: ColumnRow = ColumnRow()
    column_21: ColumnRow = ColumnRow()
    column_22: ColumnRow = ColumnRow()
    column_23: ColumnRow = ColumnRow()
    column_24: ColumnRow = ColumnRow()
    column_25: ColumnRow = ColumnRow()
    column_26: ColumnRow = ColumnRow()
    column_27: ColumnRow = ColumnRow()
    column_28: ColumnRow = ColumnRow()
    column_29: ColumnRow = ColumnRow()
    detail: DetailRow = DetailRow()
    mode: str = "board"
    who: str = ""
    # Booking: who fits, which types there are, what hinders and what would fit instead.
    hits: HitsRow = HitsRow()
    kinds: list[KindRow] = []  # noqa: RUF012 - Reflex gives each state its own
    asks: str = ""
    options: list[OptionRow] = []  # noqa: RUF012
    known: list[HitRow] = []  # noqa: RUF012
    # Rises with each booking or block that was made, so that the window closes; and its id.
    made: int = 0
    made_id: str = ""
    _day: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._try(
            _day_of, by_itself=by_itself, day=self._day, mode=self.mode, who=self.who
        )
        self._put(row or BoardRow(), by_itself=by_itself)

    def _put(self, row: BoardRow, *, by_itself: bool) -> None:
        """Takes over what has changed, and no more: an equal var is not sent."""
        was = {column.key: column for column in self._columns()}
        for at in range(board.COLUMNS):
            new = row.columns[at] if at < len(row.columns) else ColumnRow()
            new = lit(was.get(new.key), new, glows=by_itself)
            if new != getattr(self, f"column_{at}"):
                setattr(self, f"column_{at}", new)
        # The moment of printing is of no use to anybody while nothing is printed anew.
        head = row.head
        if replace(head, printed="") != replace(self.head, printed=""):
            self.head = head
        if row.side != self.side:
            self.side = row.side
        if replace(row.undo, left=0) != replace(self.undo_row, left=0):
            self.undo_row = row.undo

    def _columns(self) -> list[ColumnRow]:
        return [getattr(self, f"column_{at}") for at in range(board.COLUMNS)]

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

    @events.handler(events.STAFF_ONLY)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed; what a colleague did glows once."""
        await self._load(by_itself=True)
        if self.detail.id and "appointments" in topics:
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
        elif asked.act == "drop":
            await self._ask(
                board.drop,
                appointment_id=asked.id,
                version=asked.version,
                practitioner_id=asked.column,
                minute=asked.minute,
            )
        else:
            await self._ask(
                board.act, appointment_id=asked.id, version=asked.version, act=asked.act
            )

    @events.handler(events.STAFF_ONLY)
    async def undo(self) -> None:
        """Takes back the last change of the person at this desk."""
        self._forget()
        try:
            await self._ask(appointments.undo)
        finally:
            await self._load()

    @events.handler(events.STAFF_ONLY)
    async def find(self, words: str) -> None:
        """Shows who fits what has been typed so far."""
        self.asks, self.options, self.known = "", [], []
        self.hits = await self._ask(board.find, words=words[:WORDS_MAX])

    @events.handler(events.STAFF_ONLY)
    async def book(self, form: dict[str, Any]) -> None:
        """Books; where the time is taken, says so in the window and offers what fits."""
        self._forget()
        self.asks, self.options = "", []
        asked = events.entered(Asked, form)
        patient_id = asked.patient or await self._only(asked.words)
        if not patient_id:
            return
        what = {
            "practitioner_id": asked.column,
            "minute": asked.minute,
            "patient_id": patient_id,
            "visit_type_id": asked.visit,
            "minutes": asked.minutes,
        }
        over = (asked.why or _("On purpose")) if asked.over else ""
        try:
            made = await self._ask(
                board.book, overbooked=over, is_walk_in=asked.walk_in == "yes", **what
            )
        except appointments.TimeTaken as refusal:
            self.asks = await self._ask(board.clash, **what) or refusal.words
            self.options = await self._ask(board.options, **what)
            return
        except Refusal as refusal:
            self.asks = refusal.words
            return
        await self._made(made)

    async def _only(self, words: str) -> str:
        """Returns the one patient who fits; where there are more or none, asks which one."""
        self.hits = await self._ask(board.find, words=words)
        if len(self.hits.hits) == 1 and not self.hits.is_close:
            return self.hits.hits[0].patient_id
        self.asks = _("Choose who it is for.") if self.hits.hits else _("Nobody fits that.")
        return ""

    async def _made(self, made_id: str) -> None:
        self.hits, self.known = HitsRow(), []
        self.made, self.made_id = self.made + 1, made_id
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def add(self, form: dict[str, Any]) -> None:
        """Writes a new patient down, unless somebody on file may be the same."""
        self._forget()
        self.asks, self.options = "", []
        asked = events.entered(Newcomer, form)
        if asked.born_on is None:
            self.asks = _("Write both names and the birth date.")
            return
        try:
            patient_id = await self._ask(
                board.add,
                given=asked.given,
                family=asked.family,
                born_on=asked.born_on,
                phone=asked.phone,
                is_sure=asked.sure == "yes",
            )
        except board.MaybeKnown as refusal:
            self.asks, self.known = refusal.words, refusal.hits
            return
        except Refusal as refusal:
            self.asks = refusal.words
            return
        name = f"{asked.given} {asked.family}"
        self.known = []
        self.hits = HitsRow(name, [HitRow(patient_id, name, "", _("New patient"))])

    @events.handler(events.STAFF_ONLY)
    async def block(self, form: dict[str, Any]) -> None:
        """Takes a stretch out of somebody's day."""
        self._forget()
        asked = events.entered(Blocked, form)
        made = await self._ask(
            board.block,
            practitioner_id=asked.column,
            minute=asked.minute,
            minutes=asked.minutes,
            note=asked.note,
        )
        await self._made(made)


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
