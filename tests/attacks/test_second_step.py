"""Attacks on the second step: past it, around it, twice through it, and from other sites."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from starlette.routing import Route

from portal import portal
from portal.security import signins, totp
from portal.security.actor import STAFF
from portal.state import events
from tests.attacks.test_handlers import DOORS
from tests.support.attacked import COOKIE, Attacked
from tests.support.clinic import PASSWORD
from tests.support.doors import give_app

# What somebody may call who is half in, besides what is open to all: their own next step.
HALFWAY_DOORS = {"step", "agree"}
STEPS = ("factor", "enrol", "agree")
# What a half-open sign-in may send by HTTP; each is judged by its stage (test_signing_in.py).
OWN_STEP = ("/auth/second-step", "/auth/passkey/", "/auth/agree", "/auth/sign-out")
OPEN_TO_ALL = (
    "/auth/sign-in",
    "/activate/",
    "/auth/register",
    "/auth/forgot",
    "/auth/reset",
)


@pytest.fixture(scope="module")
def second(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Returns a portal of this module's own: tries are counted."""
    folder = tmp_path_factory.mktemp("second-step")
    served = Attacked(folder / "data", folder / "log")
    served.fill(empty_file)
    try:
        served.begin()
        yield served
    finally:
        served.close()


@pytest.fixture
def seed(second: Attacked) -> bytes:
    """Gives Alice a new app and forgets all tries."""
    with second.people.base.transaction() as db:
        for table in ("tries", "factor", "sign_in"):
            db.connection().execute(text(f"DELETE FROM {table}"))
    return give_app(second.people, "alice")


def now_shown(seed: bytes) -> str:
    """Returns what the app shows now; it holds to the end of the next step, 30 s at least."""
    return totp.code_at(seed, totp.step_at(datetime.now(UTC)))


def cookie_in(answer: httpx.Response) -> str:
    """Returns the sign-in that an answer gave; empty where it gave none."""
    jar = SimpleCookie(answer.headers.get("set-cookie", ""))
    return f"{COOKIE}={jar[COOKIE].value}" if COOKIE in jar else ""


def enter(served: Attacked, name: str = "alice", cookie: str = "", **more: str) -> httpx.Response:
    """Sends the form of the front page."""
    with served.web(cookie) as web:
        return web.post("/auth/sign-in", data={"username": name, "password": PASSWORD} | more)


def send_code(served: Attacked, cookie: str, code: str, **more: str) -> httpx.Response:
    """Sends the form of the second step."""
    with served.web(cookie) as web:
        return web.post("/auth/second-step", data={"code": code} | more)


def stage(served: Attacked, cookie: str) -> str:
    """Returns the stage of a sign-in from behind; "ended" or "unknown"."""
    digest = signins.digest_of(cookie.partition("=")[2])
    found = served.people.base.peek(
        "SELECT stage, ended_at FROM sign_in WHERE digest = :digest", digest=digest
    )
    return "unknown" if found is None else "ended" if found[1] else str(found[0])


class TestAHalfOpenSignIn:
    @pytest.mark.parametrize("at", STEPS)
    def test_is_admitted_by_no_handler_but_its_next_step(self, at: str) -> None:
        """MFA-07: over the whole registry, for every role."""
        for door in DOORS:
            state = str(door).partition(".")[0]
            for role in {"patient", "helper"} | STAFF:
                admitted = door.policy.admits(role, at) and not door.policy.is_public
                assert not admitted or state in HALFWAY_DOORS, f"{door} at {at}"
                assert admitted or state != "step"

    def test_names_stages_that_there_are(self) -> None:
        """MFA-07: a stage that no test knows would be tested by none."""
        assert set(STEPS) == signins.HALFWAY
        assert events.HALFWAY.stages == signins.HALFWAY
        assert {"full"} == signins.FULL

    @pytest.mark.parametrize("at", STEPS)
    def test_gets_nothing_from_any_route(self, second: Attacked, at: str) -> None:
        """MFA-07: every route of ours that is not its own next step treats it as nobody."""
        base = second.people.base
        with base.transaction() as db:
            alice = second.people.users["alice"]
            secret, half = signins.start(
                db,
                alice,
                patient_id=alice.patient_id,
                device="",
                address="",
                stage=at,
                now=datetime.now(UTC),
            )
        tried = 0
        for route in (one for one in portal.forms.routes if isinstance(one, Route)):
            if route.path.startswith((*OWN_STEP, *OPEN_TO_ALL)) or "{" in route.path:
                continue
            for method in (route.methods or set()) - {"HEAD"}:
                if route.path == "/auth/clock":
                    continue
                sent = {"then": "/home", "patient": alice.patient_id or "", "code": "123456"}
                with second.web(f"{COOKIE}={secret}") as theirs, second.web() as nobodys:
                    given: Any = {} if method == "GET" else {"data": sent}
                    mine: Any = theirs.request(method, route.path, **given)
                    none: Any = nobodys.request(method, route.path, **given)
                    assert mine.status_code == none.status_code, route.path
                    assert mine.headers.get("location") == none.headers.get("location")
                    assert mine.text == none.text
                tried += 1
        assert tried >= 5
        assert stage(second, f"{COOKIE}={secret}") == at
        assert half.confirmed_at is None

    def test_can_be_left(self, second: Attacked, seed: bytes) -> None:
        assert seed
        half = cookie_in(enter(second))
        with second.web(half) as web:
            assert web.post("/auth/sign-out").headers["location"] == "/#left"
        assert stage(second, half) == "ended"

    @pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
    @pytest.mark.parametrize(
        "path",
        [
            "/auth/second-step",
            "/auth/second-step/on",
            "/auth/confirm",
            "/auth/passkey/sign-in/options",
            "/auth/passkey/register",
        ],
    )
    def test_cannot_be_driven_from_another_site(
        self, second: Attacked, path: str, origin: str
    ) -> None:
        """NET-06: CSRF."""
        with second.web() as web:
            assert web.post(path, headers={"origin": origin}, data={}).status_code == 403


