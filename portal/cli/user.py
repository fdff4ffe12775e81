"""`user …`: who may sign in. Links are printed once and kept nowhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

app = typer.Typer(help="Invite, list and disable the people who sign in.", no_args_is_help=True)

SignInName = Annotated[str, typer.Argument(metavar="NAME", help="The sign-in name.")]


@app.command()
def invite(
    patient: Annotated[
        str, typer.Argument(metavar="PATIENT", help="Record number, id, or whole name.")
    ],
    name: Annotated[str, typer.Option(help="The sign-in name; else the patient chooses.")] = "",
) -> None:
    """Invite a patient: prints a link and a code that open the account, once."""
    from portal.services import users

    def act(db: Any, actor: Any, *, now: datetime) -> Any:
        patient_id = users.one_patient(db, actor, said=patient, now=now)
        return users.invite_patient(db, actor, patient_id=patient_id, sign_in_name=name, now=now)

    print_link(_done(act))


@app.command()
def create(
    name: SignInName,
    role: Annotated[str, typer.Option(help="practitioner, nurse, front_desk, manager, …")],
    called: Annotated[str, typer.Option(help="The person's name.")],
) -> None:
    """Invite somebody who works for the clinic: prints a link and a code, good once."""
    from portal.services import users

    print_link(_done(users.create, role=role, name=called, sign_in_name=name))


@app.command()
def link(name: SignInName) -> None:
    """Print a new link and code that set a user's password, once; those before stop working."""
    from portal.services import users

    print_link(_done(users.new_link, sign_in_name=name))


@app.command("list")
def list_users() -> None:
    """List who may sign in."""
    from portal.services import users

    for row in _done(lambda db, actor, **_: users.everybody(db, actor)):
        print(f"{row.sign_in_name:40} {row.role:14} {row.status:10} {row.name}")


@app.command()
def disable(name: SignInName) -> None:
    """End a user's sign-ins at once, and let none begin."""
    from portal.services import users

    _done(users.disable, sign_in_name=name)
    print(f"{name} cannot sign in any more.")


@app.command()
def enable(name: SignInName) -> None:
    """Let a disabled user sign in again."""
    from portal.services import users

    _done(users.enable, sign_in_name=name)
    print(f"{name} may sign in again.")


@app.command("end-sign-ins")
def end_sign_ins(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="The sign-in name; without one: everybody.")
    ] = "",
) -> None:
    """End every sign-in of a user, or of everybody after a break-in; nobody is locked out."""
    from portal.services import administration

    if not name:
        print(f"{_done(administration.end_everybody)} sign-ins were ended.")
        return

    def act(db: Any, actor: Any, *, now: datetime) -> None:
        user_id = administration.named(db, actor, sign_in_name=name)
        administration.end_sign_ins(db, actor, user_id=user_id, now=now)

    _done(act)
    print(f"{name} is signed out everywhere.")


def _done(use_case: Callable[..., Any], **arguments: Any) -> Any:
    """Runs one use case as the operator, in one transaction."""
    from portal import settings
    from portal.cli import clinic
    from portal.security import actor

    with clinic.ready(settings.current()) as base, base.transaction() as db:
        return use_case(db, actor.system("operator"), **arguments, now=datetime.now(UTC))


def print_link(invitation: Any) -> None:
    """Prints a one-time link and its code, which travel apart."""
    from portal import settings
    from portal.services import invitations
    from portal.words import day

    if invitation.sign_in_name:
        print(f"{invitation.name} signs in as: {invitation.sign_in_name}")
    else:
        print(f"{invitation.name} chooses a sign-in name with the link.")
    print(f"This link opens the account, once, until {day(invitation.until)}; shown only here:")
    print(f"  {settings.current().public_url}/activate/{invitation.secret}")
    print("It needs this code too. Never send both the same way: tell the code by phone.")
    print(f"  {invitations.code_said(invitation.code)}")
