"""Home's state.

What comes while the page is open joins the end of its list, marked "Just now"; what was read
elsewhere stays in its place and loses its mark. Nothing moves up or down under a finger until
the page is opened anew.
"""

from collections.abc import Sequence
from dataclasses import replace

import reflex as rx

from portal.services import appointments, home
from portal.services.home import HomeRow, MedicineRow, NewsRow, VisitRow
from portal.state import events
from portal.state.appointments import PAGES, Offers
from portal.state.frame import Frame
from portal.state.prevention import CheckUps
from portal.state.screen import Screen
from portal.words import _


class Home(Screen, rx.State):
    """What is next, new and waiting."""

    row: HomeRow = HomeRow()
    # Whose Home the rows are: another person's rows are never joined to them.
    _whose: str = ""

    async def _load(self, *, by_itself: bool = False) -> None:
        row = await self._show(home.view, by_itself=by_itself)
        shared = await self.get_state(Frame)
        is_same = self._whose == shared.row.patient_id
        self._whose = shared.row.patient_id
        if by_itself and is_same:
            row = joined(self.row, row)
            more = changed(self.row, row)
            self._announce(shared, [*self._heard, *more] if more else [])
        if row != self.row:
            self.row = row

    @events.handler(events.PATIENTS)
    async def open(self) -> None:
        """Shows Home."""
        self.problem = self.done = ""
        await (await self.get_state(Offers))._forget()  # noqa: SLF001
        await (await self.get_state(CheckUps))._forget()  # noqa: SLF001
        await self._load()

    @events.handler(events.PATIENTS)
    async def refresh(self, topics: list[str]) -> None:
        """Shows what changed."""
        del topics
        await self._load(by_itself=True)

    @events.handler(events.PATIENTS)
    async def confirm(self, whose: str, appointment_id: str, version: int) -> None:
        """Says that the patient is coming."""
        self.problem = self.done = ""
        await self._act(
            appointments.confirm, whose=whose, appointment_id=appointment_id, version=version
        )
        self.done = _("Thank you. We know that you are coming.")
        await self._load(by_itself=True)


def joined(before: HomeRow, now: HomeRow) -> HomeRow:
    """Returns what is true now, in the order of what was shown before."""
    known = {visit.id for visit in (before.visit, *before.later)}
    return replace(
        now,
        visit=_marked(now.visit, before.visit, known),
        later=[_marked(visit, VisitRow(), known) for visit in now.later],
        news=_lines(before.news, now.news, _("No longer new")),
        waiting=_lines(before.waiting, now.waiting, _("Done")),
        announcements=_lines(before.announcements, now.announcements, _("Ended")),
        medicines=_medicines(before.medicines, now.medicines),
    )


def _marked(visit: VisitRow, before: VisitRow, known: set[str]) -> VisitRow:
    is_fresh = visit.id != "" and visit.id not in known
    return replace(visit, fresh=is_fresh or (before.fresh and before.id == visit.id))


def _lines(before: Sequence[NewsRow], now: Sequence[NewsRow], gone: str) -> list[NewsRow]:
    """Keeps every line in its place; what is gone loses its mark, what has come stands last."""
    latest = {line.key: line for line in now}
    shown = {line.key for line in before}
    kept = [_kept(line, latest.get(line.key), gone) for line in before]
    fresh = [_fresh(line) for line in now if line.key not in shown]
    return [*kept, *fresh]


def _kept(line: NewsRow, latest: NewsRow | None, gone: str) -> NewsRow:
    if latest is None:
        return replace(line, new="", read=gone, fresh=False)
    is_same = replace(latest, new=line.new, fresh=line.fresh) == line
    return line if is_same else _fresh(latest)


def _fresh(line: NewsRow) -> NewsRow:
    return replace(line, new=_("Just now"), fresh=True)


def _medicines(before: Sequence[MedicineRow], now: Sequence[MedicineRow]) -> list[MedicineRow]:
    latest = {medicine.key: medicine for medicine in now}
    shown = {medicine.key: medicine for medicine in before}
    kept = [latest[key] for key in shown if key in latest]
    fresh = [replace(one, fresh=True) for one in now if one.key not in shown]
    return [*kept, *fresh]


def changed(before: HomeRow, now: HomeRow) -> list[str]:
    """Returns the sentences for what changed on Home besides results and messages."""
    return [
        sentence
        for has_changed, sentence in (
            (_plan(before) != _plan(now), _("Your appointments have changed.")),
            (_offered(now) - _offered(before), _("An earlier time is kept for you.")),
            (_taken(before) != _taken(now), _("Your medicines have changed.")),
            (_due(now) - _due(before), _("Something is due for your health.")),
            (_told(now) - _told(before), _("There is news from the clinic.")),
        )
        if has_changed
    ]


def _plan(row: HomeRow) -> set[object]:
    return {(one.id, one.when, one.status, one.may_confirm) for one in (row.visit, *row.later)}


def _offered(row: HomeRow) -> set[object]:
    return {offer.id for offer in row.offers}


def _taken(row: HomeRow) -> set[object]:
    return {(one.key, one.how, one.note) for one in row.medicines}


def _due(row: HomeRow) -> set[object]:
    return {one.rule_id for one in row.due}


def _told(row: HomeRow) -> set[object]:
    return {line.key for line in row.announcements}


PAGES["/home"] = Home
