"""Administration: accounts, roles, security events and the trace, for who may."""

import contextlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from portal.errors import ConfirmFirst, Conflict, Invalid, NotAllowed, NotFound
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.factors import Factor
from portal.models.people import SignIn, Tries, User
from portal.security import audit, policies, signins
from portal.services import administration, notices, policy_desk, signing_in
from tests.support import outbox
from tests.support.clinic import LIMITS, NOW, Clinic

NOT_MANAGERS = ("alice", "bob", "dana", "nora", "frank", "bill", "otto")


def user(clinic: Clinic, name: str) -> User:
    with clinic.base.transaction() as db:
        return db.get_one(User, clinic.users[name].id)


def sign_in(clinic: Clinic, name: str, **more: Any) -> str:
    who = user(clinic, name)
    with clinic.base.transaction() as db:
        given: dict[str, Any] = {"device": "", "address": "10.1.1.1", "now": NOW} | more
        secret, _record = signins.start(db, who, patient_id=None, **given)
    return signins.digest_of(secret)


def acts_as(clinic: Clinic, digest: str) -> str:
    with clinic.base.transaction() as db:
        actor = signins.actor_of(db, digest, LIMITS, now=NOW)
    return actor.role if actor else ""


def ask(clinic: Clinic, who: str, use_case: Any, **given: Any) -> Any:
    with clinic.base.transaction() as db:
        return use_case(db, clinic.actor(who), now=NOW, **given)


def on(clinic: Clinic, who: str, use_case: Any, name: str, **given: Any) -> Any:
    return ask(clinic, who, use_case, user_id=clinic.users[name].id, **given)


def names(row: administration.PeopleRow) -> set[str]:
    return {one.name for one in row.people}


class TestPeople:
    def test_are_the_staff_the_patients_or_the_helpers(self, the_clinic: Clinic) -> None:
        found = {
            group: names(ask(the_clinic, "max", administration.view, group=group))
            for group in ("staff", "patients", "helpers")
        }
        assert {"Dana Diaz", "Ada Abel", "Max Moe"} <= found["staff"]
        assert found["patients"] == {"Alice Ash", "Charlie Cole", "Tess Tran", "Mia Tran"}
        assert found["helpers"] == {"Bob Ash"}

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("dana", {"Dana Diaz"}),
            ("AN D", {"Dana Diaz"}),
            ("%", set()),
        ],
    )
    def test_are_found_by_parts_of_their_names(
        self, the_clinic: Clinic, words: str, found: set[str]
    ) -> None:
        row = ask(the_clinic, "ada", administration.view, words=words)
        assert names(row) == found

    def test_show_factors_and_the_last_time_but_nothing_that_opens(
        self, the_clinic: Clinic
    ) -> None:
        sign_in(the_clinic, "frank", now=NOW - timedelta(days=1))
        frank_id = the_clinic.users["frank"].id
        the_clinic.add(Factor(user_id=frank_id, kind="totp", created_at=NOW, confirmed_at=NOW))
        rows = {row.name: row for row in ask(the_clinic, "ada", administration.view).people}
        frank, erin = rows["Frank Fox"], rows["Erin Egan"]
        assert (frank.factors, frank.has_factor, frank.last) == ("App", True, "Yesterday")
        assert (erin.factors, erin.has_factor) == ("None", False)
        assert "$argon2" not in repr(rows)

    def test_of_the_staff_that_nobody_used_for_90_days_are_marked(self, the_clinic: Clinic) -> None:
        """OPS-06: marked, not closed; the cast's accounts are 100 days old."""
        sign_in(the_clinic, "frank", now=NOW - timedelta(days=89))
        rows = {row.name: row for row in ask(the_clinic, "ada", administration.view).people}
        assert rows["Erin Egan"].idle
        assert not rows["Frank Fox"].idle
        others = ask(the_clinic, "ada", administration.view, group="patients").people
        assert not any(row.idle for row in others)

    @pytest.mark.parametrize("who", NOT_MANAGERS)
    def test_are_shown_to_nobody_else(self, small_clinic: Clinic, who: str) -> None:
        for use_case, given in (
            (administration.view, {}),
            (administration.one, {"user_id": small_clinic.users["erin"].id}),
        ):
            with pytest.raises(NotAllowed):
                ask(small_clinic, who, use_case, **given)

    def test_one_by_one_with_their_sign_ins(self, the_clinic: Clinic) -> None:
        sign_in(the_clinic, "frank")
        row = on(the_clinic, "ada", administration.one, "frank")
        assert [one.address for one in row.sign_ins] == ["10.1.1.1"]
        assert row.may_change
        assert not on(the_clinic, "ada", administration.one, "ada").may_change
        assert not on(the_clinic, "max", administration.one, "ada").may_change
        with pytest.raises(NotFound):
            ask(the_clinic, "ada", administration.one, user_id="nobody")

    def test_reading_leaves_a_trace(self, the_clinic: Clinic) -> None:
        on(the_clinic, "ada", administration.one, "alice")
        with the_clinic.base.transaction() as db:
            row = db.scalars(select(AuditEvent)).one()
        assert (row.actor_name, row.category, row.action) == ("Ada Abel", "people", "R")
        assert row.patient_id == the_clinic.patients["alice"].id


