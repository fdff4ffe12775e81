"""Signing in: what is due after the password, and each way through the second step."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal.errors import NotSignedIn, Refusal, TooMany
from portal.models.people import User
from portal.security import confirming, factors, passwords, recovery, signins, totp, trusted
from portal.services import factors as own
from portal.services import signing_in
from tests.support import doors
from tests.support.clinic import LIMITS, NOW, Clinic

LATER = NOW + timedelta(minutes=1)


def give_recovery(clinic: Clinic, name: str) -> list[str]:
    """Gives somebody recovery codes; returns them."""
    codes = recovery.make()
    with clinic.base.transaction() as db:
        factors.put_recovery(db, clinic.users[name].id, recovery.make_hashes(codes), now=NOW)
    return codes


def use_recovery(clinic: Clinic, entry: Any, code: str) -> Any:
    """Goes through the second step with a recovery code, as the form does."""
    read = recovery.read(code)
    assert read
    number, letters = read
    hashed = doors.act(clinic, entry, signing_in.count_recovery, number=number)
    fits = passwords.matches(letters, hashed)
    given: dict[str, Any] = {"number": number, "hashed": hashed, "fits": fits, "trust": False}
    return doors.act(clinic, entry, signing_in.with_recovery, **given)


def code(clinic: Clinic, entry: Any, typed: str, *, at: Any = NOW, trust: bool = False) -> Any:
    return doors.act(clinic, entry, signing_in.with_code, code=typed, trust=trust, at=at)


class TestWhatIsDue:
    @pytest.mark.parametrize("name", ["dana", "nora", "frank", "bill", "max", "ada", "otto"])
    def test_staff_always_need_a_second_factor(self, small_clinic: Clinic, name: str) -> None:
        """MFA-01: whatever the policy for patients says."""
        doors.policy(small_clinic, "patients_need_factor", "no")
        doors.policy(small_clinic, "emailed_codes", "yes")
        doors.prove_email(small_clinic, name)
        assert doors.begin(small_clinic, name).stage == "enrol"
        doors.give_app(small_clinic, name)
        assert doors.begin(small_clinic, name).stage == "factor"

    @pytest.mark.parametrize("name", ["alice", "bob"])
    def test_patients_and_helpers_need_one_unless_the_clinic_says_no(
        self, the_clinic: Clinic, name: str
    ) -> None:
        """MFA-01: on by default."""
        assert doors.begin(the_clinic, name).stage == "enrol"
        doors.policy(the_clinic, "patients_need_factor", "no")
        entry = doors.begin(the_clinic, name)
        assert (entry.stage, entry.begins_at) == ("full", "/home")
        doors.give_app(the_clinic, name)
        assert doors.begin(the_clinic, name).stage == "factor"

    @pytest.mark.parametrize(
        ("name", "place"),
        [("alice", "/home"), ("frank", "/staff"), ("ada", "/admin"), ("otto", "/admin")],
    )
    def test_then_it_leads_to_where_ones_work_is(
        self, small_clinic: Clinic, name: str, place: str
    ) -> None:
        entry = doors.begin(small_clinic, name, factor="passkey")
        assert (entry.stage, entry.begins_at) == ("full", place)

    def test_a_text_to_agree_to_comes_last(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db:
            db.connection().execute(text("DELETE FROM agreement"))
        seed = doors.give_app(small_clinic, "alice")
        first = doors.begin(small_clinic, "alice")
        assert first.stage == "factor"
        second = code(small_clinic, first, doors.code_of(seed))
        assert (second.stage, second.begins_at) == ("agree", "/agree")
        with pytest.raises(NotSignedIn):
            code(small_clinic, second, doors.code_of(seed))

    def test_a_half_open_one_opens_nothing_and_ends_after_ten_minutes(
        self, the_clinic: Clinic
    ) -> None:
        """MFA-05, MFA-07."""
        entry = doors.begin(the_clinic, "alice")
        digest = signins.digest_of(entry.secret)
        with the_clinic.base.transaction() as db:
            assert signins.actor_of(db, digest, LIMITS, now=NOW) is None
            actor = signins.actor_of(db, digest, LIMITS, now=NOW, stages=signins.HALFWAY)
            assert actor
            assert actor.patient_id == ""
            late = NOW + signins.HALFWAY_LIFE
            stages = signins.HALFWAY
            assert signins.actor_of(db, digest, LIMITS, now=late, stages=stages) is None

    def test_half_open_ones_push_no_whole_one_out(self, small_clinic: Clinic) -> None:
        """SES-09: who knows a password alone must not end anybody's sign-in."""
        whole = doors.begin(small_clinic, "alice", factor="passkey")
        halves = [doors.begin(small_clinic, "alice", at=LATER) for _ in range(8)]
        assert doors.stage(small_clinic, whole) == "full"
        assert [doors.stage(small_clinic, one) for one in halves].count("ended") == 3


