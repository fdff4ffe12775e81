"""Asking for an account: plain forms, answered alike whether the clinic knows anybody or not."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal import settings
from portal.api import auth
from portal.api.plain import registering
from portal.errors import Busy, NotAllowed, TooMany
from portal.security import signins
from portal.security.actor import nobody
from portal.services import acting, front_door, registrations

COOKIE = "registration"
CODE_PAGE = "/register/code"
ANSWERS = {
    "waiting": "/register/done",
    "wrong": f"{CODE_PAGE}#wrong",
    "spent": f"{CODE_PAGE}#spent",
    "over": "/register#over",
}


def _cookie_name() -> str:
    return f"__Host-{COOKIE}" if settings.current().is_https else COOKIE


def _give(response: Response, secret: str) -> None:
    response.set_cookie(
        _cookie_name(),
        secret,
        max_age=int(registrations.LIFE.total_seconds()),
        httponly=True,
        secure=settings.current().is_https,
        samesite="strict",
        path="/",
    )


def _take(response: Response) -> Response:
    rules = settings.current()
    response.delete_cookie(_cookie_name(), path="/", secure=rules.is_https, httponly=True)
    return response


def _digest(request: Request) -> str:
    return signins.digest_in(request.headers.get("cookie", ""), _cookie_name())


@auth.from_our_pages
async def begin(request: Request) -> Response:
    """Takes a request for an account: always the same answer, and a mail with a code.

    What cannot be so is asked again, with all that was typed, in the answer itself.
    """
    form = await auth.form_of(request)
    actor, now = nobody(auth.address_of(request)), acting.desk().clock()
    try:
        typed = registrations.read(form, now=now)
        asked = await acting.alone(lambda db: registrations.begin(db, actor, typed=typed, now=now))
    except registrations.CheckAgain as again:
        return registering.once_more(await acting.look(front_door.view), form, again.fields)
    except NotAllowed:
        return auth.go("/register#desk")
    except (TooMany, Busy):
        return registering.wait(await acting.look(front_door.view), form)
    response = auth.go(CODE_PAGE if asked.by_mail else "/register/done")
    if asked.by_mail:
        _give(response, asked.secret)
    return response


@auth.from_our_pages
async def confirm(request: Request) -> Response:
    """Takes the code: on to a password, or to the front desk."""
    form = await auth.form_of(request)
    code, digest = form.get("code", "")[:20], _digest(request)
    actor, now = nobody(auth.address_of(request)), acting.desk().clock()
    try:
        found = await acting.alone(
            lambda db: registrations.confirm(db, actor, digest=digest, code=code, now=now)
        )
    except (TooMany, Busy):
        return auth.go(f"{CODE_PAGE}#wait")
    if found.outcome == "known":
        return _take(auth.go(f"/activate/{found.secret}"))
    response = auth.go(ANSWERS[found.outcome])
    return _take(response) if found.outcome in {"waiting", "over"} else response


@auth.from_our_pages
async def again(request: Request) -> Response:
    """Sends another code to the same address."""
    digest = _digest(request)
    actor, now = nobody(auth.address_of(request)), acting.desk().clock()
    try:
        await acting.alone(lambda db: registrations.again(db, actor, digest=digest, now=now))
    except (TooMany, Busy):
        return auth.go(f"{CODE_PAGE}#wait")
    return auth.go(f"{CODE_PAGE}#sent")


routes = [
    Route("/auth/register", begin, methods=["POST"]),
    Route("/auth/register/code", confirm, methods=["POST"]),
    Route("/auth/register/again", again, methods=["POST"]),
]
