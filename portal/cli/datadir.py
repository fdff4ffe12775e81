"""The folder that holds everything the portal keeps: made private, used by one server."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from portal.cli.say import CannotRun
from portal.settings import Settings

PRIVATE = 0o700
# A folder with this file in it holds fictional people only, and may be emptied.
DEMO_MARK = "demo-clinic"
BESIDE = "beside imported records"


def make(folder: Path) -> None:
    """Makes the folder, readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    folder.chmod(PRIVATE)


def is_demo(settings: Settings) -> bool:
    """Whether the folder holds the demo clinic."""
    return (settings.data_dir / DEMO_MARK).exists()


def stand_beside(settings: Settings) -> None:
    """Marks a folder that holds imported records as the demo's too; it is never emptied."""
    if not is_demo(settings):
        make(settings.data_dir)
        (settings.data_dir / DEMO_MARK).write_text(BESIDE)


def become_demo(settings: Settings) -> None:
    """Marks a new folder as the demo's; refuses one that holds something else."""
    if is_demo(settings):
        return
    if settings.key_file.exists() or (
        settings.data_dir.exists() and any(settings.data_dir.iterdir())
    ):
        said = (
            f"{settings.data_dir} is not a demo: it may hold a real clinic. Give the demo a "
            "folder of its own with PORTAL_DATA_DIR."
        )
        raise CannotRun(said)
    make(settings.data_dir)
    (settings.data_dir / DEMO_MARK).touch()


def empty_demo(settings: Settings) -> None:
    """Takes the demo away, so that it can begin anew."""
    if settings.uses_postgres:
        message = "RESET works on the embedded database; on PostgreSQL drop the database yourself."
        raise CannotRun(message)
    if not is_demo(settings):
        return
    if (settings.data_dir / DEMO_MARK).read_text() == BESIDE:
        said = (
            f"{settings.data_dir} holds more than the demo, so it is not emptied. Take the folder "
            "away yourself, or give the demo one of its own with PORTAL_DATA_DIR."
        )
        raise CannotRun(said)
    with held(settings):
        settings.key_file.unlink(missing_ok=True)
        # The mark goes last: what is cut short here can be started over.
        for path in settings.data_dir.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != DEMO_MARK:
                path.unlink()
    shutil.rmtree(settings.data_dir)


def refuse_demo(settings: Settings) -> None:
    """Refuses to run the demo's folder, with its known passwords, as a real clinic."""
    if is_demo(settings) and not settings.demo:
        said = (
            f"{settings.data_dir} holds the demo clinic, whose passwords everybody knows. Run it "
            "with `make demo`, or give your clinic a folder of its own with PORTAL_DATA_DIR."
        )
        raise CannotRun(said)


def _lock_file(folder: Path) -> IO[str]:
    try:
        return (folder / "serving.lock").open("a")
    except OSError as error:
        said = f"{folder} cannot be written to ({error.strerror}). Nothing could be saved there."
        raise CannotRun(said) from error


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Holds the folder while serving; a second server on the same embedded database is refused."""
    if not settings.data_dir.exists():
        said = (
            f"There is no clinic in {settings.data_dir} yet. Set one up with "
            "`python -m portal init`, or try the demo with `make demo`."
        )
        raise CannotRun(said)
    if settings.uses_postgres:
        yield
        return
    with _lock_file(settings.data_dir) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = (
                f"Another portal serves {settings.data_dir} already. One folder takes one "
                "server: stop that one, or give this one its own PORTAL_DATA_DIR."
            )
            raise CannotRun(said) from None
        yield