class TestWithAnApp:
    def test_gives_a_new_secret_and_ends_the_half_open_one(self, the_clinic: Clinic) -> None:
        """SES-03, MFA-03."""
        seed = doors.give_app(the_clinic, "alice")
        half = doors.begin(the_clinic, "alice")
        whole = code(the_clinic, half, doors.code_of(seed))
        assert whole.stage == "full"
        assert whole.secret != half.secret
        assert doors.stage(the_clinic, half) == "ended"
        actor = _actor(the_clinic, whole)
        assert actor.patient_id == the_clinic.patients["alice"].id
        assert confirming.is_confirmed(actor, now=NOW)

    def test_takes_the_step_before_but_never_the_next(self, small_clinic: Clinic) -> None:
        """MFA-04."""
        seed = doors.give_app(small_clinic, "alice")
        step = totp.step_at(NOW)
        for away, fits in ((1, False), (-2, False), (-1, True)):
            entry = doors.begin(small_clinic, "alice")
            done = code(small_clinic, entry, totp.code_at(seed, step + away))
            assert bool(done) is fits

    def test_takes_each_step_once_also_after_a_restart(self, the_clinic: Clinic) -> None:
        """MFA-03: and after a newer one no older one."""
        seed = doors.give_app(the_clinic, "alice")
        now = doors.code_of(seed)
        assert code(the_clinic, doors.begin(the_clinic, "alice"), now)
        assert code(the_clinic, doors.begin(the_clinic, "alice"), now) is None
        before = totp.code_at(seed, totp.step_at(NOW) - 1)
        assert code(the_clinic, doors.begin(the_clinic, "alice"), before) is None

    @pytest.mark.parametrize(
        "typed", ["", "12345", "1234567", "١٢٣٤٥٦", "12345a", "-12345", "1e5000"]
    )
    def test_takes_nothing_but_six_ascii_digits(self, small_clinic: Clinic, typed: str) -> None:
        """MFA-04."""
        doors.give_app(small_clinic, "alice")
        assert code(small_clinic, doors.begin(small_clinic, "alice"), typed) is None

    def test_is_no_code_of_somebody_else(self, small_clinic: Clinic) -> None:
        doors.give_app(small_clinic, "alice")
        seed = doors.give_app(small_clinic, "charlie")
        assert code(small_clinic, doors.begin(small_clinic, "alice"), doors.code_of(seed)) is None

    def test_of_fifty_at_once_lets_one_in(self, the_clinic: Clinic) -> None:
        """MFA-03."""
        seed = doors.give_app(the_clinic, "alice")
        typed = doors.code_of(seed)

        def take(_number: int) -> bool:
            with the_clinic.base.transaction() as db:
                who = the_clinic.users["alice"].id
                return factors.take_app_code(db, who, typed, now=NOW)

        with ThreadPoolExecutor(10) as crowd:
            assert sum(crowd.map(take, range(50))) == 1

    def test_is_sealed_for_its_row(self, small_clinic: Clinic) -> None:
        """MFA-02: 160 bits, and nothing of it lies open."""
        seed = doors.give_app(small_clinic, "alice")
        assert len(seed) * 8 >= 160
        with small_clinic.base.reading() as db:
            kept = factors.of(db, small_clinic.users["alice"].id, "totp")[0]
            assert seed not in kept.secret
            assert factors.seed_of(db, kept) == seed


