"""What arrives in a file: each resource as bytes, with what tells it from others."""

import hashlib
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

from portal.integrations.fhir import moments, reading, references
from portal.integrations.fhir.reading import (
    BOM,
    MAX_DOCUMENT,
    MAX_LINE,
    Empty,
    Json,
    NotReadable,
    Piece,
    TooLarge,
)
from portal.words import _

LINES = (".ndjson", ".jsonl")
ID_LENGTH = 64


class WrongLine(NotReadable):
    """One line of an NDJSON file cannot be read; nothing of the file was taken."""

    sentence = _("Line {line}: {why}")


@dataclass(slots=True)
class Arrival:
    """One resource on its way in. `id` is its record here; `it` is there while it is worked on."""

    place: int
    type: str
    fhir_id: str
    full_url: str
    version_id: str
    last_updated: str
    sha256: str
    raw: bytes
    text: bytes = b""
    it: Json | None = None
    # Put aside: only its text is kept, packed, and read again each time that it is needed.
    packed: bytes = b""
    state: str = ""
    id: str = ""
    patient_id: str = ""
    # Whether a table of its own shows it, and whether one did before this file came.
    has_record: bool = False
    had_record: bool = False

    @property
    def key(self) -> str:
        """The reference that means this resource."""
        return f"{self.type}/{self.fhir_id}"

    def opened(self) -> Json:
        """Returns the resource itself, read again where it was put aside."""
        if self.packed:
            return reading.decode_kept(self.json())
        if self.it is None:
            self.it, self.text = reading.decode(self.raw or self.text)
        return self.it

    def json(self) -> bytes:
        """Returns its compact JSON; of one that is known and was not opened, as it came."""
        return zlib.decompress(self.packed) if self.packed else self.text

    def put_aside(self) -> None:
        """Keeps only the compact text until it is needed again."""
        self.packed = zlib.compress(self.text or self.raw, 1)
        self.it, self.raw, self.text = None, b"", b""


def of_file(path: Path) -> tuple[bool, list[Arrival]]:
    """Returns whether a file is one bundle, and its resources. Raises `NotReadable`, `OSError`."""
    if path.suffix.lower() in LINES:
        return False, _of_lines(path)
    if path.stat().st_size > MAX_DOCUMENT:
        raise TooLarge
    is_bundle, pieces = reading.document(path.read_bytes())
    return is_bundle, [_arrival(piece) for piece in pieces]


def _of_lines(path: Path) -> list[Arrival]:
    found: list[Arrival] = []
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise TooLarge
            line = (line.removeprefix(BOM) if number == 1 else line).strip()
            if line:
                found.extend(_line(line, number))
    if not found:
        raise Empty
    return found


def _line(line: bytes, number: int) -> list[Arrival]:
    try:
        arrivals = [_arrival(piece) for piece in reading.document(line)[1]]
    except NotReadable as refusal:
        raise WrongLine(_(WrongLine.sentence).format(line=number, why=refusal)) from None
    for each in arrivals:
        each.place = number
    return arrivals


def _arrival(piece: Piece) -> Arrival:
    kind, fhir_id, version, changed = reading.head(piece.raw)
    digest = hashlib.sha256(piece.raw).hexdigest()
    return Arrival(
        place=piece.place,
        type=sys.intern(kind),
        fhir_id=fhir_id or references.own_id(piece.full_url) or f"sha256-{digest[:48]}",
        full_url=piece.full_url[: references.LONGEST],
        version_id=version[:100],
        last_updated=changed[:40],
        sha256=digest,
        raw=piece.raw,
    )


def is_older(version: str, changed: str, than_version: str, than_changed: str) -> bool:
    """Whether a resource's own version says that it is older than another; unsure means no."""
    if changed and than_changed and changed != than_changed:
        one, other = moments.moment(changed), moments.moment(than_changed)
        if one and other and one != other:
            return one < other
    if version.isdecimal() and than_version.isdecimal():
        return int(version) < int(than_version)
    return False
