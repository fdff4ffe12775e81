"""The waiting list: who would come earlier, what is offered to whom, and what becomes of it."""

from portal.services.waitlist.answering import OfferOver, Taken, accept, decline, take
from portal.services.waitlist.desk import count, desk
from portal.services.waitlist.joining import (
    NoLongerWaits,
    WaitsAlready,
    Wishes,
    change,
    join,
    leave,
    prioritise,
    resume,
)
from portal.services.waitlist.offering import offer, turn
from portal.services.waitlist.reading import offers, past, upcoming, view
from portal.services.waitlist.rows import DeskRow, EntryRow, OfferRow, WaitlistRow
from portal.services.waitlist.saying import NOTICES, PRIORITIES

__all__ = [
    "NOTICES",
    "PRIORITIES",
    "DeskRow",
    "EntryRow",
    "NoLongerWaits",
    "OfferOver",
    "OfferRow",
    "Taken",
    "WaitlistRow",
    "WaitsAlready",
    "Wishes",
    "accept",
    "change",
    "count",
    "decline",
    "desk",
    "join",
    "leave",
    "offer",
    "offers",
    "past",
    "prioritise",
    "resume",
    "take",
    "turn",
    "upcoming",
    "view",
]