class TestTries:
    def test_are_five_in_one_sign_in(self, the_clinic: Clinic) -> None:
        """MFA-05: the right code is not looked at either."""
        seed = doors.give_app(the_clinic, "alice")
        entry = doors.begin(the_clinic, "alice")
        for _ in range(5):
            assert code(the_clinic, entry, _wrong(seed)) is None
        with pytest.raises(TooMany):
            code(the_clinic, entry, doors.code_of(seed))

    def test_are_ten_in_an_hour_and_nobody_waits_over_a_quarter(self, small_clinic: Clinic) -> None:
        """MFA-05, AUTHN-06: whatever sign-ins they are made in."""
        seed = doors.give_app(small_clinic, "alice")
        at, seen, last, longest = NOW, list[Any](), NOW, timedelta(0)
        while at < NOW + timedelta(hours=3):
            entry = doors.begin(small_clinic, "alice", at=at)
            try:
                assert code(small_clinic, entry, _wrong(seed, at), at=at) is None
                seen.append(at)
                longest, last = max(longest, at - last), at
            except TooMany:
                pass
            at += timedelta(minutes=1)
        for began in seen:
            assert len([one for one in seen if began <= one < began + timedelta(hours=1)]) <= 10
        assert longest <= timedelta(minutes=15)

    def test_after_a_hundred_in_a_row_only_a_way_back_helps(self, small_clinic: Clinic) -> None:
        """AUTHN-06."""
        seed = doors.give_app(small_clinic, "alice")
        _fail(small_clinic, "alice", 100)
        entry = doors.begin(small_clinic, "alice")
        with pytest.raises(signing_in.OnlyAWayBack):
            code(small_clinic, entry, doors.code_of(seed))

    def test_count_anew_after_a_right_one(self, small_clinic: Clinic) -> None:
        seed = doors.give_app(small_clinic, "alice")
        _fail(small_clinic, "alice", 99)
        assert code(small_clinic, doors.begin(small_clinic, "alice"), doors.code_of(seed))
        with small_clinic.base.reading() as db:
            assert doors.user(db, small_clinic, "alice").factor_failures == 0

    def test_wrong_ones_leave_a_trace(self, small_clinic: Clinic) -> None:
        seed = doors.give_app(small_clinic, "alice")
        code(small_clinic, doors.begin(small_clinic, "alice"), _wrong(seed))
        assert doors.traced(small_clinic, "alice", "second step") == ["refused"]


class TestRecoveryCodes:
    def test_let_in_once_and_are_told_of(self, the_clinic: Clinic) -> None:
        """MFA-06."""
        doors.give_app(the_clinic, "alice")
        doors.prove_email(the_clinic, "alice")
        codes = give_recovery(the_clinic, "alice")
        assert use_recovery(the_clinic, doors.begin(the_clinic, "alice"), codes[6]).stage == "full"
        assert use_recovery(the_clinic, doors.begin(the_clinic, "alice"), codes[6]) is None
        told = doors.mails(the_clinic, "recovery-code.used", "alice")
        assert [one["left"] for one in told] == ["9"]
        assert doors.traced(the_clinic, "alice", "recovery code") == ["success"]

    def test_of_fifty_at_once_let_one_in(self, the_clinic: Clinic) -> None:
        """MFA-06."""
        who = the_clinic.users["alice"].id
        codes = give_recovery(the_clinic, "alice")
        with the_clinic.base.reading() as db:
            hashed = factors.recovery_hash(db, who, 1)
        assert passwords.matches(codes[0][2:].replace("-", ""), hashed)

        def take(_number: int) -> bool:
            with the_clinic.base.transaction() as db:
                return factors.take_recovery(db, who, 1, hashed, now=NOW)

        with ThreadPoolExecutor(10) as crowd:
            assert sum(crowd.map(take, range(50))) == 1

    def test_are_replaced_as_a_whole(self, small_clinic: Clinic) -> None:
        """MFA-06."""
        doors.give_app(small_clinic, "alice")
        old = give_recovery(small_clinic, "alice")
        new = give_recovery(small_clinic, "alice")
        for one in (old[0], old[9]):
            assert use_recovery(small_clinic, doors.begin(small_clinic, "alice"), one) is None
        assert use_recovery(small_clinic, doors.begin(small_clinic, "alice"), new[9])

    def test_are_no_factor_by_themselves(self, small_clinic: Clinic) -> None:
        give_recovery(small_clinic, "alice")
        assert doors.begin(small_clinic, "alice").stage == "enrol"


