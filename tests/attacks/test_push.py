"""What a browser may bring to be told, and from where; and what makes the portal an app."""

import json
import struct
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select

from portal.models.telling import PushSubscription
from tests.support.attacked import Attacked
from tests.support.pushes import DEVICE
from tests.support.source import ROOT

WHOLE = {"endpoint": DEVICE.endpoint, "key": DEVICE.key, "auth": DEVICE.auth}


@pytest.fixture
def cookie(attacked: Attacked) -> str:
    """Alice's, who has no device."""
    assert attacked.base
    with attacked.base.transaction() as db:
        db.connection().execute(delete(PushSubscription))
    return attacked.sign_in("alice")[0]


def devices(portal: Attacked) -> list[str]:
    """Returns whose devices there are."""
    assert portal.base
    with portal.base.reading() as db:
        return [one.user_id for one in db.scalars(select(PushSubscription))]


def ask(
    portal: Attacked, cookie: str, body: Any, *, path: str = "/push/on", **headers: str
) -> httpx.Response:
    with portal.web(cookie) as web:
        said = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.post(path, content=said, headers={"content-type": "application/json"} | headers)


class TestSubscribing:
    def test_is_the_signed_in_persons_own(self, attacked: Attacked, cookie: str) -> None:
        assert ask(attacked, cookie, WHOLE).status_code == 201
        assert devices(attacked) == [attacked.people.users["alice"].id]
        charlies = attacked.sign_in("charlie")[0]
        place = {"endpoint": DEVICE.endpoint}
        assert ask(attacked, charlies, place, path="/push/off").status_code == 200
        assert len(devices(attacked)) == 1, "another's device is not theirs to end"
        assert ask(attacked, cookie, place, path="/push/off").status_code == 200
        assert not devices(attacked)

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
    def test_is_refused_from_another_page(
        self, attacked: Attacked, cookie: str, origin: str
    ) -> None:
        assert ask(attacked, cookie, WHOLE, origin=origin).status_code == 403
        assert not devices(attacked)

    def test_is_refused_to_nobody_and_to_staff(self, attacked: Attacked, cookie: str) -> None:
        del cookie
        assert ask(attacked, "", WHOLE).status_code == 401
        assert ask(attacked, attacked.sign_in("dana")[0], WHOLE).status_code == 403
        assert not devices(attacked)

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"[]", b"{", b'{"endpoint": 5}', b"\xff", b"[" * 5000, {}, WHOLE | {"more": "x"},
            WHOLE | {"key": None}, WHOLE | {"auth": "a" * 60}, WHOLE | {"endpoint": "x" * 600},
            WHOLE | {"endpoint": "https://127.0.0.1/a"}, WHOLE | {"endpoint": "https://db/a"},
            WHOLE | {"endpoint": "https://push.example:5432/a"},
            WHOLE | {"endpoint": "https://push.example/a\u0000"}, WHOLE | {"key": "\u0000"},
        ],
    )  # fmt: skip
    def test_takes_nothing_else(self, attacked: Attacked, cookie: str, body: Any) -> None:
        """IN-01, and SSRF: what is no browser's own answer is not kept."""
        assert ask(attacked, cookie, body).status_code == 422
        assert not devices(attacked)


class TestApp:
    def test_is_described_for_a_home_screen(self, attacked: Attacked) -> None:
        with attacked.web() as web:
            answer = web.get("/manifest.webmanifest")
        assert answer.headers["content-type"].startswith("application/manifest+json")
        assert answer.headers["cache-control"] == "no-store"
        said = answer.json()
        assert (said["start_url"], said["scope"], said["display"]) == ("/home", "/", "standalone")
        assert "Juniper" not in answer.text
        for icon in said["icons"]:
            data = (ROOT / "assets" / icon["src"][1:]).read_bytes()
            assert len(data) < 8_000
            assert data.startswith(b"\x89PNG")
            width, height = struct.unpack("!LL", data[16:24])
            assert f"{width}x{height}" == icon["sizes"]

    def test_keeps_nothing_and_answers_no_request(self) -> None:
        """NET-04: what the worker cannot do, it cannot do wrong."""
        worker = (ROOT / "assets" / "service-worker.js").read_text("utf8")
        code = worker.partition("*/")[2]
        for word in ("fetch", "caches", "indexedDB", "importScripts", "postMessage"):
            assert word not in code, word
