"""Series: a visit that comes again, tried out before it is saved, and changed as one."""

from portal.services.appointments.series.changing import (
    MemberRow,
    cancel,
    cancelling,
    move,
    moving,
)
from portal.services.appointments.series.dates import NoSeries, Rule
from portal.services.appointments.series.repeating import (
    DateRow,
    NothingFree,
    Outcome,
    ahead,
    repeat,
)

__all__ = [
    "DateRow",
    "MemberRow",
    "NoSeries",
    "NothingFree",
    "Outcome",
    "Rule",
    "ahead",
    "cancel",
    "cancelling",
    "move",
    "moving",
    "repeat",
]
