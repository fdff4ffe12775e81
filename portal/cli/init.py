"""`init`: an empty clinic, and a link for its first administrator."""

from datetime import UTC, datetime
from typing import Annotated

import typer


def init(
    clinic_name: Annotated[str, typer.Option("--clinic", help="The clinic's name.")] = "Our clinic",
    phone: Annotated[str, typer.Option(help="The phone number that patients call.")] = "",
    address: Annotated[str, typer.Option(help="Street and town.")] = "",
    hours: Annotated[str, typer.Option(help="Opening hours: Mo-Fr 8-17:30; Sa 9-12")] = "",
    administrator: Annotated[
        str, typer.Option(help="The first administrator's sign-in name.")
    ] = "administrator",
) -> None:
    """Set up an empty clinic and print a link for its first administrator."""
    from portal import settings
    from portal.cli import clinic, datadir, user
    from portal.security import actor
    from portal.services import organization, users

    chosen = settings.current()
    datadir.refuse_demo(chosen)
    clinic.made(chosen)
    now, operator = datetime.now(UTC), actor.system("operator")
    with clinic.ready(chosen) as base, base.transaction() as db:
        facts = organization.Facts(phone=phone, address=address, hours=hours)
        organization.found(db, operator, name=clinic_name, facts=facts, now=now)
        invitation = users.first_administrator(
            db, operator, name="Administrator", sign_in_name=administrator, now=now
        )
    print(f"The clinic is in {chosen.data_dir}, its key in {chosen.key_file}.")
    print("Keep a copy of the key in another place than the backups: without it nothing opens.")
    user.print_link(invitation)
    print(f"Its times are those of {chosen.zone} (PORTAL_ZONE).")
    print("Then start the portal: make serve")
