"""The edge: what every request passes first, and every answer last.

It stands outside of Reflex's own layers (which would answer strangers by themselves), knows the
one address that this portal has, the few ways of asking, and how large a question may be. Each
answer, whatever it is and whoever gave it, leaves with the same headers (SECURITY NET-02…NET-08).
"""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.errors import Refusal
from portal.integrations import files
from portal.settings import Settings
from portal.words import _

METHODS = ("GET", "HEAD", "POST")
# Forms are small. What may be larger (files, imports) gets its own route and its own limit.
BODY_MAX = 64 * 1024
BODY_SECONDS = 10.0
# Routes that read a large body themselves, once they know that it may come: by path, how large.
OWN_BODIES = {"/files/attach/": files.MOST_BYTES}
SOCKETS = "/_event"
# Reflex's own extras: none of them is part of this portal, so none of them exists.
NOT_OURS = ("/_upload", "/_all_routes", "/ping", "/_health", "/auth-codespace")
PORTS = {"http": 80, "https": 443}
A_YEAR = 31_536_000
OFF = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)

NO_SUCH_PLACE = _("There is nothing here.")
OTHER_HOST = _("This portal answers only at {address}.")
OTHER_METHOD = _("This can only be read or sent as a form.")
TOO_LARGE = _("That was too much at once.")
TOO_SLOW = _("That took too long to arrive. Try again.")
BAD_LENGTH = _("That request makes no sense.")


def content_policy(address: str, script_hashes: list[str]) -> str:
    """Returns the CSP: our own files alone, inline scripts by hash, nothing is evaluated."""
    scheme, _sep, host = address.partition("://")
    socket = f"{'wss' if scheme == 'https' else 'ws'}://{host}"
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *script_hashes)),
            # React sets style attributes; no script can come from a style.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"connect-src 'self' {socket}",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )


def headers_for(rules: Settings, script_hashes: list[str]) -> dict[str, str]:
    """Returns what every answer carries."""
    given = {
        "content-security-policy": content_policy(rules.public_url, script_hashes),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in OFF),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if rules.is_https:
        given["strict-transport-security"] = f"max-age={A_YEAR}; includeSubDomains"
    return given


@dataclass(frozen=True)
class Refused:
    """An answer of the edge itself: a status and a sentence."""

    status: int
    sentence: str


