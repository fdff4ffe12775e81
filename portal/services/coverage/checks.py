"""Whether an insurance is checked for a visit: the rule that the board and the chart share.

It is when one is active whose period covers the visit's day, and somebody asked the payer no
longer ago than the clinic's policy says. Who pays themselves has nothing to check. Of whom nobody
ever entered an insurance nothing is asked, unless the clinic's policy says so: where a clinic
enters none, the flag would be on everybody, and read by nobody.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Standing:
    """What is known of somebody's insurance. `is_active`: one is; `is_known`: one ever was."""

    is_active: bool = False
    is_known: bool = False
    self_pay: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    verified_at: datetime | None = None


def lacks(standing: Standing, *, day: date, at: datetime, days: int, for_all: bool) -> bool:
    """Says whether the insurance is still to be checked for a visit at a moment, on its day."""
    if not days:
        return False
    if not standing.is_active:
        return standing.is_known or for_all
    if standing.self_pay:
        return False
    if not covers(standing, day):
        return True
    return standing.verified_at is None or standing.verified_at < at - timedelta(days=days)


def covers(standing: Standing, day: date) -> bool:
    """Says whether the period of an insurance holds a day."""
    begins, ends = standing.starts_on, standing.ends_on
    return (begins is None or begins <= day) and (ends is None or day <= ends)
