"""Booking at the board: who fits, what hinders, what would fit instead, what is free next."""

from typing import Any

import reflex as rx

from portal.errors import Invalid, Refusal
from portal.services import appointments, board
from portal.services.board.rows import HitRow, HitsRow, KindRow, OptionRow
from portal.services.free_times import moment_of
from portal.state import events
from portal.state.staff.schedule.forms import WORDS_MAX, Asked, Blocked, Newcomer, Sought
from portal.words import _, local


class Booking(rx.State, mixin=True):
    """The windows of the board."""

    hits: HitsRow = HitsRow()
    # The types of visit, and with whom.
    kinds: list[KindRow] = []  # noqa: RUF012 - Reflex gives each state its own
    people: list[KindRow] = []  # noqa: RUF012
    asks: str = ""
    options: list[OptionRow] = []  # noqa: RUF012
    known: list[HitRow] = []  # noqa: RUF012
    # The next free times; the number rises with each search, so that the page sees its answer.
    sought: list[OptionRow] = []  # noqa: RUF012
    sought_at: int = 0
    # Rises with each booking or block that was made, so that the window closes; and its id.
    made: int = 0
    made_id: str = ""

    @events.handler(events.STAFF_ONLY)
    async def find(self: Any, words: str) -> None:
        """Shows who fits what has been typed so far."""
        self.asks, self.options, self.known = "", [], []
        self.hits = await self._ask(board.find, words=words[:WORDS_MAX])

    @events.handler(events.STAFF_ONLY)
    async def book(self: Any, form: dict[str, Any]) -> None:
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
        await self._made(made, asked.minute)

    async def _only(self: Any, words: str) -> str:
        """Returns the one patient who fits; where there are more or none, asks which one."""
        self.hits = await self._ask(board.find, words=words)
        if len(self.hits.hits) == 1 and not self.hits.is_close:
            return self.hits.hits[0].patient_id
        self.asks = _("Choose who it is for.") if self.hits.hits else _("Nobody fits that.")
        return ""

    async def _made(self: Any, made_id: str, minute: int) -> None:
        """Closes the window and shows what was made, also where it is of another day."""
        self.hits, self.known = HitsRow(), []
        self.made, self.made_id = self.made + 1, made_id
        day = local(moment_of(minute)).date().isoformat()
        if self.mode != "week" and self.head.day and day != self.head.day:
            self._day = day
        await self._load()

    @events.handler(events.STAFF_ONLY)
    async def add(self: Any, form: dict[str, Any]) -> None:
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
    async def block(self: Any, form: dict[str, Any]) -> None:
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
        await self._made(made, asked.minute)

    @events.handler(events.STAFF_ONLY)
    async def seek(self: Any, form: dict[str, Any]) -> None:
        """Shows the next free times for a type of visit, from a day on."""
        self._forget()
        asked = events.entered(Sought, form)
        if asked.since is None or not asked.visit:
            raise Invalid(_("Choose what kind of visit it is, and from which day."))
        self.sought = await self._ask(
            board.next_free,
            visit_type_id=asked.visit,
            first=asked.since,
            practitioner_id=asked.who,
        )
        self.sought_at += 1
