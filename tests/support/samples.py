"""Two samples: whether one tends to be larger (Mann and Whitney's test)."""

import math
from collections.abc import Callable, Sequence
from itertools import groupby

# By chance alone one sample in a hundred is further out than this, in either direction.
FAR_OUT = 2.576
TIMES = 5


def is_told_apart(sample: Callable[[], float]) -> bool:
    """Whether a difference shows in five samples in a row, each time in the same direction.

    `sample` takes a new one and returns its `distance`. Chance alone says so once in ten
    milliards of XX
    """
    seen: list[float] = []
    while len(seen) < TIMES:
        distance = sample()
        if abs(distance) < FAR_OUT or (seen and (distance > 0) != (seen[0] > 0)):
            return False
        seen.append(distance)
    return True


def distance(ones: Sequence[float], others: Sequence[float]) -> float:
    """Returns by how many standard deviations `ones` tend to be larger (normal approximation)."""
    pooled = sorted([(value, 0) for value in ones] + [(value, 1) for value in others])
    ranks, rank, ties = 0.0, 1, 0
    for _value, group in groupby(pooled, key=lambda one: one[0]):
        same = list(group)
        middle = rank + (len(same) - 1) / 2
        ranks += middle * sum(1 for _number, which in same if which == 0)
        ties += len(same) ** 3 - len(same)
        rank += len(same)
    n, m = len(ones), len(others)
    u = ranks - n * (n + 1) / 2
    total = n + m
    spread = math.sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1))))
    return (u - n * m / 2) / spread
