"""Setting the first password by a one-time link: a plain form, which uses the link up."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import auth
from portal.errors import Busy, Invalid, TooMany
from portal.security import passwords
from portal.services import accounts, acting

_TOKEN = re.compile(r"[\w-]{20,100}", re.ASCII)


@auth.from_our_pages
async def activate(request: Request) -> Response:
    """Sets a password, once; what went wrong stands in the fragment of the page's address."""
    form = await auth.form_of(request)
    token, password = form.get("token", ""), form.get("password", "")
    if not _TOKEN.fullmatch(token):
        return auth.go("/activate/-#used")
    try:
        await _set(token, password, form.get("again", ""))
    except accounts.LinkUsedUp:
        return auth.go(f"/activate/{token}#used")
    except (Busy, TooMany):
        return auth.go(f"/activate/{token}#wait")
    except PasswordsDiffer:
        return auth.go(f"/activate/{token}#differ")
    except Invalid:
        return auth.go(f"/activate/{token}#weak")
    return auth.go("/#ready")


class PasswordsDiffer(Invalid):
    """The password was not repeated as it was typed first."""


async def _set(token: str, password: str, again: str) -> None:
    now = acting.desk().clock()
    owner = await acting.alone(lambda db: accounts.link_owner(db, token, now=now))
    if password != again:
        raise PasswordsDiffer
    accounts.check_password(password, owner.sign_in_name)
    hashed = await passwords.make(password)
    await acting.alone(lambda db: accounts.set_password(db, token, hashed=hashed, now=now))


routes = [Route("/auth/activate", activate, methods=["POST"])]
