"""Where an account is open: seen by its owner, ended by its owner, hidden from everybody else."""

from datetime import datetime, timedelta

import pytest

from portal import live
from portal.errors import NotFound
from portal.models.people import SignIn
from portal.security import signins, trusted
from portal.security.actor import Actor
from portal.services import accounts, devices
from portal.services.devices import DevicesRow
from tests.support.clinic import LIMITS, NOW, Clinic

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1"
HOUR = timedelta(hours=1)


def signed_in(
    clinic: Clinic, who: str = "alice", *, at: datetime = NOW, device: str = WINDOWS, **more: object
) -> SignIn:
    """Signs somebody in; the newest use is the moment itself."""
    with clinic.base.transaction() as db:
        user = clinic.users[who]
        address = str(more.pop("address", "198.51.100.7"))
        _secret, record = signins.start(
            db,
            user,
            patient_id=user.patient_id,
            device=device,
            address=address,
            now=at,
            **more,  # type: ignore[arg-type]
        )
        return record


def seen(clinic: Clinic, who: str, here: SignIn | None = None, at: datetime = NOW) -> DevicesRow:
    """Returns what somebody sees of their own sign-ins."""
    with clinic.base.transaction() as db:
        return devices.view(db, _actor(clinic, who, here), now=at)


def _actor(clinic: Clinic, who: str, here: SignIn | None = None) -> Actor:
    from dataclasses import replace

    return replace(clinic.actor(who), sign_in_id=here.id if here else "none")


class TestView:
    def test_marks_this_sign_in_and_lists_the_others(self, the_clinic: Clinic) -> None:
        """SES-08: device and place in words, since when, with what."""
        here = signed_in(the_clinic)
        phone = signed_in(the_clinic, device=IPHONE, factor="totp", address="203.0.113.9")
        row = seen(the_clinic, "alice", here)
        assert (row.here.id, row.here.device) == (here.id, "Chrome on Windows")
        assert [other.id for other in row.others] == [phone.id]
        other = row.others[0]
        assert (other.device, other.icon) == ("Safari on an iPhone", "mobile")
        assert other.address == "203.0.113.9"
        assert other.factor == "Password and authenticator app"
        assert other.since == "Tuesday 3 March, 9:00 am"
        assert other.used == "Just now"
        assert row.ended == []

    def test_says_the_same_network_only_where_it_is_the_same_address(
        self, small_clinic: Clinic
    ) -> None:
        here = signed_in(small_clinic)
        signed_in(small_clinic)
        row = seen(small_clinic, "alice", here)
        assert row.others[0].address == "198.51.100.7, the same network as here"

    def test_hides_other_peoples(self, the_clinic: Clinic) -> None:
        signed_in(the_clinic)
        for who in ("charlie", "bob", "dana", "ada", "max"):
            row = seen(the_clinic, who)
            assert not row.others, who
            assert not row.ended, who
            assert not row.here.id, who

    def test_lists_what_ended_in_the_last_weeks_and_how(self, small_clinic: Clinic) -> None:
        here = signed_in(small_clinic)
        idle = signed_in(small_clinic, at=NOW - 5 * HOUR)
        left = signed_in(small_clinic, at=NOW - 3 * HOUR)
        signed_in(small_clinic, at=NOW - timedelta(weeks=5))
        with small_clinic.base.transaction() as db:
            signins.end(db, left.id, reason="signed out", now=NOW - 2 * HOUR)
        row = seen(small_clinic, "alice", here)
        assert [one.id for one in row.ended] == [left.id, idle.id]
        assert row.ended[0].ended == "Signed out, Tuesday 3 March, 7:00 am"
        assert row.ended[1].ended == ("Ended after some time without use, Tuesday 3 March, 4:15 am")

    def test_warns_of_a_first_step_without_a_second(self, small_clinic: Clinic) -> None:
        """Somebody knew the password."""
        here = signed_in(small_clinic)
        half = signed_in(small_clinic, stage="factor")
        assert "second step was not finished" in seen(small_clinic, "alice", here).others[0].note
        later = seen(small_clinic, "alice", here, NOW + timedelta(minutes=11)).ended
        assert [(one.id, bool(one.note)) for one in later] == [(half.id, True)]

    def test_leaves_out_a_first_step_that_led_on(self, small_clinic: Clinic) -> None:
        here = signed_in(small_clinic)
        half = signed_in(small_clinic, stage="factor")
        with small_clinic.base.transaction() as db:
            signins.end(db, half.id, reason="went on", now=NOW)
        row = seen(small_clinic, "alice", here)
        assert not row.others
        assert not row.ended

    def test_says_how_many_there_may_be_and_how_long_they_last(self, small_clinic: Clinic) -> None:
        """SES-09, SES-04."""
        said = " ".join(seen(small_clinic, "alice").rules)
        for words in (
            f"on {accounts.MOST_SIGN_INS} devices",
            "15 minutes",
            "5 minutes",
            "12 hours",
        ):
            assert words in said

    def test_lasts_five_minutes_at_a_shared_computer(self, small_clinic: Clinic) -> None:
        here = signed_in(small_clinic)
        shared = signed_in(small_clinic, is_shared=True)
        later = seen(small_clinic, "alice", here, NOW + timedelta(minutes=5))
        assert [one.id for one in later.ended] == [shared.id]
        assert later.ended[0].is_shared


