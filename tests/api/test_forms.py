"""What a plain form may hold before anything is asked with it (IN-01)."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from portal.api import auth


def read(body: bytes) -> dict[str, str]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    kind = (b"content-type", b"application/x-www-form-urlencoded")
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [kind]}
    return asyncio.run(auth.form_of(Request(scope, receive)))


def test_holds_what_was_typed() -> None:
    assert read(b"patient=abc&note=a+b%C3%A9") == {"patient": "abc", "note": "a b\u00e9"}


@pytest.mark.parametrize("body", [b"patient=a%00b", b"a%00b=x", b"patient=\x00&secret=abc"])
def test_with_a_zero_character_is_none(body: bytes) -> None:
    """PostgreSQL keeps none, and refuses the question with an error; no page of ours sends one."""
    assert read(body) == {}
