"""Messages: conversations about one patient, between them (or a helper) and the clinic."""

from portal.services.messages.asking import FORMS, FormRetired, TooManyForms, handed_in
from portal.services.messages.correcting import correct
from portal.services.messages.drafts import DraftRow, draft, save_draft
from portal.services.messages.listing import ThreadRow, ThreadsRow, holds, newest_letters, threads
from portal.services.messages.promise import answer_by
from portal.services.messages.reading import (
    LetterRow,
    ThreadView,
    mark_read,
    nothing,
    open_thread,
    view,
)
from portal.services.messages.said import said
from portal.services.messages.sending import (
    Blank,
    Sent,
    TooLong,
    TooManyMessages,
    is_sent,
    new_key,
    reply,
    start,
)
from portal.services.messages.signs import Advice, advice
from portal.services.messages.writing import Choice, NewRow, compose, topics

__all__ = [
    "FORMS",
    "Advice",
    "Blank",
    "Choice",
    "DraftRow",
    "FormRetired",
    "LetterRow",
    "NewRow",
    "Sent",
    "ThreadRow",
    "ThreadView",
    "ThreadsRow",
    "TooLong",
    "TooManyForms",
    "TooManyMessages",
    "advice",
    "answer_by",
    "compose",
    "correct",
    "draft",
    "handed_in",
    "holds",
    "is_sent",
    "mark_read",
    "new_key",
    "newest_letters",
    "nothing",
    "open_thread",
    "reply",
    "said",
    "save_draft",
    "start",
    "threads",
    "topics",
    "view",
]