class TestEnd:
    def test_ends_ones_own(self, the_clinic: Clinic) -> None:
        here, other = signed_in(the_clinic), signed_in(the_clinic)
        actor = _actor(the_clinic, "alice", here)
        with the_clinic.base.transaction() as db:
            devices.end(db, actor, sign_in_id=other.id, now=NOW)
            told = live.pending(db)
        assert live.Change("account", live.USER + the_clinic.users["alice"].id) in told
        row = seen(the_clinic, "alice", here)
        assert not row.others
        assert row.ended[0].ended.startswith("Ended by you from another device")

    @pytest.mark.parametrize("who", ["charlie", "bob", "dana", "ada", "otto"])
    def test_hides_anothers(self, the_clinic: Clinic, who: str) -> None:
        """The same answer as for one that never was, and nothing ends."""
        mine = signed_in(the_clinic)
        for wanted in (mine.id, "never-was"):
            with pytest.raises(NotFound), the_clinic.base.transaction() as db:
                devices.end(db, the_clinic.actor(who), sign_in_id=wanted, now=NOW)
        with the_clinic.base.reading() as db:
            assert signins.still_open(db, [mine.id], LIMITS, now=NOW)

    def test_of_all_others_leaves_this_one_and_everybody_elses(self, the_clinic: Clinic) -> None:
        here, there = signed_in(the_clinic), signed_in(the_clinic)
        half, bobs = signed_in(the_clinic, stage="factor"), signed_in(the_clinic, "bob")
        with the_clinic.base.transaction() as db:
            devices.end_others(db, _actor(the_clinic, "alice", here), now=NOW)
        with the_clinic.base.reading() as db:
            ids = [here.id, there.id, half.id, bobs.id]
            assert signins.still_open(db, ids, LIMITS, now=NOW) == {here.id, bobs.id}

    def test_twice_leaves_it_as_it_ended(self, small_clinic: Clinic) -> None:
        other = signed_in(small_clinic)
        for at in (NOW, NOW + HOUR):
            with small_clinic.base.transaction() as db:
                devices.end(db, small_clinic.actor("alice"), sign_in_id=other.id, now=at)
        assert "9:00 am" in seen(small_clinic, "alice").ended[0].ended


class TestTrusted:
    def trust(self, clinic: Clinic, who: str = "alice") -> str:
        """Trusts a browser; returns its id."""
        with clinic.base.transaction() as db:
            trusted.begin(db, clinic.users[who], device=IPHONE, address="203.0.113.9", now=NOW)
            return trusted.of(db, clinic.users[who].id, now=NOW)[0].id

    def test_are_listed_with_their_last_day(self, the_clinic: Clinic) -> None:
        self.trust(the_clinic)
        assert [one.device for one in seen(the_clinic, "alice").trusted] == ["Safari on an iPhone"]
        assert seen(the_clinic, "alice").trusted[0].until == "2 Apr 2026"
        assert not seen(the_clinic, "charlie").trusted

    def test_are_taken_back_by_their_owner_alone(self, the_clinic: Clinic) -> None:
        device = self.trust(the_clinic)
        for who in ("charlie", "bob", "dana", "ada"):
            with pytest.raises(NotFound), the_clinic.base.transaction() as db:
                devices.distrust(db, the_clinic.actor(who), device_id=device, now=NOW)
        assert seen(the_clinic, "alice").trusted
        with the_clinic.base.transaction() as db:
            devices.distrust(db, the_clinic.actor("alice"), device_id=device, now=NOW)
        assert not seen(the_clinic, "alice").trusted
