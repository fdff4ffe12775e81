"""How long a sign-in lasts, and when one has ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from portal.models.people import SignIn
from portal.settings import Settings

# A clock may be corrected by so much without ending anybody's sign-in.
CLOCK_SLACK = timedelta(minutes=5)
# A half-open sign-in: the password was right, something is still due.
FULL = frozenset({"full"})
HALFWAY = frozenset({"factor", "enrol", "agree"})
# So long the password alone keeps the door to the second step open (SECURITY MFA-05).
HALFWAY_LIFE = timedelta(minutes=10)


@dataclass(frozen=True)
class Limits:
    """How long a sign-in lasts: without use, and in any case."""

    idle: timedelta
    whole: timedelta
    # At a computer that others use.
    shared_idle: timedelta = timedelta(minutes=5)

    @classmethod
    def of(cls, rules: Settings) -> Self:
        """Returns the limits that the operator has set."""
        return cls(timedelta(minutes=rules.idle_minutes), timedelta(hours=rules.session_hours))

    def idle_of(self, *, is_shared: bool) -> timedelta:
        """Returns how long a sign-in lasts without use."""
        return min(self.idle, self.shared_idle) if is_shared else self.idle

    def whole_of(self, stage: str) -> timedelta:
        """Returns how long a sign-in lasts in any case: half-open for minutes alone."""
        return self.whole if stage in FULL else min(self.whole, HALFWAY_LIFE)


@dataclass(frozen=True)
class Left:
    """What is left of a sign-in, in whole seconds."""

    idle_seconds: int
    whole_seconds: int


def is_open(row: Any, limits: Limits, now: datetime) -> bool:
    """Says whether a sign-in opens anything: `row` has its moments, its stage and its owner's."""
    if row.ended_at is not None or row.disabled:
        return False
    # A clock that was set back must not revive or extend anything.
    if now < row.used_at - CLOCK_SLACK:
        return False
    idle = limits.idle_of(is_shared=bool(row.is_shared))
    return now - row.used_at < idle and now - row.created_at < limits.whole_of(row.stage)


def ends_by_itself(record: SignIn, limits: Limits) -> datetime:
    """Returns when a sign-in ends, or has ended, if nobody uses it any more."""
    idle = record.used_at + limits.idle_of(is_shared=record.is_shared)
    return min(idle, record.created_at + limits.whole_of(record.stage))
