"""What a browser gets while somebody chooses: words ready to be shown, and ids to ask with."""

from dataclasses import dataclass, field

# In place of a practitioner: whoever is free first.
ANYBODY = "any"
STEPS = ("why", "who", "when", "say")
PARTS = ("morning", "afternoon")


@dataclass(frozen=True)
class Wanted:
    """What the address of the page asks for; everything in it is checked before it counts."""

    step: str = "why"
    kind: str = ""
    who: str = ""
    # A day (ISO) of the week that is shown.
    day: str = ""
    part: str = ""
    # Monday is "0".
    weekday: str = ""
    channel: str = ""
    # The visit that is to be moved.
    moves: str = ""
    # The browser's zone (IANA): it only says times twice, it decides nothing.
    zone: str = ""


@dataclass(frozen=True)
class ChoiceRow:
    """One way of a few: for a list to choose from."""

    value: str = ""
    words: str = ""


@dataclass(frozen=True)
class KindRow:
    """A type of visit in plain words."""

    id: str = ""
    name: str = ""
    about: str = ""
    minutes: str = ""
    channels: str = ""
    urgent: str = ""
    # Asked for, and approved by the clinic.
    is_asked: bool = False
    is_open: bool = False
    why_not: str = ""
    # As many are planned as can be: one has to be moved instead.
    has_enough: bool = False
    # Who takes it, where it is only one: then nobody has to choose.
    only: str = ""
    asks_reason: bool = False
    prompt: str = ""


@dataclass(frozen=True)
class WhoRow:
    """Somebody who takes a type of visit; first of all whoever is free first."""

    id: str = ""
    name: str = ""
    role: str = ""
    initials: str = ""
    tint: int = 1
    first: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class TimeRow:
    """A time that is free. `say` is all of it, for who hears it."""

    minute: int = 0
    who: str = ""
    at: str = ""
    say: str = ""
    name: str = ""
    there: str = ""


@dataclass(frozen=True)
class PartRow:
    """The morning or the afternoon of the chosen day."""

    key: str = ""
    title: str = ""
    said: str = ""
    times: list[TimeRow] = field(default_factory=list)


@dataclass(frozen=True)
class DayRow:
    """A day of the week that is shown. `free` is how many starts."""

    day: str = ""
    weekday: str = ""
    number: str = ""
    said: str = ""
    label: str = ""
    free: int = 0
    is_open: bool = False
    is_chosen: bool = False


@dataclass(frozen=True)
class WeekRow:
    """A week at a glance, and the times of one of its days."""

    said: str = ""
    before: str = ""
    after: str = ""
    days: list[DayRow] = field(default_factory=list)
    parts: list[PartRow] = field(default_factory=list)
    # The first free time of all, with its day.
    first: TimeRow = field(default_factory=TimeRow)
    first_day: str = ""
    # Where the week has none: the sentence, and the next day that has one.
    nothing: str = ""
    next_day: str = ""
    next_said: str = ""


@dataclass(frozen=True)
class HeldRow:
    """The time that is kept for this person now."""

    id: str = ""
    minute: int = 0
    who: str = ""
    channel: str = ""
    day: str = ""
    month: str = ""
    date: str = ""
    when: str = ""
    until: str = ""
    there: str = ""
    name: str = ""
    place: str = ""
    address: str = ""
    way: str = ""
    left: str = ""
    seconds: int = 0
    expires_at: str = ""


@dataclass(frozen=True)
class MovedRow:
    """The visit that is to be moved."""

    id: str = ""
    when: str = ""
    title: str = ""
    late: str = ""


@dataclass(frozen=True)
class TakenRow:
    """A time that somebody else has got, with the next free ones."""

    title: str = ""
    times: list[TimeRow] = field(default_factory=list)


@dataclass(frozen=True)
class BookingRow:
    """Everything that one step of the booking shows."""

    step: str = "why"
    patient_id: str = ""
    kinds: list[KindRow] = field(default_factory=list)
    by_phone: list[KindRow] = field(default_factory=list)
    kind: KindRow = field(default_factory=KindRow)
    people: list[WhoRow] = field(default_factory=list)
    who: WhoRow = field(default_factory=WhoRow)
    people_choices: list[ChoiceRow] = field(default_factory=list)
    channels: list[ChoiceRow] = field(default_factory=list)
    channel: str = ""
    part: str = ""
    weekday: str = ""
    weekdays: list[ChoiceRow] = field(default_factory=list)
    day: str = ""
    week: WeekRow = field(default_factory=WeekRow)
    held: HeldRow = field(default_factory=HeldRow)
    moved: MovedRow = field(default_factory=MovedRow)
    zone_said: str = ""
    late: str = ""
