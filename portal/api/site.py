"""The built pages, served from memory: without an extra trip, and with the right to be cached.

A page's own data never is in these files; they are the same for everybody.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path

from reflex.utils.prerequisites import get_web_dir
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOREVER = "public, max-age=31536000, immutable"
NEVER = "no-store"
PACKINGS = (("br", ".br"), ("gzip", ".gz"))
NO_PAGE = "404"
SHELL = "/__spa-fallback.html"
# Names that Reflex gives to what is no page of its own.
HIDDEN = {"/404", "/index", "/__spa-fallback"}
# Requests that take a form of a page; everything else belongs to the app behind.
READS = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    headers: dict[str, str]
    kind: str


def client_dir(web: Path) -> Path:
    """Returns where the files of a build lie inside Reflex's folder."""
    return web / "build" / "client"


def build_dir() -> Path:
    """Returns the folder of the build that this process serves."""
    return get_web_dir().absolute()


def in_front(app: ASGIApp) -> ASGIApp:
    """Puts the built pages in front of an app (for `rx.App(api_transformer=…)`)."""
    return Site(app, build_dir())


def inline_script_hashes(folder: Path) -> list[str]:
    """Returns the CSP sources ('sha256-…') of every inline script in the built pages, sorted."""
    found = set[str]()
    for page in client_dir(folder).rglob("*.html"):
        for script in re.findall(
            r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page.read_text("utf8"), re.DOTALL
        ):
            digest = hashlib.sha256(script.encode()).digest()
            found.add(f"'sha256-{base64.b64encode(digest).decode()}'")
    return sorted(found)


class Site:
    """ASGI: answers for the built pages and their files, and hands on everything else.

    A page of the app that has no file of its own (`/results/[id]`) gets the shell that fills
    itself; an unknown path gets the "not found" page with status 404, after the app behind was
    asked.
    """

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        """`folder` is one build: `build/client` with the files, `routes.json` with the pages."""
        self._app = app
        self._folder = client_dir(folder)
        self._names = {
            "/" + path.relative_to(self._folder).as_posix()
            for path in self._folder.rglob("*")
            if path.is_file()
        }
        self._packed = {name for name in self._names if name.endswith((".br", ".gz"))}
        self._names -= self._packed
        self._is_page = _matcher(json.loads((folder / "routes.json").read_text("utf8")))
        self._kept = dict[str, _File]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http" or scope["method"] not in READS:
            await self._app(scope, receive, send)
            return
        name = self._name_for(scope["path"])
        if name is None:
            await self._app(scope, receive, _NotFoundPage(self, scope, send))
            return
        await self.answer(name, scope, HTTPStatus.OK)(scope, receive, send)

    def _name_for(self, path: str) -> str | None:
        if path in self._names and not path.endswith(".html"):
            return path
        if path.startswith("/assets/") or path.endswith(".html"):
            return None
        bare = path.rstrip("/")
        if bare in HIDDEN:
            return None
        for name in (f"{bare}.html", f"{bare}/index.html"):
            if name in self._names:
                return name
        return SHELL if self._is_page(path) else None

    def answer(self, name: str, scope: Scope, status: int) -> Response:
        """Returns one built file as a response, in the smallest form that the browser takes."""
        file = self._file(name, Headers(scope=scope).get("accept-encoding", ""))
        length = {"content-length": str(len(file.body))}
        body = b"" if scope["method"] == "HEAD" else file.body
        return Response(body, status, {**file.headers, **length}, file.kind)

    def _file(self, name: str, accepted: str) -> _File:
        packing, suffix = next(
            (
                (packing, suffix)
                for packing, suffix in PACKINGS
                if packing in accepted and name + suffix in self._packed
            ),
            ("", ""),
        )
        kept = self._kept.get(name + suffix)
        if kept is None:
            kept = self._kept[name + suffix] = self._read(name, packing, suffix)
        return kept

    def _read(self, name: str, packing: str, suffix: str) -> _File:
        whole = (self._folder / name[1:]).read_bytes()
        headers = {
            "cache-control": FOREVER if _bears_its_hash(name, whole) else NEVER,
            "vary": "Accept-Encoding",
        }
        if packing:
            headers["content-encoding"] = packing
        body = (self._folder / (name + suffix)[1:]).read_bytes() if suffix else whole
        kind = "text/javascript" if name.endswith(".js") else guess_type(name)[0]
        return _File(body, headers, kind or "application/octet-stream")


def _bears_its_hash(name: str, whole: bytes) -> bool:
    """Whether a file's name changes with its content, so that it may be kept forever.

    Bundled files do; a font or picture does when its name ends in the start of its SHA-256
    (`inter-1f2e3d4c.woff2`).
    """
    if name.startswith("/assets/"):
        return True
    marked = re.search(r"-([0-9a-f]{8,64})\.\w+$", name)
    return bool(marked) and hashlib.sha256(whole).hexdigest().startswith(marked[1])


def _matcher(routes: list[str]) -> Callable[[str], bool]:
    """Returns whether a path is one of the app's pages, `[id]` standing for one part of it."""
    patterns = [
        "/".join(r"[^/]+" if part.startswith("[") else re.escape(part) for part in route.split("/"))
        for route in routes
        if route != NO_PAGE
    ]
    known = re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")
    return lambda path: bool(known.fullmatch(path.strip("/")))


class _NotFoundPage:
    """Sends the "not found" page to a browser where the app behind has nothing to say."""

    def __init__(self, site: Site, scope: Scope, send: Send) -> None:
        headers = Headers(scope=scope)
        self._wanted = "text/html" in headers.get("accept", "")
        self._site, self._scope, self._send = site, scope, send
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._wanted and _says_nothing(message):
            self._replaced = True
            page = self._site.answer(f"/{NO_PAGE}.html", self._scope, HTTPStatus.NOT_FOUND)
            await page(self._scope, _nothing_more, self._send)
        if not self._replaced:
            await self._send(message)


def _says_nothing(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    plain = headers.get("content-type", "").startswith("text/plain")
    return start["status"] == HTTPStatus.NOT_FOUND and plain


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}
