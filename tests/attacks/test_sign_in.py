"""Attacks on signing in: guessing, listing names, fixing a sign-in, using a link twice."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from portal.security import passwords, signins
from tests.support.attacked import COOKIE, Attacked
from tests.support.clinic import PASSWORD
from tests.support.patience import PATIENCE_S

# Where the right password leads: to what is due before anything is open.
IN = "/second-step"


@pytest.fixture(scope="module")
def second(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Returns a portal of this module's own: wrong passwords are counted."""
    folder = tmp_path_factory.mktemp("second")
    portal = Attacked(folder / "data", folder / "log")
    portal.fill(empty_file)
    try:
        portal.begin()
        yield portal
    finally:
        portal.close()


@pytest.fixture
def fresh(second: Attacked) -> Iterator[Attacked]:
    """Returns it with nothing counted, and Alice as she was."""
    forget_tries(second)
    yield second
    with second.people.base.transaction() as db:
        db.connection().execute(text('UPDATE "user" SET disabled = false, is_demo = false'))


def forget_tries(portal: Attacked) -> None:
    """Forgets every try, as no command can."""
    with portal.people.base.transaction() as db:
        db.connection().execute(text("DELETE FROM tries"))


def enter(portal: Attacked, name: str, password: str, cookie: str = "") -> httpx.Response:
    """Sends the form of the front page."""
    with portal.web(cookie) as web:
        return web.post("/auth/sign-in", data={"username": name, "password": password})


def cookie_in(answer: httpx.Response) -> str:
    """Returns the sign-in that an answer gave."""
    return f"{COOKIE}={SimpleCookie(answer.headers['set-cookie'])[COOKIE].value}"


def is_signed_in(portal: Attacked, cookie: str) -> bool:
    """Says whether a cookie opens anything."""
    with portal.web(cookie) as web:
        return web.get("/auth/clock").status_code == 200


class TestTheRightPassword:
    def test_gives_a_cookie_that_no_script_can_read(self, attacked: Attacked) -> None:
        """SES-02, D5."""
        answer = enter(attacked, " ALICE ", PASSWORD)
        assert answer.headers["location"] == IN
        given = answer.headers["set-cookie"].lower()
        assert "httponly" in given
        assert "samesite=lax" in given
        assert "path=/" in given
        assert "domain" not in given
        assert is_signed_in(attacked, cookie_in(answer))

    def test_gives_staff_a_stricter_one(self, attacked: Attacked) -> None:
        """SES-02."""
        answer = enter(attacked, "nora", PASSWORD)
        assert answer.headers["location"] == IN
        assert "samesite=strict" in answer.headers["set-cookie"].lower()

    def test_ends_the_sign_in_before_and_takes_no_cookie_from_outside(
        self, attacked: Attacked
    ) -> None:
        """SES-03: fixation; what was known before is worth nothing after."""
        fixed = f"{COOKIE}={'a' * 43}"
        first = cookie_in(enter(attacked, "mia", PASSWORD, fixed))
        assert first != fixed
        assert not is_signed_in(attacked, fixed)
        second = cookie_in(enter(attacked, "mia", PASSWORD, first))
        assert second != first
        assert not is_signed_in(attacked, first)
        assert is_signed_in(attacked, second)

    def test_keeps_the_five_newest_sign_ins(self, attacked: Attacked) -> None:
        """SES-09."""
        cookies = [cookie_in(enter(attacked, "max", PASSWORD)) for _ in range(7)]
        assert [is_signed_in(attacked, cookie) for cookie in cookies] == [False] * 2 + [True] * 5

    def test_is_not_kept_anywhere(self, attacked: Attacked) -> None:
        """SES-01: the database knows a digest alone."""
        assert attacked.base
        secret = cookie_in(enter(attacked, "alice", PASSWORD)).partition("=")[2]
        assert attacked.base.peek("SELECT 1 FROM sign_in WHERE digest = :it", it=secret) is None
        kept = signins.digest_of(secret)
        assert attacked.base.peek("SELECT 1 FROM sign_in WHERE digest = :it", it=kept)


