"""The day board."""

from portal.state.staff.schedule.day import Schedule

__all__ = ["Schedule"]
