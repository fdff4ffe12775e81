"""What the operator calls: `python -m portal …`. Each command is a thin function in its module.

The modules load what they need when they run, so that `--help` answers at once.
"""

import os
import sys

import typer

from portal.cli import (
    build,
    check,
    demo,
    export,
    import_,
    init,
    migrate,
    serve,
    trace,
    user,
    version,
)

app = typer.Typer(
    help="The clinic's patient portal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("init")(init.init)
app.command("migrate")(migrate.migrate)
app.command("import")(import_.import_)
app.command("export")(export.export)
app.add_typer(user.app, name="user")
app.add_typer(trace.app, name="trace")
app.command("check")(check.check)
app.command("build")(build.build)
app.command("version")(version.version)

REFUSED = 1
OWNER_ONLY = 0o077


def run() -> None:
    """Runs one command; a refusal is one sentence on stderr and exit status 1."""
    from portal.errors import Refusal

    os.umask(OWNER_ONLY)
    try:
        app()
    except Refusal as refusal:
        print(refusal.words, file=sys.stderr)
        sys.exit(REFUSED)