class TestCodesByMail:
    @pytest.fixture
    def mailed(self, the_clinic: Clinic) -> Clinic:
        doors.policy(the_clinic, "emailed_codes", "yes")
        doors.prove_email(the_clinic, "alice")
        doors.prove_email(the_clinic, "dana")
        return the_clinic

    def test_are_sent_at_once_where_there_is_nothing_better(self, mailed: Clinic) -> None:
        entry = doors.begin(mailed, "alice")
        assert entry.stage == "factor"
        sent = doors.mails(mailed, "sign-in.code", "alice")
        assert len(sent) == 1
        assert code(mailed, entry, sent[0]["code"]).stage == "full"

    def test_are_bound_to_the_sign_in_they_were_sent_for(self, mailed: Clinic) -> None:
        """MFA-05."""
        doors.begin(mailed, "alice")
        other = doors.begin(mailed, "alice", at=NOW + timedelta(seconds=1))
        first, second = (one["code"] for one in doors.mails(mailed, "sign-in.code", "alice"))
        if first != second:
            assert code(mailed, other, first) is None
        assert code(mailed, other, second)

    def test_of_fifty_at_once_let_one_in(self, mailed: Clinic) -> None:
        from portal.services.signing_in import mailing

        entry = doors.begin(mailed, "alice")
        typed = doors.mails(mailed, "sign-in.code", "alice")[0]["code"]
        with mailed.base.reading() as db:
            actor = doors.actor_at(db, entry)
        assert actor

        def take(_number: int) -> bool:
            with mailed.base.transaction() as db:
                return mailing.take(db, actor.sign_in_id, typed, now=NOW)

        with ThreadPoolExecutor(10) as crowd:
            assert sum(crowd.map(take, range(50))) == 1

    def test_are_never_for_staff(self, mailed: Clinic) -> None:
        """MFA-09."""
        assert doors.begin(mailed, "dana").stage == "enrol"
        assert doors.mails(mailed, "sign-in.code", "dana") == []

    def test_do_not_stand_in_for_something_better(self, mailed: Clinic) -> None:
        """MFA-09: whoever reads the mail does not get past an app."""
        doors.give_app(mailed, "alice")
        entry = doors.begin(mailed, "alice")
        assert doors.mails(mailed, "sign-in.code", "alice") == []
        doors.act(mailed, entry, signing_in.send_code)
        assert doors.mails(mailed, "sign-in.code", "alice") == []

    def test_need_a_policy_and_a_proven_address(self, mailed: Clinic) -> None:
        """MFA-09."""
        assert doors.begin(mailed, "bob").stage == "enrol"
        doors.policy(mailed, "emailed_codes", "no")
        assert doors.begin(mailed, "alice").stage == "enrol"

    def test_are_not_sent_in_floods(self, mailed: Clinic) -> None:
        entry = doors.begin(mailed, "alice")
        with pytest.raises(TooMany):
            doors.act(mailed, entry, signing_in.send_code, at=NOW + timedelta(seconds=30))
        doors.act(mailed, entry, signing_in.send_code, at=LATER)
        assert len(doors.mails(mailed, "sign-in.code", "alice")) == 2


