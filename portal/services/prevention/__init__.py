"""Prevention: what is due for whose health, by rules that the clinic can read and change.

Computed from the record each time, never stored. What tells of it by mail is in `telling`, apart:
the outbox asks here whether a notice is still true.
"""

from portal.services.prevention.answering import (
    AnsweredMeanwhile,
    NoSuchDay,
    NotLater,
    answer,
    undo,
)
from portal.services.prevention.facts import SYSTEMS
from portal.services.prevention.reading import due, months, sees_any, view, years_of
from portal.services.prevention.rows import CheckUpsRow, ChoiceRow, DueRow
from portal.services.prevention.rules import (
    NotARule,
    RuleChanged,
    RuleRow,
    RulesRow,
    Wording,
    keep,
    listed,
    switch,
)
from portal.services.prevention.starting import begin, switch_on

__all__ = [
    "SYSTEMS",
    "AnsweredMeanwhile",
    "CheckUpsRow",
    "ChoiceRow",
    "DueRow",
    "NoSuchDay",
    "NotARule",
    "NotLater",
    "RuleChanged",
    "RuleRow",
    "RulesRow",
    "Wording",
    "answer",
    "begin",
    "due",
    "keep",
    "listed",
    "months",
    "sees_any",
    "switch",
    "switch_on",
    "undo",
    "view",
    "years_of",
]
