"""`demo`: a seeded clinic of fictional people, ready to use."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from portal.settings import Settings

PORT = 3000


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = PORT,
    *,
    reset: Annotated[bool, typer.Option("--reset", help="Start over.")] = False,
    beside: Annotated[
        bool,
        typer.Option("--beside", help="Fill a clinic that has imported records, and no users yet."),
    ] = False,
    only_fill: Annotated[
        bool, typer.Option("--only-fill", help="Fill the clinic, then stop.")
    ] = False,
) -> None:
    """Run a clinic of fictional people, ready to use; what was entered stays."""
    from portal.cli import build, datadir, server

    chosen = _settings(port)
    if only_fill:
        _prepare(chosen, reset=reset, beside=beside)
        return
    claimed = server.claim(chosen)
    _prepare(chosen, reset=reset, beside=beside)
    site = build.site()
    with datadir.held(chosen):
        _introduce(chosen)
        server.run(chosen, site, claimed)


def _settings(port: int) -> "Settings":
    """Reads the settings of the demo: its own folder unless the operator named one."""
    from portal import settings
    from portal.cli import environment

    environment.choose(
        demo="true",
        data_dir=str(environment.ROOT / ".data" / "demo"),
        port=str(port),
        public_url=f"http://localhost:{port}",
    )
    return settings.current()


def _prepare(chosen: "Settings", *, reset: bool, beside: bool) -> None:
    from portal.cli import clinic, datadir
    from portal.cli.say import step
    from portal.security import actor
    from portal.services import demo as seeded

    if reset:
        datadir.empty_demo(chosen)
    if not beside:
        datadir.become_demo(chosen)
    with datadir.held(chosen):
        clinic.made(chosen)
        now, filler = datetime.now(UTC), actor.system("demo")
        with clinic.ready(chosen) as base:
            with base.reading() as db:
                filled_at = seeded.filled_at(db, filler)
            if filled_at is None:
                with step("Filling the demo clinic", "a few seconds"), base.transaction() as db:
                    seeded.fill(db, filler, now=now, beside=beside)
                datadir.stand_beside(chosen)
            elif filled_at.date() != now.date():
                print(
                    f"The demo was filled on {filled_at:%d %B}; its days count from then. "
                    "For one around today: make demo RESET=1"
                )


def _introduce(chosen: "Settings") -> None:
    from portal.services import demo as seeded

    print(f"\nThe demo clinic, at {chosen.public_url} (everybody's password: {seeded.PASSWORD})")
    for account in seeded.ACCOUNTS:
        print(f"  {account.key:10} {account.role:14} {account.shows}")
    print("All of them are fictional.\n", flush=True)
