"""Spelling: how names are compared, in any script, and which are one slip apart."""

import re
import unicodedata

from portal.models.finding import WORD_MAX

# Letters that no decomposition takes apart, as people without them on their keyboard write them.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
        "ŧ": "t",
        "ĸ": "k",
        "ŋ": "n",
        "ə": "e",
        "ς": "σ",
    }
)
_APOSTROPHES = re.compile("['’‘ʼʻ`´＇]")
# Kana, Han and Hangul.
_UNSPACED = (
    ("\u3040", "\u30ff"),
    ("\u3400", "\u9fff"),
    ("\uac00", "\ud7a3"),
    ("\U00020000", "\U0003ffff"),
)
_CLOSE_FROM = 4
_TWO_SLIPS_FROM = 8
# The beginning of a name in which one slip is looked for; later slips share this beginning.
_STEM = 5


def fold(text: str) -> str:
    """Returns a name as it is compared: no accents, no case, one space between words."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
    return " ".join(plain.casefold().translate(_PLAIN).split())[:200]


def words(text: str) -> list[str]:
    """Returns the folded words of a name: letters, digits and the signs that belong to them."""
    joined = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text))
    kept = "".join(letter if _belongs(letter) else " " for letter in joined)
    return [word[:WORD_MAX] for word in (fold(part) for part in kept.split()) if word]


def heads(text: str) -> list[str]:
    """Returns every word that a name is found by, without repeats, in order.

    O'Brien is found by obrien and brien, and each part of a name written without spaces by itself.
    """
    found: dict[str, None] = dict.fromkeys(words(text))
    found.update(dict.fromkeys(words(_APOSTROPHES.sub(" ", text))))
    for part in unicodedata.normalize("NFKC", text).split():
        if is_unspaced(part):
            found.update(dict.fromkeys(words(" ".join(part[at:] for at in range(1, len(part))))))
    return list(found)


def is_unspaced(text: str) -> bool:
    """Says whether a text is of a script that writes names without spaces."""
    return any(first <= letter <= last for letter in text for first, last in _UNSPACED)


def variants(word: str) -> set[str]:
    """Returns the beginning of a word, and each of its forms with one letter left out."""
    stem = word[:_STEM]
    return {stem} | {stem[:at] + stem[at + 1 :] for at in range(len(stem))}


def may_slip(word: str) -> bool:
    """Says whether a word is long enough to look for others like it."""
    return len(word) >= _CLOSE_FROM and not word.isdigit()


def slips(typed: str, name: str) -> int | None:
    """Returns how many slips lie between what was typed and the beginning of a name.

    None where there are more than may be forgiven: one, from eight letters two.
    """
    allowed = 2 if len(typed) >= _TWO_SLIPS_FROM else 1
    if len(typed) > len(name) + allowed:
        return None
    least = min(_distances(typed, name[: len(typed) + allowed]))
    return least if least <= allowed else None


def _distances(typed: str, name: str) -> list[int]:
    """Returns the distance to each beginning of a name; swapped neighbours count as one slip."""
    before: list[int] = []
    row = list(range(len(name) + 1))
    for at, letter in enumerate(typed, 1):
        older, before, row = before, row, [at] + [0] * len(name)
        for to, other in enumerate(name, 1):
            cost = before[to - 1] + (letter != other)
            row[to] = min(cost, before[to] + 1, row[to - 1] + 1)
            if at > 1 and to > 1 and letter == name[to - 2] and typed[at - 2] == other:
                row[to] = min(row[to], older[to - 2] + 1)
    return row


def _belongs(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNM"
