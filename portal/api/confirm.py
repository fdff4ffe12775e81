"""Confirming: the plain form that takes a factor once more and leads back to where it was asked."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import auth
from portal.errors import Busy, NotSignedIn, Refusal, TooMany
from portal.security import passwords, paths, recovery
from portal.services import acting, signing_in

PAGE = "/confirm"


def _again(then: str, told: str) -> Response:
    return auth.go(f"{PAGE}?then={quote(then, safe='')}#{told}")


def _refused(then: str, refusal: Refusal) -> Response:
    if isinstance(refusal, NotSignedIn):
        return auth.go("/#ended")
    if isinstance(refusal, signing_in.OnlyAWayBack):
        return _again(then, "call")
    return _again(then, "wait" if isinstance(refusal, TooMany | Busy) else "wrong")


@auth.from_our_pages
async def confirm(request: Request) -> Response:
    """Takes a code, a recovery code or (of those without a factor) the password."""
    form = await auth.form_of(request)
    then = paths.own(form.get("then", ""))
    try:
        fits = await _try(auth.cookie_of(request), form)
    except Refusal as refusal:
        return _refused(then, refusal)
    return auth.go(then) if fits else _again(then, "wrong")


async def _try(digest: str, form: dict[str, str]) -> bool:
    if form.get("password"):
        return await _with_password(digest, form["password"])
    typed = form.get("code", "")
    printed = recovery.read(typed)
    if printed is None:
        bare = "".join(typed.split())[:20]
        return await acting.perform(digest, signing_in.confirm_with_code, code=bare)
    number, letters = printed
    hashed = await acting.perform(digest, signing_in.confirm_count_recovery, number=number)
    fits = await passwords.check(letters, hashed)
    return await acting.perform(
        digest, signing_in.confirm_with_recovery, number=number, hashed=hashed, fits=fits
    )


async def _with_password(digest: str, password: str) -> bool:
    who = await acting.perform(digest, signing_in.confirm_candidate)
    fits = await passwords.check(password, who.stored)
    return await acting.perform(digest, signing_in.confirm_with_password, who=who, fits=fits)


@auth.from_our_pages
async def send(request: Request) -> Response:
    """Sends a code by e-mail."""
    form = await auth.form_of(request)
    then = paths.own(form.get("then", ""))
    try:
        await acting.perform(auth.cookie_of(request), signing_in.confirm_send)
    except NotSignedIn:
        return auth.go("/#ended")
    except Refusal:
        return _again(then, "soon")
    return _again(then, "sent")


routes = [
    Route("/auth/confirm", confirm, methods=["POST"]),
    Route("/auth/confirm/send", send, methods=["POST"]),
]