class TestSettingUp:
    def test_an_app_counts_after_one_code(self, the_clinic: Clinic) -> None:
        """MFA-02."""
        entry = doors.begin(the_clinic, "alice")
        shown = doors.act(the_clinic, entry, own.enrol_app)
        assert len(shown.words.replace(" ", "")) == 32
        with pytest.raises(NotSignedIn):
            doors.act(the_clinic, entry, signing_in.go_on)
        seed = _seed(the_clinic, shown.factor_id)
        given: dict[str, Any] = {"factor_id": shown.factor_id}
        assert not doors.act(the_clinic, entry, own.confirm_app, code=_wrong(seed), **given)
        assert doors.begin(the_clinic, "alice", at=LATER).stage == "enrol"
        assert doors.act(the_clinic, entry, own.confirm_app, code=doors.code_of(seed), **given)
        assert doors.begin(the_clinic, "alice", at=LATER).stage == "factor"
        whole = doors.act(the_clinic, entry, signing_in.go_on)
        assert whole.stage == "full"
        assert whole.secret != entry.secret

    def test_ends_every_other_that_was_about_to(self, the_clinic: Clinic) -> None:
        """MFA-07: a password alone opens no enrolment beside a factor that is there."""
        mine, theirs = doors.begin(the_clinic, "alice"), doors.begin(the_clinic, "alice", at=LATER)
        shown = doors.act(the_clinic, mine, own.enrol_app)
        seed = _seed(the_clinic, shown.factor_id)
        given: dict[str, Any] = {"factor_id": shown.factor_id, "code": doors.code_of(seed)}
        assert doors.act(the_clinic, mine, own.confirm_app, **given)
        assert doors.stage(the_clinic, theirs) == "ended"

    def test_is_shut_to_who_came_for_another_step(self, small_clinic: Clinic) -> None:
        """MFA-07."""
        doors.give_app(small_clinic, "alice")
        entry = doors.begin(small_clinic, "alice")
        assert entry.stage == "factor"
        cases: tuple[tuple[Any, dict[str, Any]], ...] = (
            (own.enrol_app, {}),
            (own.passkey_options, {}),
            (own.add_passkey, {"answer": {}}),
            (own.put_recovery_codes, {"hashes": ["x"] * 10}),
            (own.remove, {"factor_id": "x"}),
            (own.confirm_app, {"factor_id": "x", "code": "123456"}),
            (signing_in.go_on, {}),
        )
        for use_case, given in cases:
            with pytest.raises(Refusal):
                doors.act(small_clinic, entry, use_case, **given)

    def test_a_factor_that_came_meanwhile_shuts_it(self, small_clinic: Clinic) -> None:
        """MFA-07."""
        entry = doors.begin(small_clinic, "alice")
        doors.give_app(small_clinic, "alice")
        with pytest.raises(NotSignedIn):
            doors.act(small_clinic, entry, own.enrol_app)


class TestTrustedDevices:
    def trusting(self, clinic: Clinic, name: str) -> str:
        """Signs in with an app and trusts the browser; returns the digest of its secret."""
        seed = doors.give_app(clinic, name)
        half = doors.begin(clinic, name)
        whole = code(clinic, half, doors.code_of(seed), trust=True)
        return signins.digest_of(whole.device_secret) if whole.device_secret else ""

    def test_skip_the_second_step_for_thirty_days(self, the_clinic: Clinic) -> None:
        digest = self.trusting(the_clinic, "alice")
        almost = NOW + timedelta(days=30) - timedelta(seconds=1)
        assert doors.begin(the_clinic, "alice", at=almost, trusted_digest=digest).stage == "full"
        late = NOW + timedelta(days=30)
        assert doors.begin(the_clinic, "alice", at=late, trusted_digest=digest).stage == "factor"

    def test_confirm_nothing(self, small_clinic: Clinic) -> None:
        """MFA-11."""
        digest = self.trusting(small_clinic, "alice")
        entry = doors.begin(small_clinic, "alice", at=LATER, trusted_digest=digest)
        assert not confirming.is_confirmed(_actor(small_clinic, entry, LATER), now=LATER)

    def test_are_never_staff_s(self, small_clinic: Clinic) -> None:
        assert self.trusting(small_clinic, "dana") == ""

    def test_are_one_person_s(self, small_clinic: Clinic) -> None:
        digest = self.trusting(small_clinic, "alice")
        doors.give_app(small_clinic, "charlie")
        entry = doors.begin(small_clinic, "charlie", trusted_digest=digest)
        assert entry.stage == "factor"

    def test_end_with_the_policy_a_changed_factor_and_by_a_tap(self, small_clinic: Clinic) -> None:
        digest = self.trusting(small_clinic, "alice")

        def opens() -> str:
            return doors.begin(small_clinic, "alice", at=LATER, trusted_digest=digest).stage

        assert opens() == "full"
        doors.policy(small_clinic, "trusted_days", "0")
        assert opens() == "factor"
        doors.policy(small_clinic, "trusted_days", "30")
        assert opens() == "full"
        whole = doors.begin(small_clinic, "alice", factor="passkey")
        doors.act(small_clinic, whole, own.put_recovery_codes, hashes=["x"] * 10)
        assert opens() == "factor"

    def test_are_not_made_at_a_shared_computer(self, small_clinic: Clinic) -> None:
        digest = self.trusting(small_clinic, "alice")
        seed = doors.give_app(small_clinic, "charlie")
        half = doors.begin(small_clinic, "charlie", is_shared=True)
        whole = code(small_clinic, half, doors.code_of(seed), trust=True)
        assert whole.is_shared
        assert whole.device_secret == ""
        entry = doors.begin(small_clinic, "alice", is_shared=True, trusted_digest=digest)
        assert entry.stage == "factor"

    def test_are_kept_as_a_digest_alone(self, small_clinic: Clinic) -> None:
        digest = self.trusting(small_clinic, "alice")
        with small_clinic.base.reading() as db:
            kept = trusted.of(db, small_clinic.users["alice"].id, now=NOW)
            assert [one.digest for one in kept] == [digest]


