"""The short code that travels apart from the link: eight signs that nobody mistakes."""

import hmac
import secrets

from sqlmodel import Session

# Without 0 and O, 1, I and L, 5 and S, 2 and Z, 8 and B, U and V: told by phone, read by old eyes.
SIGNS = "34679ACDEFGHJKMNPQRTVWXY"
LENGTH = 8
TRIES = 5


def new_code() -> str:
    """Returns a new code: 36 bits, which five tries against one link do not find."""
    return "".join(secrets.choice(SIGNS) for _place in range(LENGTH))


def code_said(code: str) -> str:
    """Returns a code as it is shown: ACDE-3467."""
    return f"{code[:4]}-{code[4:]}"


def digest(db: Session, link_id: str, code: str) -> str:
    """Returns what is kept of a code: a keyed hash, for this one link."""
    key: bytes = db.info["code_key"]
    return hmac.digest(key, f"invitation:{link_id}:{_plain(code)}".encode(), "sha256").hex()


def fits(db: Session, link_id: str, code: str, kept: str) -> bool:
    """Says whether this is the code, however it was typed."""
    return hmac.compare_digest(digest(db, link_id, code[:40]), kept)


def _plain(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())
