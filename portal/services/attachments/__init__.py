"""Attachments: files that go with a message, from the draft to whoever may read it."""

from portal.services.attachments.adding import (
    MOST_BYTES,
    MOST_FILES,
    TOGETHER,
    QuotaFull,
    Stands,
    Ticket,
    TooManyFiles,
    TooManyTogether,
    admit,
    keep,
    remove,
)
from portal.services.attachments.drafts import drop_if_empty
from portal.services.attachments.fetching import Found, fetch, opened
from portal.services.attachments.rows import FileRow, of_draft, of_messages
from portal.services.attachments.sending import send
from portal.services.attachments.sweeping import missing, sweep, tidy

__all__ = [
    "MOST_BYTES",
    "MOST_FILES",
    "TOGETHER",
    "FileRow",
    "Found",
    "QuotaFull",
    "Stands",
    "Ticket",
    "TooManyFiles",
    "TooManyTogether",
    "admit",
    "drop_if_empty",
    "fetch",
    "keep",
    "missing",
    "of_draft",
    "of_messages",
    "opened",
    "remove",
    "send",
    "sweep",
    "tidy",
]