class TestNotices:
    def test_tell_of_a_new_browser_or_network(self, the_clinic: Clinic) -> None:
        """AUTHN-15."""
        doors.prove_email(the_clinic, "alice")

        def come(**more: Any) -> int:
            doors.begin(the_clinic, "alice", factor="passkey", **more)
            return len(doors.mails(the_clinic, "sign-in.new-device", "alice"))

        assert come() == 0
        assert come() == 0
        assert come(address="192.0.2.200") == 0
        assert come(device=doors.BROWSER.replace("140", "141")) == 0
        assert come(device="Mozilla/5.0 (iPhone) Version/19 Mobile Safari/604") == 1
        assert come(address="198.51.100.4") == 2

    def test_tell_of_many_failures_before(self, the_clinic: Clinic) -> None:
        """AUTHN-15."""
        doors.prove_email(the_clinic, "alice")
        for _ in range(5):
            doors.enter_password(the_clinic, "alice", "not the password at all")
        late = NOW + timedelta(minutes=20)
        assert doors.enter_password(the_clinic, "alice", doors.PASSWORD, at=late)
        assert len(doors.mails(the_clinic, "sign-in.failures", "alice")) == 1
        assert doors.enter_password(the_clinic, "alice", doors.PASSWORD, at=late)
        assert len(doors.mails(the_clinic, "sign-in.failures", "alice")) == 1

    def test_tell_of_changed_factors(self, small_clinic: Clinic) -> None:
        """AUTHN-15."""
        doors.prove_email(small_clinic, "alice")
        whole = doors.begin(small_clinic, "alice", factor="passkey")
        doors.act(small_clinic, whole, own.put_recovery_codes, hashes=["x"] * 10)
        assert len(doors.mails(small_clinic, "factor.changed", "alice")) == 1


def _actor(clinic: Clinic, entry: Any, at: Any = NOW) -> Any:
    with clinic.base.transaction() as db:
        actor = doors.actor_at(db, entry, at)
        assert actor
        return actor


def _wrong(seed: bytes, at: Any = NOW) -> str:
    """Returns six digits that no step around shows."""
    near = {totp.code_at(seed, totp.step_at(at) + away) for away in (-1, 0, 1)}
    return next(f"{number:06d}" for number in range(10) if f"{number:06d}" not in near)


def _fail(clinic: Clinic, name: str, times: int) -> None:
    with clinic.base.transaction() as db:
        user = db.get_one(User, clinic.users[name].id)
        user.factor_failures = times
        db.add(user)


def _seed(clinic: Clinic, factor_id: str) -> bytes:
    from portal.models.factors import Factor

    with clinic.base.reading() as db:
        return factors.seed_of(db, db.get_one(Factor, factor_id))
