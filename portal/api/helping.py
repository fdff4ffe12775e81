"""Accepting an invitation to help: a plain form, for who has an account and for who is new."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import auth
from portal.errors import Busy, Conflict, NotSignedIn, TooMany
from portal.security.actor import Actor
from portal.services import acting, family
from portal.services.family import Accepted

_TOKEN = re.compile(r"[\w-]{20,100}", re.ASCII)
_CODE = re.compile(r"[\d\s]{8,20}", re.ASCII)


@auth.from_our_pages
async def accept(request: Request) -> Response:
    """Accepts with the account that is signed in, or makes a new one; the address tells what."""
    form = await auth.form_of(request)
    token, code = form.get("token", ""), form.get("code", "")
    if not _TOKEN.fullmatch(token):
        return auth.go("/helping/-#wrong")
    if not _CODE.fullmatch(code):
        return auth.go(f"/helping/{token}#wrong")
    try:
        accepted = await _accept(request, token, code, is_new=form.get("way", "") == "new")
    except NotSignedIn:
        return auth.go(f"/helping/{token}#signed-out")
    except (Busy, TooMany, Conflict):
        return auth.go(f"/helping/{token}#wait")
    if accepted.outcome != "done":
        return auth.go(f"/helping/{token}#{accepted.outcome}")
    return auth.go(f"/activate/{accepted.secret}" if accepted.secret else "/family")


async def _accept(request: Request, token: str, code: str, *, is_new: bool) -> Accepted:
    if not is_new:
        digest = auth.cookie_of(request)
        return await acting.perform(digest, family.accept, secret=token, code=code)
    now = acting.desk().clock()
    source = request.client.host if request.client else ""
    stranger = Actor(user_id="", name="", role="nobody", source=source)
    return await acting.alone(
        lambda db: family.accept_anew(db, stranger, secret=token, code=code, now=now)
    )


routes = [Route("/auth/help", accept, methods=["POST"])]
