"""Agreements: the texts that people agree to, in versions, and who agreed to which, when.

Terms and privacy notice are needed for an account; the consent to be written to electronically
may be declined and taken back. A text is never altered: a change is a new version, and whoever has
not agreed to it is asked at the next sign-in. Staff agree to none.
"""

from portal.services.agreements.asking import Answers, TextChanged, agree, due, to_agree
from portal.services.agreements.keeping import (
    NotAgreed,
    history,
    may_write_to,
    start_anew,
    take_back,
    who_agreed,
)
from portal.services.agreements.publishing import (
    PublishedMeanwhile,
    begin,
    first_texts,
    publish,
    published,
)
from portal.services.agreements.reading import current, one
from portal.services.agreements.rows import (
    NEEDED,
    AgreedRow,
    BlockRow,
    Due,
    PartRow,
    TextRow,
    VersionRow,
    titles,
)

__all__ = [
    "NEEDED",
    "AgreedRow",
    "Answers",
    "BlockRow",
    "Due",
    "NotAgreed",
    "PartRow",
    "PublishedMeanwhile",
    "TextChanged",
    "TextRow",
    "VersionRow",
    "agree",
    "begin",
    "current",
    "due",
    "first_texts",
    "history",
    "may_write_to",
    "one",
    "publish",
    "published",
    "start_anew",
    "take_back",
    "titles",
    "to_agree",
    "who_agreed",
]
