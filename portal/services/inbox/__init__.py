"""The clinic's side of messages: what waits and who has it, and how a conversation goes on."""

from portal.services.inbox.answering import Answered, answer
from portal.services.inbox.away import AwaysRow, NotThere, WrongDays, plan, take_back
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
from portal.services.inbox.ready import NotFilled, ReadyRow, offered, put_in
from portal.services.inbox.talk import LineRow, Open, TalkRow, read
from portal.services.inbox.templates import (
    FIELDS,
    SameName,
    TemplateRow,
    UnknownField,
    keep,
    listed,
    take_away,
)
from portal.services.inbox.words import left_of

__all__ = [
    "FIELDS",
    "VIEWS",
    "Answered",
    "AwaysRow",
    "CannotRead",
    "InboxRow",
    "LineRow",
    "NewLetter",
    "NoNote",
    "NobodyThere",
    "NotClosed",
    "NotFilled",
    "NotThere",
    "NotYours",
    "Open",
    "ReadyRow",
    "SameName",
    "Taken",
    "TalkRow",
    "TemplateRow",
    "UnknownField",
    "WaitingRow",
    "WhyUrgent",
    "WrongDays",
    "answer",
    "assign",
    "claim",
    "close",
    "colleagues",
    "escalate",
    "give_back",
    "keep",
    "left_of",
    "listed",
    "offered",
    "plan",
    "put_in",
    "read",
    "reopen",
    "take_away",
    "take_back",
    "view",
    "waiting",
    "write_note",
]
