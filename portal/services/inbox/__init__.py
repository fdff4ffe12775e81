"""The clinic's side of messages: what waits and who has it, and how a conversation goes on."""

from portal.services.inbox.listing import VIEWS, InboxRow, WaitingRow, view, waiting
from portal.services.inbox.moving import (
    NewLetter,
    NobodyThere,
    NotClosed,
    WhyUrgent,
    close,
    escalate,
    reopen,
)
from portal.services.inbox.notes import NoNote
from portal.services.inbox.notes import write as write_note
from portal.services.inbox.owning import (
    CannotRead,
    NotYours,
    Taken,
    assign,
    claim,
    colleagues,
    give_back,
)
from portal.services.inbox.talk import LineRow, Open, TalkRow, read
from portal.services.inbox.words import left_of

__all__ = [
    "VIEWS",
    "CannotRead",
    "InboxRow",
    "LineRow",
    "NewLetter",
    "NoNote",
    "NobodyThere",
    "NotClosed",
    "NotYours",
    "Open",
    "Taken",
    "TalkRow",
    "WaitingRow",
    "WhyUrgent",
    "assign",
    "claim",
    "close",
    "colleagues",
    "escalate",
    "give_back",
    "left_of",
    "read",
    "reopen",
    "view",
    "waiting",
    "write_note",
]
