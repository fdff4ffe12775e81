"""Forgotten password or sign-in name: plain forms, answered alike for everybody."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import auth
from portal.errors import Busy, Invalid, TooMany
from portal.security import passwords
from portal.security.actor import nobody
from portal.services import accounts, acting, forgotten

_TOKEN = re.compile(r"[\w-]{20,100}", re.ASCII)


class PasswordsDiffer(Invalid):
    """The password was not repeated as it was typed first."""


@auth.from_our_pages
async def ask(request: Request) -> Response:
    """Says that a mail is on its way, whether there is anybody to write to or not."""
    form = await auth.form_of(request)
    said = form.get("username", "")
    what = "name" if form.get("what", "") == "name" else "password"
    actor, now = nobody(auth.address_of(request)), acting.desk().clock()
    try:
        await acting.alone(lambda db: forgotten.ask(db, actor, said=said, what=what, now=now))
    except (TooMany, Busy):
        return auth.go("/forgot-password#wait")
    return auth.go("/forgot-password#sent")


@auth.from_our_pages
async def reset(request: Request) -> Response:
    """Sets a new password by a link from a mail, once."""
    form = await auth.form_of(request)
    token = form.get("token", "")
    if not _TOKEN.fullmatch(token):
        return auth.go("/reset/-#used")
    try:
        await _reset(token, form, auth.address_of(request))
    except accounts.LinkUsedUp:
        return auth.go(f"/reset/{token}#used")
    except (Busy, TooMany):
        return auth.go(f"/reset/{token}#wait")
    except PasswordsDiffer:
        return auth.go(f"/reset/{token}#differ")
    except Invalid:
        return auth.go(f"/reset/{token}#weak")
    return auth.go("/#password-set")


async def _reset(token: str, form: dict[str, str], address: str) -> None:
    now, password = acting.desk().clock(), form.get("password", "")
    await acting.alone(lambda db: forgotten.owner(db, token=token, now=now))
    if password != form.get("again", ""):
        raise PasswordsDiffer
    await acting.look(accounts.check_by_link, token=token, password=password)
    hashed = await passwords.make(password)
    await acting.alone(
        lambda db: forgotten.reset(db, token=token, hashed=hashed, address=address, now=now)
    )


routes = [
    Route("/auth/forgot", ask, methods=["POST"]),
    Route("/auth/reset", reset, methods=["POST"]),
]
