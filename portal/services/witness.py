"""The witness: what the end of the trace was on each day, kept where no copy of the data lies.

A chain of hashes shows every changed row but its last ones: whoever cuts off the end, or puts back
an older copy of everything, leaves a chain that is whole. So its end is written down daily in a
file outside of the data folder, signed with a key of its own and each line upon the one before,
and mailed to the auditor. The trace must still reach every end that was written, and the file must
know the newest end of which the trace says that it was written: each watches the other's end
(SECURITY AUD-05). The trace notes it before, with the row that is written down, and once more
afterwards, and only the second note counts: a machine that dies in between is no forgery.
"""

import hashlib
import hmac
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select
from sqlmodel import Session, col

from portal import settings
from portal.database import Database
from portal.models.audit import AuditEvent
from portal.models.people import User
from portal.security import audit
from portal.security.actor import system
from portal.services import notices
from portal.words import _

log = logging.getLogger("portal.witness")

FILE = "trace-ends.log"
EVERY = timedelta(hours=20)
CATEGORY = "trace end"
_AT_ONCE = 500
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600
_OWN_ROWS = (col(AuditEvent.actor_id) == "system:witness", col(AuditEvent.category) == CATEGORY)


@dataclass(frozen=True)
class Line:
    """One end of the trace as it was on a day; `kind` is "end" or "restored"."""

    kind: str
    at: str
    seq: int
    hash: str
    note: str
    seal: str


@dataclass(frozen=True)
class Statement:
    """What the witness says: nothing to complain of, or what is wrong and what to do."""

    words: str
    is_fine: bool = True
    ends: int = 0


def heard(db: Session, folder: Path) -> Statement:
    """Holds the trace against every end that was written down; changes nothing."""
    try:
        text = (folder / FILE).read_bytes()
        noted = _newest_noted(db)
        if noted > _reaches(text, db):
            # Once more: it may have been written between the two looks.
            text = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return _unwritten(db)
    except OSError as error:
        said = _("The witness cannot be read ({reason}). Look at {folder}.")
        return Statement(said.format(reason=error.strerror, folder=folder), is_fine=False)
    lines, torn = _read(text, db.info["witness_key"])
    if torn:
        said = _("Line {line} of the witness was changed, or was sealed with another key.")
        return Statement(said.format(line=torn), is_fine=False, ends=len(lines))
    if noted > _reaches(text, db):
        said = _(
            "The witness does not know row {row}, at which it was last written: its end was cut "
            "off, or an older copy was put back. Find out who, then answer for it with "
            "`portal trace accept`."
        )
        return Statement(said.format(row=noted), is_fine=False, ends=len(lines))
    return _held_against(db, lines) if lines else _unwritten(db)


def _reaches(text: bytes, db: Session) -> int:
    """Returns the last row of the trace that a witness knows."""
    lines, _torn = _read(text, db.info["witness_key"])
    return max((line.seq for line in _since_restored(lines)), default=0)


def _since_restored(lines: list[Line]) -> list[Line]:
    """Returns what was written since somebody last answered for a restore: that counts alone."""
    first = max((at for at, line in enumerate(lines) if line.kind == "restored"), default=0)
    return lines[first:]


def _unwritten(db: Session) -> Statement:
    noted = _newest_noted(db)
    if not noted:
        return Statement(_("No end of the trace has been written down yet."))
    said = _("The witness is gone. It was last written at row {row}. Find out who took it away.")
    return Statement(said.format(row=noted), is_fine=False)


def _newest_noted(db: Session) -> int:
    """Returns the newest end of which the trace says that it was written down; 0 for none."""
    query = select(col(AuditEvent.entity)).where(*_OWN_ROWS, col(AuditEvent.entity) != "")
    newest = query.order_by(col(AuditEvent.seq).desc()).limit(1)
    return int(db.connection().execute(newest).scalar_one_or_none() or 0)


def _read(text: bytes, key: bytes) -> tuple[list[Line], int]:
    """Returns the lines, and the number of the first one that is not as it was written."""
    lines: list[Line] = []
    before = ""
    for number, raw in enumerate(text.splitlines(), 1):
        try:
            line = msgspec.json.decode(raw, type=Line)
        except msgspec.DecodeError:
            return lines, number
        if not hmac.compare_digest(_seal(key, before, line), line.seal):
            return lines, number
        lines.append(line)
        before = line.seal
    return lines, 0


def _seal(key: bytes, before: str, line: Line) -> str:
    fields = [before, line.kind, line.at, line.seq, line.hash, line.note]
    return hmac.digest(key, msgspec.json.encode(fields), hashlib.sha256).hex()


