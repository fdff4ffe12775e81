"""The built pages: what is served, under which name, and how long a browser may keep it.

NET-04 (no-store but for what bears its hash; unknown paths are 404), the hashes of NET-03.
"""

import base64
import gzip
import hashlib
import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from portal.api import site

FONT = b"a font"
FONT_MARK = hashlib.sha256(FONT).hexdigest()[:8]
HTML = {"accept": "text/html"}


def _files() -> dict[str, bytes]:
    return {
        "index.html": b"<p>front</p>",
        "home.html": b"<p>home</p><script>one()</script><script src='/a.js'></script>",
        "home/index.html": b"<p>home</p><script id='x'>two()</script>",
        "404.html": b"<p>not found</p><script>one()</script>",
        "__spa-fallback.html": b"<p>shell</p>",
        "assets/entry-abc.js": b"whole()",
        "assets/entry-abc.js.gz": gzip.compress(b"whole()"),
        f"fonts/inter-{FONT_MARK}.woff2": FONT,
        "fonts/inter-00000000.woff2": b"another",
        "favicon.ico": b"icon",
    }


@pytest.fixture
def build(tmp_path: Path) -> Path:
    for name, content in _files().items():
        path = site.client_dir(tmp_path) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    routes = ["index", "home", "results/[id]", "404"]
    (tmp_path / "routes.json").write_text(json.dumps(routes))
    (tmp_path / "secret.txt").write_text("not to be served")
    return tmp_path


@pytest.fixture
def browser(build: Path) -> TestClient:
    behind = Starlette(
        routes=[
            Route("/health", lambda _: JSONResponse({"status": "ok"})),
            Route("/files/7", lambda _: JSONResponse({"error": "no"}, 404)),
            Route("/auth/sign-in", lambda _: PlainTextResponse("in"), methods=["POST"]),
        ]
    )
    return TestClient(site.Site(behind, build), follow_redirects=False)


class TestPages:
    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("/", "front"),
            ("/home", "home"),
            ("/home/", "home"),
            ("/results/9", "shell"),
            ("/results/a.b", "shell"),
        ],
    )
    def test_are_served_under_their_name_without_an_extra_trip(
        self, browser: TestClient, path: str, text: str
    ) -> None:
        answer = browser.get(path)
        assert answer.status_code == 200
        assert text in answer.text
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        "path",
        [
            "/nothing",
            "/404",
            "/index",
            "/home.html",
            "/404.html",
            "/__spa-fallback.html",
            "/__spa-fallback",
            "/results",
            "/results/9/8",
            "/routes.json",
            "/secret.txt",
            "/assets/../../../secret.txt",
            "/%2e%2e/%2e%2e/secret.txt",
            "/assets/entry-abc.js.gz",
            "/assets/",
        ],
    )
    def test_other_paths_are_not_found(self, browser: TestClient, path: str) -> None:
        answer = browser.get(path, headers=HTML)
        assert answer.status_code == 404
        assert "not found" in answer.text
        assert answer.headers["cache-control"] == "no-store"

    def test_the_apps_own_answers_come_through(self, browser: TestClient) -> None:
        assert browser.get("/health").json() == {"status": "ok"}
        assert browser.get("/files/7", headers=HTML).json() == {"error": "no"}
        assert browser.post("/auth/sign-in").text == "in"
        assert browser.post("/home").status_code in {404, 405}

    def test_a_program_gets_no_page_where_nothing_is(self, browser: TestClient) -> None:
        assert "not found" not in browser.get("/nothing", headers={"accept": "*/*"}).text

    def test_head_tells_the_length_alone(self, browser: TestClient) -> None:
        answer = browser.head("/home")
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) == len(_files()["home.html"])


class TestFiles:
    def test_bundled_ones_may_be_kept_forever(self, browser: TestClient) -> None:
        assert "immutable" in browser.get("/assets/entry-abc.js").headers["cache-control"]

    def test_others_only_when_their_name_bears_their_hash(self, browser: TestClient) -> None:
        marked = browser.get(f"/fonts/inter-{FONT_MARK}.woff2")
        assert "immutable" in marked.headers["cache-control"]
        for path in ("/fonts/inter-00000000.woff2", "/favicon.ico"):
            assert browser.get(path).headers["cache-control"] == "no-store"

    def test_are_sent_packed_where_the_browser_takes_it(self, browser: TestClient) -> None:
        packed = browser.get("/assets/entry-abc.js", headers={"accept-encoding": "gzip, br"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.text == "whole()"
        plain = browser.get("/assets/entry-abc.js", headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.text == "whole()"
        assert plain.headers["vary"] == "Accept-Encoding"

    def test_scripts_have_the_type_that_browsers_insist_on(self, browser: TestClient) -> None:
        kind = browser.get("/assets/entry-abc.js").headers["content-type"]
        assert kind.startswith("text/javascript")


def test_hashes_name_every_inline_script_once(build: Path) -> None:
    expected = {
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in (b"one()", b"two()")
    }
    assert set(site.inline_script_hashes(build)) == expected
    assert len(site.inline_script_hashes(build)) == len(expected)
