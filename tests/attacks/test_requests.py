"""Attacks over HTTP: other hosts and methods, forged forms, large and slow bodies, odd paths."""

import socket
import time

import httpx
import pytest

from portal.api import edge
from tests.support.attacked import Attacked
from tests.support.patience import PATIENCE_S

ALWAYS = {
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cache-control",
}
FORMS = (
    "/auth/sign-in",
    "/auth/sign-out",
    "/auth/open-record",
    "/auth/extend",
    "/activate/abcabcabcabcabcabcabc",
    "/auth/agree",
    "/files/letters/invitation",
    "/files/letters/code",
    "/files/attach/abc/new",
    "/push/on",
    "/push/off",
)
PLACES = (
    "/",
    "/home",
    "/results/abc",
    "/nowhere",
    "/nowhere.js",
    "/assets/app-0a1b2c3d.js",
    "/assets/nothing.js",
    "/health",
    "/auth/clock",
    "/_event/?EIO=4&transport=polling",
    *FORMS,
    *edge.NOT_OURS,
)
ODD_PATHS = (
    "/../../etc/passwd",
    "/..%2f..%2fetc/passwd",
    "/assets/..%2f..%2f..%2fportal.py",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/assets/%00",
    "/home%0d%0aset-cookie:a=b",
    "//evil.example/home",
    "/\\evil.example",
    "/%5cevil.example",
    "/.git/config",
    "/.env",
    "/portal.db",
    "/index.html",
    "/home.html",
    "/routes.json",
    "/__spa-fallback.html",
    "/assets/app-0a1b2c3d.js.map",
)


def raw(attacked: Attacked, request: bytes, *, seconds: float = PATIENCE_S) -> bytes:
    """Sends bytes as they are; returns everything that comes back."""
    with socket.create_connection(("127.0.0.1", attacked.port), timeout=seconds) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        got = b""
        while more := line.recv(65536):
            got += more
        return got


class TestEveryAnswer:
    @pytest.mark.parametrize("place", [*PLACES, *ODD_PATHS])
    def test_carries_all_headers(self, attacked: Attacked, place: str) -> None:
        """NET-02, NET-04, R-40: found or not, ours or the framework's, in every method."""
        with attacked.web() as web:
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
                answer = web.request(method, place)
                assert answer.headers.keys() >= ALWAYS, (method, place, answer.status_code)
                assert "server" not in answer.headers
                assert answer.status_code < 500
                if method not in edge.METHODS:
                    assert answer.status_code in {404, 405}

    @pytest.mark.parametrize("place", PLACES)
    def test_lets_no_stranger_read_it(self, attacked: Attacked, place: str) -> None:
        """D6, API-03: not even a page that says whose it is."""
        asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        with attacked.web() as web:
            for method in ("GET", "POST", "OPTIONS"):
                answer = web.request(method, place, headers=asked)
                assert not [name for name in answer.headers if "access-control" in name]

    def test_trusts_scripts_by_hash_alone(self, attacked: Attacked) -> None:
        """NET-03, D12."""
        with attacked.web() as web:
            policy = web.get("/").headers["content-security-policy"]
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "'sha256-" in scripts
        assert "unsafe" not in scripts
        assert "default-src 'none'" in policy
        assert f"connect-src 'self' ws://localhost:{attacked.port}" in policy
        assert "*" not in policy

    def test_is_kept_by_no_cache_but_for_files_that_bear_their_hash(
        self, attacked: Attacked
    ) -> None:
        """NET-04."""
        with attacked.web() as web:
            assert web.get("/home").headers["cache-control"] == "no-store"
            assert web.get("/nowhere").headers["cache-control"] == "no-store"
            assert "immutable" in web.get("/assets/app-0a1b2c3d.js").headers["cache-control"]

    def test_of_what_is_not_ours_says_nothing(self, attacked: Attacked) -> None:
        """UP-01, API-06, D7: no uploads, no routes, no versions."""
        with attacked.web() as web:
            for place in edge.NOT_OURS:
                for method in ("GET", "POST"):
                    assert web.request(method, place).status_code == 404
                assert web.post(f"{place}/x").status_code == 404


class TestHosts:
    @pytest.mark.parametrize(
        "host", ["evil.example", "localhost", "127.0.0.1", "localhost:1", "", "a@localhost:{port}"]
    )
    def test_that_are_not_ours_are_refused(self, attacked: Attacked, host: str) -> None:
        """NET-08: and the address in the answer is the clinic's own."""
        said = host.format(port=attacked.port)
        answer = raw(
            attacked, f"GET / HTTP/1.1\r\nHost: {said}\r\nConnection: close\r\n\r\n".encode()
        )
        assert answer.startswith((b"HTTP/1.1 421", b"HTTP/1.1 400"))
        assert b"evil" not in answer

    def test_forwarded_by_a_stranger_change_nothing(self, attacked: Attacked) -> None:
        """NET-06: without a proxy of ours these headers are just words."""
        lies = {"x-forwarded-host": "evil.example", "x-forwarded-for": "9.9.9.9"}
        with attacked.web() as web:
            answer = web.get("/home", headers=lies)
            assert "evil" not in str(answer.headers) + answer.text


