"""Family: who may help whom, with what, from when until when, and on which ground."""

from portal.services.family import changing, deciding, staff
from portal.services.family.accepting import Accepted, accept, accept_anew, is_open
from portal.services.family.closing import ClosedRow
from portal.services.family.closing import view as closed
from portal.services.family.days import turn
from portal.services.family.four_eyes import NotAlone
from portal.services.family.kinds import BASES, KINDS, PROOFS, Kind, is_grown_up, is_teenager
from portal.services.family.lending import (
    Lent,
    NothingLent,
    OnlyGrownUps,
    OnlyOnesOwn,
    TooLong,
    Wanted,
    change,
    end,
    lend,
    send_again,
    stop,
)
from portal.services.family.moving import NeedsReason, WrongStep
from portal.services.family.reading import FamilyRow, HelpRow, StepRow, view
from portal.services.family.reasons import REASONS, choices, said

__all__ = [
    "BASES",
    "KINDS",
    "PROOFS",
    "REASONS",
    "Accepted",
    "ClosedRow",
    "FamilyRow",
    "HelpRow",
    "Kind",
    "Lent",
    "NeedsReason",
    "NotAlone",
    "NothingLent",
    "OnlyGrownUps",
    "OnlyOnesOwn",
    "StepRow",
    "TooLong",
    "Wanted",
    "WrongStep",
    "accept",
    "accept_anew",
    "change",
    "changing",
    "choices",
    "closed",
    "deciding",
    "end",
    "is_grown_up",
    "is_open",
    "is_teenager",
    "lend",
    "said",
    "send_again",
    "staff",
    "stop",
    "turn",
    "view",
]
