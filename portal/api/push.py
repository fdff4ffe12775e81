"""Push: what assets/push.js brings from a browser that wants to be told, and what makes us an app.

From our own pages alone, as JSON. The manifest is the same for everybody and names no clinic: who
has the portal on a home screen shows that screen to others.
"""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal import words
from portal.api import auth, passkeys
from portal.errors import Invalid
from portal.integrations import push
from portal.services import acting, contact
from portal.words import _

MANIFEST = "application/manifest+json"
# As in assets/look/tokens.css: the ground, and the accent.
GROUND, ACCENT = "#F8F5F0", "#4650B5"


class _Sent(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    endpoint: str = Field(max_length=push.MOST)


class _Subscription(_Sent):
    key: str = Field(max_length=100)
    auth: str = Field(max_length=40)


Sent = TypeVar("Sent", bound=_Sent)


@passkeys.in_json
async def turn_on(request: Request) -> Response:
    """Lets the browser that asks be told from now on."""
    sent = await _sent(request, _Subscription)
    await acting.perform(auth.cookie_of(request), contact.tell_here, **sent.model_dump())
    return JSONResponse({}, 201, auth.UNKEPT)


@passkeys.in_json
async def turn_off(request: Request) -> Response:
    """Tells the browser that asks no more."""
    sent = await _sent(request, _Sent)
    await acting.perform(auth.cookie_of(request), contact.tell_no_more_here, endpoint=sent.endpoint)
    return JSONResponse({}, 200, auth.UNKEPT)


async def manifest(request: Request) -> Response:
    """Says what the portal is called and looks like on a home screen."""
    del request
    icons = [("/icon-192.png", "192x192", "any"), ("/icon-512.png", "512x512", "any")]
    icons.append(("/icon-full-512.png", "512x512", "maskable"))
    said = {
        "id": "/",
        "name": _("Patient portal"),
        "short_name": _("Portal"),
        "lang": words.language(),
        "start_url": "/home",
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": ACCENT,
        "icons": [
            {"src": src, "sizes": sizes, "type": "image/png", "purpose": purpose}
            for src, sizes, purpose in icons
        ],
    }
    return JSONResponse(said, headers=auth.UNKEPT, media_type=MANIFEST)


async def _sent(request: Request, form: type[Sent]) -> Sent:
    try:
        return form.model_validate(await passkeys.read_in(request))
    except ValidationError as error:
        raise Invalid from error


routes = [
    Route("/push/on", turn_on, methods=["POST"]),
    Route("/push/off", turn_off, methods=["POST"]),
    Route("/manifest.webmanifest", manifest, methods=["GET"]),
]
