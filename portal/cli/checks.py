"""What `check` looks at: small questions, each answered by one finding in words."""

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from portal import database, migrations, words
from portal.database import Database
from portal.errors import Refusal
from portal.models.audit import AuditEvent
from portal.security import audit
from portal.services import attachments, witness
from portal.settings import LOOPBACK, Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LEAST_FREE = 1024**3
CLOCK_MAY_LAG = timedelta(minutes=1)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: fine, or what is wrong and what to do."""

    subject: str
    words: str
    is_fine: bool = True


def all_of(settings: Settings) -> list[Finding]:
    """Looks at everything; what needs the database is left out where it does not open."""
    words.settle(settings.language, settings.zone)
    found = [look(settings) for look in WITHOUT_DATABASE]
    if not all(finding.is_fine for finding in found[:2]):
        return found
    base = database.open_from(settings)
    try:
        opened = _opens(base, settings)
        found.append(opened)
        if opened.is_fine:
            found += [_looked(subject, base) for subject in WITH_DATABASE]
            found.append(_witness(base, settings))
    finally:
        base.close()
    return found


def _looked(subject: str, base: Database) -> Finding:
    """Looks; what cannot even be read is a finding too."""
    try:
        return WITH_DATABASE[subject](base)
    except Refusal as refusal:
        return _wrong(subject, refusal.words)


def _wrong(subject: str, words: str) -> Finding:
    return Finding(subject, words, is_fine=False)


def folder(settings: Settings) -> Finding:
    """Whether the data folder is there, and its owner's alone."""
    subject, path = "Data folder", settings.data_dir
    if not path.is_dir():
        return _wrong(subject, f"{path} is missing. Run `python -m portal init`.")
    if path.stat().st_mode & OTHERS:
        return _wrong(subject, f"others on this machine can look into it: chmod 700 {path}")
    if not os.access(path, os.W_OK):
        return _wrong(subject, f"{path} cannot be written to: nothing can be saved there")
    return Finding(subject, f"{path}; nobody else on this machine can look into it")


def key(settings: Settings) -> Finding:
    """Whether the key file is there, whole, and its owner's alone."""
    subject, path = "Key file", settings.key_file
    try:
        database.read_key(path)
    except Refusal as refusal:
        return _wrong(subject, f"{path}: {refusal.words}")
    return Finding(subject, f"{path}; keep a copy of it apart from the backups")


def address(settings: Settings) -> Finding:
    """Whether people reach the portal over TLS, and only through it."""
    subject = "Public address"
    if settings.is_https and settings.host not in LOOPBACK and not settings.proxy_hops:
        said = (
            f"the portal listens on {settings.host} without TLS of its own. Put a proxy in "
            "front and set PORTAL_HOST=127.0.0.1, or PORTAL_PROXY_HOPS to the proxies there are."
        )
        return _wrong(subject, said)
    if settings.demo and settings.is_https:
        return _wrong(subject, "demo mode shows passwords; unset PORTAL_DEMO")
    if not settings.is_https:
        said = f"{settings.public_url} works on this machine only; set PORTAL_PUBLIC_URL to https"
        return Finding(subject, said, is_fine=settings.demo or settings.host in LOOPBACK)
    return Finding(subject, settings.public_url)


def disk(settings: Settings) -> Finding:
    """Whether the disk has room."""
    free = shutil.disk_usage(settings.data_dir if settings.data_dir.exists() else "/").free
    said = f"{free / 1024**3:.1f} GiB free"
    if free < LEAST_FREE:
        return _wrong("Disk", f"only {said}; make room, or nothing can be saved soon")
    return Finding("Disk", said)


def _opens(base: Database, settings: Settings) -> Finding:
    subject = "Database"
    if base.is_sqlite and not base.path.exists():
        return _wrong(subject, f"{base.path} is missing. Run `python -m portal init`.")
    try:
        stands_at = migrations.current(base)
    except database.KeyWrong:
        said = "the key does not open it, or its first page is damaged. Nothing was changed."
        return _wrong(subject, said)
    except Refusal as refusal:
        return _wrong(subject, f"{refusal.words} Nothing was changed.")
    if stands_at != migrations.head():
        return _wrong(subject, "it has another version's layout. Run `python -m portal migrate`.")
    return Finding(subject, f"layout {stands_at}" + (", PostgreSQL" * settings.uses_postgres))


def _witness(base: Database, settings: Settings) -> Finding:
    """Whether the trace still reaches every end of it that was written down."""
    try:
        with base.reading() as db:
            said = witness.heard(db, settings.witness_dir)
    except Refusal as refusal:
        return _wrong("Witness", refusal.words)
    return Finding("Witness", said.words, is_fine=said.is_fine)


def sqlite(base: Database) -> Finding:
    """Whether SQLite is new enough to be free of its known way to lose data (3.51.3)."""
    if not base.is_sqlite:
        return Finding("SQLite", "not in use")
    version = str(base.peek("SELECT sqlite_version()")[0])
    if tuple(int(part) for part in version.split(".")) < database.LEAST_SQLITE:
        return _wrong("SQLite", f"{version} can lose data; reinstall the requirements")
    return Finding("SQLite", version)


def pages(base: Database) -> Finding:
    """Whether the file itself is whole."""
    if not base.is_sqlite:
        return Finding("Database file", "PostgreSQL looks after its own")
    try:
        said = str(base.peek("PRAGMA quick_check(1)")[0])
    except database.Damaged:
        said = "a page is not as it was written"
    if said != "ok":
        return _wrong("Database file", f"it is damaged ({said}). Restore the newest backup.")
    return Finding("Database file", "whole")


def files(base: Database) -> Finding:
    """Whether the files that were sent with messages are all there, and whole by their size."""
    count, missing = attachments.missing(base)
    if missing:
        said = f"{missing} of {count} are missing or cut short. Restore {base.info['files']}."
        return _wrong("Files of messages", said)
    return Finding("Files of messages", f"{count}, all there")


def chain(base: Database) -> Finding:
    """Whether the trace of who looked at what is whole."""
    with base.reading() as db:
        verdict = audit.verify(db, base.info["audit_key"])
    if not verdict.is_whole:
        said = f"{verdict.problem}, at row {verdict.broken_at}. Keep a copy; find out who did it."
        return _wrong("Audit chain", said)
    return Finding("Audit chain", f"{verdict.rows} rows, whole")


def clock(base: Database) -> Finding:
    """Whether the machine's clock has not fallen behind what was written already."""
    with base.reading() as db:
        last = db.execute(select(func.max(AuditEvent.at))).scalar()
    now = datetime.now(UTC)
    if last and last > now + CLOCK_MAY_LAG:
        said = f"it says {now:%d %b %Y %H:%M} UTC, but records of {last:%d %b %Y %H:%M} exist"
        return _wrong("Clock", f"{said}. Set the machine's clock.")
    return Finding("Clock", f"{now:%d %b %Y %H:%M} UTC")


WITHOUT_DATABASE: list[Callable[[Settings], Finding]] = [folder, key, address, disk]
WITH_DATABASE: dict[str, Callable[[Database], Finding]] = {
    "SQLite": sqlite,
    "Database file": pages,
    "Files of messages": files,
    "Audit chain": chain,
    "Clock": clock,
}
