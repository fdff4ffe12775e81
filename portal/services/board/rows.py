"""Rows of the day board: what the page gets, as small as it can be.

`grid_row` says where something lies in the grid, in steps of five minutes from its first hour.
What goes on by itself (how long somebody waits, who is late) is sent as the moment since when,
and the page counts.
"""

from dataclasses import dataclass, field

from portal.services.notices import LedgerRow

# The column by room of what takes place in none.
NO_ROOM = "no-room"


@dataclass(frozen=True)
class FlagRow:
    """Something about a visit: `todo` for the desk to do, `know` good to know, `over` double."""

    icon: str = ""
    words: str = ""
    tone: str = "know"


@dataclass(frozen=True)
class StripRow:
    """One visit as a strip, or a time that somebody holds (without an id)."""

    id: str = ""
    version: int = 0
    patient_id: str = ""
    grid_row: str = ""
    grid_column: str = "1 / -1"
    at: str = ""
    until: str = ""
    name: str = ""
    letters: str = ""
    age: str = ""
    kind: str = ""
    colour: str = ""
    state: str = ""
    words: str = ""
    icon: str = ""
    # Seconds since 1970: when somebody who has not come was due; since when they wait or are in.
    due: int = 0
    since: int = 0
    minutes: int = 0
    # Minutes around it that nobody else gets: the page shows beforehand what a move runs into.
    before: int = 0
    after: int = 0
    # Whom and which room it takes: nobody else has these then.
    who: str = ""
    room: str = ""
    flags: list[FlagRow] = field(default_factory=list)
    # "0" or "1" where a colleague has just changed it: the page lets it glow once.
    glow: str = ""


@dataclass(frozen=True)
class ClosedRow:
    """A stretch that nobody is booked in: off, a break, a block (which can be taken away)."""

    id: str = ""
    grid_row: str = ""
    at: str = ""
    words: str = ""
    shape: str = "off"


@dataclass(frozen=True)
class FreeRow:
    """A free start. `minute` is since 1970, so that it names one moment."""

    grid_row: str = ""
    minute: int = 0
    at: str = ""


@dataclass(frozen=True)
class ColumnRow:
    """One practitioner, one room or one day. `key` is whose id it is; empty where none is."""

    key: str = ""
    name: str = ""
    place: str = ""
    total: int = 0
    # Whoever waits longest past their time was due at this second; 0 where all is on time.
    behind: int = 0
    # The minute since 1970 of its first step, where visits can be moved to; 0 where not.
    first: int = 0
    # Where this practitioner works then: a visit that comes from another goes along.
    usual: str = ""
    strips: list[StripRow] = field(default_factory=list)
    closed: list[ClosedRow] = field(default_factory=list)
    free: list[FreeRow] = field(default_factory=list)


@dataclass(frozen=True)
class ListedRow:
    """A visit in one of the lists beside the board."""

    id: str = ""
    version: int = 0
    patient_id: str = ""
    name: str = ""
    what: str = ""
    since: int = 0


@dataclass(frozen=True)
class FreedRow:
    """A time that somebody gave back and nobody has yet. `minute` is since 1970."""

    id: str = ""
    practitioner_id: str = ""
    minute: int = 0
    at: str = ""
    who: str = ""
    words: str = ""
    what: str = ""


@dataclass(frozen=True)
class SideRow:
    """The lists beside the board, each with how many there are in all."""

    waiting: list[ListedRow] = field(default_factory=list)
    approve: list[ListedRow] = field(default_factory=list)
    approve_total: int = 0
    tomorrow: list[ListedRow] = field(default_factory=list)
    tomorrow_total: int = 0
    unresolved: list[ListedRow] = field(default_factory=list)
    unresolved_total: int = 0
    freed: list[FreedRow] = field(default_factory=list)
    # How many are on the waiting list.
    listed: int = 0


@dataclass(frozen=True)
class CountRow:
    """How many visits are in one state."""

    state: str = ""
    icon: str = ""
    words: str = ""
    count: int = 0


@dataclass(frozen=True)
class HourRow:
    """A full hour at the edge."""

    step: int = 0
    at: str = ""


@dataclass(frozen=True)
class UndoRow:
    """What the person at this desk may still take back, and until which second since 1970."""

    words: str = ""
    told: str = ""
    until: int = 0
    left: int = 0


@dataclass(frozen=True)
class HeadRow:
    """The day that is shown, and what of it can be done here."""

    day: str = ""
    said: str = ""
    short: str = ""
    is_today: bool = False
    # The second since 1970 at which the grid begins, how many steps it has, its hours.
    begins: int = 0
    steps: int = 120
    hours: list[HourRow] = field(default_factory=list)
    counts: list[CountRow] = field(default_factory=list)
    may_book: bool = False
    more: int = 0
    printed: str = ""


@dataclass(frozen=True)
class BoardRow:
    """A day, or a week of one practitioner."""

    head: HeadRow = HeadRow()
    columns: list[ColumnRow] = field(default_factory=list)
    side: SideRow = SideRow()
    undo: UndoRow = UndoRow()


@dataclass(frozen=True)
class ActRow:
    """Something that can be done with a visit, by one key."""

    key: str = ""
    act: str = ""
    words: str = ""


@dataclass(frozen=True)
class HistoryRow:
    """One change of a visit."""

    at: str = ""
    words: str = ""


@dataclass(frozen=True)
class DetailRow:
    """The chosen visit with what the desk needs beside it."""

    id: str = ""
    version: int = 0
    patient_id: str = ""
    name: str = ""
    age: str = ""
    born: str = ""
    phone: str = ""
    state: str = ""
    words: str = ""
    icon: str = ""
    since: int = 0
    visit: str = ""
    who: str = ""
    reason: str = ""
    overbooked: str = ""
    # Which one of its series it is: "2 of 6".
    series: str = ""
    flags: list[FlagRow] = field(default_factory=list)
    acts: list[ActRow] = field(default_factory=list)
    history: list[HistoryRow] = field(default_factory=list)
    # What was intended to be told of it, and what became of that.
    notices: list[LedgerRow] = field(default_factory=list)


@dataclass(frozen=True)
class HitRow:
    """A patient who fits what was typed, with the visit that would be booked: that of last time."""

    patient_id: str = ""
    name: str = ""
    age: str = ""
    beside: str = ""
    usual: str = ""


@dataclass(frozen=True)
class HitsRow:
    """Who fits; `words` is what was typed, so that the page knows for which letters this is."""

    words: str = ""
    hits: list[HitRow] = field(default_factory=list)
    is_close: bool = False
    has_more: bool = False


@dataclass(frozen=True)
class OptionRow:
    """A time that would fit instead."""

    key: str = ""
    practitioner_id: str = ""
    minute: int = 0
    words: str = ""
    when: str = ""
    at: str = ""
    who: str = ""


@dataclass(frozen=True)
class KindRow:
    """A type of visit to choose."""

    id: str = ""
    words: str = ""
