"""Using a way back in: link, code, birth date and a new password in one plain form."""

import re
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import auth
from portal.errors import Busy, Invalid, TooMany
from portal.security import passwords
from portal.services import accounts, acting, ways_back

_TOKEN = re.compile(r"[\w-]{20,100}", re.ASCII)


class PasswordsDiffer(Invalid):
    """The password was not repeated as it was typed first."""


@auth.from_our_pages
async def back(request: Request) -> Response:
    """Sets the new password where all three fit; a wrong code or birth date is never told apart."""
    form = await auth.form_of(request)
    token = form.get("token", "")
    if not _TOKEN.fullmatch(token):
        return auth.go("/back/-")
    try:
        outcome = await _use(token, form, auth.address_of(request))
    except accounts.LinkUsedUp:
        outcome = "over"
    except (Busy, TooMany):
        outcome = "wait"
    except PasswordsDiffer:
        outcome = "differ"
    except Invalid:
        outcome = "weak"
    return auth.go("/#password-set" if outcome == "right" else f"/back/{token}#{outcome}")


async def _use(token: str, form: dict[str, str], address: str) -> str:
    now, password = acting.desk().clock(), form.get("password", "")
    await acting.alone(lambda db: ways_back.owner(db, token=token, now=now))
    if password != form.get("again", ""):
        raise PasswordsDiffer
    given = ways_back.Given(
        token=token,
        code=form.get("code", ""),
        birth_date=_day(form.get("birth_date", "")),
        source=address,
    )
    outcome = await acting.alone(
        lambda db: ways_back.prove(db, given=given, password=password, now=now)
    )
    if outcome != "right":
        return outcome
    hashed = await passwords.make(password)
    return await acting.alone(lambda db: ways_back.use(db, given=given, hashed=hashed, now=now))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


routes = [Route("/auth/back", back, methods=["POST"])]