class TestTheStep:
    def test_changes_the_secret_each_time(self, second: Attacked, seed: bytes) -> None:
        """SES-03: what was known before, or half way, is worth nothing after."""
        fixed = f"{COOKIE}={'a' * 43}"
        half = cookie_in(enter(second, cookie=fixed))
        answer = send_code(second, half, now_shown(seed))
        whole = cookie_in(answer)
        assert answer.headers["location"] == "/home"
        assert len({fixed, half, whole}) == 3
        assert [stage(second, one) for one in (fixed, half, whole)] == ["unknown", "ended", "full"]

    def test_takes_one_of_fifty_at_once(self, second: Attacked, seed: bytes) -> None:
        """MFA-03: from several sign-ins, the same code."""
        halves = [cookie_in(enter(second)) for _ in range(5)]
        code = now_shown(seed)
        with ThreadPoolExecutor(16) as crowd:
            done = list(
                crowd.map(lambda number: send_code(second, halves[number % 5], code), range(50))
            )
        assert len([one for one in done if cookie_in(one)]) == 1
        assert {one.status_code for one in done} == {303}

    def test_replayed_is_refused(self, second: Attacked, seed: bytes) -> None:
        """MFA-03."""
        code = now_shown(seed)
        assert cookie_in(send_code(second, cookie_in(enter(second)), code))
        again = send_code(second, cookie_in(enter(second)), code)
        assert again.headers["location"] == "/second-step#wrong"
        assert not cookie_in(again)

    @pytest.mark.parametrize(
        "code", ["", "x" * 900, "\x00", "١٢٣٤٥٦", "1-AAAA-AAAA-AAAA", "10-0000-0000-0000", "<b>"]
    )
    def test_says_the_same_of_whatever_is_wrong(
        self, second: Attacked, seed: bytes, code: str
    ) -> None:
        assert seed
        answer = send_code(second, cookie_in(enter(second)), code)
        assert answer.headers["location"] == "/second-step#wrong"

    def test_without_a_sign_in_says_nothing(self, second: Attacked) -> None:
        for cookie in ("", f"{COOKIE}={'a' * 43}"):
            assert send_code(second, cookie, "123456").headers["location"] == "/#ended"

    def test_cannot_be_skipped_by_going_on(self, second: Attacked, seed: bytes) -> None:
        """MFA-07."""
        assert seed
        half = cookie_in(enter(second))
        with second.web(half) as web:
            answer = web.post("/auth/second-step/on")
        assert answer.headers["location"] == "/#ended"
        assert stage(second, half) == "factor"


class TestASharedComputer:
    def test_keeps_no_cookie_and_trusts_nothing(self, second: Attacked, seed: bytes) -> None:
        """SES-09."""
        first = enter(second, shared="on")
        last = send_code(second, cookie_in(first), now_shown(seed), trust="on")
        for answer in (first, last):
            assert "max-age" not in answer.headers["set-cookie"].lower()
        assert "portal-device" not in last.headers["set-cookie"]

    def test_elsewhere_a_trusted_browser_skips_the_step(
        self, second: Attacked, seed: bytes
    ) -> None:
        last = send_code(second, cookie_in(enter(second)), now_shown(seed), trust="on")
        given = next(
            one for one in last.headers.get_list("set-cookie") if one.startswith("portal-device=")
        )
        assert "httponly" in given.lower()
        assert "samesite=strict" in given.lower()
        device = given.partition(";")[0]
        answer = enter(second, cookie=device)
        assert answer.headers["location"] == "/home"
        assert enter(second, "charlie", cookie=device).headers["location"] == "/second-step"


class TestPasskeyCalls:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{",
            b'{"answer": {}, "answer": {}}',
            b'{"answer": {}, "role": "administrator"}',
            b'{"answer": NaN}',
            b'{"answer": {"id": 1e400}}',
            b"[" * 5000,
            b'{"answer": ' + b'{"a":' * 2000 + b"1" + b"}" * 2001,
            b'{"answer": {"id": "' + b"x" * 20000 + b'"}}',
            b'{"answer": {"id": "\\u0000", "response": {"clientDataJSON": "\\ud800"}}}',
        ],
    )
    def test_are_not_broken_by_rubbish(self, second: Attacked, body: bytes) -> None:
        """IN-04."""
        before = second.said().count("Traceback")
        with second.web() as web:
            for path in ("sign-in", "second", "confirm", "register"):
                answer = web.post(
                    f"/auth/passkey/{path}",
                    content=body,
                    headers={"content-type": "application/json"},
                )
                assert answer.status_code in {401, 422}
                assert set(answer.json()) <= {"said", "go"}
        assert second.said().count("Traceback") == before

    def test_tell_a_stranger_nothing(self, second: Attacked) -> None:
        """AUTHN-08."""
        with second.web() as web:
            said = web.post("/auth/passkey/sign-in/options").json()
            assert not said.get("allowCredentials")
            for path in ("second", "confirm", "register"):
                assert web.post(f"/auth/passkey/{path}/options").status_code == 401
