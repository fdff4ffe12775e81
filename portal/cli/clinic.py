"""The clinic's database, as a command opens it."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal import database, words
from portal.cli.say import CannotRun
from portal.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[database.Database]:
    """Opens the clinic's database for one command, at whatever layout it stands."""
    words.settle(settings.language, settings.zone)
    if not settings.uses_postgres and not (settings.data_dir / database.FILE_NAME).exists():
        said = (
            f"There is no clinic in {settings.data_dir} yet. Set one up with "
            "`python -m portal init`, or try the demo with `make demo`."
        )
        raise CannotRun(said)
    base = database.open_from(settings)
    try:
        yield base
    finally:
        base.close()


@contextmanager
def ready(settings: Settings) -> Iterator[database.Database]:
    """Opens the clinic's database where it has the layout that this version knows."""
    from portal import migrations

    with opened(settings) as base:
        if migrations.current(base) != migrations.head():
            said = (
                "The database has the layout of another version. Back it up, then run "
                "`python -m portal migrate`."
            )
            raise CannotRun(said)
        yield base


def made(settings: Settings) -> None:
    """Makes what is missing of a clinic: folder, key, database, newest layout."""
    from portal import migrations
    from portal.cli import datadir

    words.settle(settings.language, settings.zone)
    datadir.make(settings.data_dir)
    database.make_key(settings.key_file)
    base = database.open_from(settings)
    try:
        if migrations.current(base) != migrations.head():
            migrations.upgrade(base)
    finally:
        base.close()
