"""What a command tells its operator: refusals in a sentence, progress on what takes a while."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from portal.errors import Refusal

SAID_EVERY_S = 10


class CannotRun(Refusal):
    """The command cannot do its work here; the sentence says what to do about it."""


@contextmanager
def step(what: str, usually: str) -> Iterator[None]:
    """Says what is happening, how long it usually takes, and when it is over."""
    print(f"{what} (usually {usually}) …", flush=True)
    began, over = time.monotonic(), threading.Event()
    clock = threading.Thread(target=_say_time, args=(began, over), daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()
    print(f"  done in {time.monotonic() - began:.0f} s", flush=True)


def _say_time(began: float, over: threading.Event) -> None:
    while not over.wait(SAID_EVERY_S):
        print(f"  … still at it, {time.monotonic() - began:.0f} s", flush=True)