class Edge:
    """ASGI: the outermost layer."""

    def __init__(self, app: ASGIApp, rules: Settings, script_hashes: list[str]) -> None:
        """`app` is everything else; `script_hashes` are the CSP sources of the built pages."""
        self._app = app
        self._address = rules.public_url
        self._hosts = _hosts(rules.public_url)
        self._hops = rules.proxy_hops
        self._headers = headers_for(rules, script_hashes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope = {**scope, "client": self._client(scope)}
        sealed = self._sealed(scope, send)
        refused = self._judge(scope)
        if refused is None and scope["type"] == "http" and scope["method"] == "POST":
            body = await _taken(scope, receive)
            if isinstance(body, Refused):
                refused = body
            elif body is not None:
                receive = _replay(body, receive)
        if refused is not None:
            await refuse(scope, receive, sealed, refused)
            return
        await self._app(scope, receive, sealed)

    def _judge(self, scope: Scope) -> Refused | None:
        if Headers(scope=scope).get("host", "").lower() not in self._hosts:
            return Refused(421, OTHER_HOST.format(address=self._address))
        path = scope["path"]
        if not _is_plain(path) or path.startswith(NOT_OURS):
            return Refused(404, NO_SUCH_PLACE)
        if scope["type"] == "http":
            if scope["method"] not in METHODS:
                return Refused(405, OTHER_METHOD)
            if path.startswith(SOCKETS):
                return Refused(404, NO_SUCH_PLACE)
        return None

    def _client(self, scope: Scope) -> tuple[str, int] | None:
        """Returns who asks: the address that the outermost of our own proxies saw."""
        seen = scope.get("client")
        if not self._hops:
            return seen
        said = Headers(scope=scope).getlist("x-forwarded-for")
        chain = [part.strip() for part in ",".join(said).split(",") if part.strip()]
        return (chain[-self._hops][:64], 0) if len(chain) >= self._hops else seen

    def _sealed(self, scope: Scope, send: Send) -> Send:
        """Returns `send` that puts the headers on whatever answer begins."""
        accepted = False

        async def sealed(message: Message) -> None:
            nonlocal accepted
            kind = message["type"]
            if kind in {"http.response.start", "websocket.http.response.start"}:
                self._seal(message)
            elif kind == "websocket.accept":
                accepted = True
            elif kind == "websocket.close" and not accepted:
                # A refused handshake is an HTTP answer too; the bare one would carry no headers.
                accepted = True
                await refuse(scope, _gone, sealed, Refused(403, NO_SUCH_PLACE))
                return
            await send(message)

        return sealed

    def _seal(self, start: Message) -> None:
        headers = MutableHeaders(raw=start.setdefault("headers", []))
        for name in {name for name in headers if name.startswith("access-control-")}:
            del headers[name]
        own = headers.get("content-security-policy")
        for name, value in self._headers.items():
            headers[name] = value
        if own:
            # Both hold: what a route says of its own answer can only be stricter.
            headers.append("content-security-policy", own)
        headers.setdefault("cache-control", "no-store")
        start["headers"] = headers.raw


def around(app: ASGIApp, rules: Settings, script_hashes: list[str]) -> ASGIApp:
    """Puts the edge around everything else."""
    return Edge(app, rules, script_hashes)


async def refuse(scope: Scope, receive: Receive, send: Send, refused: Refused) -> None:
    """Answers with a sentence; a handshake is refused as the HTTP request that it is."""
    if scope["type"] != "websocket":
        extra = {"allow": ", ".join(METHODS)} if refused.status == 405 else None  # noqa: PLR2004
        await PlainTextResponse(refused.sentence, refused.status, extra)(scope, receive, send)
        return
    body = refused.sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    start = {"type": "websocket.http.response.start", "status": refused.status, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": body, "more_body": False})


async def told(request: Request, refusal: Exception) -> Response:
    """Answers a request with a refusal's own sentence: busy, no room, no database."""
    del request
    said = refusal if isinstance(refusal, Refusal) else Refusal()
    return PlainTextResponse(said.words, said.status)


def _hosts(address: str) -> frozenset[str]:
    parts = urlsplit(address)
    names = {parts.netloc.lower()}
    if parts.port in {None, PORTS[parts.scheme]}:
        bare = parts.netloc.lower().removesuffix(f":{PORTS[parts.scheme]}")
        names |= {bare, f"{bare}:{PORTS[parts.scheme]}"}
    return frozenset(names)


def _is_plain(path: str) -> bool:
    """Whether a path is one that a browser would ask for: no tricks to climb or to leave."""
    if "\\" in path or path.startswith("//") or not path.isprintable():
        return False
    return not any(part in {".", ".."} for part in path.split("/"))


async def _taken(scope: Scope, receive: Receive) -> bytes | Refused | None:
    """Reads a small body; None where the route does it, of what is not said to be too large."""
    path = scope["path"]
    most = next((most for start, most in OWN_BODIES.items() if path.startswith(start)), None)
    if most is None:
        return await _body(scope, receive)
    return _judged(Headers(scope=scope).get("content-length", ""), most)


def _judged(told: str, most: int) -> Refused | None:
    if told and not told.isdecimal():
        return Refused(400, BAD_LENGTH)
    if told and (len(told) > len(str(most)) or int(told) > most):
        return Refused(413, TOO_LARGE)
    return None


async def _body(scope: Scope, receive: Receive) -> bytes | Refused:
    """Reads a whole small body; refuses a large or a slow one before anybody works on it."""
    refused = _judged(Headers(scope=scope).get("content-length", ""), BODY_MAX)
    if refused is not None:
        return refused
    whole = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                whole += message.get("body", b"")
                if len(whole) > BODY_MAX:
                    return Refused(413, TOO_LARGE)
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return whole
    except TimeoutError:
        return Refused(408, TOO_SLOW)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Returns `receive` that gives the body once, then what the client does."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _gone() -> Message:
    return {"type": "websocket.disconnect", "code": 1006}
