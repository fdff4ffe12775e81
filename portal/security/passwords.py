"""Passwords: argon2id alone, checked off the event loop by the caller, a few at a time."""

import threading
import unicodedata

from passlib.context import CryptContext

LEAST = 15
MOST = 256
# At most so many hashes at once: each takes 19 MiB and a core for about 20 ms.
AT_ONCE = 4

_context = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)
_gate = threading.BoundedSemaphore(AT_ONCE)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def make_hash(password: str) -> str:
    """Returns the argon2id hash of a password (19 MiB, 2 passes: OWASP's least)."""
    with _gate:
        return _context.hash(_normal(password))


# Checked where there is no such account, so that both answers take the same time.
_NOBODY = make_hash("nobody has this password, and nobody ever will")


def matches(password: str, stored: str) -> bool:
    """Says whether a password is the one; an empty `stored` takes as long and is never it."""
    if len(password) > MOST:
        password, stored = password[:1], ""
    with _gate:
        fits = _context.verify(_normal(password), stored or _NOBODY)
    return fits and bool(stored)


def is_outdated(stored: str) -> bool:
    """Says whether a hash should be made anew with today's parameters."""
    return _context.needs_update(stored)
