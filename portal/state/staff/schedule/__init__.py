"""The day board."""

from portal.services.appointments import AT_DESK
from portal.state.staff.schedule.day import Schedule

# Why a visit is cancelled, as the desk chooses it: code → words.
CANCELLED_BECAUSE = AT_DESK

__all__ = ["CANCELLED_BECAUSE", "Schedule"]
