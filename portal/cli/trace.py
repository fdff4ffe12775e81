"""`trace …`: whether the trace of who looked at what is whole, and its witness."""

from datetime import UTC, datetime
from typing import Annotated

import typer

app = typer.Typer(help="Check the trace and its witness.", no_args_is_help=True)


@app.command()
def check() -> None:
    """Read every row and hold them against the witness; exit status 1 when they do not fit."""
    from portal import settings
    from portal.cli import clinic
    from portal.security import audit
    from portal.services import witness

    rules = settings.current()
    with clinic.ready(rules) as base, base.reading() as db:
        verdict = audit.verify(db, base.info["audit_key"])
        said = witness.heard(db, rules.witness_dir)
    whole = "whole" if verdict.is_whole else f"{verdict.problem}, at row {verdict.broken_at}"
    print(f"{verdict.rows} rows: {whole}")
    print(said.words)
    if not (verdict.is_whole and said.is_fine):
        raise typer.Exit(1)


@app.command()
def export() -> None:
    """Write down the end of the trace now; the running portal does so every day."""
    from portal import settings
    from portal.cli import clinic
    from portal.services import witness

    rules = settings.current()
    with clinic.ready(rules) as base:
        said = witness.keep(base, rules.witness_dir, now=datetime.now(UTC))
    print(said.words)
    print(rules.witness_dir / witness.FILE)
    if not said.is_fine:
        raise typer.Exit(1)


@app.command()
def accept(
    why: Annotated[str, typer.Option(help="Why an older copy was put back, and by whom.")],
) -> None:
    """After a restore on purpose: go on from here. The witness and the trace keep the reason."""
    from portal import settings
    from portal.cli import clinic
    from portal.services import witness

    rules = settings.current()
    with clinic.ready(rules) as base:
        witness.accept(base, rules.witness_dir, why=why, now=datetime.now(UTC))
    print("Noted. From here on the trace is held against its witness again.")
