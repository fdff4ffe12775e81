"""Confirming: a factor once more, in this sign-in, for ten minutes; and the demo's own codes."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from portal import settings
from portal.errors import NotFound, TooMany
from portal.models.people import User
from portal.security import confirming, passwords, paths, recovery, totp
from portal.services import factors as own
from portal.services import kept, signing_in
from tests.support import doors
from tests.support.clinic import NOW, Clinic

LATER = NOW + timedelta(minutes=11)


def is_confirmed(clinic: Clinic, entry: Any, at: Any = LATER) -> bool:
    with clinic.base.transaction() as db:
        actor = doors.actor_at(db, entry, at)
        assert actor
        return confirming.is_confirmed(actor, now=at)


def confirm(clinic: Clinic, entry: Any, code: str, at: Any = LATER) -> bool:
    return doors.act(clinic, entry, signing_in.confirm_with_code, code=code, at=at)


class TestWithACode:
    def test_holds_for_ten_minutes_in_this_sign_in_alone(self, the_clinic: Clinic) -> None:
        """MFA-11."""
        seed = doors.give_app(the_clinic, "alice")
        mine, other = (doors.begin(the_clinic, "alice", factor="totp") for _ in range(2))
        assert not is_confirmed(the_clinic, mine)
        assert confirm(the_clinic, mine, doors.code_of(seed, LATER))
        assert is_confirmed(the_clinic, mine)
        assert not is_confirmed(the_clinic, other)
        assert not is_confirmed(the_clinic, mine, LATER + timedelta(minutes=10))

    def test_a_code_is_good_once_here_too(self, the_clinic: Clinic) -> None:
        """MFA-03."""
        seed = doors.give_app(the_clinic, "alice")
        mine, other = (doors.begin(the_clinic, "alice", factor="totp") for _ in range(2))
        code = doors.code_of(seed, LATER)
        assert confirm(the_clinic, mine, code)
        assert not confirm(the_clinic, other, code)

    def test_tries_are_limited(self, small_clinic: Clinic) -> None:
        """MFA-05."""
        seed = doors.give_app(small_clinic, "alice")
        mine = doors.begin(small_clinic, "alice", factor="totp")
        near = {totp.code_at(seed, totp.step_at(LATER) + away) for away in (-1, 0)}
        wrong = next(f"{one:06d}" for one in range(10) if f"{one:06d}" not in near)
        for _ in range(5):
            assert not confirm(small_clinic, mine, wrong)
        with pytest.raises(TooMany):
            confirm(small_clinic, mine, doors.code_of(seed, LATER))

    def test_somebody_else_s_code_is_none(self, small_clinic: Clinic) -> None:
        doors.give_app(small_clinic, "alice")
        seed = doors.give_app(small_clinic, "charlie")
        mine = doors.begin(small_clinic, "alice", factor="totp")
        assert not confirm(small_clinic, mine, doors.code_of(seed, LATER))

    def test_by_mail_it_is_sent_on_request(self, small_clinic: Clinic) -> None:
        doors.policy(small_clinic, "emailed_codes", "yes")
        doors.prove_email(small_clinic, "alice")
        mine = doors.begin(small_clinic, "alice", factor="email")
        doors.act(small_clinic, mine, signing_in.confirm_send, at=LATER)
        sent = doors.mails(small_clinic, "sign-in.code", "alice")
        assert confirm(small_clinic, mine, sent[-1]["code"])

    def test_by_a_recovery_code_it_uses_it_up(self, small_clinic: Clinic) -> None:
        doors.give_app(small_clinic, "alice")
        mine = doors.begin(small_clinic, "alice", factor="totp")
        codes = recovery.make()
        hashes = recovery.make_hashes(codes)
        doors.act(small_clinic, mine, own.put_recovery_codes, hashes=hashes)
        letters = codes[0][2:].replace("-", "")
        for fits in (True, False):
            hashed = doors.act(
                small_clinic, mine, signing_in.confirm_count_recovery, number=1, at=LATER
            )
            given = {"hashed": hashed, "fits": passwords.matches(letters, hashed), "number": 1}
            use_case = signing_in.confirm_with_recovery
            assert doors.act(small_clinic, mine, use_case, at=LATER, **given) is fits


class TestWithThePassword:
    def test_is_for_those_alone_who_have_nothing_else(self, the_clinic: Clinic) -> None:
        doors.policy(the_clinic, "patients_need_factor", "no")
        mine = doors.begin(the_clinic, "alice")
        assert mine.stage == "full"
        assert not is_confirmed(the_clinic, mine)
        who = doors.act(the_clinic, mine, signing_in.confirm_candidate, at=LATER)
        assert passwords.matches(doors.PASSWORD, who.stored)
        given: dict[str, Any] = {"who": who, "at": LATER}
        assert not doors.act(
            the_clinic, mine, signing_in.confirm_with_password, fits=False, **given
        )
        assert not is_confirmed(the_clinic, mine)
        assert doors.act(the_clinic, mine, signing_in.confirm_with_password, fits=True, **given)
        assert is_confirmed(the_clinic, mine)
        doors.give_app(the_clinic, "alice")
        who = doors.act(the_clinic, mine, signing_in.confirm_candidate, at=LATER)
        assert not passwords.matches(doors.PASSWORD, who.stored)


class TestPaths:
    @pytest.mark.parametrize("path", ["/", "/home", "/settings", "/staff/patients/a_B-9"])
    def test_of_ours_are_gone_to(self, path: str) -> None:
        assert paths.own(path, otherwise="/no") == path

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "//user@evil.example/",
            "/@evil.example",
            "http:evil.example",
            "javascript:alert(1)",
            "/home/../../evil",
            "/home//evil.example",
            "/home?x=1",
            "/home#x",
            "/home\n//evil.example",
            "/home ",
            " /home",
            "/%2f%2fevil.example",
            "/hóme",
            "/auth/sign-out",
            "/confirm",
            "/second-step",
            "/" + "a" * 400,
        ],
    )
    def test_of_others_are_not(self, path: str) -> None:
        """NET-08."""
        assert paths.own(path, otherwise="/no") == "/no"


class TestTheDemo:
    @pytest.fixture(autouse=True)
    def _as_it_was(self) -> Iterator[None]:
        yield
        settings.current.cache_clear()

    def invented(self, clinic: Clinic, name: str) -> None:
        with clinic.base.transaction() as db:
            user = db.get_one(User, clinic.users[name].id)
            user.is_demo = True
            db.add(user)

    def in_demo(self, monkeypatch: pytest.MonkeyPatch, *, is_demo: bool) -> None:
        monkeypatch.setenv("PORTAL_DEMO", "true" if is_demo else "false")
        settings.current.cache_clear()

    def test_shows_the_code_of_an_app_and_how_long_to_wait(
        self, small_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.in_demo(monkeypatch, is_demo=True)
        self.invented(small_clinic, "dana")
        seed = doors.give_app(small_clinic, "dana")
        half = doors.begin(small_clinic, "dana")
        row = doors.act(small_clinic, half, signing_in.view)
        assert row.demo_code == doors.code_of(seed)
        given: dict[str, Any] = {"code": row.demo_code, "trust": False}
        assert doors.act(small_clinic, half, signing_in.with_code, **given)
        again = doors.act(small_clinic, doors.begin(small_clinic, "dana"), signing_in.view)
        assert again.demo_code == ""
        assert 0 < again.demo_wait <= 30

    def test_shows_the_very_code_of_the_mail(
        self, small_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.in_demo(monkeypatch, is_demo=True)
        self.invented(small_clinic, "alice")
        doors.policy(small_clinic, "emailed_codes", "yes")
        doors.prove_email(small_clinic, "alice")
        half = doors.begin(small_clinic, "alice")
        row = doors.act(small_clinic, half, signing_in.view)
        assert row.demo_code == doors.mails(small_clinic, "sign-in.code", "alice")[0]["code"]
        assert row.sent_to == "a•••@example.org"

    @pytest.mark.parametrize(("is_demo", "invented"), [(False, True), (True, False)])
    def test_shows_nothing_outside_of_it_and_nothing_of_real_people(
        self,
        small_clinic: Clinic,
        monkeypatch: pytest.MonkeyPatch,
        is_demo: bool,  # noqa: FBT001
        invented: bool,  # noqa: FBT001
    ) -> None:
        """AUTHN-09."""
        self.in_demo(monkeypatch, is_demo=is_demo)
        doors.policy(small_clinic, "emailed_codes", "yes")
        doors.prove_email(small_clinic, "alice")
        doors.give_app(small_clinic, "dana")
        for name in ("alice", "dana"):
            if invented:
                self.invented(small_clinic, name)
            row = doors.act(small_clinic, doors.begin(small_clinic, name), signing_in.view)
            assert (row.demo_code, row.demo_wait) == ("", 0)
            whole = doors.begin(small_clinic, name, factor="totp")
            shown = doors.act(small_clinic, whole, signing_in.confirm_view)
            assert (shown.demo_code, shown.demo_wait) == ("", 0)


class TestKept:
    """MFA-11: what was entered before a confirmation waits for its writer alone, once, an hour."""

    FORM: ClassVar[dict[str, str]] = {"name": "Rita Reis", "results": "act"}

    def keep(self, clinic: Clinic, who: str, act: str = "lend") -> None:
        patient = clinic.patients["alice"].id
        with clinic.base.transaction() as db:
            actor = clinic.actor(who)
            kept.keep(db, actor, patient_id=patient, act=act, form=self.FORM, now=NOW)

    def take(self, clinic: Clinic, who: str, at: datetime = NOW) -> kept.Kept:
        patient = clinic.patients["alice"].id
        with clinic.base.transaction() as db:
            return kept.take(db, clinic.actor(who), patient_id=patient, now=at)

    def test_is_given_back_once_and_to_nobody_else(self, the_clinic: Clinic) -> None:
        self.keep(the_clinic, "alice")
        self.keep(the_clinic, "frank", "activate")
        assert self.take(the_clinic, "max") == kept.Kept()
        assert json.loads(self.take(the_clinic, "alice").form) == self.FORM
        assert self.take(the_clinic, "alice") == kept.Kept()
        assert self.take(the_clinic, "frank").act == "activate"

    def test_only_the_last_one_waits_and_not_for_ever(self, small_clinic: Clinic) -> None:
        self.keep(small_clinic, "alice")
        self.keep(small_clinic, "alice", "change")
        assert self.take(small_clinic, "alice").act == "change"
        self.keep(small_clinic, "alice")
        assert self.take(small_clinic, "alice", NOW + timedelta(hours=1)) == kept.Kept()

    def test_nothing_is_kept_about_whom_one_may_not_know(self, small_clinic: Clinic) -> None:
        with pytest.raises(NotFound):
            self.keep(small_clinic, "charlie")
