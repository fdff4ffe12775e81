"""The waiting list: who would come earlier, what is offered to whom, and what becomes of it."""

from portal.services.waitlist.answering import OfferOver, accept, decline
from portal.services.waitlist.joining import (
    NoLongerWaits,
    WaitsAlready,
    Wishes,
    change,
    join,
    leave,
    prioritise,
)
from portal.services.waitlist.offering import offer, turn

__all__ = [
    "NoLongerWaits",
    "OfferOver",
    "WaitsAlready",
    "Wishes",
    "accept",
    "change",
    "decline",
    "join",
    "leave",
    "offer",
    "prioritise",
    "turn",
]
