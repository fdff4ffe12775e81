"""`check`: says in words what is wrong with this installation, and what to do about it."""

import typer


def check() -> None:
    """Say in words what is wrong; exit status 1 when something is."""
    from portal import settings
    from portal.cli import checks

    findings = checks.all_of(settings.current())
    for finding in findings:
        print(f"{'ok     ' if finding.is_fine else 'WRONG  '}{finding.subject}: {finding.words}")
    wrong = sum(not finding.is_fine for finding in findings)
    print(f"\n{wrong} to put right." if wrong else "\nAll is well.")
    if wrong:
        raise typer.Exit(1)
