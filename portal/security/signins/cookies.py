"""The secret of a sign-in: it lies in a cookie, and here only its SHA-256 is known."""

import hashlib
from http.cookies import CookieError, SimpleCookie

SECRET_BYTES = 32


def cookie_name(*, is_https: bool) -> str:
    """Returns the cookie's name; `__Host-` binds it to this host, path and TLS."""
    return "__Host-portal" if is_https else "portal"


def digest_of(secret: str) -> str:
    """Returns what is kept of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest_in(cookie_header: str, name: str) -> str:
    """Returns the digest of the secret in a Cookie header; empty if there is none."""
    try:
        morsel = SimpleCookie(cookie_header).get(name)
    except CookieError:
        return ""
    return digest_of(morsel.value) if morsel and morsel.value else ""
