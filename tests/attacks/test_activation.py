"""Attacks on opening an account: half of the secrets, too many tries, twice, at once, by others."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from portal.models.agreements import TEXTS
from portal.services import accounts, acting, invitations
from tests.support.attacked import Attacked
from tests.support.patience import PATIENCE_S

BORN = {"day": "2", "month": "1", "year": "1988"}
PASSWORD = "four brown boots march"
OVER = "This link does not work any more"
WRONG = "That does not go together"
WELCOME = "Welcome, Charlie Cole"


@pytest.fixture(scope="module")
def portal(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Returns a portal of this module's own: tries are counted, and Charlie has no account."""
    folder = tmp_path_factory.mktemp("activation")
    own = Attacked(folder / "data", folder / "log")
    own.fill(empty_file)
    try:
        own.begin()
        yield own
    finally:
        own.close()


@pytest.fixture
def invited(portal: Attacked) -> invitations.Issued:
    """Returns an invitation of Charlie, who has no account any more; nothing is counted."""
    assert portal.base
    whose = {"it": portal.people.patients["charlie"].id}
    of_user = '(SELECT id FROM "user" WHERE patient_id = :it)'
    with portal.base.transaction() as db:
        run = db.connection().execute
        for table in ("agreement", "one_time_link", "sign_in", "outbox_notice"):
            run(text(f"DELETE FROM {table} WHERE user_id IN {of_user}"), whose)
        run(text('DELETE FROM "user" WHERE patient_id = :it'), whose)
        run(text("DELETE FROM tries"))
    with portal.base.transaction() as db:
        return invitations.invite(
            db,
            portal.people.actor("frank"),
            patient_id=whose["it"],
            by="letter",
            proof="photo-id",
            now=acting.now(),
        )


def prove(portal: Attacked, invited: invitations.Issued, **changes: str) -> httpx.Response:
    """Sends the first form of the page."""
    with portal.web() as web:
        sent = {"step": "prove", "code": invited.code, **BORN, **changes}
        return web.post(f"/activate/{invited.secret}", data=sent)


def choose(portal: Attacked, invited: invitations.Issued, **changes: str) -> httpx.Response:
    """Sends the second form, with the first one's answers in it."""
    sent = {
        "step": "choose",
        "code": invited.code,
        **BORN,
        "sign_in_name": "charlie.cole",
        "password": PASSWORD,
        "agree": "yes",
        **{f"version_{kind}": "1" for kind in TEXTS},
        **changes,
    }
    with portal.web() as web:
        return web.post(f"/activate/{invited.secret}", data=sent)


def words(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


class TestThePage:
    def test_is_whole_before_any_script_ran(
        self, portal: Attacked, invited: invitations.Issued
    ) -> None:
        with portal.web() as web:
            page = web.get(f"/activate/{invited.secret}")
        assert page.status_code == 200
        assert 'name="code"' in page.text
        assert "Charlie" not in page.text
        # The form goes to the page's own address: the secret stands nowhere in it.
        assert invited.secret not in page.text
        assert "action=" not in page.text
        assert page.headers["cache-control"] == "no-store"
        assert "unsafe-eval" not in page.headers["content-security-policy"]

    def test_uses_nothing_up_however_often_it_is_looked_at(
        self, portal: Attacked, invited: invitations.Issued
    ) -> None:
        """MSG-06: mail scanners open links too."""
        with portal.web() as web:
            for _ in range(8):
                assert web.get(f"/activate/{invited.secret}").status_code == 200
        assert choose(portal, invited).headers["location"] == "/second-step"

    @pytest.mark.parametrize("secret", ["x", "a" * 43, "<script>alert(1)<script>", "a" * 999])
    def test_that_never_was_says_what_a_used_one_says(
        self, portal: Attacked, invited: invitations.Issued, secret: str
    ) -> None:
        """IN-03, AUTHN-08."""
        choose(portal, invited)
        with portal.web() as web:
            used = web.get(f"/activate/{invited.secret}")
            none = web.get(f"/activate/{secret}")
        assert (none.status_code, none.text) == (used.status_code, used.text)
        assert OVER in used.text

    def test_of_another_site_is_refused(
        self, portal: Attacked, invited: invitations.Issued
    ) -> None:
        """CSRF."""
        sent = {"step": "prove", "code": invited.code, **BORN}
        where = f"{portal.url}/activate/{invited.secret}"
        for origin in ({"origin": "https://evil.example"}, {}):
            assert (
                httpx.post(where, data=sent, headers=origin, timeout=PATIENCE_S).status_code == 403
            )


class TestTheProof:
    def test_shows_the_name_only_after_it(
        self, portal: Attacked, invited: invitations.Issued
    ) -> None:
        """AUTHN-10."""
        assert WELCOME in words(prove(portal, invited))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"code": "AAAAAAAA"},
            {"year": "1975", "month": "5", "day": "17"},
            {"day": "31", "month": "2"},
            {"day": "", "month": "", "year": ""},
            {"year": "１９８８"},
            {"day": "-1"},
        ],
    )
    def test_says_nothing_of_which_was_wrong(
        self, portal: Attacked, invited: invitations.Issued, wrong: dict[str, str]
    ) -> None:
        """AUTHN-10: another patient's birth date, a day that never was, or another code."""
        answer = prove(portal, invited, **wrong)
        assert answer.status_code == 422
        assert WRONG in words(answer)
        assert "Charlie" not in answer.text
        assert WELCOME in words(prove(portal, invited))

    def test_ends_the_invitation_with_the_fifth_wrong_one(
        self, portal: Attacked, invited: invitations.Issued
    ) -> None:
        """AUTHN-10: the sixth is not even looked at, nor is the right one."""
        said = [words(prove(portal, invited, code="WRONGAAA")) for _ in range(6)]
        assert [WRONG in one for one in said] == [True] * 4 + [False] * 2
        assert OVER in said[4]
        forget(portal)
        assert OVER in words(prove(portal, invited))
        assert OVER in words(choose(portal, invited))

    def test_is_asked_again_with_the_choice(
        self, portal: Attacked, invited: invitations.Issued
    ) -> None:
        """Whoever skips the first form gets no further: nothing was kept of it."""
        assert WRONG in words(choose(portal, invited, code=""))
        assert WRONG in words(choose(portal, invited, year="1975"))


