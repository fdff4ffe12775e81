"""Text messages: one part of at most 160 characters, to one phone."""

import re
import unicodedata
from dataclasses import dataclass

from portal.integrations.failures import NotTaken

MOST = 160
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
# The letters that fit 160 to a part (GSM 03.38); one other letter, and it is 70.
ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# What would turn a text of 160 characters into one of 70, for the sake of its looks.
_PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
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
    """Returns a text on one line, with the letters, quotes and spaces that every phone has.

    A letter whose accent is not among them goes without it (á: a); one of another script stays.
    """
    kept = "".join(map(_plain, text.translate(_PLAIN)))
    return " ".join(kept.split())


def _plain(letter: str) -> str:
    if letter in ALPHABET:
        return letter
    bare = unicodedata.normalize("NFKD", letter)[:1]
    if bare in ALPHABET:
        return bare
    return letter if letter.isprintable() else " "


def check(message: Message) -> None:
    """Raises `NotTaken` for what is no number, and for what does not fit into one part."""
    if not _NUMBER.fullmatch(message.to):
        raise NotTaken("not-a-number", is_address=True)
    if not message.text or len(message.text) > MOST or message.text != plain(message.text):
        raise NotTaken("not-a-text")