class TestAWrongPassword:
    @pytest.mark.parametrize("name", ["alice", "nobody", "", "x" * 500, "alice\x00", "\u202eecila"])
    def test_is_answered_alike_whatever_the_name(self, fresh: Attacked, name: str) -> None:
        """AUTHN-08."""
        answers = [enter(fresh, name, "not the password at all") for _ in range(8)]
        where = [answer.headers["location"] for answer in answers]
        assert where == ["/#wrong"] * 5 + ["/#wait"] * 3
        assert {answer.status_code for answer in answers} == {303}
        assert not [answer for answer in answers if "set-cookie" in answer.headers]

    def test_makes_the_right_one_wait_also_after_a_restart(self, fresh: Attacked) -> None:
        """AUTHN-06."""
        for _ in range(6):
            enter(fresh, "alice", "not the password at all")
        assert enter(fresh, "alice", PASSWORD).headers["location"] == "/#wait"
        fresh.stop()
        fresh.begin()
        # The start may have taken longer than the wait; but the tries are not forgotten.
        enter(fresh, "alice", "not the password at all")
        assert enter(fresh, "alice", PASSWORD).headers["location"] == "/#wait"
        assert enter(fresh, "charlie", PASSWORD).headers["location"] == IN

    def test_tried_by_fifty_at_once_is_looked_at_five_times(self, fresh: Attacked) -> None:
        """R-34, R-35."""
        with ThreadPoolExecutor(16) as crowd:
            where = list(
                crowd.map(
                    lambda _: enter(fresh, "alice", "wrong wrong wrong").headers["location"],
                    range(50),
                )
            )
        assert where.count("/#wrong") == 5

    def test_leaves_a_trace(self, fresh: Attacked) -> None:
        """AUD-01."""
        enter(fresh, "alice", "not the password at all")
        assert ("sign-in", "") in fresh.traced("alice")


class TestOthersWhoMayNot:
    def test_a_disabled_account_is_a_wrong_password(self, fresh: Attacked) -> None:
        """AUTHN-08."""
        fresh.disable("alice")
        assert enter(fresh, "alice", PASSWORD).headers["location"] == "/#wrong"

    def test_a_demo_account_outside_of_a_demo_is_a_wrong_password(self, fresh: Attacked) -> None:
        """AUTHN-09."""
        assert fresh.base
        cookie, _ = fresh.sign_in("alice")
        with fresh.base.transaction() as db:
            from portal.models.people import User

            user = db.get_one(User, fresh.people.users["alice"].id)
            user.is_demo = True
            db.add(user)
        assert enter(fresh, "alice", PASSWORD).headers["location"] == "/#wrong"
        fresh.stop()
        fresh.begin()
        assert not is_signed_in(fresh, cookie)


class TestTheClock:
    def test_is_not_pushed_on_by_looking(self, attacked: Attacked) -> None:
        """SES-05: neither by asking it nor by any parameter."""
        from datetime import timedelta

        cookie, _ = attacked.sign_in("alice", ago=timedelta(minutes=10))
        with attacked.web(cookie) as web:
            left = web.get("/auth/clock").json()["idle_seconds_left"]
            for _ in range(3):
                left = web.get("/auth/clock?skip_timeout_reset=1").json()["idle_seconds_left"]
            assert left <= 300
            assert web.post("/auth/extend").json()["idle_seconds_left"] > 800

    def test_tells_a_stranger_nothing(self, attacked: Attacked) -> None:
        with attacked.web() as web:
            assert web.get("/auth/clock").status_code == 401
            assert web.post("/auth/extend").status_code == 401


def test_hashing_holds_nobody_up(attacked: Attacked) -> None:
    """AUTHN-05, R-08: twenty at once, and a page still comes at once."""
    with ThreadPoolExecutor(20) as crowd:
        busy = [
            crowd.submit(enter, attacked, f"crowd{number}", "not the password at all")
            for number in range(20)
        ]
        with attacked.web() as web:
            began = time.perf_counter()
            assert web.get("/home").status_code == 200
            took = time.perf_counter() - began
        assert all(done.result().status_code == 303 for done in busy)
    assert took < PATIENCE_S
    assert passwords.AT_ONCE <= 4
