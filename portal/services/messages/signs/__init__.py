"""Warning signs: words in a message that can mean an emergency, so that the page stops first.

The lists lie beside this file, one a language, and all are asked whatever language the portal
speaks: people write in their own. They are plain text, for a doctor of the clinic to read and
change. A sign is no diagnosis: it tells what to do now, and the message may still go, as urgent.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.words import _

HERE = Path(__file__).parent
LANGUAGES = ("de", "en", "es")
# How far apart the two halves of a phrase with … may stand, in words.
APART = 3
# How a list's headings name what to do: call at once, or talk to somebody at once.
BODY, MIND = "body", "mind"
_HEADINGS = {"[call at once]": BODY, "[talk to somebody at once]": MIND}
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
# Apostrophes, as they are typed: can't, can’t, can`t.
_WITHIN_A_WORD = re.compile(r"['\u2019\u0060\u00b4]")


@dataclass(frozen=True)
class Advice:
    """What to do now; nothing where no sign was found. `is_mind`: somebody is in despair."""

    title: str = ""
    words: str = ""
    is_mind: bool = False


def advice(*texts: str) -> Advice:
    """Returns what somebody who wrote this is to be told before it goes."""
    kinds = found(*texts)
    if MIND in kinds:
        return Advice(
            _("Please talk to somebody now"),
            _(
                "You do not have to be alone with this. A message here may be read tomorrow or "
                "later; somebody on the phone is there now."
            ),
            is_mind=True,
        )
    if BODY in kinds:
        return Advice(
            _("This can be an emergency"),
            _(
                "You wrote of something that may need help at once. A message here may be read "
                "tomorrow or later. If it is happening now, do not wait for our answer."
            ),
        )
    return Advice()


def found(*texts: str) -> frozenset[str]:
    """Returns which kinds of signs are in texts, in any of the languages."""
    plain = [f" {_plain(text)} " for text in texts]
    return frozenset(
        kind for kind, pattern in _patterns().items() if any(map(pattern.search, plain))
    )


def phrases() -> list[tuple[str, str]]:
    """Returns every phrase of every list with its kind, as it is written there."""
    return [pair for language in LANGUAGES for pair in _list(language)]


def _list(language: str) -> list[tuple[str, str]]:
    """Reads a list: headings in brackets, a phrase a line, and notes after a #."""
    kind, listed = "", list[tuple[str, str]]()
    for line in (HERE / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        phrase = line.partition("#")[0].strip()
        if phrase in _HEADINGS:
            kind = _HEADINGS[phrase]
        elif phrase:
            listed.append((phrase, kind))
    return listed


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    by_kind: dict[str, list[str]] = {BODY: [], MIND: []}
    for phrase, kind in phrases():
        by_kind[kind].append(_pattern(phrase))
    return {kind: re.compile(f" (?:{'|'.join(each)}) ") for kind, each in by_kind.items()}


def _pattern(phrase: str) -> str:
    """Returns a pattern: * stands for the rest of a word, … for a few words or none."""
    gap = rf" (?:[a-z0-9]+ ){{0,{APART}}}"
    return gap.join(" ".join(map(_word, half.split())) for half in phrase.split("…"))


def _word(word: str) -> str:
    return _plain(word) + ("[a-z0-9]*" if word.endswith("*") else "")


def _plain(text: str) -> str:
    """Returns a text as the lists are compared: small letters without accents, single spaces."""
    joined = _WITHIN_A_WORD.sub("", text.casefold().replace("ß", "ss"))
    bare = unicodedata.normalize("NFKD", joined)
    letters = "".join(one for one in bare if not unicodedata.combining(one))
    return _NOT_A_WORD.sub(" ", letters).strip()
