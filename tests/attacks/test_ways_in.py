"""Attacks on the ways in beside the door: who has an account or a record, tokens, floods."""

import itertools
import re
import time
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import col, select

from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.models.requests import Registration
from portal.security.actor import nobody
from portal.services import forgotten, notices, registrations
from portal.services.registrations import asking
from tests.support.attacked import Attacked
from tests.support.clinic import NOW, Clinic
from tests.support.patience import PATIENCE_S
from tests.support.samples import distance, is_told_apart

TRIES = 200
KNOWN = {
    "given": "Alice",
    "family": "Ash",
    "birth_date": "1975-05-17",
    "email": "alice@example.org",
}
STRANGER = {**KNOWN, "given": "Zoe", "family": "Zane", "email": "zoe@example.org"}


@pytest.fixture(scope="module")
def third(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Returns a portal of this module's own: what is asked is counted."""
    folder = tmp_path_factory.mktemp("third")
    portal = Attacked(folder / "data", folder / "log")
    portal.fill(empty_file)
    try:
        portal.begin()
        yield portal
    finally:
        portal.close()


@pytest.fixture
def fresh(third: Attacked) -> Attacked:
    """Returns it with nothing counted, nothing mailed, and Alice's address proved."""
    forget(third)
    with third.people.base.transaction() as db:
        user = db.get_one(User, third.people.users["alice"].id)
        user.email, user.email_verified_at = "alice@example.org", NOW
    return third


def send(portal: Attacked, path: str, form: dict[str, str], cookie: str = "") -> httpx.Response:
    with portal.web(cookie) as web:
        return web.post(path, data=form)


def shape(answer: httpx.Response) -> tuple[int, str, str, list[str]]:
    """Returns all that an answer says, without what is chance in it."""
    cookie = answer.headers.get("set-cookie", "").partition(";")[2]
    names = sorted(name for name in answer.headers if name != "date")
    return answer.status_code, answer.headers["location"], cookie, names


class TestNobodyLearns:
    def test_from_answers_who_is_a_patient(self, fresh: Attacked) -> None:
        """AUTHN-08."""
        seen = [shape(send(fresh, "/auth/register", form)) for form in (KNOWN, STRANGER)]
        assert seen[0] == seen[1]
        assert seen[0][:2] == (303, "/register/code")

    def test_from_answers_who_has_an_account(self, fresh: Attacked) -> None:
        """AUTHN-08."""
        said = ("alice", "alice@example.org", "zoe", "zoe@example.org", "", "%", "x" * 900)
        seen = {
            str(shape(send(fresh, "/auth/forgot", {"username": one, "what": what})))
            for one in said
            for what in ("password", "name", "nonsense")
        }
        assert len(seen) == 1
        assert "/forgot-password#sent" in seen.pop()

    def test_from_the_time_who_has_an_account(
        self, small_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """AUTHN-08: 200 tries each, alternating; five samples in a row cannot be told apart."""
        monkeypatch.setattr(forgotten, "MOST_IN_ALL", 10 * TRIES)
        monkeypatch.setattr(forgotten, "MOST_FOR_NAME", 10 * TRIES)
        with small_clinic.base.transaction() as db:
            user = db.get_one(User, small_clinic.users["alice"].id)
            user.email, user.email_verified_at = "alice@example.org", NOW

        def ask(said: str, number: int) -> None:
            with small_clinic.base.transaction() as db:
                forgotten.ask(db, nobody(place(number)), said=said, what="password", now=NOW)

        assert not is_told_apart(timed(ask, "alice@example.org", "alicf@example.org"))

    def test_from_the_time_who_is_a_patient(
        self, small_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """AUTHN-08."""
        monkeypatch.setattr(asking, "MOST_IN_ALL", 10 * TRIES)
        monkeypatch.setattr(asking, "MOST_TO_ADDRESS", 10 * TRIES)

        def ask(email: str, number: int) -> None:
            with small_clinic.base.transaction() as db:
                typed = registrations.read({**KNOWN, "email": email}, now=NOW)
                registrations.begin(db, nobody(place(number)), typed=typed, now=NOW)

        assert not is_told_apart(timed(ask, "alice@example.org", "alicf@example.org"))

    def test_and_a_millisecond_would_be_seen(self) -> None:
        """The judge itself: work of 3 ms, and for one of the two 1 ms more, is told apart."""

        def ask(said: str, number: int) -> None:
            del number
            work(0.004 if said == "known" else 0.003)

        assert is_told_apart(timed(ask, "known", "unknown"))


def work(seconds: float) -> None:
    """Works for so long, by the processor's clock of this thread."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def place(number: int) -> str:
    """Returns an address that nobody else asks from."""
    return f"10.0.{number // 250}.{number % 250}"


def timed(ask: Callable[[str, int], None], known: str, unknown: str) -> Callable[[], float]:
    """Returns what takes a sample of how much longer `known` takes; both are asked in turn."""
    numbers = itertools.count()

    def sample() -> float:
        times: dict[str, list[float]] = {known: [], unknown: []}
        for number in itertools.islice(numbers, TRIES + 5):
            order = (known, unknown) if number % 2 else (unknown, known)
            for said in order:
                begun = time.perf_counter()
                ask(said, number)
                times[said].append(time.perf_counter() - begun)
        return distance(times[known][5:], times[unknown][5:])

    return sample


PAIRS = 24


class TestTheTimeOverHttp:
    """AUTHN-08: the whole way, form to answer, for somebody known and somebody who is not."""

    @pytest.mark.parametrize(
        ("path", "known", "unknown"),
        [
            ("/auth/forgot", {"username": "alice@example.org"}, {"username": "alicf@example.org"}),
            ("/auth/register", KNOWN, {**KNOWN, "email": "alicf@example.org"}),
            (
                "/auth/sign-in",
                {"username": "alice", "password": "not the password"},
                {"username": "alicf", "password": "not the password"},
            ),
        ],
        ids=["forgot", "register", "sign-in"],
    )
    def test_tells_nobody_who_is_here(
        self, fresh: Attacked, path: str, known: dict[str, str], unknown: dict[str, str]
    ) -> None:
        assert not is_told_apart(lambda: measured(fresh, path, known, unknown))


def measured(portal: Attacked, path: str, known: dict[str, str], unknown: dict[str, str]) -> float:
    """Returns how much longer `known` takes in one round, both asked in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    with portal.web() as web:
        for pair in range(-3, PAIRS):
            forget(portal)
            asked = [(times[0], known), (times[1], unknown)]
            for kept, form in asked if pair % 2 else reversed(asked):
                begun = time.perf_counter()
                answer = web.post(path, data=form)
                took = time.perf_counter() - begun
                assert answer.status_code == 303
                assert not answer.headers["location"].endswith("#wait")
                if pair >= 0:
                    kept.append(took)
    return distance(*times)


def forget(portal: Attacked) -> None:
    """Takes away what is counted and mailed: neither may reach its limit."""
    with portal.people.base.transaction() as db:
        for table in ("tries", "outbox_notice", "short_code", "registration", "one_time_link"):
            db.connection().execute(text(f"DELETE FROM {table}"))


class TestForms:
    @pytest.mark.parametrize(
        "path",
        [
            "/auth/register",
            "/auth/register/code",
            "/auth/register/again",
            "/auth/forgot",
            "/auth/reset",
            "/auth/back",
        ],
    )
    def test_come_from_our_own_pages_alone(self, fresh: Attacked, path: str) -> None:
        """SES: CSRF."""
        with httpx.Client(base_url=fresh.url, timeout=PATIENCE_S) as web:
            for origin in ({}, {"origin": "https://evil.example"}, {"origin": "null"}):
                assert web.post(path, data=KNOWN, headers=origin).status_code == 403

    @pytest.mark.parametrize(
        ("path", "form", "to"),
        [
            ("/auth/register/code", {"code": "1"}, "/register#over"),
            ("/auth/reset", {"token": "../../home"}, "/reset/-#used"),
            ("/auth/reset", {"token": "x" * 43}, f"/reset/{'x' * 43}#used"),
            ("/auth/back", {"token": "//evil.example"}, "/back/-"),
            ("/auth/back", {"token": "x" * 43}, f"/back/{'x' * 43}#over"),
        ],
        ids=str,
    )
    def test_of_nonsense_lead_to_a_page_of_ours(
        self, fresh: Attacked, path: str, form: dict[str, str], to: str
    ) -> None:
        answer = send(fresh, path, form)
        assert (answer.status_code, answer.headers["location"]) == (303, to)

    @pytest.mark.parametrize(
        ("change", "faults"),
        [
            ({"birth_date": "1990-99-99"}, ("birth_date",)),
            ({"given": "", "birth_date": "2990-01-01"}, ("given", "birth_date")),
            ({"family": '"><script>alert(1)</script>', "email": "a@b"}, ("email",)),
            ({"email": "", "phone": "12"}, ("phone",)),
            ({"email": "", "phone": ""}, ("email",)),
        ],
        ids=str,
    )
    def test_of_a_registration_come_back_with_all_that_was_typed(
        self, fresh: Attacked, change: dict[str, str], faults: tuple[str, ...]
    ) -> None:
        """In the answer alone: nothing in an address, a cookie or the database."""
        typed = {**KNOWN, "record_number": "A-17", **change}
        answer = send(fresh, "/auth/register", typed)
        assert answer.status_code == 422
        assert answer.headers["cache-control"] == "no-store"
        assert not {"location", "set-cookie"} & set(answer.headers)
        assert {found[1] for found in re.finditer(r'id="(\w+)-error"', answer.text)} == set(faults)
        for name, value in typed.items():
            assert not value or f'value="{escape(value)}"' in answer.text, name
        assert "<script>alert" not in answer.text
        with fresh.people.base.reading() as db:
            assert not db.exec(select(Registration)).all()


def _link_sent_to_alice(fresh: Attacked) -> str:
    """Asks for a way to a new password until its mail is read before the clock took it along."""
    for _ in range(3):
        send(fresh, "/auth/forgot", {"username": "alice"})
        with fresh.people.base.reading() as db:
            kind = col(OutboxNotice.kind) == "password.reset"
            newest = select(OutboxNotice).where(kind).order_by(col(OutboxNotice.created_at).desc())
            given = notices.given_of(db, db.exec(newest.limit(1)).one())
        if "link" in given:
            return str(given["link"])
    raise AssertionError("no link was sent")


class TestTheWholeWay:
    def test_of_a_forgotten_password_ends_the_sign_ins(self, fresh: Attacked) -> None:
        """AUTHN-12: and gives none: name, password and second step come after."""
        cookie, sign_in = fresh.sign_in("alice")
        token = _link_sent_to_alice(fresh).rpartition("/")[2]
        new = "four quiet otters juggling"
        weak = {"token": token, "password": "alice", "again": "alice"}
        assert send(fresh, "/auth/reset", weak).headers["location"].endswith("#weak")
        differ = {"token": token, "password": new, "again": new + "x"}
        assert send(fresh, "/auth/reset", differ).headers["location"].endswith("#differ")
        assert fresh.is_open(sign_in)
        answer = send(fresh, "/auth/reset", {"token": token, "password": new, "again": new})
        assert answer.headers["location"] == "/#password-set"
        assert "set-cookie" not in answer.headers
        assert not fresh.is_open(sign_in)
        again = send(fresh, "/auth/reset", {"token": token, "password": new, "again": new})
        assert again.headers["location"].endswith("#used")
        del cookie

    def test_of_a_code_is_bound_to_the_browser_that_asked(self, fresh: Attacked) -> None:
        answer = send(fresh, "/auth/register", STRANGER)
        cookie = answer.headers["set-cookie"].partition(";")[0]
        assert "httponly" in answer.headers["set-cookie"].lower()
        assert "samesite=strict" in answer.headers["set-cookie"].lower()
        with fresh.people.base.reading() as db:
            code = notices.given_of(db, db.exec(select(OutboxNotice)).one())["code"]
        other = send(fresh, "/auth/register/code", {"code": code}, "registration=" + "x" * 43)
        assert other.headers["location"] == "/register#over"
        own = send(fresh, "/auth/register/code", {"code": code}, cookie)
        assert own.headers["location"] == "/register/done"
