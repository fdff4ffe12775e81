"""Prevention: what is due for whose health, by rules that the clinic can read and change.

Computed from the record each time, never stored.
"""

from portal.services.prevention.answering import (
    AnsweredMeanwhile,
    NoSuchDay,
    NotLater,
    answer,
    undo,
)
from portal.services.prevention.facts import SYSTEMS
from portal.services.prevention.reading import due, months, view, years_of
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
from portal.services.prevention.telling import look, tell_nothing_of_before

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
    "look",
    "months",
    "switch",
    "switch_on",
    "tell_nothing_of_before",
    "undo",
    "view",
    "years_of",
]
