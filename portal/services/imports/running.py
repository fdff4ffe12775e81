"""Running an import: file after file, each in one transaction, or refused with a sentence."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from portal.database import Database
from portal.errors import Refusal
from portal.integrations.fhir import arrivals
from portal.integrations.fhir.reading import NotReadable
from portal.models.clinical import ImportRun
from portal.security import actor as acting
from portal.services.imports import following, judging, paths, rows, taking
from portal.services.imports.desk import Desk, Plan
from portal.services.imports.following import PatientMissing
from portal.services.imports.lookup import files_taken, waiting_for
from portal.services.imports.report import FileReport, Report
from portal.words import _

DEFAULT_SOURCE = "import"
TRIES = 3
IMPORT = acting.system("import")

Progress = Callable[[int, int, Path], None]


class StrictRefusal(NotReadable):
    """Single resources cannot be taken, and the import is strict."""

    sentence = _("With --strict, one wrong resource refuses the file. {why}")


def run(
    base: Database,
    given: Sequence[Path],
    *,
    source: str = DEFAULT_SOURCE,
    strict: bool = False,
    now: datetime,
    on_progress: Progress | None = None,
) -> Report:
    """Imports files and folders; tells `on_progress` how many are done, of how many, and which.

    A bundle whose patient is still missing is tried again when all others have come.
    """
    report = Report(source)
    order = ImportRun(source=source, strict=strict, started_at=now)
    files = paths.people_first(paths.files_of(given))
    late: list[Path] = []
    for done, (path, trouble) in enumerate(files):
        if on_progress:
            on_progress(done, len(files), path)
        try:
            told = _of_trouble(path, trouble) if trouble else _one(base, path, order, now)
        except PatientMissing:
            late.append(path)
            continue
        report.files.append(told)
    for path in late:
        report.files.append(_last_try(base, path, order, now))
    _tell_unresolved(base, report)
    return report


def _tell_unresolved(base: Database, report: Report) -> None:
    """Says of each file which of its references still lead nowhere now that all have come."""
    keys = {key for file in report.files for key in file.waiting}
    with base.reading() as db:
        left = waiting_for(db, report.source, keys)
    for file in report.files:
        file.tell_unresolved(left)


def _one(base: Database, path: Path, order: ImportRun, now: datetime) -> FileReport:
    """Imports one file; a refusal becomes its report, a missing patient is raised."""
    try:
        for _try in range(TRIES):
            try:
                return _take(base, path, order, now)
            except taking.CameBetween:
                continue
        raise taking.CameBetween
    except PatientMissing:
        raise
    except OSError as error:
        return _of_trouble(path, error)
    except MemoryError:
        return FileReport(str(path), refusal=_("There is not enough memory to read it."))
    except Refusal as refusal:
        return FileReport(str(path), refusal=str(refusal))


def _last_try(base: Database, path: Path, order: ImportRun, now: datetime) -> FileReport:
    try:
        return _one(base, path, order, now)
    except PatientMissing as refusal:
        return FileReport(str(path), refusal=str(refusal))


def _of_trouble(path: Path, error: OSError) -> FileReport:
    sentence = _("It cannot be opened: {why}.").format(why=error.strerror or error)
    return FileReport(str(path), refusal=sentence)


def _take(base: Database, path: Path, order: ImportRun, now: datetime) -> FileReport:
    """Plans a file, then writes it: between the two the database is free for others."""
    is_bundle, found = arrivals.of_file(path)
    with base.reading() as db:
        plan = Plan(order.source, files_taken(db), FileReport(str(path)))
        desk = Desk(db, order.source, now, found, is_bundle, plan)
        make(desk, strict=order.strict)
    if not plan.is_empty:
        with base.transaction() as db:
            taking.take(db, IMPORT, plan=plan, run=order, now=now)
    return plan.report


def make(desk: Desk, *, strict: bool) -> None:
    """Makes the plan of the file on the desk; raises `NotReadable` where it is refused whole."""
    desk.report.size = sum(len(each.raw) for each in desk.arrivals)
    judging.judge(desk)
    if strict and desk.report.reasons:
        raise StrictRefusal(_(StrictRefusal.sentence).format(why=desk.report.reasons[0]))
    following.follow(desk)
    rows.write_down(desk)
