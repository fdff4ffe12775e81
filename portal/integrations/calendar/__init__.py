"""Calendar files (RFC 5545) that other calendars read, in the clinic's zone."""

from portal.integrations.calendar.making import TYPE, Entry, make

__all__ = ["TYPE", "Entry", "make"]
