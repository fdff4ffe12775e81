"""Pages of a list: which rows are asked for, and how that is said."""

from dataclasses import dataclass

from portal.errors import Invalid
from portal.words import _, number

SIZE = 25
LAST = 100_000


@dataclass(frozen=True)
class Leaf:
    """One page of a list: "26 to 50 of 132"."""

    number: int = 1
    total: int = 0
    said: str = ""
    has_before: bool = False
    has_next: bool = False


def first_row(page: int, size: int = SIZE) -> int:
    """Returns how many rows come before a page; refuses a page that no list has."""
    if not 1 <= page <= LAST:
        raise Invalid
    return (page - 1) * size


def leaf(page: int, total: int, size: int = SIZE) -> Leaf:
    """Returns where a page stands in its list."""
    first, last = (page - 1) * size + 1, min(page * size, total)
    said = _("{first} to {last} of {total}").format(
        first=number(first), last=number(last), total=number(total)
    )
    return Leaf(page, total, said if total else "", page > 1, last < total)