class TestForms:
    @pytest.mark.parametrize("place", FORMS)
    @pytest.mark.parametrize(
        "origin", [None, "null", "https://evil.example", "http://localhost", "{url}.evil.example"]
    )
    def test_from_elsewhere_are_refused(
        self, attacked: Attacked, place: str, origin: str | None
    ) -> None:
        """API-03: CSRF; the victim's cookie comes along and helps nothing."""
        cookie, sign_in = attacked.sign_in("alice")
        headers = {"cookie": cookie}
        if origin:
            headers["origin"] = origin.format(url=attacked.url)
        answer = httpx.post(
            attacked.url + place, headers=headers, data={"username": "alice"}, timeout=PATIENCE_S
        )
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert attacked.is_open(sign_in)

    @pytest.mark.parametrize("place", FORMS)
    def test_are_not_taken_by_get(self, attacked: Attacked, place: str) -> None:
        """MSG-06: reading never changes anything."""
        cookie, sign_in = attacked.sign_in("alice")
        with attacked.web(cookie) as web:
            assert web.get(place).status_code in {404, 405}
        assert attacked.is_open(sign_in)

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("application/json", b'{"username":"alice"}'),
            ("multipart/form-data; boundary=x", b"--x--"),
            ("application/x-www-form-urlencoded", b"\xff\xfe=1&username=%ff%fe"),
            ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(5000))),
            ("application/x-www-form-urlencoded", b"username=" + b"a" * 60_000),
            ("", b"\x00" * 100),
        ],
    )
    def test_of_other_kinds_are_a_wrong_password(
        self, attacked: Attacked, kind: str, body: bytes
    ) -> None:
        with attacked.web() as web:
            answer = web.post("/auth/sign-in", content=body, headers={"content-type": kind})
            assert answer.status_code == 303
            assert answer.headers["location"] in {"/#wrong", "/#wait"}

    def test_never_send_anybody_elsewhere(self, attacked: Attacked) -> None:
        """NET-08: no open redirect, whatever is asked for."""
        with attacked.web() as web:
            for more in (
                "?next=//evil.example",
                "?to=https://evil.example",
                "/../..//evil.example",
            ):
                answer = web.post(f"/auth/sign-out{more}", data={"next": "https://evil.example"})
                assert "evil" not in answer.headers.get("location", "")

    def test_open_only_records_that_one_may_open(self, attacked: Attacked) -> None:
        """AUTHZ-05: another's record is not opened by asking for it."""
        cookie, _ = attacked.sign_in("charlie")
        alice = attacked.people.patients["alice"].id
        with attacked.web(cookie) as web:
            for wanted in (alice, "nobody", "", "' OR 1=1 --"):
                answer = web.post("/auth/open-record", data={"patient": wanted})
                assert answer.headers["location"] == "/home#refused"


class TestBodies:
    def test_that_are_too_large_are_refused_before_they_are_read(self, attacked: Attacked) -> None:
        """IN-04: told by their length, or counted as they come."""
        head = f"POST /auth/sign-in HTTP/1.1\r\nHost: localhost:{attacked.port}\r\n"
        told = f"{head}Content-Length: 9999999999\r\n\r\n".encode()
        assert raw(attacked, told).startswith(b"HTTP/1.1 413")
        chunk = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"
        sent = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 4
        assert raw(attacked, sent).startswith(b"HTTP/1.1 413")

    def test_that_come_slowly_are_given_up(self, attacked: Attacked) -> None:
        """R-33: a half-sent form holds nothing for long."""
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", attacked.port), timeout=PATIENCE_S) as line:
            line.sendall(
                f"POST /auth/sign-in HTTP/1.1\r\nHost: localhost:{attacked.port}\r\n"
                "Content-Length: 100\r\n\r\nuser".encode()
            )
            assert line.recv(1000).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - began < PATIENCE_S

    def test_of_nonsense_get_no_answer_of_substance(self, attacked: Attacked) -> None:
        for nonsense in (
            b"GET / HTTP/1.1\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        ):
            answer = raw(attacked, nonsense)
            assert b"Traceback" not in answer
            assert not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 5"))


class TestOddPaths:
    @pytest.mark.parametrize("path", ODD_PATHS)
    def test_lead_nowhere(self, attacked: Attacked, path: str) -> None:
        """IN-13, LOG-06."""
        head = f"Host: localhost:{attacked.port}\r\nConnection: close\r\n"
        answer = raw(attacked, f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
        assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
        assert b"root:" not in answer
        assert b"\r\nset-cookie" not in answer.lower()


class TestHealth:
    def test_tells_the_machine_itself_what_it_needs(self, attacked: Attacked) -> None:
        """OPS-04."""
        with attacked.web() as web:
            assert web.get("/health").json().keys() == {"status", "database", "jobs", "version"}

    def test_tells_others_no_more_than_well_or_not(self, attacked: Attacked) -> None:
        """API-06."""
        with attacked.web() as web:
            told = web.get("/health", headers={"x-forwarded-for": "9.9.9.9"}).json()
            assert told == {"status": "ok"}
