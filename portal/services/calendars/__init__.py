"""Calendars: one's appointments in one's own calendar, as a file or at an address that follows."""

from portal.services.calendars.feeding import Feed, TooOften, feed
from portal.services.calendars.keeping import FeedRow, make, revoke, view
from portal.services.calendars.one import file

__all__ = ["Feed", "FeedRow", "TooOften", "feed", "file", "make", "revoke", "view"]
