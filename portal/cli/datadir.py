"""The folder that holds everything the portal keeps: made private, used by one server."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.cli.say import CannotRun
from portal.settings import Settings

PRIVATE = 0o700


def make(folder: Path) -> None:
    """Makes the folder, readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    folder.chmod(PRIVATE)


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
    with (settings.data_dir / "serving.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = (
                f"Another portal serves {settings.data_dir} already. One folder takes one "
                "server: stop that one, or give this one its own PORTAL_DATA_DIR."
            )
            raise CannotRun(said) from None
        yield
