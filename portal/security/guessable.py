"""Guessable: the passwords that everybody tries first, without asking anybody outside.

One check of two kinds. What everybody has is taken away (common words, runs over the keyboard,
years), and enough must be left. And zxcvbn counts how many guesses somebody needs who knows the
94,000 commonest passwords, words and names, backwards, with signs for letters, one after the
other, and whatever belongs to this person (AUTHN-04).
"""

import re
import unicodedata
from dataclasses import dataclass

from zxcvbn import zxcvbn

LEAST_LEFT = 8
# Ten thousand million guesses: what zxcvbn itself calls strong.
LEAST_GUESSES = 10.0
# More is not looked at: the beginning decides, and the time to count stays short.
LOOKED_AT = 72
# Shorter parts of a name stand in too many words.
OWN_LEAST = 4
WHOLE_DATE = 3
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "01234567890",
    "09876543210",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
RUN_LEAST = 4
_COMMON = (
    "password passwort passwd pass word mypassword changeme letmein welcome willkommen "
    "hello admin administrator root login signin user guest test secret master access "
    "trustno computer internet iloveyou love baby angel princess sunshine flower summer "
    "winter spring autumn football baseball basketball soccer hockey monkey dragon shadow "
    "superman batman pokemon starwars whatever freedom michael jennifer jordan charlie "
    "thomas daniel jessica george ashley nicole hunter ranger buster soleil bonjour "
    "motdepasse contrasena hola hallo ninja mustang cheese chocolate cookie pepper clinic "
    "hospital doctor nurse patient portal health medical record office monday tuesday "
    "wednesday thursday friday saturday sunday january february march april june july "
    "august september october november december correct horse battery staple "
)
WORDS = frozenset(_COMMON.split())
LEET = str.maketrans("@4310$57!|", "aaeiossti1")
_words = re.compile("|".join(sorted(map(re.escape, WORDS), key=len, reverse=True)))


@dataclass(frozen=True)
class Own:
    """What somebody who knows the person tries first. Each may be empty."""

    sign_in_name: str = ""
    email: str = ""
    name: str = ""
    # FHIR text: 1975-05-17.
    birth_date: str = ""
    clinic: str = ""


def is_guessable(password: str, own: Own | None = None) -> bool:
    """Says whether somebody who knows what is common, and the person, guesses a password."""
    plain = _folded(password)
    if min(_left(plain), _left(plain.translate(LEET))) < LEAST_LEFT:
        return True
    known = _words_of(own) if own else []
    return zxcvbn(password[:LOOKED_AT], user_inputs=known)["guesses_log10"] < LEAST_GUESSES


def part_of_own(password: str, own: Own) -> str:
    """Returns which of the own things stands in a password: a field of `Own`; empty for none."""
    joined = _joined(password)
    for kind, parts in (
        ("email", [own.email]),
        ("sign_in_name", [own.sign_in_name]),
        ("name", [own.name]),
        ("birth_date", _dates(own.birth_date)),
        ("clinic", [own.clinic]),
    ):
        if any(len(_joined(part)) >= OWN_LEAST and _joined(part) in joined for part in parts):
            return kind
    return ""


def _words_of(own: Own) -> list[str]:
    said = (own.sign_in_name, own.email, own.name, own.clinic)
    words = [word for text in said for word in re.split(r"[\W_]+", _folded(text)) if word]
    return [*words, *filter(None, map(_joined, said)), *_dates(own.birth_date)]


def _dates(text: str) -> list[str]:
    """Returns a birth date as people type it: 17051975, 051775, 19750517 and the like."""
    parts = text.split("-")
    if len(parts) != WHOLE_DATE:
        return []
    year, month, day = parts
    long = [day + month + year, month + day + year, year + month + day]
    return [*long, day + month + year[2:], month + day + year[2:]]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _joined(text: str) -> str:
    return re.sub(r"[\W_]+", "", _folded(text))


def _left(plain: str) -> int:
    rest = _words.sub(" ", _without_runs(plain))
    rest = re.sub(r"(19|20)\d\d", " ", rest)
    # What repeats counts once: "moonmoonmoonmoon" is as good as "moon".
    rest = re.sub(r"(.{1,12}?)\1+", r"\1", re.sub(r"\s+", "", rest))
    return len(rest)


def _without_runs(plain: str) -> str:
    kept: list[str] = []
    at = 0
    while at < len(plain):
        length = max(_run(plain, at, keys) for keys in RUNS)
        if length < RUN_LEAST:
            kept.append(plain[at])
            at += 1
        else:
            kept.append(" ")
            at += length
    return "".join(kept)


def _run(plain: str, at: int, keys: str) -> int:
    """Returns how many characters from `at` on follow one another on a row of keys."""
    start = keys.find(plain[at])
    if start < 0:
        return 0
    length = 0
    while keys[start + length : start + length + 1] == plain[at + length : at + length + 1] != "":
        length += 1
    return length
