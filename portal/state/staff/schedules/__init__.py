"""Settings of the schedule: hours and exceptions, types of visit, rooms."""

from portal.state.staff.schedules.hours import Hours
from portal.state.staff.schedules.rooms import Rooms
from portal.state.staff.schedules.types import OneType, VisitTypes

__all__ = ["Hours", "OneType", "Rooms", "VisitTypes"]
