"""Choosing: what a patient may book, with whom, when; and the time that is kept meanwhile."""

from portal.services.appointments.choosing.rows import (
    ANYBODY,
    BookingRow,
    ChoiceRow,
    DayRow,
    HeldRow,
    KindRow,
    MovedRow,
    PartRow,
    TakenRow,
    TimeRow,
    Wanted,
    WeekRow,
    WhoRow,
)
from portal.services.appointments.choosing.viewing import near, view

__all__ = [
    "ANYBODY",
    "BookingRow",
    "ChoiceRow",
    "DayRow",
    "HeldRow",
    "KindRow",
    "MovedRow",
    "PartRow",
    "TakenRow",
    "TimeRow",
    "Wanted",
    "WeekRow",
    "WhoRow",
    "near",
    "view",
]
