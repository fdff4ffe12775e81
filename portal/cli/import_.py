"""`import`: takes files and folders of FHIR R4 records, and says what became of each."""

import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Self

import typer

SILENT_S = 2.0
SAID_EVERY_S = 1.0


def import_(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH…", help="Files or folders of FHIR R4 JSON.")
    ],
    source: Annotated[
        str, typer.Option(help="The name of the system they come from; ids count within it.")
    ] = "import",
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="One wrong resource refuses its whole file.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of words.")
    ] = False,
) -> None:
    """Take FHIR R4 records; exit status 1 when something was refused, 2 when nothing could run."""
    from portal import settings
    from portal.cli import clinic, say
    from portal.errors import Refusal
    from portal.services import imports

    try:
        if not source.strip() or len(source) > 100:  # noqa: PLR2004 - the column's length
            raise say.CannotRun("Give the source a name of at most 100 letters.")
        with clinic.ready(settings.current()) as base, _Progress() as progress:
            report = imports.run(
                base,
                paths,
                source=source.strip(),
                strict=strict,
                now=datetime.now(UTC),
                on_progress=progress,
            )
    except Refusal as refusal:
        print(refusal.words, file=sys.stderr)
        raise typer.Exit(2) from None
    print(report.as_json() if as_json else report.as_text())
    raise typer.Exit(report.exit_status)


class _Progress:
    """Says on stderr how far an import is, each second once it has taken two."""

    def __init__(self) -> None:
        self._said = ""
        self._over = threading.Event()
        self._began = time.monotonic()

    def __call__(self, done: int, count: int, path: Path) -> None:
        self._said = f"{done + 1} of {count}: {path.name}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._say, daemon=True).start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self._over.set()

    def _say(self) -> None:
        if self._over.wait(SILENT_S):
            return
        while not self._over.wait(SAID_EVERY_S):
            passed = time.monotonic() - self._began
            print(f"  {self._said} … {passed:.0f} s", file=sys.stderr, flush=True)
