"""Registrations: people who ask for an account by themselves, and what becomes of it."""

from portal.services.registrations.asking import LIFE, Asked, Typed, again, begin, read, tidy
from portal.services.registrations.confirming import Confirmed, confirm

__all__ = ["LIFE", "Asked", "Confirmed", "Typed", "again", "begin", "confirm", "read", "tidy"]
