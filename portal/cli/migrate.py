"""`migrate`: brings the database to the layout that this version knows."""

from typing import Annotated

import typer


def migrate(
    write: Annotated[
        str, typer.Option(help="For developers: write the next step from the models, named so.")
    ] = "",
) -> None:
    """Bring the database to the newest layout."""
    from portal import migrations, settings
    from portal.cli import clinic
    from portal.cli.say import step

    with clinic.opened(settings.current()) as base:
        if write:
            migrations.write(base, write)
            return
        before, newest = migrations.current(base), migrations.head()
        if before == newest:
            print(f"The database has the newest layout already ({newest}).")
            return
        with step(f"Bringing the database from {before or 'nothing'} to {newest}", "seconds"):
            migrations.upgrade(base)
