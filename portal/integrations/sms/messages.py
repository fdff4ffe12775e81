"""Text messages: one part of at most 160 characters, to one phone."""

import re
from dataclasses import dataclass

from portal.integrations.failures import NotTaken

MOST = 160
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# What would turn a text of 160 characters into one of 70, for the sake of its looks.
_PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
    }
)


@dataclass(frozen=True)
class Message:
    """A text to one phone (E.164)."""

    to: str
    text: str


def plain(text: str) -> str:
    """Returns a text on one line, with the quotes and spaces that every phone has."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text.translate(_PLAIN))
    return " ".join(kept.split())


def check(message: Message) -> None:
    """Raises `NotTaken` for what is no number, and for what does not fit into one part."""
    if not _NUMBER.fullmatch(message.to):
        raise NotTaken("not-a-number", is_address=True)
    if not message.text or len(message.text) > MOST or message.text != plain(message.text):
        raise NotTaken("not-a-text")
