"""Authenticator apps: six digits that change every thirty seconds (TOTP, RFC 6238).

The library does the HMAC alone. Which steps hold is decided here: the current one and the one
before, never the next; each is taken once, which the database decides (SECURITY MFA-02…04).
"""

import base64
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from pyotp.hotp import HOTP

SECRET_BYTES = 20
STEP_SECONDS = 30
DIGITS = 6
_CODE = re.compile(r"[0-9]{6}", re.ASCII)


def make_secret() -> bytes:
    """Returns a new seed of 160 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def words_of(secret: bytes) -> str:
    """Returns a seed as one types it into an app: base32."""
    return base64.b32encode(secret).decode()


def is_code(text: str) -> bool:
    """Says whether a text looks like a code at all: six ASCII digits."""
    return _CODE.fullmatch(text) is not None


def step_at(now: datetime) -> int:
    """Returns the number of the time step."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """Returns the code of a step."""
    return HOTP(words_of(secret), digits=DIGITS).at(step)


def matching_step(secret: bytes, code: str, *, now: datetime) -> int | None:
    """Returns the step that a code belongs to: the current one or the one before; else None."""
    if not is_code(code):
        return None
    current = step_at(now)
    fits = [
        step for step in (current, current - 1) if hmac.compare_digest(code_at(secret, step), code)
    ]
    return fits[0] if fits else None


def seconds_left(now: datetime) -> int:
    """Returns how long the current code will be shown."""
    return STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """Returns what the QR code holds: the address that authenticator apps understand."""
    label = quote(f"{issuer}:{account}", safe="")
    given = {"secret": words_of(secret), "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(given, quote_via=quote)}"
