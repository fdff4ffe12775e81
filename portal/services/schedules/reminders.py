"""When patients are reminded of a type of visit: up to three times, half an hour to 30 days before.

Kept as minutes with spaces, the longest first. Whole days are days on the wall clock, all else is
time that passes (services/appointments/reminding).
"""

from portal.errors import Invalid
from portal.words import _, before

MOST = 3
HOUR, DAY = 60, 24 * 60
CHOICES = (
    30, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR,
    DAY, 2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY, 7 * DAY, 10 * DAY, 14 * DAY, 21 * DAY, 30 * DAY,
)  # fmt: skip


class NoReminder(Invalid):
    """A moment that nobody can choose, or more than three."""

    sentence = _("Choose up to three different reminders, from 30 minutes to 30 days before.")


def of(kept: str) -> list[int]:
    """Returns the minutes before a visit at which its patient is reminded."""
    return [int(one) for one in kept.split()]


def check(kept: str) -> None:
    """Raises `NoReminder` for what is no list of up to three of the choices, each once."""
    parts = kept.split()
    given = [int(one) for one in parts if one.isascii() and one.isdecimal()]
    in_order = sorted(set(given), reverse=True)
    if len(parts) > MOST or not set(given) <= set(CHOICES) or kept != write(in_order):
        raise NoReminder


def write(minutes: list[int]) -> str:
    """Returns minutes as they are kept."""
    return " ".join(str(one) for one in minutes)


def all_said(kept: str) -> str:
    """Says all reminders of a type."""
    return ", ".join(before(one) for one in of(kept)) or _("none")
