"""Files that people send: what they truly are, and what of them is kept.

Only what is on a short list comes in, by its content and by its name. Images are decoded and
written anew, so that nothing of what they came with is left but the picture.
"""

from portal.integrations.files.images import MOST_PIXELS
from portal.integrations.files.judging import (
    ACCEPTED,
    MOST_BYTES,
    SAID_KINDS,
    File,
    judge,
    said_size,
)
from portal.integrations.files.names import NAME_MAX, clean, disposition
from portal.integrations.files.refusals import (
    Active,
    Damaged,
    Empty,
    Locked,
    NotTaken,
    TooComplicated,
    TooLarge,
    TooManyPixels,
    WrongEnding,
)

__all__ = [
    "ACCEPTED",
    "MOST_BYTES",
    "MOST_PIXELS",
    "NAME_MAX",
    "SAID_KINDS",
    "Active",
    "Damaged",
    "Empty",
    "File",
    "Locked",
    "NotTaken",
    "TooComplicated",
    "TooLarge",
    "TooManyPixels",
    "WrongEnding",
    "clean",
    "disposition",
    "judge",
    "said_size",
]
