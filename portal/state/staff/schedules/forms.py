"""What the forms of the schedule's settings send: all of it is text, and an empty field is none."""

from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from pydantic import Field

from portal.errors import Invalid
from portal.services import schedules
from portal.services.schedules import Ending, Exceptional
from portal.state import events
from portal.state.staff.entered import Entered
from portal.state.staff.schedule.forms import YEARS
from portal.words import _, zone

MOST_FIELDS = 200
DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60
_ID = Field(default="", max_length=64)
_NUMBER = Field(default=0, ge=0, le=10**6)


class Change(Entered):
    """Hours, their end, or an exception; `kind` is the exception's, `shows` what is looked at."""

    what: Literal["hours", "end", "exception"] = "hours"
    who: str = _ID
    line: str = _ID
    version: int = _NUMBER
    place: str = _ID
    starts: time | None = None
    ends: time | None = None
    break_from: time | None = None
    break_to: time | None = None
    first: date | None = None
    last: date | None = None
    kind: str = Field(default="", max_length=20)
    note: str = Field(default="", max_length=200)
    shows: str = _ID
    knows: int = _NUMBER

    def hours(self, days: list[str], types: list[str]) -> schedules.Hours:
        """Returns the hours that were entered; until midnight is the end of the day."""
        return schedules.Hours(
            practitioner_id=self.who,
            weekdays=tuple(sorted(int(day) for day in days if day.isascii() and day.isdigit())),
            from_minute=_minute(self.starts),
            to_minute=_until(self.ends),
            location_id=self.place,
            visit_types=tuple(types),
            break_from=_minute(self.break_from),
            break_to=_minute(self.break_to),
            valid_from=self.first,
            valid_to=self.last,
            line_id=self.line,
            version=self.version,
        )

    def ending(self) -> Ending:
        """Returns which hours are to be taken out."""
        return Ending(self.line, self.version)

    def exceptional(self) -> Exceptional:
        """Returns the exception that was entered: whole days where no hour is said."""
        if self.first is None:
            raise Invalid(_("Choose the first day."))
        last = self.last or self.first
        if self.first.year not in YEARS or last.year not in YEARS:
            raise Invalid(_("Choose a day of this century."))
        begins = _moment(self.first, self.starts or time())
        ends = _moment(last, self.ends) if self.ends else _moment(last + DAY, time())
        return Exceptional(self.kind, begins, ends, self.who, self.place, self.note)


class Settled(Entered):
    """What is to be done with a booking that lies outside."""

    what: Literal["keep", "move", "cancel"] = "keep"
    id: str = _ID
    version: int = _NUMBER
    reason: str = Field(default="", max_length=200)
    to: str = Field(default="", max_length=100)


class NewType(Entered):
    """A new type of visit."""

    name: str = Field(default="", max_length=200)
    minutes: int = Field(default=20, ge=0, le=10_000)


class TypeValues(Entered):
    """Every value of a type of visit. Boxes that are not ticked are not sent."""

    version: int = _NUMBER
    name: str = Field(default="", max_length=500)
    board_name: str = Field(default="", max_length=100)
    description: str = Field(default="", max_length=2000)
    urgent: str = Field(default="", max_length=2000)
    preparation: str = Field(default="", max_length=4000)
    minutes: int = Field(default=0, ge=-(10**6), le=10**6)
    buffer_before: int = Field(default=0, ge=-(10**6), le=10**6)
    buffer_after: int = Field(default=0, ge=-(10**6), le=10**6)
    grid: int = Field(default=0, ge=0, le=10**6)
    who_books: str = Field(default="", max_length=20)
    how_booked: str = Field(default="", max_length=20)
    needs_room: Literal["", "on"] = ""
    needs_equipment: str = Field(default="", max_length=100)
    form: str = Field(default="", max_length=500)
    asks_reason: Literal["", "on"] = ""
    reason_prompt: str = Field(default="", max_length=1000)
    new_patients: Literal["", "on"] = ""
    notice_minutes: int = Field(default=0, ge=-(10**6), le=10**6)
    ahead_days: int = Field(default=0, ge=-(10**6), le=10**6)
    cancel_hours: int = Field(default=0, ge=-(10**6), le=10**6)
    reminder_1: int = _NUMBER
    reminder_2: int = _NUMBER
    reminder_3: int = _NUMBER
    open_limit: int = Field(default=0, ge=-(10**6), le=10**6)
    colour: str = Field(default="", max_length=20)
    position: int = Field(default=0, ge=-(10**6), le=10**6)
    active: Literal["", "on"] = ""

    def values(self, channels: list[str]) -> dict[str, Any]:
        """Returns them as the service takes them."""
        boxes = ("needs_room", "asks_reason", "new_patients", "active")
        reminders = ("reminder_1", "reminder_2", "reminder_3")
        plain = self.model_dump(exclude={"version", *boxes, *reminders})
        chosen = {getattr(self, name) for name in reminders} - {0}
        return plain | {
            "reminders": " ".join(str(minutes) for minutes in sorted(chosen, reverse=True)),
            **{name: getattr(self, name) == "on" for name in boxes},
            "channels": " ".join(channels),
        }


class RoomValues(Entered):
    """A room as it was entered."""

    id: str = _ID
    name: str = Field(default="", max_length=500)
    equipment: str = Field(default="", max_length=500)
    directions: str = Field(default="", max_length=2000)
    is_room: Literal["", "on"] = ""
    active: Literal["", "on"] = ""


def split(form: Any, *prefixes: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Returns a form without its repeated boxes, and by prefix ("day.") which are ticked."""
    if not isinstance(form, dict) or len(form) > MOST_FIELDS:
        raise Invalid
    ticked: dict[str, list[str]] = {prefix: [] for prefix in prefixes}
    rest: dict[str, Any] = {}
    for name, value in form.items():
        prefix = next((one for one in prefixes if name.startswith(one)), None)
        if prefix is None:
            rest[name] = value
        elif value == "on":
            ticked[prefix].append(name.removeprefix(prefix))
    return rest, ticked


def change(form: Any) -> tuple[Change, schedules.Hours | Ending | Exceptional]:
    """Returns what a form of the hours asks for."""
    rest, ticked = split(form, "day.", "type.")
    given = events.entered(Change, rest)
    if given.what == "end":
        return given, given.ending()
    if given.what == "exception":
        return given, given.exceptional()
    return given, given.hours(ticked["day."], ticked["type."])


def _minute(at: time | None) -> int:
    return at.hour * 60 + at.minute if at else 0


def _until(at: time | None) -> int:
    """Returns the end of hours: a browser cannot write 24:00, so midnight and 23:59 are that."""
    minute = _minute(at)
    return _DAY_MINUTES if at is not None and minute in {0, _DAY_MINUTES - 1} else minute


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at.replace(tzinfo=None), zone())
