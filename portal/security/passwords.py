"""Passwords: argon2id alone, in threads of their own, a few at a time."""

import asyncio
import os
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from passlib.context import CryptContext

from portal.errors import TooMany

T = TypeVar("T")

LEAST = 15
MOST = 256
# Each takes 19 MiB and a core for about 20 ms; one core is left to everybody else.
AT_ONCE = max(1, min(4, (os.cpu_count() or 2) - 1))
# More than a second of work in the queue is an attack, or a crowd that had better try again.
MOST_WAITING = 50

_context = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)
_gate = threading.BoundedSemaphore(AT_ONCE)
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
_waiting = 0


def normal(password: str) -> str:
    """Returns a password in the one form in which it is counted and compared: NFC (AUTHN-02)."""
    return unicodedata.normalize("NFC", password)


def make_hash(password: str) -> str:
    """Returns the argon2id hash of a password (19 MiB, 2 passes: OWASP's least)."""
    with _gate:
        return _context.hash(normal(password))


# Checked where there is no such account, so that both answers take the same time.
_NOBODY = make_hash("nobody has this password, and nobody ever will")


def matches(password: str, stored: str) -> bool:
    """Says whether a password is the one; an empty `stored` takes as long and is never it."""
    if len(password) > MOST:
        password, stored = password[:1], ""
    with _gate:
        fits = _context.verify(normal(password), stored or _NOBODY)
    return fits and bool(stored)


async def check(password: str, stored: str) -> bool:
    """Says the same without holding anybody up; raises `TooMany` when too many wait for it."""
    return await _apart(matches, password, stored)


async def make(password: str) -> str:
    """Returns the hash of a password without holding anybody up; raises `TooMany`."""
    return await _apart(make_hash, password)


def is_outdated(stored: str) -> bool:
    """Says whether a hash should be made anew with today's parameters."""
    return _context.needs_update(stored)


async def _apart(work: Callable[..., T], *args: str) -> T:
    global _waiting  # noqa: PLW0603 - touched by the event loop alone
    if _waiting >= MOST_WAITING:
        raise TooMany
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)
    finally:
        _waiting -= 1
