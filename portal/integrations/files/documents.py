"""Documents: a PDF that only shows pages, a text that only has letters."""

import io
import logging
import re
import time
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from portal.integrations.files.refusals import (
    Active,
    Damaged,
    Locked,
    NotTaken,
    TooComplicated,
    WrongEnding,
)

logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# What makes a PDF do something, or carry something: by the key, and by the value of /S or /Type.
KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"})
KINDS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToE",
        "/Rendition",
        "/RichMedia",
        "/FileAttachment",
        "/EmbeddedFile",
        "/Movie",
        "/Sound",
    }
)
# Also where no table of the file points to it: another reader may still find it. Long enough not
# to stand in compressed data by chance.
_NAMED = re.compile(rb"/(?:JavaScript|EmbeddedFiles?|Launch|RichMedia)(?![A-Za-z])")
_HIDDEN = re.compile(rb"/[A-Za-z#0-9]{0,60}#[0-9A-Fa-f]{2}[A-Za-z#0-9]{0,60}")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
MOST_OBJECTS = 100_000
MOST_DEPTH = 60
SECONDS = 10.0
TAIL = 2048
# A text has letters, line ends and tabs.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def pdf(data: bytes) -> bytes:
    """Returns a PDF as it came; raises where it is locked, active, damaged or none at all."""
    if not data.startswith(b"%PDF-"):
        raise WrongEnding
    if b"%%EOF" not in data[-TAIL:]:
        # Cut short, or something else begins behind its end.
        raise Damaged
    if _names_what_acts(data):
        raise Active
    try:
        _look_through(PdfReader(io.BytesIO(data), strict=False))
    except NotTaken:
        raise
    except Exception as error:  # whatever the parser stumbles over: it is the file that is wrong
        raise Damaged from error
    return data


def _names_what_acts(data: bytes) -> bool:
    hidden = (_NAMED.fullmatch(_plain(name)) for name in _HIDDEN.findall(data))
    return _NAMED.search(data) is not None or any(hidden)


def _plain(name: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name)


def _look_through(reader: PdfReader) -> None:
    if reader.is_encrypted:
        raise Locked
    until = time.monotonic() + SECONDS
    numbers = {(number, gen) for gen, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise TooComplicated
    _judge(reader.trailer, 0)
    for number in {stream for stream, _place in reader.xref_objStm.values()}:
        _in_time(until)
        # All of it: what the parser would skip, another reader may still find.
        if _names_what_acts(_object(reader, number, 0).get_data()):
            raise Active
    for number, gen in numbers:
        _in_time(until)
        _judge(_object(reader, number, gen), 0)
    if not len(reader.pages):
        raise Damaged


def _in_time(until: float) -> None:
    if time.monotonic() > until:
        raise TooComplicated


def _object(reader: PdfReader, number: int, gen: int) -> Any:
    return reader.get_object(IndirectObject(number, gen, reader))


def _judge(found: Any, depth: int) -> None:
    """Looks at a thing and what lies within it; what it points to is looked at by itself."""
    if depth > MOST_DEPTH:
        raise TooComplicated
    if isinstance(found, DictionaryObject):
        if KEYS & found.keys():
            raise Active
        for key in ("/S", "/Type", "/Subtype"):
            if str(found.raw_get(key) if key in found else "") in KINDS:
                raise Active
        inside = [found.raw_get(key) for key in found]
    elif isinstance(found, ArrayObject):
        inside = list(list.__iter__(found))
    else:
        return
    for one in inside:
        _judge(one, depth + 1)


def text(data: bytes) -> bytes:
    """Returns a text in UTF-8, its mark at the beginning taken off; raises where it is none."""
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongEnding from error
    if _CONTROL.search(words):
        raise WrongEnding
    return words.encode()
