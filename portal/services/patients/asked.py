"""What was asked: the words of a search, taken apart into names, birth dates and numbers."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby

from babel import Locale

from portal.services.patients import spelling
from portal.words import language

ASKED_MAX = 100
WORDS_MAX = 6
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof"})
_MONTH_LETTERS = 3
_OLDEST = 1880
_YEAR_DIGITS = 4
_CENTURY = 100


@dataclass(frozen=True)
class Number:
    """A number that was typed: its digits, and the birth dates it may mean (as 197505…)."""

    digits: str
    days: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What was asked for; all of it must fit."""

    names: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    # Words of letters and digits: a record number, or a name that has digits in it.
    codes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not (self.names or self.numbers or self.codes)


def read(text: str, today: date) -> Asked:
    """Takes a search apart. `17 5 1975`, `5/17/1975`, `1975-05-17`, `17 May 1975`, `1975`."""
    tokens = unicodedata.normalize("NFKC", text[:ASKED_MAX]).replace(",", " ").split()
    tokens = _with_months(tokens)
    names: list[str] = []
    numbers: list[Number] = []
    codes: list[str] = []
    for is_number, run in groupby(tokens, _is_number):
        if is_number:
            numbers.append(_number(list(run), today))
            continue
        for token in run:
            if any(letter.isdigit() for letter in token):
                codes.append("".join(spelling.words(token)))
            else:
                names.extend(spelling.words(token))
    kept = [name for name in names if name not in _TITLES] or names
    unique = tuple(dict.fromkeys(kept))[:WORDS_MAX]
    return Asked(unique, tuple(numbers)[:2], tuple(code for code in codes if code)[:2])


def _is_number(token: str) -> bool:
    return any(sign.isdigit() for sign in token) and not any(sign.isalpha() for sign in token)


def _number(run: list[str], today: date) -> Number:
    parts = re.findall(r"\d+", " ".join(run))
    return Number("".join(parts), tuple(dict.fromkeys(_days(parts, today))))


def _days(parts: list[str], today: date) -> list[str]:
    """Returns the birth dates that typed numbers may mean, as digits from the year on."""
    if len(parts) == 1 and len(parts[0]) == len("19750517"):
        text = parts[0]
        return [
            *_days([text[:4], text[4:6], text[6:]], today),
            *_days([text[:2], text[2:4], text[4:]], today),
        ]
    if len(parts) == 1:
        return [parts[0]] if _year(parts[0], today) == parts[0] else []
    if len(parts) == 2:  # noqa: PLR2004 - a month and a year
        return [
            f"{year}{int(month):02d}"
            for month, text in (parts, parts[::-1])
            if len(text) == _YEAR_DIGITS and (year := _year(text, today)) and 1 <= int(month) <= 12  # noqa: PLR2004
        ]
    if len(parts) == 3:  # noqa: PLR2004 - a day, a month and a year
        one, two, three = parts
        orders = [(one, two, three)] if len(one) == _YEAR_DIGITS else []
        orders += [(three, two, one), (three, one, two)]
        return [day for order in orders if (day := _day(*order, today))]
    return []


def _day(year: str, month: str, day: str, today: date) -> str:
    whole = _year(year, today)
    try:
        return f"{date(int(whole), int(month), int(day)):%Y%m%d}" if whole else ""
    except ValueError:
        return ""


def _year(text: str, today: date) -> str:
    """Returns a year in which somebody may have been born, in four digits; else nothing."""
    if len(text) == 2:  # noqa: PLR2004 - `75`
        century = today.year // _CENTURY * _CENTURY
        year = century + int(text)
        return str(year if year <= today.year else year - _CENTURY)
    if len(text) == _YEAR_DIGITS and _OLDEST <= int(text) <= today.year:
        return text
    return ""


def _with_months(tokens: list[str]) -> list[str]:
    """Turns the month of `17 May 1975` and `May 17 1975` into `5`; a name is left alone."""
    for at, token in enumerate(tokens):
        month = _month(token)
        if not month:
            continue
        around = [tokens[at - 1] if at else "", *tokens[at + 1 : at + 3]]
        before, after, last = (part.strip(".") for part in [*around, "", ""][:3])
        if before.isdigit() and after.isdigit():
            return [*tokens[: at - 1], f"{after}-{month}-{before}", *tokens[at + 2 :]]
        if after.isdigit() and last.isdigit():
            return [*tokens[:at], f"{last}-{month}-{after}", *tokens[at + 3 :]]
    return tokens


def _month(token: str) -> int:
    typed = spelling.fold(token).strip(".")
    if len(typed) < _MONTH_LETTERS:
        return 0
    fits = (number for name, number in _months(language()) if name.startswith(typed))
    return next(fits, 0)


@lru_cache
def _months(spoken: str) -> list[tuple[str, int]]:
    locales = (Locale.parse(name, sep="-") for name in dict.fromkeys((spoken, "en")))
    return [
        (spelling.fold(name), number)
        for locale in locales
        for number, name in locale.months["format"]["wide"].items()
    ]
