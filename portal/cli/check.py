"""`check`: says in words what is wrong with this installation, and what to do about it."""

from typing import Annotated

import typer


def check(
    mail: Annotated[  # noqa: FBT002 - a switch of the command line
        bool, typer.Option("--mail", help="Also talk to the mail server; nothing is sent.")
    ] = False,
) -> None:
    """Say in words what is wrong; exit status 1 when something is."""
    from portal import settings
    from portal.cli import checks, post

    findings = checks.all_of(settings.current())
    if mail:
        findings += [post.server(settings.current()), post.texts(settings.current())]
    for finding in findings:
        print(f"{'ok     ' if finding.is_fine else 'WRONG  '}{finding.subject}: {finding.words}")
    wrong = sum(not finding.is_fine for finding in findings)
    print(f"\n{wrong} to put right." if wrong else "\nAll is well.")
    if wrong:
        raise typer.Exit(1)
