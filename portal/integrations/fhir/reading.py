"""Reading FHIR JSON strictly: what is not exactly JSON, or not R4, is refused with a sentence.

Numbers with a fraction or an exponent stay as they were written (`Digits`), so that 1.10 is never
1.1. A resource is cut out of its bundle as bytes first, and decoded only where it is needed.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from portal.errors import Refusal
from portal.words import _

Json = dict[str, Any]
Digits = msgspec.Raw

ABSENT = msgspec.Raw(b"")

MAX_DEPTH = 200
MAX_DOCUMENT = 128 * 1024 * 1024
MAX_LINE = 32 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
_KEY = re.compile(rb'"[ \t\r\n]*:')
_ESCAPED_ASCII = b"\\u00"


class NotReadable(Refusal):
    """The bytes are not what the portal can read; nothing of them was taken."""

    sentence = _("This file cannot be read.")
    status = 422


class NotJson(NotReadable):
    """The bytes are not JSON."""

    sentence = _("This is not JSON.")


class Truncated(NotReadable):
    """The bytes stop in the middle."""

    sentence = _("The file ends in the middle: it was cut off. Fetch it again.")


class NotUtf8(NotReadable):
    """The bytes are not UTF-8 text."""

    sentence = _("This is not UTF-8 text. FHIR JSON is always UTF-8.")


class TooDeep(NotReadable):
    """The nesting is deeper than any record is."""

    sentence = _("This is nested deeper than any record is. It was not read further.")


class SaysTwice(NotReadable):
    """One object has the same name twice; nobody knows which is meant."""

    sentence = _("The name “{name}” stands twice in one object, so nobody knows which is meant.")


class NotAResource(NotReadable):
    """JSON, but no FHIR resource."""

    sentence = _("This is JSON, but not a FHIR resource: it has no “resourceType”.")


class Empty(NotReadable):
    """There is nothing in it."""

    sentence = _("The file is empty.")


class TooLarge(NotReadable):
    """One document is larger than is read at once."""

    sentence = _(
        "One document of more than 128 MB is not read. Split it, or use NDJSON (a line each)."
    )


class WrongBundle(NotReadable):
    """A bundle whose own frame is wrong."""

    sentence = _("This bundle's own frame is not as FHIR says: {what}.")


class Head(msgspec.Struct, rename="camel"):
    """What tells one resource from another, read without the rest."""

    resource_type: Any = None
    id: Any = None
    meta: Any = None


class Entry(msgspec.Struct, rename="camel"):
    """One entry of a bundle, its resource still as bytes."""

    full_url: Any = None
    resource: msgspec.Raw = ABSENT
    request: msgspec.Raw = ABSENT
    response: msgspec.Raw = ABSENT
    search: msgspec.Raw = ABSENT
    link: msgspec.Raw = ABSENT


class Frame(msgspec.Struct, rename="camel"):
    """A bundle around its entries."""

    resource_type: Any = None
    type: Any = None
    id: msgspec.Raw = ABSENT
    meta: msgspec.Raw = ABSENT
    timestamp: msgspec.Raw = ABSENT
    total: msgspec.Raw = ABSENT
    identifier: msgspec.Raw = ABSENT
    link: msgspec.Raw = ABSENT
    entry: list[Entry] = []


@dataclass(slots=True)
class Piece:
    """One resource as it lies in a file: `line` or entry number counts from 1."""

    raw: bytes
    full_url: str
    place: int


def _digits(written: str) -> msgspec.Raw:
    return msgspec.Raw(written.encode())


_whole = msgspec.json.Decoder(float_hook=_digits)
_frame = msgspec.json.Decoder(Frame)
_head = msgspec.json.Decoder(Head)
_encoder = msgspec.json.Encoder()


def _decode(decoder: msgspec.json.Decoder[Any], raw: bytes | msgspec.Raw) -> Any:
    try:
        return decoder.decode(raw)
    except RecursionError:
        raise TooDeep from None
    except UnicodeDecodeError:
        raise NotUtf8 from None
    except msgspec.ValidationError as error:
        raise WrongBundle(_(WrongBundle.sentence).format(what=error)) from None
    except msgspec.DecodeError as error:
        raise _named(bytes(raw), error) from None


def _named(raw: bytes, error: msgspec.DecodeError) -> NotReadable:
    """Returns the refusal that says best why these bytes are no JSON."""
    if not _is_utf8(raw):
        return NotUtf8()
    text = raw.strip()
    if not text:
        return Empty()
    if "truncated" in str(error) and text[-1:] not in b"}]":
        return Truncated()
    return NotJson(f"{_(NotJson.sentence)} ({error})")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def decode(raw: bytes) -> tuple[Json, bytes]:
    """Returns a resource and its compact JSON with every digit kept; refuses what is not strict."""
    found = _decode(_whole, raw)
    if not isinstance(found, dict):
        raise NotAResource
    text = _encoder.encode(found)
    _refuse_said_twice(raw, text.count(b'":'))
    if text.count(b"{") + text.count(b"[") > MAX_DEPTH:
        _refuse_too_deep(found)
    return found, text


def decode_kept(text: str | bytes) -> Json:
    """Returns a resource from the JSON that the portal itself keeps."""
    return _whole.decode(text)


def same(one: str, other: bytes) -> bool:
    """Tells whether two JSON texts say the same, whatever the order of their names."""
    if one.encode() == other:
        return True
    return _sorted(one) == _sorted(other)


def _sorted(text: str | bytes) -> bytes:
    return msgspec.json.encode(_whole.decode(text), order="deterministic")


def _refuse_said_twice(raw: bytes, expected: int) -> None:
    """Refuses a name said twice. Counting the names is enough unless they are hidden in escapes."""
    if _ESCAPED_ASCII not in raw:
        if raw.count(b'":') == expected:
            return
        if sum(1 for _match in _KEY.finditer(raw)) == expected:
            return
    json.loads(raw, object_pairs_hook=_each_once, parse_float=str, parse_int=str)


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    """Refuses the first name that an object says twice. Returns nothing, so that nothing grows."""
    names = set()
    for name, _value in pairs:
        if name in names:
            raise SaysTwice(_(SaysTwice.sentence).format(name=name[:80]))
        names.add(name)


def _refuse_too_deep(found: Any) -> None:
    level = [found]
    for _depth in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise TooDeep


def _inside(value: Any) -> list[Any]:
    values = value.values() if isinstance(value, dict) else value
    return [each for each in values if isinstance(each, dict | list)]


def head(raw: bytes) -> tuple[str, str, str, str]:
    """Returns type, id, version and time of change (each "" if absent) without reading the rest."""
    found: Head = _decode(_head, raw)
    if not isinstance(found.resource_type, str) or not found.resource_type:
        raise NotAResource
    meta = found.meta if isinstance(found.meta, dict) else {}
    return (
        found.resource_type[:100],
        _text(found.id),
        _text(meta.get("versionId")),
        _text(meta.get("lastUpdated")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def document(raw: bytes) -> tuple[bool, list[Piece]]:
    """Returns whether a JSON document is a bundle, and its entries' resources, or its one."""
    if len(raw) > MAX_DOCUMENT:
        raise TooLarge
    raw = raw.removeprefix(BOM)
    if not raw.strip():
        raise Empty
    try:
        kind = head(raw)[0]
    except WrongBundle:
        raise NotAResource from None
    return (True, bundle(raw)) if kind == "Bundle" else (False, [Piece(raw, "", 1)])


