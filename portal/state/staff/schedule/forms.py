"""What the forms of the day board send."""

from datetime import date
from typing import Literal

from pydantic import Field

from portal.state.staff.entered import Entered

WORDS_MAX = 100
YEARS = range(2000, 2200)
_ID = Field(default="", max_length=64)
_NUMBER = Field(default=0, ge=0, le=10**9)


class Act(Entered):
    """What one key does with a visit, or with a block."""

    act: Literal[
        "arrived", "in-room", "with-practitioner", "fulfilled", "noshow", "left", "confirmed",
        "booked", "cancelled", "drop", "copy", "unblock",
    ] = "arrived"  # fmt: skip
    id: str = _ID
    version: int = _NUMBER
    # Where it is put, for how long (none: as long as it is), and why over what is there.
    column: str = _ID
    # The room, where the board is by room.
    place: str = _ID
    minute: int = _NUMBER
    minutes: int = Field(default=0, ge=0, le=600)
    why: str = Field(default="", max_length=200)
    # Why it is cancelled.
    code: str = Field(default="", max_length=20)


class Asked(Entered):
    """What is to be booked. `over` is "yes" where it is booked over another one on purpose."""

    words: str = Field(default="", max_length=WORDS_MAX)
    patient: str = _ID
    column: str = _ID
    minute: int = _NUMBER
    visit: str = _ID
    minutes: int = Field(default=0, ge=0, le=600)
    walk_in: Literal["", "yes"] = ""
    over: Literal["", "yes"] = ""
    why: str = Field(default="", max_length=200)


class Newcomer(Entered):
    """A new patient."""

    given: str = Field(default="", max_length=200)
    family: str = Field(default="", max_length=200)
    born_on: date | None = None
    phone: str = Field(default="", max_length=60)
    sure: Literal["", "yes"] = ""


class Blocked(Entered):
    """A stretch to be blocked."""

    column: str = _ID
    minute: int = _NUMBER
    minutes: int = Field(default=30, ge=5, le=600)
    note: str = Field(default="", max_length=200)


class Sought(Entered):
    """For which type of visit the next free time is looked for, from when, and with whom."""

    visit: str = _ID
    since: date | None = None
    who: str = _ID
