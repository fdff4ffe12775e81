"""The day board: columns, lists beside it, the window in which one books, the sheet for paper."""

from portal.pages.staff.schedule.layout import page

__all__ = ["page"]