def bundle(raw: bytes) -> list[Piece]:
    """Returns a bundle's entries that hold a resource; bundles inside bundles are opened too."""
    frame: Frame = _decode(_frame, raw)
    pieces = [
        Piece(bytes(entry.resource), _text(entry.full_url), place)
        for place, entry in enumerate(frame.entry, 1)
        if entry.resource != ABSENT
    ]
    _refuse_frame_said_twice(raw, frame, pieces)
    return [inner for piece in pieces for inner in _opened(piece)]


def _opened(piece: Piece) -> list[Piece]:
    if b'"Bundle"' in piece.raw and head(piece.raw)[0] == "Bundle":
        return bundle(piece.raw)
    return [piece]


def _refuse_frame_said_twice(raw: bytes, frame: Frame, pieces: list[Piece]) -> None:
    """Refuses a name that stands twice in the bundle's own frame, around the resources."""
    given = sum(_names_in(part) for part in _parts(frame))
    for entry in frame.entry:
        given += sum(1 + _names_in(part) for part in _parts(entry)) + (entry.full_url is not None)
    given += sum(1 for _part in _parts(frame)) + sum(
        (frame.resource_type is not None, frame.type is not None, b'"entry"' in raw)
    )
    inside = sum(piece.raw.count(b'":') for piece in pieces)
    given += len(pieces)
    if raw.count(b'":') - inside != given:
        json.loads(raw, object_pairs_hook=_each_once, parse_float=str, parse_int=str)


def _parts(struct: msgspec.Struct) -> Iterator[msgspec.Raw]:
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, msgspec.Raw) and value != ABSENT and name != "resource":
            yield value


def _names_in(part: msgspec.Raw) -> int:
    return _names_said_once(bytes(part))


@lru_cache(maxsize=512)
def _names_said_once(part: bytes) -> int:
    """Returns how many names a part of the frame has; most parts of a bundle are alike."""
    json.loads(part, object_pairs_hook=_each_once, parse_float=str, parse_int=str)
    return part.count(b'":')
