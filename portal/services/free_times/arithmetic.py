"""Arithmetic of times: spans of whole minutes since 1970 (UTC), half open, in one sweep.

No zones, no database: `hours` turns local hours into spans, `finding` brings what is taken.
"""

from collections.abc import Iterable, Sequence

from portal.models.appointments import STEP_MINUTES

Span = tuple[int, int]
# A stretch with one offset from UTC, in minutes: the grid of starts is the local clock's.
Stretch = tuple[int, int, int]


def whole_steps(minute: int) -> int:
    """Returns the next minute at which a step begins."""
    return -(-minute // STEP_MINUTES) * STEP_MINUTES


def merged(spans: Iterable[Span]) -> list[Span]:
    """Returns the same minutes as few spans, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        elif start < end:
            found.append((start, end))
    return found


def without(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """Returns what is left of merged `spans` when merged `holes` are taken out."""
    left: list[Span] = []
    at = 0
    for start, end in spans:
        while at < len(holes) and holes[at][1] <= start:
            at += 1
        here, look = start, at
        while look < len(holes) and holes[look][0] < end:
            if holes[look][0] > here:
                left.append((here, holes[look][0]))
            here = max(here, holes[look][1])
            look += 1
        if here < end:
            left.append((here, end))
    return left


def starts(
    work: Sequence[Stretch],
    busy: Sequence[Span],
    *,
    minutes: int,
    grid: int,
    early: int = 0,
    late: int = 0,
) -> list[int]:
    """Returns every minute at which a visit may start, in order.

    `work` are the stretches that may be worked in, in order; the visit lies within them, its
    buffers (`early`, `late`) may run past them. `busy` is in order; buffers keep clear of it.
    """
    found: list[int] = []
    at, count, needs = 0, len(busy), minutes + late
    for first, last, ends, offset in _joined(work):
        while at < count and busy[at][1] + early <= first:
            at += 1
        # The start lies in this stretch; the visit may run on into the next one.
        low, top = first, min(last - 1, ends - minutes)
        look, over = at, ends + late
        # Written out, without a call for each gap: there are tens of thousands.
        while look < count:
            begins, is_free = busy[look]
            if begins >= over:
                break
            high = begins - needs
            if high >= low:
                if high > top:  # noqa: PLR1730 - as said above
                    high = top
                found += range(low + -(low + offset) % grid, high + 1, grid)
            is_free += early
            if is_free > low:  # noqa: PLR1730
                low = is_free
            look += 1
        if low <= top:
            found += range(low + -(low + offset) % grid, top + 1, grid)
    return found


def _joined(work: Sequence[Stretch]) -> list[tuple[int, int, int, int]]:
    """Returns each stretch with the end of the work that goes on after it, and its offset."""
    found: list[tuple[int, int, int, int]] = []
    for first, last, offset in reversed(work):
        ends = found[-1][2] if found and found[-1][0] == last else last
        found.append((first, last, ends, offset))
    return found[::-1]