def _held_against(db: Session, lines: list[Line]) -> Statement:
    """Asks for the row of every end since the last restore that somebody answered for."""
    wanted = [line for line in _since_restored(lines) if line.seq]
    kept = _hashes(db, [line.seq for line in wanted])
    for line in wanted:
        found = kept.get(line.seq)
        if found is None:
            said = _(
                "On {at} the trace reached row {row}, and now it does not: its end was cut off, or "
                "an older copy was put back. Keep everything as it is, and find out who."
            )
            return Statement(said.format(at=line.at[:16], row=line.seq), is_fine=False)
        if not hmac.compare_digest(found, line.hash):
            said = _(
                "Row {row} is not the one that was written down on {at}: this is another trace, or "
                "an older copy that went on. Keep everything as it is, and find out who."
            )
            return Statement(said.format(at=line.at[:16], row=line.seq), is_fine=False)
    said = _("The trace reaches every end that was written down: {count}.")
    return Statement(said.format(count=len(wanted)), ends=len(wanted))


def _hashes(db: Session, numbers: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = col(AuditEvent.seq).in_(numbers[start : start + _AT_ONCE])
        query = select(col(AuditEvent.seq), col(AuditEvent.hash)).where(some)
        found |= {row.seq: row.hash for row in db.connection().execute(query)}
    return found


def keep(base: Database, folder: Path, *, now: datetime) -> Statement:
    """Hears the witness; where all is well and a day has passed, writes down today's end.

    Where something is wrong nothing is written: no line may make it look right again.
    """
    with base.reading() as db:
        said = heard(db, folder)
    if not said.is_fine:
        log.error("the witness of the trace: %s", said.words)
        return said
    try:
        if _is_due(base, folder, now):
            _write(base, folder, "end", "", now)
    except OSError as error:
        words = _("The end of the trace cannot be written down in {folder} ({reason}).")
        said = Statement(words.format(folder=folder, reason=error.strerror), is_fine=False)
        log.error("the witness of the trace: %s", said.words)  # noqa: TRY400 - the sentence says it
    return said


def accept(base: Database, folder: Path, *, why: str, now: datetime) -> None:
    """Notes that an older copy was put back on purpose: what came before is not asked any more.

    The line and the trace say why, so that it can be asked who did it. A witness that was changed
    is kept aside, for it may tell who did that, and a new one begins.
    """
    _put_aside(folder, base.info["witness_key"], now)
    _write(base, folder, "restored", " ".join(why.split())[:200], now)


def _put_aside(folder: Path, key: bytes, now: datetime) -> None:
    path = folder / FILE
    if path.is_file() and _read(path.read_bytes(), key)[1]:
        path.rename(path.with_stem(f"{path.stem}-until-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"))


def _is_due(base: Database, folder: Path, now: datetime) -> bool:
    try:
        lines, _torn = _read((folder / FILE).read_bytes(), base.info["witness_key"])
    except FileNotFoundError:
        return True
    return not lines or now - datetime.fromisoformat(lines[-1].at) >= EVERY


def _write(base: Database, folder: Path, kind: str, note: str, now: datetime) -> None:
    """Notes that the trace's end is written down, writes that note down, then notes that it was."""
    reason = f"{kind} {note}".strip()
    with base.transaction() as db:
        _note(db, "", reason, now)
    with base.reading() as db:
        own = select(col(AuditEvent.seq), col(AuditEvent.hash)).where(*_OWN_ROWS)
        # The note itself, not the end: somebody may have acted since.
        end: Any = db.execute(own.order_by(col(AuditEvent.seq).desc()).limit(1)).one()
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    _append(base, folder, Line(kind, at, end.seq, end.hash, note, ""))
    with base.transaction() as db:
        _note(db, str(end.seq), reason, now)
        if settings.current().smtp_url:
            _mail(db, end.seq, end.hash, now)


def _note(db: Session, row: str, reason: str, now: datetime) -> None:
    actor = system("witness")
    audit.record(db, actor, "E", category=CATEGORY, entity=row, reason=reason, now=now)


def _append(base: Database, folder: Path, line: Line) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
    path, key = folder / FILE, base.info["witness_key"]
    lines = _read(path.read_bytes(), key)[0] if path.exists() else []
    seal = _seal(key, lines[-1].seal if lines else "", line)
    sealed = Line(line.kind, line.at, line.seq, line.hash, line.note, seal)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _FILE_MODE)
    try:
        os.write(handle, msgspec.json.encode(sealed) + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    _keep_names(folder)


def _keep_names(folder: Path) -> None:
    """Lets a file's name survive a power cut as its content does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mail(db: Session, seq: int, head: str, now: datetime) -> None:
    auditors = select(col(User.id)).where(
        col(User.role) == "auditor", col(User.disabled).is_(False)
    )
    given = {"seq": str(seq), "hash": head, "at": notices.moment(now)}
    for user_id in db.connection().execute(auditors).scalars().all():
        notices.to_user(db, "trace.head", user_id, key=f"{seq}:{user_id}", given=given, now=now)
