"""Passkeys: what assets/passkeys.js asks for and brings back, as JSON from our own pages alone.

Each ceremony has two calls: what the browser needs, and its answer. An answer that does not hold
is told in one sentence, the same whatever was wrong with it.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.api import auth
from portal.errors import Invalid, NotSignedIn, Refusal
from portal.security import paths
from portal.services import acting, factors, signing_in
from portal.words import _

BODY_MAX = 16_384
NO_FIT = _("That passkey does not fit here. Try again, or use another way.")


class _Sent(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    answer: dict[str, Any]
    trust: bool = False
    shared: bool = False
    then: str = Field(default="", max_length=paths.MOST)


Answer = Callable[[Request], Awaitable[Response]]


def in_json(answer: Answer) -> Answer:
    """Refuses what another site sent, and tells refusals as the script understands them."""

    async def told(request: Request) -> Response:
        if not auth.same_origin(request):
            return _said(_("This was not sent from the portal."), 403)
        try:
            return await answer(request)
        except NotSignedIn:
            return JSONResponse({"go": "/#ended"}, 401, auth.UNKEPT)
        except Refusal as refusal:
            return _said(refusal.words, refusal.status)

    return told


async def read_in(request: Request) -> Any:
    """Returns the JSON that a script sent; raises `Invalid` for anything else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    body = await request.body()
    if kind != "application/json" or len(body) > BODY_MAX:
        raise Invalid
    try:
        return json.loads(body, object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError) as error:
        raise Invalid from error


async def sent_in(request: Request) -> _Sent:
    """Returns what the script sent, checked; raises `Invalid` for anything else."""
    try:
        return _Sent.model_validate(await read_in(request))
    except ValidationError as error:
        raise Invalid from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _never(constant: str) -> None:
    raise ValueError(constant)


def _said(words: str, status: int) -> JSONResponse:
    return JSONResponse({"said": words}, status, auth.UNKEPT)


def _asked(options: dict[str, Any]) -> JSONResponse:
    return JSONResponse(options, headers=auth.UNKEPT)


def _go(path: str) -> JSONResponse:
    return JSONResponse({"go": path}, headers=auth.UNKEPT)


def _enter(entry: signing_in.Entry | None) -> Response:
    if entry is None:
        return _said(NO_FIT, 422)
    response = _go(entry.begins_at)
    auth.give(response, entry)
    return response


@in_json
async def sign_in_options(request: Request) -> Response:
    """Says what a browser needs to sign in with any passkey of ours."""
    now, address = acting.desk().clock(), auth.address_of(request)
    return _asked(
        await acting.alone(lambda db: signing_in.alone_options(db, address=address, now=now))
    )


@in_json
async def sign_in(request: Request) -> Response:
    """Signs somebody in with a passkey alone."""
    sent = await sent_in(request)
    where = auth.where_from(request, {"shared": "on"} if sent.shared else {})
    now = acting.desk().clock()
    entry = await acting.alone(
        lambda db: signing_in.with_passkey_alone(db, where, answer=sent.answer, now=now)
    )
    if entry is not None:
        await auth.end_before(request)
    return _enter(entry)


@in_json
async def second_options(request: Request) -> Response:
    """Says what a browser needs for the second step."""
    return _asked(await acting.halfway(auth.cookie_of(request), signing_in.passkey_options))


@in_json
async def second(request: Request) -> Response:
    """Takes a passkey as the second step."""
    sent = await sent_in(request)
    return _enter(
        await acting.halfway(
            auth.cookie_of(request), signing_in.with_passkey, answer=sent.answer, trust=sent.trust
        )
    )


@in_json
async def confirm_options(request: Request) -> Response:
    """Says what a browser needs to confirm."""
    return _asked(await acting.perform(auth.cookie_of(request), signing_in.confirm_options))


@in_json
async def confirm(request: Request) -> Response:
    """Confirms with a passkey, and leads back."""
    sent = await sent_in(request)
    fits = await acting.perform(
        auth.cookie_of(request), signing_in.confirm_with_passkey, answer=sent.answer
    )
    return _go(paths.own(sent.then)) if fits else _said(NO_FIT, 422)


@in_json
async def register_options(request: Request) -> Response:
    """Says what a browser needs to make a passkey."""
    return _asked(await _either(auth.cookie_of(request), factors.passkey_options))


@in_json
async def register(request: Request) -> Response:
    """Keeps a new passkey, and leads back to the page that asked for it."""
    sent = await sent_in(request)
    digest = auth.cookie_of(request)
    await _either(digest, factors.add_passkey, answer=sent.answer)
    seat = await acting.seat(digest)
    is_whole = seat is not None and seat.stage == "full"
    return _go(paths.own(sent.then, otherwise="/settings") if is_whole else signing_in.SECOND_STEP)


async def _either(digest: str, use_case: Callable[..., Any], **given: Any) -> Any:
    """Runs a use case as somebody who is in, or who is setting the first factor up."""
    seat = await acting.seat(digest)
    if seat is None:
        raise NotSignedIn
    run = acting.perform if seat.stage == "full" else acting.halfway
    return await run(digest, use_case, **given)


def _route(path: str, answer: Answer) -> Route:
    return Route(f"/auth/passkey/{path}", answer, methods=["POST"])


routes = [
    _route("sign-in/options", sign_in_options),
    _route("sign-in", sign_in),
    _route("second/options", second_options),
    _route("second", second),
    _route("confirm/options", confirm_options),
    _route("confirm", confirm),
    _route("register/options", register_options),
    _route("register", register),
]
