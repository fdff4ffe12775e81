"""States of a visit in the clinic's words, over FHIR R4's Appointment and Encounter statuses.

proposed → booked → arrived → in-room → with-practitioner → fulfilled; a visit may also be missed,
left unseen or cancelled. Confirming is no state of its own: it is a moment (`confirmed_at`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.errors import Conflict
from portal.models.appointments import Appointment
from portal.words import _


@dataclass(frozen=True)
class State:
    """A state: how it is kept, from which states it is reached, which moment it notes."""

    status: str
    stage: str
    after: tuple[str, ...]
    # Appointment's column for the moment at which it was reached.
    moment: str
    # FHIR R4 Encounter.status.
    encounter: str
    words: str


STATES: dict[str, State] = {
    "proposed": State("proposed", "", (), "", "planned", _("To approve")),
    "pending": State("pending", "", (), "", "planned", _("To approve")),
    "booked": State("booked", "", ("proposed", "pending", "arrived"), "", "planned", _("Booked")),
    "arrived": State("arrived", "", ("booked",), "arrived_at", "arrived", _("Waiting")),
    # From before there were rooms: somebody is inside, nobody knows where.
    "checked-in": State(
        "checked-in", "", ("booked", "arrived"), "arrived_at", "arrived", _("Inside")
    ),
    "in-room": State(
        "checked-in", "in-room", ("booked", "arrived", "checked-in"), "roomed_at", "triaged",
        _("In room"),
    ),
    "with-practitioner": State(
        "checked-in", "with-practitioner", ("booked", "arrived", "checked-in", "in-room"),
        "seen_at", "in-progress", _("Being seen"),
    ),
    "fulfilled": State(
        "fulfilled", "", ("booked", "arrived", "checked-in", "in-room", "with-practitioner"),
        "finished_at", "finished", _("Done"),
    ),
    "noshow": State("noshow", "", ("booked",), "", "cancelled", _("No-show")),
    "left": State(
        "noshow", "left", ("arrived", "checked-in", "in-room"), "finished_at", "cancelled",
        _("Left unseen"),
    ),
    "cancelled": State(
        "cancelled", "", ("proposed", "pending", "booked"), "cancelled_at", "cancelled",
        _("Cancelled"),
    ),
}  # fmt: skip


class WrongStep(Conflict):
    """A visit cannot become that from where it is."""

    sentence = _("That does not follow from where this visit is now.")


def of(record: Appointment | Any) -> str:
    """Returns the state that a visit is in."""
    if record.status == "noshow":
        return "left" if record.stage == "left" else "noshow"
    return record.stage if record.status == "checked-in" and record.stage else record.status


def step(record: Appointment, wanted: str, now: datetime) -> dict[str, Any]:
    """Returns the columns that bring a visit into a state; raises `WrongStep` with the reason."""
    state = STATES.get(wanted)
    here = of(record)
    if state is None or here not in state.after:
        said = _("This visit is “{here}”; it cannot become “{wanted}”.")
        names = {
            "here": _(STATES[here].words) if here in STATES else here,
            "wanted": _(state.words) if state else wanted,
        }
        raise WrongStep(said.format(**names))
    changes: dict[str, Any] = {"status": state.status, "stage": state.stage}
    if state.moment:
        changes[state.moment] = now
    if wanted in {"in-room", "with-practitioner"} and record.arrived_at is None:
        # Who is in a room has come.
        changes["arrived_at"] = now
    if wanted == "booked":
        changes |= {"arrived_at": None, "roomed_at": None, "seen_at": None}
    return changes


def waited(record: Appointment | Any, now: datetime) -> int | None:
    """Returns the minutes that somebody waited, or has waited so far; None before they came."""
    if record.arrived_at is None:
        return None
    until = record.seen_at or record.roomed_at or record.finished_at or now
    return max(0, int((until - record.arrived_at).total_seconds()) // 60)
