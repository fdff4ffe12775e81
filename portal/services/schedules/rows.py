"""What a browser gets of the settings: words ready to be shown, values ready for a form."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ChoiceRow:
    """One way of a few: for a list to choose from; `is_on` where it is chosen."""

    value: str = ""
    words: str = ""
    is_on: bool = False


@dataclass(frozen=True)
class TypeRow:
    """A type of visit in the list."""

    id: str = ""
    name: str = ""
    said: str = ""
    who: str = ""
    colour: str = ""
    active: bool = True


@dataclass(frozen=True)
class TypeForm:
    """A type of visit with every value as its form takes it."""

    id: str = ""
    version: int = 0
    name: str = ""
    board_name: str = ""
    description: str = ""
    urgent: str = ""
    preparation: str = ""
    minutes: str = ""
    buffer_before: str = ""
    buffer_after: str = ""
    grid: str = ""
    channels: list[ChoiceRow] = field(default_factory=list)
    who_books: str = ""
    how_booked: str = ""
    needs_room: bool = False
    needs_equipment: str = ""
    form: str = ""
    asks_reason: bool = True
    reason_prompt: str = ""
    new_patients: bool = True
    notice_minutes: str = ""
    ahead_days: str = ""
    cancel_hours: str = ""
    reminders: str = ""
    # The same, one by one: minutes, or empty.
    reminder_1: str = ""
    reminder_2: str = ""
    reminder_3: str = ""
    open_limit: str = ""
    colour: str = ""
    position: str = ""
    active: bool = True
    # Equipment that is in some room.
    equipment: list[ChoiceRow] = field(default_factory=list)


@dataclass(frozen=True)
class PreviewDay:
    """A day as patients would see it: its first and its last free times, and how many between."""

    key: str = ""
    day: str = ""
    said: str = ""
    times: list[str] = field(default_factory=list)
    more: str = ""
    late: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PreviewRow:
    """A week of one type of visit as patients would see it; `note` where they would not."""

    title: str = ""
    note: str = ""
    days: list[PreviewDay] = field(default_factory=list)
    is_there: bool = False


@dataclass(frozen=True)
class OutRow:
    """A booking that lies outside of the hours."""

    id: str = ""
    version: int = 0
    when: str = ""
    name: str = ""
    title: str = ""
    who: str = ""
    why: str = ""


@dataclass(frozen=True)
class OutsideRow:
    """Bookings outside of the hours. Names only for who may see appointments."""

    count: int = 0
    said: str = ""
    rows: list[OutRow] = field(default_factory=list)


@dataclass(frozen=True)
class FieldRow:
    """A value of a form that waits to be saved."""

    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class PlanRow:
    """A change that is not saved yet: what it says, whom it would hit, what patients would see."""

    said: str = ""
    fallen: OutsideRow = field(default_factory=OutsideRow)
    week: PreviewRow = field(default_factory=PreviewRow)
    fields: list[FieldRow] = field(default_factory=list)
    is_there: bool = False


@dataclass(frozen=True)
class LineRow:
    """One line of somebody's week, in words and as its form takes it."""

    id: str = ""
    version: int = 0
    weekday: str = ""
    day: str = ""
    said: str = ""
    place: str = ""
    kinds: str = ""
    valid: str = ""
    starts: str = ""
    ends: str = ""
    location_id: str = ""
    valid_from: str = ""
    valid_to: str = ""
    types: list[ChoiceRow] = field(default_factory=list)
    # Where it lies on the day's bar, and how long it is there: "25.0%".
    left: str = ""
    width: str = ""


@dataclass(frozen=True)
class WeekdayRow:
    """One weekday with its lines; a break is said between two."""

    key: str = ""
    day: str = ""
    lines: list[LineRow] = field(default_factory=list)


@dataclass(frozen=True)
class ExceptionRow:
    """Something that is otherwise than every week."""

    id: str = ""
    words: str = ""
    when: str = ""
    who: str = ""
    note: str = ""
    icon: str = ""


@dataclass(frozen=True)
class HolidayRow:
    """A public holiday that is still to come."""

    key: str = ""
    day: str = ""
    name: str = ""


@dataclass(frozen=True)
class HoursRow:
    """Everything about one practitioner's hours, and the clinic's."""

    practitioner_id: str = ""
    name: str = ""
    may_set: bool = False
    may_settle: bool = False
    people: list[ChoiceRow] = field(default_factory=list)
    types: list[ChoiceRow] = field(default_factory=list)
    places: list[ChoiceRow] = field(default_factory=list)
    week: list[WeekdayRow] = field(default_factory=list)
    exceptions: list[ExceptionRow] = field(default_factory=list)
    region: str = ""
    holidays: list[HolidayRow] = field(default_factory=list)
    outside: OutsideRow = field(default_factory=OutsideRow)
    today: str = ""


@dataclass(frozen=True)
class RoomRow:
    """A place where visits happen."""

    id: str = ""
    name: str = ""
    equipment: str = ""
    directions: str = ""
    is_room: bool = False
    active: bool = True
    said: str = ""
