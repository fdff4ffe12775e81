"""Two samples: whether one tends to be larger (Mann and Whitney's test)."""

import math
from collections.abc import Sequence
from itertools import groupby


def p_of_difference(ones: Sequence[float], others: Sequence[float]) -> float:
    """Returns how likely samples this different come from one source (normal approximation)."""
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
    return math.erfc(abs(u - n * m / 2) / spread / math.sqrt(2))
