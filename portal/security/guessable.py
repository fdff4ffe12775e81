"""Guessable: the passwords that everybody tries first, without asking anybody outside.

A common password of 15 characters is a few common words in a row, or a run over the keyboard. So
what is common is taken away, and enough must be left. A long list of known passwords (AUTHN-04)
fits behind the same question.
"""

import re
import unicodedata

LEAST_LEFT = 8
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


def is_guessable(password: str) -> bool:
    """Says whether too little is left of a password once everything common is taken away."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    return min(_left(plain), _left(plain.translate(LEET))) < LEAST_LEFT


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