class TestTheChoice:
    def test_lets_a_password_manager_work_and_asks_no_questions(
        self, portal: Attacked, invited: invitations.Issued
    ) -> None:
        """AUTHN-13: paste is taken, nothing is cut off, no hint and no security question."""
        page = prove(portal, invited).text
        field = re.search(r'<input type="password" id="password"[^>]*>', page)
        assert field
        assert 'autocomplete="new-password"' in field[0]
        assert "maxlength" not in field[0]
        assert "onpaste" not in page
        assert 'autocomplete="username"' in page

    def test_is_good_once(self, portal: Attacked, invited: invitations.Issued) -> None:
        """R-35, AUTHN-12."""
        first = choose(portal, invited)
        assert (first.status_code, first.headers["location"]) == (303, "/second-step")
        assert "httponly" in first.headers["set-cookie"].lower()
        assert OVER in words(choose(portal, invited))

    def test_of_fifty_at_once_one_wins(self, portal: Attacked, invited: invitations.Issued) -> None:
        """R-35."""
        with ThreadPoolExecutor(16) as crowd:
            codes = list(crowd.map(lambda _: choose(portal, invited).status_code, range(50)))
        assert codes.count(303) == 1

    @pytest.mark.parametrize(
        ("password", "says"),
        [
            ("short", "at least 15 characters"),
            ("passwordpassword", "too easy to guess"),
            ("I am charlie cole yes", "Leave your"),
            ("born on 02.01.1988 here", "birth date"),
            ("at juniper test clinic", "clinic’s name"),
            ("x" * 300, "at most 256"),
        ],
    )
    def test_takes_no_weak_password_and_says_why(
        self, portal: Attacked, invited: invitations.Issued, password: str, says: str
    ) -> None:
        """AUTHN-01, AUTHN-02, AUTHN-04: and what was typed comes back in no page."""
        answer = choose(portal, invited, password=password)
        assert answer.status_code == 422
        assert says in words(answer)
        assert f'value="{password}"' not in answer.text
        assert choose(portal, invited).status_code == 303

    @pytest.mark.parametrize("name", ["alice", "Alice ", "no spaces here", "<b>"])
    def test_says_nothing_of_other_names(
        self, portal: Attacked, invited: invitations.Issued, name: str
    ) -> None:
        """AUTHN-08, XSS."""
        answer = choose(portal, invited, sign_in_name=name)
        assert "This sign-in name cannot be used." in words(answer)
        assert "<b>" not in answer.text

    def test_needs_the_agreement(self, portal: Attacked, invited: invitations.Issued) -> None:
        answer = choose(portal, invited, agree="")
        assert answer.status_code == 422
        assert "Tick this box" in words(answer)

    def test_keeps_what_was_agreed_and_declined(
        self, portal: Attacked, invited: invitations.Issued
    ) -> None:
        choose(portal, invited)
        assert portal.base
        with portal.base.transaction() as db:
            rows = db.connection().execute(
                text(
                    'SELECT a.kind, a.version, a.agreed FROM agreement a JOIN "user" u '
                    "ON u.id = a.user_id WHERE u.sign_in_name = 'charlie.cole' ORDER BY a.kind"
                )
            )
            found = [(row.kind, row.version, bool(row.agreed)) for row in rows]
        assert found == [("electronic", 1, False), ("privacy", 1, True), ("terms", 1, True)]


