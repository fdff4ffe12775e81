"""Administration: accounts and the trace, for who may."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from portal.errors import NotAllowed
from portal.models.people import User
from portal.security import signins
from portal.services import administration
from tests.support.clinic import LIMITS, NOW, Clinic


class TestView:
    def test_lists_the_staff_and_the_others_apart(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            staff = administration.view(db, the_clinic.actor("ada"), now=NOW)
            others = administration.view(db, the_clinic.actor("ada"), now=NOW, staff_only=False)
        assert {"Dana Diaz", "Ada Abel"} <= {row.name for row in staff.people}
        assert {row.name for row in others.people} == {
            "Alice Ash",
            "Charlie Cole",
            "Tess Tran",
            "Mia Tran",
            "Bob Ash",
        }

    def test_an_auditor_sees_the_trace_and_nobodys_account(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            row = administration.view(db, the_clinic.actor("otto"), now=NOW)
        assert (row.has_people, row.has_trace, row.people) == (False, True, [])

    @pytest.mark.parametrize("who", ["alice", "bob", "dana", "nora", "frank", "bill"])
    def test_is_refused_to_others(self, small_clinic: Clinic, who: str) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            administration.view(db, small_clinic.actor(who), now=NOW)


class TestDisable:
    def test_ends_every_sign_in_at_once(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            frank = db.get_one(User, the_clinic.users["frank"].id)
            secret, _ = signins.start(db, frank, patient_id=None, device="", address="", now=NOW)
        digest = signins.digest_of(secret)
        with the_clinic.base.transaction() as db:
            administration.disable(db, the_clinic.actor("ada"), sign_in_name="frank", now=NOW)
        with the_clinic.base.transaction() as db:
            assert signins.actor_of(db, digest, LIMITS, now=NOW, is_use=True) is None

    def test_nobody_locks_themselves_out(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(administration.Yourself):
            administration.disable(db, small_clinic.actor("ada"), sign_in_name="ada", now=NOW)

    @pytest.mark.parametrize("who", ["alice", "dana", "frank", "otto"])
    def test_is_refused_to_others(self, small_clinic: Clinic, who: str) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            administration.disable(db, small_clinic.actor(who), sign_in_name="nora", now=NOW)
        with small_clinic.base.transaction() as db:
            assert not db.exec(select(User).where(User.sign_in_name == "nora")).one().disabled


class TestTrace:
    def test_is_whole_until_somebody_changes_a_row(self, small_clinic: Clinic) -> None:
        otto = small_clinic.actor("otto")
        for _ in range(2):
            with small_clinic.base.transaction() as db:
                assert administration.check_trace(db, otto, now=NOW).is_whole
        with small_clinic.base.transaction() as db:
            db.connection().execute(text("DROP TRIGGER audit_event_no_update"))
            db.connection().execute(text("UPDATE audit_event SET reason = 'x' WHERE seq = 1"))
        with small_clinic.base.transaction() as db:
            found = administration.check_trace(db, otto, now=NOW)
        assert not found.is_whole
        assert "row 1" in found.said

    @pytest.mark.parametrize("who", ["alice", "dana", "frank", "bill"])
    def test_is_checked_by_who_may(self, small_clinic: Clinic, who: str) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            administration.check_trace(db, small_clinic.actor(who), now=NOW)
