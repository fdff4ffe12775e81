"""Judging: by the name which kind a file is to be, by the content whether it is."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from portal.integrations.files import documents, images, names
from portal.integrations.files.refusals import Empty, NotTaken, TooLarge
from portal.words import _

MOST_BYTES = 20 * 1024 * 1024
_KB = 1000
_IMAGES = ("jpg", "jpeg", "png", "heic", "heif")
ACCEPTED = (".pdf", *(f".{ending}" for ending in _IMAGES), ".txt")
_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
}
SAID_KINDS = {
    _TYPES["pdf"]: _("PDF"),
    _TYPES["jpg"]: _("Photo"),
    _TYPES["png"]: _("Picture"),
    _TYPES["txt"]: _("Text"),
}


@dataclass(frozen=True)
class File:
    """A file as it is kept: what it is called and truly is, and its bytes."""

    name: str
    content_type: str
    data: bytes
    sha256: str


def judge(given: str, data: bytes) -> File:
    """Returns what is kept of a file that somebody sent; raises `NotTaken` with what to do."""
    if len(data) > MOST_BYTES:
        raise TooLarge
    way = _WAYS.get(names.ending_of(given))
    if way is None:
        raise NotTaken
    if not data:
        raise Empty
    kept, ending = way(data)
    if len(kept) > MOST_BYTES:
        raise TooLarge
    name = names.clean(given, ending)
    return File(name, _TYPES[ending], kept, hashlib.sha256(kept).hexdigest())


def said_size(size: int) -> str:
    """Says how large a file is: "12 KB", "1.4 MB"."""
    if size < _KB * _KB:
        return _("{count} KB").format(count=max(1, round(size / _KB)))
    return _("{count} MB").format(count=f"{size / _KB / _KB:.1f}")


def _pdf(data: bytes) -> tuple[bytes, str]:
    return documents.pdf(data), "pdf"


def _text(data: bytes) -> tuple[bytes, str]:
    return documents.text(data), "txt"


_WAYS: dict[str, Callable[[bytes], tuple[bytes, str]]] = {
    "pdf": _pdf,
    "txt": _text,
    **dict.fromkeys(_IMAGES, images.again),
}