class TestALinkWithoutACode:
    """It is given only to a browser that has just proved itself in another way."""

    def link(self, portal: Attacked) -> str:
        assert portal.base
        with portal.base.transaction() as db:
            user_id = portal.people.users["tess"].id
            return accounts.make_link(db, user_id, purpose="invitation", now=acting.now())

    def test_sets_a_password_and_ends_every_sign_in(self, portal: Attacked) -> None:
        """AUTHN-12, AUTHN-06: also for a name that was shut."""
        secret = self.link(portal)
        cookie, sign_in = portal.sign_in("tess")
        assert cookie
        with portal.web() as web:
            page = web.get(f"/activate/{secret}")
            assert 'name="code"' in page.text
            assert "Step 2 of 2" in page.text
            sent = {"step": "choose", "password": PASSWORD}
            answer = web.post(f"/activate/{secret}", data=sent)
        assert answer.headers["location"] == "/second-step"
        assert not portal.is_open(sign_in)

    def test_of_another_purpose_opens_nothing(self, portal: Attacked) -> None:
        """AUTHN-12: a reset link is no invitation."""
        assert portal.base
        with portal.base.transaction() as db:
            user_id = portal.people.users["tess"].id
            secret = accounts.make_link(db, user_id, purpose="reset", now=acting.now())
        with portal.web() as web:
            assert OVER in web.get(f"/activate/{secret}").text


class TestLetters:
    @pytest.mark.parametrize("who", ["", "alice", "dana", "bill", "ada"])
    def test_are_printed_for_nobody_else(
        self, portal: Attacked, invited: invitations.Issued, who: str
    ) -> None:
        """AUTHZ-04."""
        cookie = portal.sign_in(who)[0] if who else ""
        sent = {"patient": portal.people.patients["charlie"].id, "secret": invited.secret}
        with portal.web(cookie) as web:
            answer = web.post("/files/letters/invitation", data=sent)
        assert not answer.headers.get("content-type", "").startswith("application/pdf")
        assert invited.secret not in answer.text

    def test_are_printed_at_the_desk_and_never_kept(
        self, portal: Attacked, invited: invitations.Issued
    ) -> None:
        patient = portal.people.patients["charlie"].id
        cookie, _ = portal.sign_in("frank")
        with portal.web(cookie) as web:
            for sheet, given in (
                ("invitation", {"secret": invited.secret}),
                ("code", {"code": invitations.code_said(invited.code)}),
            ):
                answer = web.post(f"/files/letters/{sheet}", data={"patient": patient, **given})
                assert answer.headers["content-type"] == "application/pdf"
                assert answer.headers["cache-control"] == "no-store"
                assert answer.content.startswith(b"%PDF")
                other = {"patient": portal.people.patients["tess"].id, **given}
                assert web.post(f"/files/letters/{sheet}", data=other).status_code == 404


class TestAgreeing:
    def test_at_the_stage_of_the_factor_skips_nothing(self, portal: Attacked) -> None:
        """MFA-07: whoever has not entered the factor cannot agree their way in."""
        from portal.security import signins

        assert portal.base
        with portal.base.transaction() as db:
            user = portal.people.users["alice"]
            secret, _ = signins.start(
                db, user, patient_id=None, device="", address="", stage="factor", now=acting.now()
            )
        with portal.web(f"portal={secret}") as web:
            answer = web.post("/auth/agree", data={"agree": "yes", "version_terms": "1"})
        assert answer.headers["location"] == "/#ended"
        assert "set-cookie" not in answer.headers


def forget(portal: Attacked) -> None:
    """Forgets every try, as no command can."""
    assert portal.base
    with portal.base.transaction() as db:
        db.connection().execute(text("DELETE FROM tries"))
