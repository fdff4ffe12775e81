"""Passkeys: made once, verified by the device, bound to us, to a ceremony, to a person, to now."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.errors import ConfirmFirst, TooMany
from portal.models.people import User
from portal.security import confirming, factors, passkeys
from portal.services import factors as own
from portal.services import signing_in
from tests.support import doors
from tests.support.clinic import NOW, Clinic
from tests.support.keys import Authenticator

HERE = signing_in.Where(device=doors.BROWSER, address="192.0.2.7")


def enrolled(clinic: Clinic, name: str = "alice") -> tuple[Authenticator, Any]:
    """Sets a passkey up in the middle of signing in; returns it and the whole sign-in."""
    half = doors.begin(clinic, name)
    key = Authenticator()
    answer = key.make(doors.act(clinic, half, own.passkey_options))
    doors.act(clinic, half, own.add_passkey, answer=answer)
    return key, doors.act(clinic, half, signing_in.go_on)


def options(clinic: Clinic, at: Any = NOW) -> dict[str, Any]:
    """Asks for a challenge as nobody in particular."""
    with clinic.base.transaction() as db:
        return signing_in.alone_options(db, address="192.0.2.7", now=at)


def alone(clinic: Clinic, answer: dict[str, Any], at: Any = NOW) -> Any:
    """Signs in with a passkey alone."""
    with clinic.base.transaction() as db:
        return signing_in.with_passkey_alone(db, HERE, answer=answer, now=at)


class TestMaking:
    def test_ends_in_a_whole_sign_in(self, the_clinic: Clinic) -> None:
        """MFA-08."""
        doors.prove_email(the_clinic, "alice")
        _key, entry = enrolled(the_clinic)
        assert entry.stage == "full"
        assert len(doors.mails(the_clinic, "factor.changed", "alice")) == 1
        row = doors.act(the_clinic, entry, own.view)
        assert [one.kind for one in row.factors] == ["passkey"]

    def test_asks_for_a_verified_user_and_names_known_keys(self, small_clinic: Clinic) -> None:
        """MFA-08."""
        key, entry = enrolled(small_clinic)
        asked = doors.act(small_clinic, entry, own.passkey_options)
        assert asked["authenticatorSelection"]["userVerification"] == "required"
        assert asked["authenticatorSelection"]["residentKey"] == "required"
        assert asked["attestation"] == "none"
        assert asked["rp"]["id"] == "localhost"
        assert [passkeys._unpacked(one["id"]) for one in asked["excludeCredentials"]] == [key.id]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"verifies": False},
            {"origin": "http://localhost:3001"},
            {"origin": "https://localhost:3000"},
            {"host": "example.org"},
        ],
    )
    def test_refuses_what_is_not_from_here_or_not_verified(
        self, small_clinic: Clinic, wrong: dict[str, Any]
    ) -> None:
        """MFA-08."""
        half = doors.begin(small_clinic, "alice")
        key = replace(Authenticator(), **wrong)
        answer = key.make(doors.act(small_clinic, half, own.passkey_options))
        with pytest.raises(own.NotAdded):
            doors.act(small_clinic, half, own.add_passkey, answer=answer)

    def test_takes_a_key_once_whoever_brings_it(self, the_clinic: Clinic) -> None:
        key, _entry = enrolled(the_clinic)
        half = doors.begin(the_clinic, "charlie")
        answer = key.make(doors.act(the_clinic, half, own.passkey_options))
        with pytest.raises(own.NotAdded):
            doors.act(the_clinic, half, own.add_passkey, answer=answer)

    def test_needs_a_fresh_factor_later_on(self, small_clinic: Clinic) -> None:
        """MFA-11."""
        _key, entry = enrolled(small_clinic)
        at = NOW + confirming.HOLDS
        with pytest.raises(ConfirmFirst):
            doors.act(small_clinic, entry, own.passkey_options, at=at)


class TestSigningInWithOneAlone:
    def test_is_both_factors_at_once(self, the_clinic: Clinic) -> None:
        key, _first = enrolled(the_clinic)
        entry = alone(the_clinic, key.use(options(the_clinic)))
        assert (entry.stage, entry.begins_at) == ("full", "/home")
        with the_clinic.base.transaction() as db:
            actor = doors.actor_at(db, entry)
            assert actor
            assert actor.user_id == the_clinic.users["alice"].id

    def test_names_nobody_s_keys(self, small_clinic: Clinic) -> None:
        """AUTHN-08."""
        enrolled(small_clinic)
        assert not options(small_clinic).get("allowCredentials")

    def test_takes_an_answer_once_of_fifty_at_the_same_moment(self, the_clinic: Clinic) -> None:
        """MFA-08, R-35."""
        key, _first = enrolled(the_clinic)
        answer = key.use(options(the_clinic))
        with ThreadPoolExecutor(10) as crowd:
            done = list(crowd.map(lambda _: alone(the_clinic, answer), range(50)))
        assert len([one for one in done if one]) == 1

    def test_takes_an_answer_within_five_minutes(self, small_clinic: Clinic) -> None:
        key, _first = enrolled(small_clinic)
        late = NOW + factors.CHALLENGE_LIFE
        assert alone(small_clinic, key.use(options(small_clinic)), at=late) is None

    def test_refuses_an_unverified_user_and_other_places(self, small_clinic: Clinic) -> None:
        key, _first = enrolled(small_clinic)
        for wrong in ({"verifies": False}, {"origin": "http://evil.example"}, {"host": "evil"}):
            assert alone(small_clinic, replace(key, **wrong).use(options(small_clinic))) is None

    def test_refuses_a_copy_whose_counter_is_behind(self, small_clinic: Clinic) -> None:
        """MFA-08."""
        key, _first = enrolled(small_clinic)
        copy = replace(key)
        for _ in range(3):
            assert alone(small_clinic, key.use(options(small_clinic)))
        assert alone(small_clinic, copy.use(options(small_clinic))) is None

    def test_refuses_an_unknown_key_a_wrong_owner_and_rubbish_alike(
        self, the_clinic: Clinic
    ) -> None:
        """AUTHN-08."""
        key, _first = enrolled(the_clinic)
        stranger = Authenticator(owner=key.owner)
        other = replace(key, owner=passkeys._packed(b"somebody else"))
        rubbish: tuple[dict[str, Any], ...] = (
            {},
            {"id": "x\x00", "response": {"clientDataJSON": "e30"}},
            {"id": 1, "response": None},
            {"id": "x" * 20000, "response": {"clientDataJSON": "!!!"}},
        )
        answers = [one.use(options(the_clinic)) for one in (stranger, other)]
        assert [alone(the_clinic, one) for one in (*answers, *rubbish)] == [None] * 6

    def test_refuses_a_disabled_account(self, small_clinic: Clinic) -> None:
        key, _first = enrolled(small_clinic)
        with small_clinic.base.transaction() as db:
            user = db.get_one(User, small_clinic.users["alice"].id)
            user.disabled = True
            db.add(user)
        assert alone(small_clinic, key.use(options(small_clinic))) is None

    def test_is_asked_for_a_hundred_times_from_one_place(self, small_clinic: Clinic) -> None:
        for _ in range(100):
            options(small_clinic)
        with pytest.raises(TooMany):
            options(small_clinic)
        options(small_clinic, at=NOW + timedelta(minutes=15))


class TestTheOtherCeremonies:
    def test_second_step_and_confirming_take_their_own_answers_alone(
        self, the_clinic: Clinic
    ) -> None:
        """MFA-08: an answer given for one thing is none for another."""
        key, whole = enrolled(the_clinic)
        half = doors.begin(the_clinic, "alice")
        assert half.stage == "factor"
        second = key.use(doors.act(the_clinic, half, signing_in.passkey_options))
        confirm = key.use(doors.act(the_clinic, whole, signing_in.confirm_options))
        assert alone(the_clinic, second) is None
        given: dict[str, Any] = {"trust": False}
        assert not doors.act(the_clinic, half, signing_in.with_passkey, answer=confirm, **given)
        assert not doors.act(the_clinic, whole, signing_in.confirm_with_passkey, answer=second)
        assert doors.act(the_clinic, whole, signing_in.confirm_with_passkey, answer=confirm)
        third = key.use(doors.act(the_clinic, half, signing_in.passkey_options))
        assert doors.act(the_clinic, half, signing_in.with_passkey, answer=third, **given)

    def test_another_person_s_key_is_none(self, the_clinic: Clinic) -> None:
        """MFA-08."""
        enrolled(the_clinic)
        theirs, _entry = enrolled(the_clinic, "charlie")
        half = doors.begin(the_clinic, "alice")
        answer = theirs.use(doors.act(the_clinic, half, signing_in.passkey_options))
        assert not doors.act(the_clinic, half, signing_in.with_passkey, answer=answer, trust=False)

    def test_garbage_locks_nobody_out(self, small_clinic: Clinic) -> None:
        """AUTHN-06: what cannot be guessed is not counted, so it shuts no door either."""
        _key, _whole = enrolled(small_clinic)
        half = doors.begin(small_clinic, "alice")
        for _ in range(20):
            assert not doors.act(
                small_clinic, half, signing_in.with_passkey, answer={}, trust=False
            )
        with small_clinic.base.reading() as db:
            assert doors.user(db, small_clinic, "alice").factor_failures == 0


class TestOwnFactors:
    def test_the_last_one_stays_where_one_is_needed(self, the_clinic: Clinic) -> None:
        _key, entry = enrolled(the_clinic, "dana")
        mine = doors.act(the_clinic, entry, own.view).factors[0].factor_id
        with pytest.raises(own.LastOne):
            doors.act(the_clinic, entry, own.remove, factor_id=mine)
        doors.give_app(the_clinic, "dana")
        doors.act(the_clinic, entry, own.remove, factor_id=mine)
        assert [one.kind for one in doors.act(the_clinic, entry, own.view).factors] == ["totp"]

    def test_are_nobody_else_s(self, the_clinic: Clinic) -> None:
        from portal.errors import NotFound

        _key, mine = enrolled(the_clinic)
        _other, theirs = enrolled(the_clinic, "charlie")
        wanted = doors.act(the_clinic, mine, own.view).factors[0].factor_id
        cases: tuple[tuple[Any, dict[str, Any]], ...] = (
            (own.remove, {}),
            (own.rename, {"name": "x"}),
        )
        for use_case, given in cases:
            for foreign in (wanted, "no-such-id"):
                with pytest.raises(NotFound):
                    doors.act(the_clinic, theirs, use_case, factor_id=foreign, **given)

    def test_bear_the_name_that_their_owner_gave(self, small_clinic: Clinic) -> None:
        _key, entry = enrolled(small_clinic)
        mine = doors.act(small_clinic, entry, own.view).factors[0].factor_id
        doors.act(small_clinic, entry, own.rename, factor_id=mine, name="  My   phone ")
        assert doors.act(small_clinic, entry, own.view).factors[0].name == "My phone"
