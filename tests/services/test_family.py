"""Helps: lent and ended by the patient at once, decided by the clinic where the law asks."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from portal import live, words
from portal.errors import ConfirmFirst, Conflict, Invalid, NotAllowed, NotFound, Refusal
from portal.models.agreements import PolicyValue
from portal.models.audit import OutboxNotice
from portal.models.people import OneTimeLink, RelatedPerson, User
from portal.models.requests import HelpChange
from portal.security import helpers, scopes, signins
from portal.security.actor import Actor, system
from portal.services import accounts, family, frame, invitations, looks, notices
from portal.services.family import deciding, moving
from portal.services.family.kinds import latest_birth
from tests.support.clinic import LIMITS, NOW, Clinic

READS = frozenset({"results:read"})
STRANGER = Actor(user_id="", name="", role="nobody", source="::1")


def wanted(**more: Any) -> family.Wanted:
    usual: dict[str, Any] = {"name": "Cleo Cole", "email": "cleo@example.org", "scopes": READS}
    return family.Wanted(**(usual | more))


def lend(clinic: Clinic, who: str = "alice", **more: Any) -> family.Lent:
    with clinic.base.transaction() as db:
        return family.lend(db, clinic.actor(who), wanted=wanted(**more), now=NOW)


def secret_in(clinic: Clinic) -> str:
    """Returns the secret of the newest invitation, as its reader has it."""
    with clinic.base.reading() as db:
        query = select(OutboxNotice).where(col(OutboxNotice.kind) == "help.invitation")
        newest = max(db.exec(query), key=lambda one: one.id and one.created_at)
        return str(notices.given_of(db, newest)["link"]).rpartition("/")[2]


def accept(clinic: Clinic, who: str, code: str, **more: Any) -> family.Accepted:
    secret = more.pop("secret", "") or secret_in(clinic)
    with clinic.base.transaction() as db:
        actor = clinic.actor(who) if who else STRANGER
        ask = family.accept if who else family.accept_anew
        return ask(db, actor, secret=secret, code=code, now=more.pop("now", NOW))


def helped(clinic: Clinic, who: str, at: Any = NOW) -> dict[str, helpers.Help]:
    with clinic.base.reading() as db:
        return helpers.helped_by(db, clinic.users[who].id, now=at)


def of(clinic: Clinic, help_id: str) -> RelatedPerson:
    with clinic.base.reading() as db:
        return db.get_one(RelatedPerson, help_id)


def bobs(clinic: Clinic) -> str:
    """Returns the id of Bob's help for Alice."""
    with clinic.base.reading() as db:
        query = select(RelatedPerson.id).where(RelatedPerson.user_id == clinic.users["bob"].id)
        return db.exec(query).one()


