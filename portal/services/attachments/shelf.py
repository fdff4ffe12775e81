"""The shelf: the folder in which files lie sealed, each under its id, beside the database.

Nothing in clear ever reaches the disk. A file is sealed for its own id and its own patient
(AES-256-GCM), so that one that was put in another's place does not open (SECURITY UP-03). It is
written beside, synced and then moved into place: it is there whole, or not at all.
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from portal.database import Damaged, DiskFull, Unwritable
from portal.models.base import new_id
from portal.security import sealed

PRIVATE = 0o700
OWN = 0o600
PASSING = "tmp"
KEY_ID = sealed.KEY_ID[0]
# What sealing adds to a file: the key's number, the nonce, the tag.
OVERHEAD = 1 + sealed.NONCE + 16


@dataclass(frozen=True)
class Shelf:
    """The folder, and the key that its files are sealed with."""

    folder: Path
    key: bytes

    def path(self, file_id: str) -> Path:
        """Returns where a file lies. The id is ours: nobody else names a file here."""
        return self.folder / file_id


def of(info: dict[str, Any]) -> Shelf:
    """Returns the shelf of a database, from what it or a session of it knows."""
    return Shelf(info["files"], info["file_key"])


def put(shelf: Shelf, file_id: str, patient_id: str, data: bytes) -> None:
    """Seals a file and puts it on the shelf; raises `DiskFull` or `Unwritable`, leaving nothing."""
    closed = sealed.seal_with(shelf.key, data, **_bound(file_id, patient_id))
    passing = shelf.folder / PASSING / new_id()
    with _told():
        for folder in (shelf.folder, passing.parent):
            folder.mkdir(exist_ok=True, mode=PRIVATE)
        try:
            _write(passing, closed)
            passing.replace(shelf.path(file_id))
            _sync(shelf.folder)
        finally:
            passing.unlink(missing_ok=True)


def take(shelf: Shelf, file_id: str, patient_id: str) -> bytes:
    """Returns what lies in a file; raises `Damaged` where it is not what was put there."""
    try:
        closed = shelf.path(file_id).read_bytes()
        return sealed.unseal_with(shelf.key, closed, **_bound(file_id, patient_id))
    except (OSError, sealed.Unsealable) as error:
        raise Damaged from error


def discard(shelf: Shelf, file_id: str) -> None:
    """Takes a file away; one that is gone already is no error."""
    with contextlib.suppress(OSError):
        shelf.path(file_id).unlink(missing_ok=True)


def discard_with(db: Session, file_ids: list[str]) -> None:
    """Takes files away once this transaction stands; what is rolled back takes nothing."""
    shelf = of(db.info)

    def gone(_db: Session) -> None:
        for file_id in file_ids:
            discard(shelf, file_id)

    if file_ids:
        event.listen(db, "after_commit", gone, once=True)


def free_bytes(shelf: Shelf) -> int:
    """Returns how much room there is on the shelf's disk."""
    here = next(folder for folder in (shelf.folder, *shelf.folder.parents) if folder.exists())
    return shutil.disk_usage(here).free


def lying(shelf: Shelf) -> Iterator[tuple[str, Path]]:
    """Yields every file on the shelf: its id, and where it lies."""
    if shelf.folder.is_dir():
        yield from ((path.name, path) for path in shelf.folder.iterdir() if path.is_file())


def passing(shelf: Shelf) -> list[Path]:
    """Returns what was being written when a process ended, or is just now."""
    folder = shelf.folder / PASSING
    return list(folder.iterdir()) if folder.is_dir() else []


def _bound(file_id: str, patient_id: str) -> dict[str, str]:
    """Returns what a sealed file is bound to: itself, and whose it is."""
    return {"table": "attachment", "column": patient_id, "row_id": file_id}


def _write(path: Path, closed: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN)
    with os.fdopen(handle, "wb") as file:
        file.write(closed)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (DiskFull if error.errno in {errno.ENOSPC, errno.EDQUOT} else Unwritable) from error
