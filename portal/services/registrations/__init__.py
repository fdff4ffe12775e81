"""Registrations: people who ask for an account by themselves, and what becomes of it."""

from portal.services.registrations.asking import (
    LIFE,
    Asked,
    CheckAgain,
    Typed,
    again,
    begin,
    read,
    tidy,
)
from portal.services.registrations.confirming import Confirmed, confirm
from portal.services.registrations.deciding import (
    Accepted,
    OpenRequest,
    RequestRow,
    accept,
    one,
    reasons,
    reject,
    waiting,
)

__all__ = [
    "LIFE",
    "Accepted",
    "Asked",
    "CheckAgain",
    "Confirmed",
    "OpenRequest",
    "RequestRow",
    "Typed",
    "accept",
    "again",
    "begin",
    "confirm",
    "one",
    "read",
    "reasons",
    "reject",
    "tidy",
    "waiting",
]