class TestChanging:
    """SES-07: effective with the next event, for nothing is cached; SES-08, the admin's side."""

    @pytest.mark.parametrize(
        ("act", "given"),
        [
            (administration.disable, {}),
            (administration.change_role, {"role": "billing"}),
            (administration.end_sign_ins, {}),
        ],
    )
    def test_ends_every_sign_in_at_once(
        self, the_clinic: Clinic, act: Any, given: dict[str, str]
    ) -> None:
        digest = sign_in(the_clinic, "frank")
        assert acts_as(the_clinic, digest) == "front_desk"
        on(the_clinic, "ada", act, "frank", **given)
        assert not acts_as(the_clinic, digest)

    def test_gives_the_new_role_with_the_next_sign_in(self, the_clinic: Clinic) -> None:
        on(the_clinic, "max", administration.change_role, "frank", role="billing")
        assert acts_as(the_clinic, sign_in(the_clinic, "frank")) == "billing"

    def test_lets_nobody_in_who_is_disabled_until_enabled(self, the_clinic: Clinic) -> None:
        on(the_clinic, "ada", administration.disable, "frank")
        assert not acts_as(the_clinic, sign_in(the_clinic, "frank"))
        on(the_clinic, "ada", administration.enable, "frank")
        assert acts_as(the_clinic, sign_in(the_clinic, "frank")) == "front_desk"

    def test_nobody_locks_themselves_out(self, small_clinic: Clinic) -> None:
        for act, given in (
            (administration.disable, {}),
            (administration.change_role, {"role": "nurse"}),
            (administration.end_sign_ins, {}),
        ):
            with pytest.raises(administration.Yourself):
                on(small_clinic, "ada", act, "ada", **given)

    def test_no_manager_makes_or_unmakes_administrators(self, small_clinic: Clinic) -> None:
        for act, name, given in (
            (administration.disable, "ada", {}),
            (administration.change_role, "ada", {"role": "nurse"}),
            (administration.change_role, "frank", {"role": "administrator"}),
        ):
            with pytest.raises(administration.NotYours):
                on(small_clinic, "max", act, name, **given)
        with pytest.raises(administration.NotYours):
            ask(
                small_clinic, "max", administration.invite,
                name="Eve", sign_in_name="eve@clinic", role="administrator",
            )  # fmt: skip

    def test_makes_nobody_of_the_patients_staff(self, small_clinic: Clinic) -> None:
        for name, role in (("alice", "nurse"), ("frank", "patient"), ("frank", "nonsense")):
            with pytest.raises(Invalid):
                on(small_clinic, "ada", administration.change_role, name, role=role)

    def test_asks_for_a_factor_anew_before_a_role_changes(self, small_clinic: Clinic) -> None:
        """MFA-11."""
        long_ago = small_clinic.actor("ada", at=NOW - timedelta(hours=1))
        with small_clinic.base.transaction() as db, pytest.raises(ConfirmFirst):
            administration.change_role(
                db, long_ago, user_id=small_clinic.users["frank"].id, role="nurse", now=NOW
            )

    def test_of_two_administrators_at_once_leaves_one(self, the_clinic: Clinic) -> None:
        """Each disables the other at the same moment: one stays, whatever the order."""
        on(the_clinic, "ada", administration.change_role, "max", role="administrator")
        the_clinic.users["max"] = user(the_clinic, "max")
        barrier = threading.Barrier(2)

        def end(who: str, other: str) -> None:
            barrier.wait()
            with contextlib.suppress(administration.LastAdministrator):
                on(the_clinic, who, administration.disable, other)

        threads = [
            threading.Thread(target=end, args=pair) for pair in (("ada", "max"), ("max", "ada"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(user(the_clinic, name).disabled for name in ("ada", "max")) == [False, True]

    def test_ends_everybody_but_oneself(self, the_clinic: Clinic) -> None:
        mine = sign_in(the_clinic, "ada")
        others = [sign_in(the_clinic, name) for name in ("alice", "frank")]
        with the_clinic.base.transaction() as db:
            actor = signins.actor_of(db, mine, LIMITS, now=NOW)
            assert actor
            db.execute(update(SignIn).values(confirmed_at=NOW))
        with the_clinic.base.transaction() as db:
            actor = signins.actor_of(db, mine, LIMITS, now=NOW)
            assert actor
            assert administration.end_everybody(db, actor, now=NOW) == 2
        assert acts_as(the_clinic, mine) == "administrator"
        assert [acts_as(the_clinic, digest) for digest in others] == ["", ""]

    @pytest.mark.parametrize("who", NOT_MANAGERS)
    def test_is_refused_to_others(self, small_clinic: Clinic, who: str) -> None:
        for act, given in (
            (administration.disable, {}),
            (administration.enable, {}),
            (administration.end_sign_ins, {}),
            (administration.change_role, {"role": "nurse"}),
            (administration.invite_again, {}),
        ):
            with pytest.raises(NotAllowed):
                on(small_clinic, who, act, "erin", **given)
        with pytest.raises(NotAllowed):
            ask(small_clinic, who, administration.end_everybody)
        assert not user(small_clinic, "erin").disabled


class TestInviting:
    def _invite(self, clinic: Clinic, **changes: str) -> administration.InvitedRow:
        given = {"name": "Eve Ember", "sign_in_name": "eve@clinic", "role": "nurse"} | changes
        return ask(clinic, "ada", administration.invite, **given)

    def test_shows_the_link_once_where_there_is_no_address(self, the_clinic: Clinic) -> None:
        row = self._invite(the_clinic)
        assert "/activate/" in row.link
        assert not row.mailed_to
        with the_clinic.base.transaction() as db:
            made = db.scalars(select(User).where(col(User.sign_in_name) == "eve@clinic")).one()
        assert (made.role, made.password_hash) == ("nurse", "")

    def test_mails_the_link_and_keeps_the_code_apart(self, the_clinic: Clinic) -> None:
        """AUTHN-10: link and code never travel in the same channel."""
        row = self._invite(the_clinic, email="eve@mail.example")
        assert (row.link, row.mailed_to) == ("", "eve@mail.example")
        with the_clinic.base.transaction() as db:
            notice = db.scalars(select(OutboxNotice)).one()
        given = outbox.given(the_clinic.base, notice)
        assert "/activate/" in given["link"]
        assert row.code
        assert row.code.replace("-", "") not in str(given).replace("-", "")

    def test_again_takes_back_the_mail_that_has_not_left(self, the_clinic: Clinic) -> None:
        """The mail server is down while inviting: only the newest link goes out after."""
        self._invite(the_clinic, email="eve@mail.example")
        with the_clinic.base.transaction() as db:
            eve = db.scalars(select(User).where(col(User.sign_in_name) == "eve@clinic")).one()
        later = NOW + timedelta(minutes=1)
        with the_clinic.base.transaction() as db:
            administration.invite_again(db, the_clinic.actor("ada"), user_id=eve.id, now=later)
        with the_clinic.base.transaction() as db:
            found = db.scalars(select(OutboxNotice).order_by(col(OutboxNotice.created_at)))
            assert [(one.state, "link" in notices.given_of(db, one)) for one in found] == [
                ("withdrawn", False),
                ("pending", True),
            ]

    @pytest.mark.parametrize(
        "changes",
        [
            {"role": "patient"},
            {"role": ""},
            {"email": "no"},
            {"email": "a@b.example\nBcc: c@d.example"},
        ],
    )
    def test_refuses_what_is_no_role_or_address(
        self, small_clinic: Clinic, changes: dict[str, str]
    ) -> None:
        with pytest.raises(Invalid):
            self._invite(small_clinic, **changes)

    def test_again_ends_the_link_before(self, the_clinic: Clinic) -> None:
        first = self._invite(the_clinic)
        with the_clinic.base.transaction() as db:
            eve = db.scalars(select(User).where(col(User.sign_in_name) == "eve@clinic")).one()
        second = ask(the_clinic, "ada", administration.invite_again, user_id=eve.id)
        assert second.link
        assert second.link != first.link

    def test_again_is_for_who_never_came_in(self, small_clinic: Clinic) -> None:
        """AUTHN-14: with link and code on the screen a colleague's password would be chosen."""
        with pytest.raises(Conflict):
            on(small_clinic, "max", administration.invite_again, "nora")
        with pytest.raises(NotFound):
            on(small_clinic, "max", administration.invite_again, "bob")

    def test_again_is_not_for_patients(self, small_clinic: Clinic) -> None:
        """A patient's invitation goes through the front desk: link, code and birth date."""
        with pytest.raises(NotFound):
            on(small_clinic, "ada", administration.invite_again, "alice")


class TestSecurityEvents:
    def _happen(self, clinic: Clinic) -> None:
        with clinic.base.transaction() as db:
            alice = clinic.actor("alice")
            for number in range(3):
                audit.record(
                    db, alice, "E", category="sign-in", outcome="refused", reason="password",
                    now=NOW - timedelta(days=number * 5),
                )  # fmt: skip
            audit.record(db, alice, "E", category="sign-in", entity="SignIn/1", now=NOW)
            audit.record(db, alice, "U", category="factors", entity="Factor/1", now=NOW)
            audit.record(db, alice, "R", category="factors", now=NOW)
            audit.record(db, alice, "E", category="breach", outcome="refused", now=NOW)
            audit.record(db, alice, "R", category="results", now=NOW)

    @pytest.mark.parametrize(
        ("kind", "days", "count"),
        [("failures", 7, 2), ("failures", 30, 3), ("sign-ins", 7, 1), ("factors", 7, 1),
         ("breaches", 1, 1)],
    )  # fmt: skip
    def test_are_those_of_a_kind_and_a_period(
        self, the_clinic: Clinic, kind: str, days: int, count: int
    ) -> None:
        self._happen(the_clinic)
        row = ask(the_clinic, "otto", administration.security, kind=kind, days=days)
        assert len(row.events) == row.leaf.total == count
        assert {one.who for one in row.events} == {"Alice Ash"}
        assert "results" not in repr(row.events)

    def test_name_a_device_that_was_not_seen_before(self, the_clinic: Clinic) -> None:
        """AUTHN-15, the clinic's side: written where its owner is told."""
        for device in ("Firefox/1", "Firefox/2", "Chrome/1"):
            with the_clinic.base.transaction() as db:
                signing_in.begin(
                    db,
                    the_clinic.users["frank"],
                    factor="totp",
                    device=device,
                    address="10.1.1.1",
                    now=NOW,
                )
        row = ask(the_clinic, "ada", administration.security, kind="new")
        assert [(one.who, one.address) for one in row.events] == [("Frank Fox", "10.1.1.1")]

    def test_say_in_numbers_alone_who_must_wait(self, the_clinic: Clinic) -> None:
        later = NOW + timedelta(minutes=5)
        the_clinic.add(
            Tries(key="a", count=9, since=NOW, last_at=NOW, wait_until=later),
            Tries(key="b", count=100, since=NOW, last_at=NOW, wait_until=NOW),
            Tries(key="c", count=6, since=NOW, last_at=NOW, wait_until=NOW - timedelta(hours=1)),
            Tries(key="d", count=100, since=NOW, last_at=NOW),
            Tries(key="all", count=100, since=NOW, last_at=NOW),
        )
        row = ask(the_clinic, "ada", administration.security)
        assert (row.names_waiting, row.names_closed, row.addresses_waiting) == ("2", "1", "1")

    @pytest.mark.parametrize(("who", "may"), [("ada", True), ("max", True), ("otto", True)])
    def test_are_for_administrators_managers_and_auditors(
        self, small_clinic: Clinic, who: str, *, may: bool
    ) -> None:
        assert bool(ask(small_clinic, who, administration.security).counts) is may

    @pytest.mark.parametrize("who", ["alice", "bob", "dana", "nora", "frank", "bill"])
    def test_are_refused_to_others(self, small_clinic: Clinic, who: str) -> None:
        for use_case in (administration.security, administration.overview):
            with pytest.raises(NotAllowed):
                ask(small_clinic, who, use_case)


class TestOverview:
    def test_shows_each_what_they_look_after(self, the_clinic: Clinic) -> None:
        ada, otto = (ask(the_clinic, who, administration.overview) for who in ("ada", "otto"))
        assert (ada.has_people, ada.has_policies, ada.has_access) == (True, True, False)
        assert (otto.has_people, otto.has_policies, otto.has_access) == (False, False, True)
        assert otto.people == otto.policies == otto.outbox == ""

    def test_says_where_patients_sign_in_below_the_standards(self, the_clinic: Clinic) -> None:
        """MFA-01: the administrators' page says "below ASVS L2 / AAL2" for as long as it holds."""
        assert not ask(the_clinic, "ada", administration.overview).weak
        put(the_clinic, "ada", "patients_need_factor", "no", "yes")
        weak = ask(the_clinic, "ada", administration.overview).weak
        assert "ASVS level 2" in weak
        assert "AAL2" in weak


class TestTrace:
    def test_is_whole_until_somebody_changes_a_row(self, small_clinic: Clinic) -> None:
        for _ in range(2):
            assert ask(small_clinic, "otto", administration.check_trace).is_whole
        with small_clinic.base.transaction() as db:
            db.connection().execute(text("DROP TRIGGER audit_event_no_update"))
            db.connection().execute(text("UPDATE audit_event SET reason = 'x' WHERE seq = 1"))
        found = ask(small_clinic, "otto", administration.check_trace)
        assert not found.is_whole
        assert "row 1" in found.said

    @pytest.mark.parametrize("who", ["alice", "dana", "frank", "bill"])
    def test_is_checked_by_who_may(self, small_clinic: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            ask(small_clinic, who, administration.check_trace)


def put(clinic: Clinic, who: str, key: str, value: str, before: str) -> None:
    ask(clinic, who, policy_desk.put, key=key, value=value, before=before)


class TestPolicies:
    def _row(self, clinic: Clinic, key: str) -> policy_desk.PolicyRow:
        return next(row for row in ask(clinic, "ada", policy_desk.view) if row.key == key)

    def test_are_all_there_with_reason_default_and_limits(self, the_clinic: Clinic) -> None:
        rows = ask(the_clinic, "ada", policy_desk.view)
        assert [row.key for row in rows] == [rule.key for rule in policies.RULES]
        assert all(row.words and row.why and row.default for row in rows)
        assert not any(row.is_changed or row.changed for row in rows)

    def test_change_with_who_and_when(self, the_clinic: Clinic) -> None:
        put(the_clinic, "max", "trusted_days", "14", "30")
        row = self._row(the_clinic, "trusted_days")
        assert (row.value, row.default, row.is_changed) == ("14", "30", True)
        assert row.changed == "Changed on 3 Mar 2026 by Max Moe"
        with the_clinic.base.transaction() as db:
            assert policies.current(db).trusted_days == 14
            event = db.scalars(select(AuditEvent).where(col(AuditEvent.action) == "U")).one()
        assert (event.category, event.reason) == ("policies", "30 to 14")

    def test_back_to_the_default_are_as_they_came(self, the_clinic: Clinic) -> None:
        put(the_clinic, "ada", "trusted_days", "14", "30")
        put(the_clinic, "ada", "trusted_days", "30", "14")
        assert not self._row(the_clinic, "trusted_days").changed

    @pytest.mark.parametrize("value", ["no", "yes"])
    def test_switched_off_second_factor_is_said_to_be_weak(
        self, small_clinic: Clinic, value: str
    ) -> None:
        """MFA-01."""
        put(small_clinic, "ada", "patients_need_factor", value, "yes")
        assert ("AAL2" in self._row(small_clinic, "patients_need_factor").warning) is (
            value == "no"
        )

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("trusted_days", "91"), ("trusted_days", "-1"), ("trusted_days", "1.5"),
            ("trusted_days", ""), ("trusted_days", "٣"), ("trusted_days", "9" * 400),
            ("invitation_days", "0"), ("emergency_minutes", "61"),
            ("patients_need_factor", "maybe"), ("patients_need_factor", "True"),
            ("teen_scopes", "everything:act"), ("teen_scopes", "results:write"),
            ("teen_from", "18"), ("adult_from", "14 "), ("message_fee", "x" * 41),
        ],
    )  # fmt: skip
    def test_take_nothing_out_of_range(self, small_clinic: Clinic, key: str, value: str) -> None:
        before = self._row(small_clinic, key).value
        with pytest.raises(Invalid):
            put(small_clinic, "ada", key, value, before)
        assert self._row(small_clinic, key).value == before

    def test_keep_the_ages_in_order(self, small_clinic: Clinic) -> None:
        put(small_clinic, "ada", "adult_from", "16", "18")
        with pytest.raises(policy_desk.AgesCross):
            put(small_clinic, "ada", "teen_from", "16", "12")

    def test_of_teenagers_parents_are_boxes(self, the_clinic: Clinic) -> None:
        put(
            the_clinic, "ada", "teen_scopes", "results:read bills:act bills:read",
            self._row(the_clinic, "teen_scopes").value,
        )  # fmt: skip
        row = self._row(the_clinic, "teen_scopes")
        assert row.value == "results:read bills:act"
        assert {one.area: one.level for one in row.areas if one.level} == {
            "results": "read", "bills": "act",
        }  # fmt: skip

    def test_can_be_emptied(self, the_clinic: Clinic) -> None:
        put(the_clinic, "ada", "teen_scopes", "", self._row(the_clinic, "teen_scopes").value)
        assert self._row(the_clinic, "teen_scopes").said == "Nothing"

    def test_changed_by_two_is_a_conflict(self, the_clinic: Clinic) -> None:
        put(the_clinic, "ada", "trusted_days", "14", "30")
        with pytest.raises(policy_desk.ChangedMeanwhile):
            put(the_clinic, "max", "trusted_days", "7", "30")
        assert self._row(the_clinic, "trusted_days").value == "14"

    def test_changed_by_ten_at_the_same_moment_have_one_winner(self, the_clinic: Clinic) -> None:
        won: list[int] = []
        barrier = threading.Barrier(10)

        def change(days: int) -> None:
            barrier.wait()
            try:
                put(the_clinic, "ada", "trusted_days", str(days), "30")
                won.append(days)
            except policy_desk.ChangedMeanwhile:
                pass

        threads = [threading.Thread(target=change, args=(days,)) for days in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [self._row(the_clinic, "trusted_days").value] == [str(days) for days in won]

    def test_ask_for_a_factor_anew(self, small_clinic: Clinic) -> None:
        """MFA-11."""
        long_ago = small_clinic.actor("ada", at=NOW - timedelta(hours=1))
        with small_clinic.base.transaction() as db, pytest.raises(ConfirmFirst):
            policy_desk.put(db, long_ago, key="trusted_days", value="1", before="30", now=NOW)

    @pytest.mark.parametrize("who", NOT_MANAGERS)
    def test_are_for_managers_and_administrators(self, small_clinic: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            ask(small_clinic, who, policy_desk.view)
        with pytest.raises(NotAllowed):
            put(small_clinic, who, "trusted_days", "1", "30")
