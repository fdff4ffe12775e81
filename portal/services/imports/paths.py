"""Which files an import means: files as given, folders with all that lies in them."""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from portal.words import _

TAKEN = (".json", ".ndjson", ".jsonl")


def files_of(given: Sequence[Path]) -> Iterator[tuple[Path, OSError | None]]:
    """Yields each file once, in a steady order; with it the reason where it cannot be opened.

    Links to folders are not followed, so a ring of them ends.
    """
    seen: set[tuple[int, int]] = set()
    for path in given:
        for file, trouble in _within(path):
            try:
                told = file.stat()
            except OSError as error:
                yield file, trouble or error
                continue
            if not stat.S_ISREG(told.st_mode) and not trouble:
                yield file, OSError(errno.EINVAL, _("it is no ordinary file"))
            elif trouble or (told.st_dev, told.st_ino) not in seen:
                seen.add((told.st_dev, told.st_ino))
                yield file, trouble


def _within(path: Path) -> Iterator[tuple[Path, OSError | None]]:
    if not path.is_dir():
        yield path, None
        return
    troubles: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=troubles.append):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(TAKEN):
                yield Path(folder, name), None
    for trouble in troubles:
        yield Path(trouble.filename or path), trouble


# Who others point to comes first, so that the report need not speak of what comes a moment later.
FIRST = (
    "Organization",
    "Location",
    "Practitioner",
    "PractitionerRole",
    "Patient",
    "RelatedPerson",
    "Bundle",
    "Medication",
    "Encounter",
)
_TYPE = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]+)"')
_LOOKED_AT = 4096


def people_first(
    files: Iterable[tuple[Path, OSError | None]],
) -> list[tuple[Path, OSError | None]]:
    """Returns files with those of people and places first; any other order works as well."""
    return sorted(files, key=lambda file: _rank(*file))


def _rank(path: Path, trouble: OSError | None) -> int:
    if trouble:
        return len(FIRST)
    try:
        with path.open("rb") as file:
            found = _TYPE.search(file.read(_LOOKED_AT))
    except OSError:
        return len(FIRST)
    kind = found[1].decode() if found else ""
    return FIRST.index(kind) if kind in FIRST else len(FIRST)
