"""Signing in and out: plain HTML forms that work before any script has run.

Each POST must come from our own origin; each answer is a 303, so that the browser opens a new
socket with the new cookie. What went wrong stands in the fragment of the address, where the
prerendered page shows it by style alone: no script, no query string, nothing in a log.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Literal
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from portal import settings
from portal.errors import Busy, NotSignedIn, Refusal, TooMany
from portal.security import passwords, signins, trusted
from portal.security.actor import system
from portal.services import accounts, acting, signing_in

BODY_MAX = 4096
FIELD_MAX = 1024
UNKEPT = {"cache-control": "no-store"}
# The cookie may outlive the trust: what holds is what the database says (security/trusted.py).
TRUSTED_LIFE = timedelta(days=90)


def _here() -> str:
    return settings.current().public_url


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def same_origin(request: Request) -> bool:
    """Says whether a browser sent this from one of our own pages; no Origin counts as no."""
    return request.headers.get("origin", "") == _here()


async def form_of(request: Request) -> dict[str, str]:
    """Returns a small urlencoded form; empty where it is none, too large, or holds a zero.

    No field of ours has one, and PostgreSQL takes none (api/frames.py does the same for sockets).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        return {}
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            return {}
    try:
        fields = parse_qs(body.decode("utf8"), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        return {}
    if any("\0" in text for name, values in fields.items() for text in (name, *values)):
        return {}
    return {name: values[0][:FIELD_MAX] for name, values in fields.items()}


def cookie_of(request: Request) -> str:
    """Returns the digest of the sign-in secret that a request brought; may be empty."""
    name = signins.cookie_name(is_https=settings.current().is_https)
    return signins.digest_in(request.headers.get("cookie", ""), name)


def address_of(request: Request) -> str:
    """Returns the network address that a request came from, as the edge has judged it."""
    return request.client.host if request.client else ""


def go(path: str) -> RedirectResponse:
    """Returns the answer that sends a browser to one of our own pages."""
    return RedirectResponse(path, status_code=303, headers=UNKEPT)


def give(response: Response, entry: signing_in.Entry) -> None:
    """Puts a sign-in's secret into the cookie: out of reach of scripts, for this host alone.

    At a shared computer it goes when the browser is closed.
    """
    rules = settings.current()
    life = None if entry.is_shared else _seconds(timedelta(hours=rules.session_hours))
    same_site = "strict" if entry.is_staff else "lax"
    name = signins.cookie_name(is_https=rules.is_https)
    _put(response, name, entry.secret, life, same_site)
    if entry.device_secret:
        name = trusted.cookie_name(is_https=rules.is_https)
        _put(response, name, entry.device_secret, _seconds(TRUSTED_LIFE), "strict")


def _put(
    response: Response,
    name: str,
    value: str,
    life: int | None,
    same_site: Literal["lax", "strict"],
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=life,
        httponly=True,
        secure=settings.current().is_https,
        samesite=same_site,
        path="/",
    )


def take(response: Response) -> None:
    """Takes the cookie away, and what the browser kept of our pages."""
    rules = settings.current()
    response.delete_cookie(
        signins.cookie_name(is_https=rules.is_https),
        path="/",
        secure=rules.is_https,
        httponly=True,
    )
    response.headers["clear-site-data"] = '"cache"'


Answer = Callable[[Request], Awaitable[Response]]


def from_our_pages(answer: Answer) -> Answer:
    """Refuses what another site's page sent (CSRF)."""

    async def checked(request: Request) -> Response:
        if not same_origin(request):
            return Response("This form was not sent from the portal.", 403)
        return await answer(request)

    return checked


def enter_with(entry: signing_in.Entry) -> Response:
    """Returns the answer that leads somebody in, to the page where their sign-in goes on."""
    response = go(entry.begins_at)
    give(response, entry)
    return response


def where_from(request: Request, form: dict[str, str]) -> signing_in.Where:
    """Returns from which browser and address somebody comes, and whether others use it too."""
    rules = settings.current()
    name = trusted.cookie_name(is_https=rules.is_https)
    return signing_in.Where(
        device=request.headers.get("user-agent", ""),
        address=address_of(request),
        is_shared=form.get("shared", "") != "",
        trusted=signins.digest_in(request.headers.get("cookie", ""), name),
    )


@from_our_pages
async def sign_in(request: Request) -> Response:
    """Checks name and password; the same words, status and work whether the name is known."""
    form = await form_of(request)
    where = where_from(request, form)
    try:
        entry = await _enter(form.get("username", ""), form.get("password", ""), where)
    except (TooMany, Busy):
        return go("/#wait")
    if entry is None:
        return go("/#wrong")
    await end_before(request)
    return enter_with(entry)


async def _enter(name: str, password: str, where: signing_in.Where) -> signing_in.Entry | None:
    now = acting.desk().clock()
    who = await acting.at_the_door(
        lambda db: accounts.candidate(db, name, address=where.address, now=now)
    )
    fits = await passwords.check(password, who.stored)
    return await acting.at_the_door(lambda db: signing_in.enter(db, who, where, fits=fits, now=now))


async def end_before(request: Request) -> None:
    """Ends the sign-in that a browser had before it got a new one."""
    old = cookie_of(request)
    if old:
        await _end_quietly(old)


async def _end_quietly(digest: str) -> None:
    for act in (acting.perform, acting.halfway):
        with contextlib.suppress(NotSignedIn):
            await act(digest, accounts.leave)


@from_our_pages
async def sign_out(request: Request) -> Response:
    """Ends the sign-in: its sockets close, its cookie goes, Back shows nothing."""
    await _end_quietly(cookie_of(request))
    response = go("/#left")
    take(response)
    return response


@from_our_pages
async def open_record(request: Request) -> Response:
    """Opens another record that the person may help with, with a full page load."""
    form = await form_of(request)
    try:
        await acting.perform(
            cookie_of(request), accounts.open_record, patient_id=form.get("patient", "")
        )
    except NotSignedIn:
        return go("/#ended")
    except Refusal:
        return go("/home#refused")
    return go("/home")


@from_our_pages
async def extend(request: Request) -> Response:
    """Says that somebody is there: the idle time begins anew."""
    try:
        await acting.perform(cookie_of(request), _nothing)
    except NotSignedIn:
        return JSONResponse({"signed_in": False}, 401)
    return await clock(request)


def _nothing(db: object, actor: object, *, now: object) -> None:
    del db, actor, now


async def clock(request: Request) -> Response:
    """Tells a page how long its sign-in lasts; asking does not extend it."""
    here = acting.desk()
    digest, now = cookie_of(request), here.clock()
    left = await acting.alone(lambda db: signins.left(db, digest, here.limits, now=now))
    if left is None:
        return JSONResponse({"signed_in": False}, 401)
    return JSONResponse(
        {
            "signed_in": True,
            "idle_seconds_left": left.idle_seconds,
            "absolute_seconds_left": left.whole_seconds,
        }
    )


@contextlib.asynccontextmanager
async def opening() -> AsyncIterator[None]:
    """Shuts the doors that only a demo may have, before the first request."""
    now = acting.desk().clock()
    await acting.alone(lambda db: accounts.close_demo(db, system("start"), now=now))
    yield


routes = [
    Route("/auth/sign-in", sign_in, methods=["POST"]),
    Route("/auth/sign-out", sign_out, methods=["POST"]),
    Route("/auth/open-record", open_record, methods=["POST"]),
    Route("/auth/extend", extend, methods=["POST"]),
    Route("/auth/clock", clock, methods=["GET"]),
]
