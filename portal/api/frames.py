"""Frames: what a page of ours may say on its socket, and nothing else.

Engine.IO and Socket.IO allow far more than Reflex's pages ever send: several joins, binary parts,
and the server's own event names, which would call `on_connect` with whatever a stranger makes up.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec

MOST_BYTES = 64 * 1024
DEEPEST = 24
NAME_MAX = 200
PONG, LEAVE, CLOSE = "3", "41/_event,", "1"
JOIN, EVENT = "40/_event,", "42/_event,"
# A browser that reports an error in its own scripts: its text may hold anything, so it is dropped.
REPORTS = frozenset({"client_error", "ping"})


class Verdict(Enum):
    """What becomes of a frame."""

    PASS = "pass"  # noqa: S105 - no password
    JOIN = "join"
    DROP = "drop"
    BREACH = "breach"


def judge(text: str | None, is_known: Callable[[str], bool]) -> Verdict:
    """Says what becomes of a frame; anything that no page of ours sends is a breach.

    `is_known` tells whether an event of that name exists: an old tab may ask for what is gone.
    """
    if text is None or len(text) > MOST_BYTES:
        return Verdict.BREACH
    if text in (PONG, LEAVE, CLOSE):
        return Verdict.PASS
    if text.startswith(EVENT):
        return _event(text[len(EVENT) :], is_known)
    if text.startswith(JOIN):
        return _join(text[len(JOIN) :], is_known)
    return Verdict.BREACH


def _event(body: str, is_known: Callable[[str], bool]) -> Verdict:
    said = _read(body)
    if not isinstance(said, list) or not said or not isinstance(said[0], str):
        return Verdict.BREACH
    if said[0] in REPORTS:
        return Verdict.DROP
    if said[0] != "event" or len(said) != 2 or not _is_event(said[1]):  # noqa: PLR2004 - a pair
        return Verdict.BREACH
    return Verdict.PASS if is_known(said[1]["name"]) else Verdict.DROP


def _join(body: str, is_known: Callable[[str], bool]) -> Verdict:
    said = _read(body or "{}")
    if not isinstance(said, dict):
        return Verdict.BREACH
    if not isinstance(said.get("state_schema", ""), str | None):
        return Verdict.BREACH
    boot = said.get("event")
    if boot is None:
        return Verdict.JOIN
    return Verdict.JOIN if _is_event(boot) and is_known(boot["name"]) else Verdict.BREACH


def _is_event(said: Any) -> bool:
    return (
        isinstance(said, dict)
        and isinstance(said.get("name"), str)
        and 0 < len(said["name"]) <= NAME_MAX
        and isinstance(said.get("payload", {}), dict)
        and isinstance(said.get("router_data", {}), dict)
    )


def _read(body: str) -> Any:
    """Returns the JSON of a frame; None where it is none, too deep, or holds a zero character."""
    # Strict JSON: no NaN, no lone surrogate; and no stack to overflow in what reads it next.
    if body.count("[") + body.count("{") > DEEPEST and _depth(body) > DEEPEST:
        return None
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    return None if "\\u0000" in body and _has_zero(said) else said


def _depth(body: str) -> int:
    """Returns how deep the brackets nest, those inside of texts left out."""
    deepest = depth = 0
    in_text = escaped = False
    for letter in body:
        if escaped:
            escaped = False
        elif in_text:
            escaped = letter == "\\"
            in_text = letter != '"'
        elif letter == '"':
            in_text = True
        elif letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest


def _has_zero(said: Any) -> bool:
    if isinstance(said, str):
        return "\0" in said
    if isinstance(said, dict):
        return any("\0" in key or _has_zero(value) for key, value in said.items())
    return isinstance(said, list) and any(_has_zero(value) for value in said)
