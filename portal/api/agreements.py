"""Agreements: the first texts of a clinic, the answer to new ones, and reading without scripts."""

import contextlib
from collections.abc import AsyncIterator, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.api import auth
from portal.api.plain import el, page, unfolded
from portal.errors import Busy, Invalid, NotFound, NotSignedIn
from portal.models.agreements import TEXTS
from portal.security.actor import system
from portal.services import acting, agreements, front_door, prevention, signing_in
from portal.services.agreements import Answers, TextChanged
from portal.words import _


@auth.from_our_pages
async def agree(request: Request) -> Response:
    """Takes the answers of somebody who is half in; leads on, or back to what is missing."""
    form = await auth.form_of(request)
    try:
        entry = await acting.halfway(
            auth.cookie_of(request), signing_in.agree, answers=answers_in(form)
        )
    except NotSignedIn:
        return auth.go("/#ended")
    except TextChanged:
        return auth.go(f"{signing_in.AGREE}#changed")
    except Invalid:
        return auth.go(f"{signing_in.AGREE}#needed")
    except Busy:
        return auth.go(f"{signing_in.AGREE}#busy")
    return auth.enter_with(entry)


def answers_in(form: Mapping[str, str]) -> Answers:
    """Returns what somebody answered: a box for each text, or one for all that is needed."""
    versions = {
        kind: int(form[f"version_{kind}"])
        for kind in agreements.titles()
        if _is_number(form.get(f"version_{kind}", ""))
    }
    agreed = {kind: _is_ticked(form, kind) for kind in versions}
    return Answers(versions, agreed)


async def read(request: Request) -> Response:
    """Shows a text as it counts now, for browsers without scripts."""
    door = await acting.look(front_door.view)
    try:
        text = await acting.look(agreements.one, kind=request.url.path.rpartition("/")[2])
    except NotFound:
        way = el("p", el("a", _("Help"), href="/help"))
        return page(door, _("We could not find that page"), way, status=404)
    return page(door, text.title, unfolded(text))


@contextlib.asynccontextmanager
async def opening() -> AsyncIterator[None]:
    """Lays down the first texts and rules where there are none, before the first request."""
    now = acting.desk().clock()
    await acting.alone(lambda db: prevention.begin(db, system("start"), now=now))
    await acting.alone(lambda db: agreements.begin(db, system("start"), now=now))
    yield


def _is_ticked(form: Mapping[str, str], kind: str) -> bool:
    if kind in agreements.NEEDED:
        return bool(form.get("agree") or form.get(f"agree_{kind}"))
    return bool(form.get(kind))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len("99999")


routes = [
    Route("/auth/agree", agree, methods=["POST"]),
    *(Route(f"/texts/{kind}", read, methods=["GET"]) for kind in TEXTS),
]
