"""Settings of the schedule: hours and exceptions, types of visit, rooms."""

from portal.pages.admin.schedules import hours, rooms, types

pages = (hours.page, types.page, types.one_page, rooms.page)

__all__ = ["pages"]