class TestLend:
    def test_opens_nothing_before_the_code_has_come_back(self, the_clinic: Clinic) -> None:
        """AUTHZ-09, AUTHZ-10: who, for whom, what, proof, until when, granted by."""
        lent = lend(the_clinic)
        alice = the_clinic.patients["alice"].id
        assert alice not in helped(the_clinic, "charlie")
        assert accept(the_clinic, "charlie", lent.code).outcome == "done"
        assert helped(the_clinic, "charlie")[alice].scopes == READS
        help_ = of(the_clinic, lent.help_id)
        assert (help_.status, help_.kind, help_.proof, help_.basis, help_.granted_by) == (
            "active",
            "adult",
            "own-word",
            "consent",
            "Alice Ash",
        )
        assert help_.ends_on == date(2026, 3, 3) + timedelta(days=3 * 365)

    def test_asks_for_a_factor_first(self, small_clinic: Clinic) -> None:
        """MFA-11: adding a helper is sensitive."""
        alice = replace(small_clinic.actor("alice"), confirmed_at=None)
        with small_clinic.base.transaction() as db, pytest.raises(ConfirmFirst):
            family.lend(db, alice, wanted=wanted(), now=NOW)

    def test_looks_up_no_address(self, small_clinic: Clinic) -> None:
        """Whether the address has an account changes nothing that anybody sees."""
        known = lend(small_clinic, email="charlie@example.org")
        unknown = lend(small_clinic, email="nobody@example.org")
        assert len(known.code) == len(unknown.code) == 8
        assert of(small_clinic, known.help_id).user_id is None

    @pytest.mark.parametrize(
        ("who", "helping"), [("bob", "alice"), ("tess", ""), ("dana", ""), ("frank", "")]
    )
    def test_is_only_for_grown_ups_in_their_own_record(
        self, small_clinic: Clinic, who: str, helping: str
    ) -> None:
        """AUTHZ-10: a helper adds no helper; a teenager asks the clinic."""
        with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            family.lend(db, small_clinic.actor(who, helping=helping), wanted=wanted(), now=NOW)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": " "},
            {"email": "no address"},
            {"scopes": frozenset()},
            {"scopes": frozenset({"everything:act"})},
            {"ends_on": date(2026, 3, 2)},
            {"ends_on": date(2036, 3, 2)},
            {"name": "x" * 300},
        ],
    )
    def test_refuses_what_cannot_be(self, small_clinic: Clinic, wrong: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            lend(small_clinic, **wrong)

    @pytest.mark.parametrize("kind", ["parent", "agent", "guardian", "foster", "", "boss"])
    def test_gives_no_right_that_the_law_asks_proof_for(
        self, small_clinic: Clinic, kind: str
    ) -> None:
        with pytest.raises(NotAllowed):
            lend(small_clinic, kind=kind)

    def test_does_not_flood_a_mailbox(self, small_clinic: Clinic) -> None:
        from portal.errors import TooMany

        for _each in range(10):
            lend(small_clinic)
        with pytest.raises(TooMany):
            lend(small_clinic)


class TestAccept:
    def test_a_wrong_code_counts_and_five_end_the_link(self, the_clinic: Clinic) -> None:
        lent = lend(the_clinic)
        for _each in range(5):
            assert accept(the_clinic, "charlie", "00000000").outcome == "wrong"
        assert accept(the_clinic, "charlie", lent.code).outcome == "wrong"

    @pytest.mark.parametrize(
        ("who", "outcome"), [("alice", "own"), ("dana", "staff"), ("charlie", "done")]
    )
    def test_is_for_another_person_and_no_work_account(
        self, small_clinic: Clinic, who: str, outcome: str
    ) -> None:
        lent = lend(small_clinic)
        assert accept(small_clinic, who, lent.code).outcome == outcome

    def test_works_once_and_not_for_ever(self, small_clinic: Clinic) -> None:
        lent = lend(small_clinic)
        late = NOW + timedelta(days=15)
        assert accept(small_clinic, "charlie", lent.code, now=late).outcome == "wrong"
        assert accept(small_clinic, "charlie", lent.code).outcome == "done"
        assert accept(small_clinic, "mia", lent.code).outcome == "wrong"

    def test_a_new_one_ends_the_older_link(self, small_clinic: Clinic) -> None:
        lent = lend(small_clinic)
        old = secret_in(small_clinic)
        with small_clinic.base.transaction() as db:
            again = family.send_again(
                db, small_clinic.actor("alice"), help_id=lent.help_id, now=NOW
            )
        assert accept(small_clinic, "charlie", lent.code, secret=old).outcome == "wrong"
        assert of(small_clinic, again.help_id).status == "applied"

    def test_a_withdrawn_invitation_opens_nothing(self, small_clinic: Clinic) -> None:
        lent = lend(small_clinic)
        with small_clinic.base.transaction() as db:
            family.end(db, small_clinic.actor("alice"), help_id=lent.help_id, now=NOW)
        assert accept(small_clinic, "charlie", lent.code).outcome == "wrong"
        assert of(small_clinic, lent.help_id).status == "ended"

    def test_somebody_new_can_do_nothing_before_their_account_is_set_up(
        self, the_clinic: Clinic
    ) -> None:
        """AUTHZ-10: nothing works before activation completes."""
        lent = lend(the_clinic, email="new@example.org")
        accepted = accept(the_clinic, "", lent.code)
        with the_clinic.base.transaction() as db:
            user = db.exec(select(User).where(col(User.sign_in_name) == "new@example.org")).one()
            assert (user.role, user.password_hash) == ("helper", "")
            who = accounts.candidate(db, "new@example.org", address="::1", now=NOW)
            assert who.stored == ""
            assert accepted.secret

    def test_two_of_one_family_may_share_an_address(self, small_clinic: Clinic) -> None:
        for number in range(3):
            lent = lend(small_clinic, name=f"Child {number}", email="home@example.org")
            assert accept(small_clinic, "", lent.code, secret=self._of(small_clinic, lent)).secret
        with small_clinic.base.reading() as db:
            names = set(db.exec(select(User.sign_in_name).where(User.role == "helper")))
        assert {"home@example.org", "home-2", "home-3"} <= names

    @staticmethod
    def _of(clinic: Clinic, lent: family.Lent) -> str:
        with clinic.base.reading() as db:
            link = db.exec(
                select(OneTimeLink).where(col(OneTimeLink.subject_id) == lent.help_id)
            ).one()
            notice = db.exec(
                select(OutboxNotice).where(col(OutboxNotice.key).endswith(link.id))
            ).one()
            return str(notices.given_of(db, notice)["link"]).rpartition("/")[2]

    def test_the_secret_sets_nobodys_password(self, small_clinic: Clinic) -> None:
        lend(small_clinic)
        secret = secret_in(small_clinic)
        with small_clinic.base.transaction() as db, pytest.raises(accounts.LinkUsedUp):
            invitations.look(db, token=secret, now=NOW)

    def test_fifty_at_once_are_one(self, the_clinic: Clinic) -> None:
        """R-35: one success at most."""
        lent = lend(the_clinic)
        secret, outcomes = secret_in(the_clinic), list[str]()
        people = [name for name in ("charlie", "mia") for _each in range(25)]

        def go(who: str) -> None:
            outcomes.append(accept(the_clinic, who, lent.code, secret=secret).outcome)

        threads = [threading.Thread(target=go, args=(who,)) for who in people]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert outcomes.count("done") == 1
        assert len(outcomes) == 50


class TestEnd:
    def test_is_at_once_and_needs_no_factor(self, the_clinic: Clinic) -> None:
        alice = replace(the_clinic.actor("alice"), confirmed_at=None)
        with the_clinic.base.transaction() as db:
            assert family.end(db, alice, help_id=bobs(the_clinic), now=NOW) == "ended"
            told = set(live.pending(db))
        assert not helped(the_clinic, "bob")
        assert live.Change("people", f"user:{the_clinic.users['bob'].id}") in told

    def test_twice_is_harmless_and_another_is_not_found(self, small_clinic: Clinic) -> None:
        mine = bobs(small_clinic)
        for who in ("charlie", "tess"):
            with small_clinic.base.transaction() as db, pytest.raises((NotFound, NotAllowed)):
                family.end(db, small_clinic.actor(who), help_id=mine, now=NOW)
        with small_clinic.base.transaction() as db:
            family.end(db, small_clinic.actor("alice"), help_id=mine, now=NOW)
        with small_clinic.base.transaction() as db, pytest.raises(family.WrongStep):
            family.end(db, small_clinic.actor("alice"), help_id=mine, now=NOW)

    def test_whom_the_law_gave_the_right_is_stopped_until_the_clinic_has_looked(
        self, small_clinic: Clinic
    ) -> None:
        with small_clinic.base.transaction() as db:
            db.execute(text("UPDATE related_person SET kind = 'agent' WHERE kind = 'adult'"))
            alice = small_clinic.actor("alice")
            assert family.end(db, alice, help_id=bobs(small_clinic), now=NOW) == "suspended"
        assert not helped(small_clinic, "bob")

    def test_a_helper_stops_by_themselves_and_nobody_else_for_them(
        self, the_clinic: Clinic
    ) -> None:
        mine = bobs(the_clinic)
        with the_clinic.base.transaction() as db, pytest.raises(NotFound):
            family.stop(db, the_clinic.actor("mia"), help_id=mine, now=NOW)
        with the_clinic.base.transaction() as db:
            family.stop(db, the_clinic.actor("bob", helping="alice"), help_id=mine, now=NOW)
        assert not helped(the_clinic, "bob")

    def test_a_helper_changes_neither_scope_nor_end(self, small_clinic: Clinic) -> None:
        """AUTHZ-10."""
        bob = small_clinic.actor("bob", helping="alice")
        for lent in (scopes.ALL, READS):
            with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
                family.change(db, bob, help_id=bobs(small_clinic), lent=lent, ends_on=None, now=NOW)


class TestChange:
    def test_holds_at_once_and_more_needs_a_factor(self, the_clinic: Clinic) -> None:
        alice = the_clinic.actor("alice")
        unconfirmed = replace(alice, confirmed_at=None)
        mine, whose = bobs(the_clinic), the_clinic.patients["alice"].id
        with the_clinic.base.transaction() as db:
            family.change(db, unconfirmed, help_id=mine, lent=READS, ends_on=None, now=NOW)
        assert helped(the_clinic, "bob")[whose].scopes == READS
        more = frozenset({"results:read", "bills:read"})
        with the_clinic.base.transaction() as db, pytest.raises(ConfirmFirst):
            family.change(db, unconfirmed, help_id=mine, lent=more, ends_on=None, now=NOW)
        with the_clinic.base.transaction() as db:
            family.change(db, alice, help_id=mine, lent=more, ends_on=None, now=NOW)
        assert helped(the_clinic, "bob")[whose].scopes == more


class TestWays:
    """Every state to every other: the allowed ones pass, the others say why not."""

    STATES = ("applied", "identity-checked", "active", "suspended", "rejected", "ended")

    @pytest.mark.parametrize("before", STATES)
    def test_only_allowed_steps_are_taken(self, small_clinic: Clinic, before: str) -> None:
        for to in self.STATES:
            reason = next(
                code for code, one in family.REASONS.items() if to in one.to and not one.needs_note
            )
            with small_clinic.base.transaction() as db:
                help_ = RelatedPerson(
                    patient_id=small_clinic.patients["alice"].id, name="x", status=before
                )
                db.add(help_)
                db.flush()
                frank = small_clinic.actor("frank")
                if to in moving.WAYS[before]:
                    moving.move(db, frank, help_, to, reason=reason, now=NOW)
                    assert help_.status == to
                else:
                    with pytest.raises(family.WrongStep):
                        moving.move(db, frank, help_, to, reason=reason, now=NOW)

    def test_a_step_needs_a_reason_that_fits(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db:
            help_ = db.get_one(RelatedPerson, bobs(small_clinic))
            frank = small_clinic.actor("frank")
            for reason, note in (("", ""), ("accepted", ""), ("no-consent", ""), ("other", " ")):
                with pytest.raises(family.NeedsReason):
                    moving.move(db, frank, help_, "ended", reason=reason, note=note, now=NOW)

    def test_of_two_at_once_one_wins(self, the_clinic: Clinic) -> None:
        mine = bobs(the_clinic)
        base = the_clinic.base
        with base.reading() as elsewhere:
            old = elsewhere.get_one(RelatedPerson, mine)
        with base.transaction() as db:
            family.end(db, the_clinic.actor("alice"), help_id=mine, now=NOW)
        with base.transaction() as db, pytest.raises(Conflict):
            moving.move(db, the_clinic.actor("frank"), old, "suspended", reason="review", now=NOW)

    def test_every_step_is_kept_with_who_why_and_side(self, small_clinic: Clinic) -> None:
        lent = lend(small_clinic)
        accept(small_clinic, "charlie", lent.code)
        with small_clinic.base.transaction() as db:
            family.stop(db, small_clinic.actor("charlie"), help_id=lent.help_id, now=NOW)
        with small_clinic.base.reading() as db:
            steps = db.exec(
                select(HelpChange)
                .where(col(HelpChange.related_person_id) == lent.help_id)
                .order_by(col(HelpChange.id))
            ).all()
        found = {(one.side, one.from_status, one.to_status, one.reason) for one in steps}
        assert found == {
            ("patient", "", "applied", "lent"),
            ("helper", "applied", "active", "accepted"),
            ("helper", "active", "ended", "helper-request"),
        }


class TestDeciding:
    """A mother for her child: applied, identity checked, a basis, active."""

    def apply(self, clinic: Clinic, who: str = "frank", **more: Any) -> str:
        asked = {"name": "Ned Tran", "kind": "parent", "email": "ned@example.org"} | more
        with clinic.base.transaction() as db:
            return deciding.apply(
                db,
                clinic.actor(who),
                patient_id=clinic.patients["tess"].id,
                applied=deciding.Applied(**asked),
                now=NOW,
            )

    def test_goes_step_by_step(self, the_clinic: Clinic) -> None:
        help_id, tess = self.apply(the_clinic), the_clinic.patients["tess"].id
        frank = the_clinic.actor("frank")
        opens: dict[str, Any] = {
            "basis": "parent",
            "lent": scopes.ALL,
            "starts_on": None,
            "ends_on": None,
        }
        with the_clinic.base.transaction() as db, pytest.raises(family.WrongStep):
            deciding.activate(db, frank, help_id=help_id, **opens, now=NOW)
        with the_clinic.base.transaction() as db:
            deciding.check_identity(
                db, frank, help_id=help_id, proof="photo-id-and-birth", note="", now=NOW
            )
            code = deciding.invite(db, frank, help_id=help_id, now=NOW).code
        assert accept(the_clinic, "charlie", code).outcome == "done"
        assert tess not in helped(the_clinic, "charlie")
        with the_clinic.base.transaction() as db:
            deciding.activate(db, the_clinic.actor("max"), help_id=help_id, **opens, now=NOW)
        # Tess is thirteen: what a parent keeps is the clinic's policy.
        assert helped(the_clinic, "charlie")[tess].scopes == scopes.parse(
            "appointments:act bills:act profile:read"
        )

    def test_a_kind_of_the_patients_own_is_no_way_around_it(self, small_clinic: Clinic) -> None:
        """The desk writes a friend down as somebody whom Alice chose, and tells the code itself."""
        alice = small_clinic.patients["alice"].id
        with small_clinic.base.transaction() as db:
            frank = small_clinic.actor("frank")
            asked = deciding.Applied("A friend", "adult", email="friend@example.org")
            help_id = deciding.apply(db, frank, patient_id=alice, applied=asked, now=NOW)
            code = deciding.invite(db, frank, help_id=help_id, now=NOW).code
            waits = family.staff.queue(db, frank, now=NOW).helps
        assert [one.may_check for one in waits if one.row.id == help_id] == [True]
        assert accept(small_clinic, "charlie", code).outcome == "done"
        assert alice not in helped(small_clinic, "charlie")
        assert of(small_clinic, help_id).status == "applied"

    def test_what_a_patient_lends_waits_for_no_desk(self, small_clinic: Clinic) -> None:
        lent = lend(small_clinic)
        frank = small_clinic.actor("frank")
        with small_clinic.base.transaction() as db, pytest.raises(family.WrongStep):
            deciding.invite(db, frank, help_id=lent.help_id, now=NOW)
        checked = {"help_id": lent.help_id, "proof": "own-word", "note": ""}
        with small_clinic.base.transaction() as db, pytest.raises(family.WrongStep):
            deciding.check_identity(db, frank, **checked, now=NOW)

    @pytest.mark.parametrize("who", ["dana", "nora", "bill", "otto", "ada", "mia", "alice"])
    def test_is_hidden_from_who_may_not_invite(self, small_clinic: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            self.apply(small_clinic, who)
        with small_clinic.base.transaction() as db, pytest.raises((NotAllowed, NotFound)):
            deciding.end(
                db,
                small_clinic.actor(who),
                help_id=bobs(small_clinic),
                reason="safeguarding",
                note="",
                now=NOW,
            )

    def test_a_parent_of_a_grown_up_is_none(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(deciding.NotForChildren):
            deciding.apply(
                db,
                small_clinic.actor("frank"),
                patient_id=small_clinic.patients["alice"].id,
                applied=deciding.Applied("Ned", "parent"),
                now=NOW,
            )

    def test_each_side_reads_its_own_words(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db:
            deciding.suspend(
                db,
                small_clinic.actor("frank"),
                help_id=bobs(small_clinic),
                reason="safeguarding",
                note="told by the nurse",
                now=NOW,
            )
            hers = family.view(db, small_clinic.actor("alice"), now=NOW)
            his = family.view(db, small_clinic.actor("bob"), now=NOW)
        assert hers.mine[0].why == "To protect the patient"
        assert "protect" not in repr(his)
        assert "nurse" not in repr(his)
        assert his.theirs[0].state_words == "Paused"


class TestFourEyes:
    """AUTHZ-09, AUTHZ-10, MFA-10: who wrote a helper down does not open the record alone."""

    OPENS: ClassVar[dict[str, Any]] = {
        "basis": "attorney",
        "lent": READS,
        "starts_on": None,
        "ends_on": None,
    }

    def checked(self, clinic: Clinic, *, told: bool = True, by: str = "frank") -> str:
        """Returns a help of Charlie's for Alice, taken down and checked by one person."""
        alice = clinic.patients["alice"].id
        asked = deciding.Applied("Charlie Cole", "agent", email="charlie@example.org")
        with clinic.base.transaction() as db:
            if told:
                user = db.get_one(User, clinic.users["alice"].id)
                user.email, user.email_verified_at = "alice@example.org", NOW
                db.add(user)
                db.flush()
            frank, one = clinic.actor("frank"), clinic.actor(by)
            help_id = deciding.apply(db, frank, patient_id=alice, applied=asked, now=NOW)
            code = deciding.invite(db, frank, help_id=help_id, now=NOW).code
            proof = {"help_id": help_id, "proof": "power-of-attorney", "note": ""}
            deciding.check_identity(db, one, **proof, now=NOW)
        assert accept(clinic, "charlie", code).outcome == "done"
        return help_id

    def activate(self, clinic: Clinic, who: str, help_id: str, at: Any = NOW) -> None:
        with clinic.base.transaction() as db:
            actor = replace(clinic.actor(who), confirmed_at=at)
            deciding.activate(db, actor, help_id=help_id, **self.OPENS, now=at)

    def test_a_second_person_opens_at_once(self, the_clinic: Clinic) -> None:
        help_id, alice = self.checked(the_clinic), the_clinic.patients["alice"].id
        with pytest.raises(family.NotAlone, match=r"Ask a colleague .* from Wednesday 4 March"):
            self.activate(the_clinic, "frank", help_id)
        assert alice not in helped(the_clinic, "charlie")
        self.activate(the_clinic, "max", help_id)
        assert helped(the_clinic, "charlie")[alice].scopes == READS
        assert of(the_clinic, help_id).reason == "activated"

    def test_neither_who_took_it_down_nor_who_checked_it(self, small_clinic: Clinic) -> None:
        help_id = self.checked(small_clinic, by="max")
        for who in ("frank", "max"):
            with pytest.raises(family.NotAlone):
                self.activate(small_clinic, who, help_id)

    def test_or_a_day_passes_of_which_the_patient_was_told(self, the_clinic: Clinic) -> None:
        help_id, alice = self.checked(the_clinic), the_clinic.patients["alice"].id
        with the_clinic.base.transaction() as db:
            asked = [one for one in db.exec(select(OutboxNotice)) if one.kind == "help.asked"]
            waits = family.view(db, the_clinic.actor("alice"), now=NOW).waiting
        assert {one.address for one in asked} == {"alice@example.org"}
        assert "Wednesday 4 March" in waits[0].next_step
        with pytest.raises(family.NotAlone):
            self.activate(the_clinic, "frank", help_id, NOW + timedelta(hours=23, minutes=59))
        self.activate(the_clinic, "frank", help_id, NOW + timedelta(hours=24))
        assert helped(the_clinic, "charlie", NOW + timedelta(days=1))[alice].scopes == READS
        assert of(the_clinic, help_id).reason == "activated-alone"

    def test_another_account_begins_the_day_anew(self, small_clinic: Clinic) -> None:
        """The patient is told whom it is about before the time runs."""
        help_id, later = self.checked(small_clinic), NOW + timedelta(hours=20)
        with small_clinic.base.transaction() as db:
            help_ = db.get_one(RelatedPerson, help_id)
            mia = small_clinic.actor("mia")
            changes = {"user_id": mia.user_id}
            moving.rewrite(db, mia, help_, changes, reason="account-named", now=later)
        with pytest.raises(family.NotAlone):
            self.activate(small_clinic, "frank", help_id, NOW + timedelta(hours=25))

    def test_no_time_replaces_telling_the_patient(self, small_clinic: Clinic) -> None:
        help_id = self.checked(small_clinic, told=False)
        with pytest.raises(family.NotAlone, match="no address"):
            self.activate(small_clinic, "frank", help_id, NOW + timedelta(days=9))

    def test_the_patient_objects_by_ending_it(self, small_clinic: Clinic) -> None:
        help_id = self.checked(small_clinic)
        with small_clinic.base.transaction() as db:
            family.end(db, small_clinic.actor("alice"), help_id=help_id, now=NOW)
        with pytest.raises(family.WrongStep):
            self.activate(small_clinic, "frank", help_id, NOW + timedelta(hours=30))

    def test_two_who_decide_at_once_are_one(self, the_clinic: Clinic) -> None:
        """Beside them who wrote it down tries, too: of all these, one second person opens it."""
        help_id, done = self.checked(the_clinic), list[str]()

        def go(who: str) -> None:
            try:
                self.activate(the_clinic, who, help_id)
            except Refusal:
                return
            done.append(who)

        threads = [threading.Thread(target=go, args=(who,)) for who in ("max", "frank") * 6]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert done == ["max"]
        with the_clinic.base.reading() as db:
            steps = db.exec(select(HelpChange).where(HelpChange.to_status == "active")).all()
        assert [one.by_name for one in steps] == [the_clinic.users["max"].name]

    def test_the_hours_are_the_clinics(self, small_clinic: Clinic) -> None:
        help_id = self.checked(small_clinic)
        with small_clinic.base.transaction() as db:
            db.add(PolicyValue(key="help_hours", value="1", changed_at=NOW, changed_by="Ada"))
        self.activate(small_clinic, "frank", help_id, NOW + timedelta(hours=1))

    def test_a_try_alone_stands_in_the_trace_and_in_the_patients_own_log(
        self, small_clinic: Clinic
    ) -> None:
        help_id = self.checked(small_clinic)
        with small_clinic.base.transaction() as db:
            deciding.note_refused(db, small_clinic.actor("frank"), help_id=help_id, now=NOW)
        self.activate(small_clinic, "max", help_id)
        with small_clinic.base.transaction() as db:
            seen = looks.view(db, small_clinic.actor("alice"), now=NOW + timedelta(minutes=1))
        whys = [(one.who, one.why) for one in seen.looks]
        frank, mx = (small_clinic.users[name].name for name in ("frank", "max"))
        assert (frank, "Nothing was opened: a second person has to do it") in whys
        assert (mx, "Granted by the clinic") in whys


class TestChangeByTheClinic:
    """AUTHZ-09, AUTHZ-10: less at once; more only with a second person, or a day of notice."""

    MORE = READS | {"messages:act"}

    def standing(self, clinic: Clinic, **more: Any) -> str:
        """Returns a standing help of Charlie's for Alice by a power of attorney."""
        with clinic.base.transaction() as db:
            user = db.get_one(User, clinic.users["alice"].id)
            user.email, user.email_verified_at = "alice@example.org", NOW
            help_ = RelatedPerson(
                patient_id=clinic.patients["alice"].id,
                user_id=clinic.users["charlie"].id,
                name="Charlie Cole",
                kind="agent",
                status="active",
                scopes="results:read",
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 12, 31),
                **more,
            )
            db.add_all([user, help_])
            db.flush()
            return help_.id

    def change(self, clinic: Clinic, who: str, help_id: str, lent: Any, **more: Any) -> bool:
        usual: dict[str, Any] = {"ends_on": date(2026, 12, 31), "reason": "papers-changed"}
        with clinic.base.transaction() as db:
            wanted = family.changing.Change(lent, **(usual | more))
            actor = clinic.actor(who)
            return family.changing.change(db, actor, help_id=help_id, wanted=wanted, now=NOW)

    def approve(self, clinic: Clinic, who: str, help_id: str, at: Any = NOW) -> None:
        with clinic.base.transaction() as db:
            actor = replace(clinic.actor(who), confirmed_at=at)
            family.changing.approve(db, actor, help_id=help_id, now=at)

    def scopes_of(self, clinic: Clinic) -> frozenset[str]:
        held = helped(clinic, "charlie").get(clinic.patients["alice"].id)
        return held.scopes if held else frozenset()

    def test_less_holds_at_once_with_its_reason_on_both_sides(self, the_clinic: Clinic) -> None:
        help_id = self.standing(the_clinic)
        assert self.change(the_clinic, "frank", help_id, READS, ends_on=date(2026, 4, 1))
        assert of(the_clinic, help_id).ends_on == date(2026, 4, 1)
        with the_clinic.base.transaction() as db:
            hers = family.view(db, the_clinic.actor("alice"), now=NOW).mine
            his = family.view(db, the_clinic.actor("charlie"), now=NOW).theirs
            told = [one for one in db.exec(select(OutboxNotice)) if one.kind == "help.changed"]
        for row in (*(one for one in hers if one.id == help_id), *his):
            assert row.history[0].words.startswith("The papers say something else now")
        assert {one.address for one in told} == {"alice@example.org"}

    def test_more_waits_for_a_second_person(self, the_clinic: Clinic) -> None:
        help_id = self.standing(the_clinic)
        assert not self.change(the_clinic, "frank", help_id, self.MORE)
        assert self.scopes_of(the_clinic) == READS
        with pytest.raises(family.NotAlone):
            self.approve(the_clinic, "frank", help_id)
        self.approve(the_clinic, "max", help_id)
        assert self.scopes_of(the_clinic) == scopes.parse(" ".join(self.MORE))
        with pytest.raises(family.WrongStep):
            self.approve(the_clinic, "max", help_id)

    def test_longer_is_more_and_a_day_replaces_the_second_person(
        self, small_clinic: Clinic
    ) -> None:
        help_id, later = self.standing(small_clinic), date(2027, 12, 31)
        assert not self.change(small_clinic, "frank", help_id, READS, ends_on=later)
        self.approve(small_clinic, "frank", help_id, NOW + timedelta(hours=24))
        assert of(small_clinic, help_id).ends_on == later

    def test_what_was_turned_down_or_replaced_cannot_be_approved(
        self, small_clinic: Clinic
    ) -> None:
        help_id = self.standing(small_clinic)
        self.change(small_clinic, "frank", help_id, self.MORE)
        with small_clinic.base.transaction() as db:
            actor = small_clinic.actor("frank")
            family.changing.turn_down(db, actor, help_id=help_id, now=NOW)
        self.change(small_clinic, "frank", help_id, self.MORE)
        self.change(small_clinic, "max", help_id, READS)
        with pytest.raises(family.WrongStep):
            self.approve(small_clinic, "max", help_id)

    def test_of_two_who_approve_at_once_one_does(self, the_clinic: Clinic) -> None:
        help_id, done = self.standing(the_clinic), list[str]()
        self.change(the_clinic, "frank", help_id, self.MORE)

        def go() -> None:
            try:
                self.approve(the_clinic, "max", help_id)
            except Refusal:
                return
            done.append("max")

        threads = [threading.Thread(target=go) for _each in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert done == ["max"]

    def test_needs_a_reason_and_what_a_patient_lent_is_theirs(self, small_clinic: Clinic) -> None:
        help_id = self.standing(small_clinic)
        for reason in ("", "activated", "safeguarding"):
            with pytest.raises(family.NeedsReason):
                self.change(small_clinic, "frank", help_id, READS, reason=reason)
        with pytest.raises(family.changing.PatientsOwn):
            self.change(small_clinic, "frank", bobs(small_clinic), READS)

    @pytest.mark.parametrize("who", ["dana", "nora", "bill", "otto", "ada", "alice", "charlie"])
    def test_is_hidden_from_who_may_not_invite(self, small_clinic: Clinic, who: str) -> None:
        help_id = self.standing(small_clinic)
        with pytest.raises((NotAllowed, NotFound)):
            self.change(small_clinic, who, help_id, READS)


class TestView:
    def test_shows_who_helps_to_the_patient_alone(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            alice = family.view(db, the_clinic.actor("alice"), now=NOW)
            bob = family.view(db, the_clinic.actor("bob", helping="alice"), now=NOW)
            charlie = family.view(db, the_clinic.actor("charlie"), now=NOW)
        assert [row.name for row in alice.mine] == ["Bob Ash"]
        assert (bob.mine, [row.name for row in bob.theirs]) == ([], ["Alice Ash"])
        assert "Bob" not in repr(charlie)

    def test_tells_a_teenager_in_plain_words_what_parents_see(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db:
            row = family.view(db, small_clinic.actor("tess"), now=NOW)
        said = " ".join(row.teen)
        assert "Appointments: may see and act" in said
        assert "Sunday 30 September 2030" in said or "30 September 2030" in said
        assert not row.may_lend
        assert "2030" in row.mine[0].age_says


class TestAges:
    """AUTHZ-12: by the clinic's calendar on the birthday itself, at access time."""

    @pytest.mark.parametrize(
        ("at", "count"),
        [
            # Tess, born on 30 September 2012: New York is four hours behind.
            ("2024-09-30T03:59:00+00:00", len(scopes.ALL)),
            ("2024-09-30T04:00:00+00:00", 5),
            ("2030-09-30T03:59:00+00:00", 5),
            ("2030-09-30T04:00:00+00:00", 0),
        ],
    )
    def test_narrow_and_end_with_the_first_minute_of_the_birthday(
        self, the_clinic: Clinic, at: str, count: int
    ) -> None:
        from datetime import datetime

        held = helped(the_clinic, "mia", datetime.fromisoformat(at))
        tess = the_clinic.patients["tess"].id
        assert len(held[tess].scopes if tess in held else ()) == count

    @pytest.mark.parametrize(
        ("birth", "latest"),
        [
            ("2008", date(2008, 12, 31)),
            ("2008-02", date(2008, 2, 29)),
            ("2008-12", date(2008, 12, 31)),
            ("2008-05-17", date(2008, 5, 17)),
            ("", None),
        ],
    )
    def test_somebody_with_half_a_birth_date_is_grown_up_when_they_surely_are(
        self, birth: str, latest: date | None
    ) -> None:
        whole = date.fromisoformat(birth) if len(birth) == 10 else None
        assert latest_birth(birth, whole) == latest

    def test_who_was_born_on_a_leap_day_turns_on_the_first_of_march(self) -> None:
        assert helpers.birthday(date(2012, 2, 29), 18) == date(2030, 3, 1)
        assert helpers.birthday(date(2012, 2, 29), 12) == date(2024, 2, 29)


def opened(clinic: Clinic, who: str, whose: str) -> str:
    """Signs somebody in with another's record open; returns the digest."""
    with clinic.base.transaction() as db:
        user = db.get_one(User, clinic.users[who].id)
        secret, _row = signins.start(
            db, user, patient_id=clinic.patients[whose].id, device="", address="", now=NOW
        )
        return signins.digest_of(secret)


def actor_at(clinic: Clinic, digest: str, at: Any = NOW) -> Actor:
    with clinic.base.transaction() as db:
        actor = signins.actor_of(db, digest, LIMITS, now=at)
    assert actor is not None
    return actor


class TestTurnOfDay:
    """AUTHZ-12: what changes at midnight is told to the pages that are open, by the clock."""

    def told(self, clinic: Clinic, since: Any, now: Any) -> set[str]:
        with clinic.base.transaction() as db:
            family.turn(db, system("calendar"), since=since, now=now)
            told = {change.patient_id for change in live.pending(db)}
        names = {live.USER + user.id: name for name, user in clinic.users.items()}
        return {names[one] for one in told}

    def test_tells_whose_last_day_is_over_once(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            help_ = db.get_one(RelatedPerson, bobs(the_clinic))
            help_.ends_on = date(2026, 3, 3)
            db.add(help_)
        midnight = words.midnight(NOW, 1)
        before, after = midnight - timedelta(seconds=20), midnight + timedelta(seconds=10)
        assert self.told(the_clinic, NOW, before) == set()
        assert self.told(the_clinic, before, after) == {"bob"}
        assert self.told(the_clinic, after, after + timedelta(seconds=30)) == set()

    def test_tells_a_parent_on_the_birthday(self, small_clinic: Clinic) -> None:
        born = small_clinic.patients["tess"].born_on
        assert born is not None
        day = words.midnight(NOW, (helpers.birthday(born, 18) - date(2026, 3, 3)).days)
        seconds = timedelta(seconds=15)
        assert self.told(small_clinic, day - seconds, day + seconds) == {"mia"}


class TestClosed:
    """A record that closes while it is open: none is open then, and a sentence says why."""

    WAYS: ClassVar = {
        "UPDATE related_person SET status = 'ended', reason = 'patient-request'": "has ended",
        "UPDATE related_person SET status = 'suspended', reason = 'misuse'": "paused",
        "UPDATE related_person SET ends_on = '2026-03-02'": "until 2 Mar 2026",
        "UPDATE patient SET deceased = true": "closed to helpers",
        "UPDATE patient SET merged_into_id = 'x'": "joined with another",
    }

    @pytest.mark.parametrize("way", WAYS)
    def test_opens_no_other_record_in_its_place(self, the_clinic: Clinic, way: str) -> None:
        """AUTHZ-11: what was begun for Tess never ends in the mother's own record."""
        digest = opened(the_clinic, "mia", "tess")
        assert actor_at(the_clinic, digest).acting_for == the_clinic.patients["tess"].id
        with the_clinic.base.transaction() as db:
            db.execute(text(way))
        mia = actor_at(the_clinic, digest)
        assert (mia.patient_id, mia.lost_patient_id) == ("", the_clinic.patients["tess"].id)
        with the_clinic.base.transaction() as db:
            row = family.closed(db, mia, now=NOW)
            around = frame.view(db, mia, now=NOW)
        assert self.WAYS[way] in row.why
        assert row.name == "Tess Tran"
        assert around.own_patient_id in {one.patient_id for one in around.choices}

    def test_at_midnight_of_the_last_day(self, the_clinic: Clinic) -> None:
        from datetime import datetime

        digest = opened(the_clinic, "bob", "alice")
        with the_clinic.base.transaction() as db:
            db.execute(text("UPDATE related_person SET ends_on = '2026-03-03'"))
            db.execute(text("UPDATE sign_in SET used_at = '2026-03-04 04:58:00+00:00'"))
            db.execute(text("UPDATE sign_in SET created_at = '2026-03-04 00:00:00+00:00'"))
        before = datetime.fromisoformat("2026-03-04T04:59:00+00:00")
        assert actor_at(the_clinic, digest, before).acting_for
        after = actor_at(the_clinic, digest, before + timedelta(minutes=1))
        assert (after.patient_id, bool(after.lost_patient_id)) == ("", True)

    def test_a_stranger_learns_no_name(self, small_clinic: Clinic) -> None:
        digest = opened(small_clinic, "charlie", "alice")
        charlie = actor_at(small_clinic, digest)
        with small_clinic.base.transaction() as db:
            assert family.closed(db, charlie, now=NOW) == family.ClosedRow()


class TestRevokedInTheMiddle:
    """AUTHZ-17: the check and the act are one transaction; whoever comes later finds it ended."""

    def test_every_act_is_before_the_end_or_refused(self, the_clinic: Clinic) -> None:
        from portal.services import messages

        digest = opened(the_clinic, "bob", "alice")
        ended = threading.Event()
        after: list[bool] = []

        def write(number: int) -> None:
            was_over = ended.is_set()
            with the_clinic.base.transaction() as db:
                actor = signins.actor_of(db, digest, LIMITS, now=NOW)
                assert actor is not None
                try:
                    messages.start(
                        db,
                        actor,
                        subject="x",
                        topic="health",
                        body="x",
                        client_key=f"k{number}",
                        now=NOW,
                    )
                except (NotFound, NotAllowed):
                    return
            after.append(was_over)

        def end() -> None:
            with the_clinic.base.transaction() as db:
                family.end(db, the_clinic.actor("alice"), help_id=bobs(the_clinic), now=NOW)
            ended.set()

        acts = [threading.Thread(target=write, args=(number,)) for number in range(24)]
        acts.insert(8, threading.Thread(target=end))
        for one in acts:
            one.start()
        for one in acts:
            one.join()
        assert not any(after)
        write(99)
        assert not any(after)
        with the_clinic.base.reading() as db:
            own = text("SELECT count(*) FROM thread WHERE patient_id != :alice")
            alice = the_clinic.patients["alice"].id
            assert db.connection().execute(own, {"alice": alice}).scalar_one() == 0
