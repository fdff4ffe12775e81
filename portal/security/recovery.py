"""Recovery codes: ten on paper, each good once, for whoever has lost the other factor.

A code is a number and twelve letters of Crockford's alphabet (60 bits): 7-K3PW-9QTM-X4RD. The
number says which hash to check, so that one argon2 check decides (SECURITY MFA-06).
"""

import re
import secrets

from portal.security import passwords

HOW_MANY = 10
# Crockford's base32: no I, L, O or U, so that nothing is misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_WRITTEN = re.compile(rf"([1-9]|10)([{ALPHABET}]{{{LETTERS}}})", re.ASCII)


def make() -> list[str]:
    """Returns ten new codes as they are printed."""
    return [_printed(number) for number in range(1, HOW_MANY + 1)]


def _printed(number: int) -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
    return "-".join((str(number), letters[:4], letters[4:8], letters[8:]))


def read(text: str) -> tuple[int, str] | None:
    """Returns number and letters of a code, however it was typed; None where it is none."""
    bare = re.sub(r"[\s\-\u2010-\u2015]", "", text[:60]).upper().translate(_MISREAD)
    found = _WRITTEN.fullmatch(bare)
    return (int(found[1]), found[2]) if found else None


async def hashes(codes: list[str]) -> list[str]:
    """Returns the hashes of a set, in the order of their numbers."""
    return [await passwords.make(_letters(code)) for code in codes]


def make_hashes(codes: list[str]) -> list[str]:
    """Returns the same where nobody waits: a command, a test."""
    return [passwords.make_hash(_letters(code)) for code in codes]


def _letters(code: str) -> str:
    return code.partition("-")[2].replace("-", "")
