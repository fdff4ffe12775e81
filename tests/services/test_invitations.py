"""Invitations: link, code and birth date together open one account, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import col, select

from portal.errors import Invalid, NotAllowed, NotFound, Refusal
from portal.models.agreements import TEXTS, PolicyValue
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import OneTimeLink, Patient, User
from portal.models.requests import Registration
from portal.security import passwords, signins
from portal.services import accounts, administration, agreements, invitations, proofs
from portal.services.invitations import Chosen, Given, Issued
from portal.services.looks import words
from tests.support import outbox
from tests.support.clinic import NOW, Clinic

HASH = passwords.make_hash("four brown boots march")
BORN = {"charlie": date(1988, 1, 2), "tess": date(2012, 9, 30)}
LATER = NOW + timedelta(days=1)


@pytest.fixture
def bare(the_clinic: Clinic) -> Clinic:
    """Returns the clinic in which Charlie and Tess have no account yet."""
    return without_accounts(the_clinic)


@pytest.fixture
def small(small_clinic: Clinic) -> Clinic:
    return without_accounts(small_clinic)


def without_accounts(clinic: Clinic) -> Clinic:
    with clinic.base.transaction() as db:
        for name in ("charlie", "tess"):
            whose = {"it": clinic.users[name].id}
            db.connection().execute(text("DELETE FROM agreement WHERE user_id = :it"), whose)
            db.connection().execute(delete(User).where(col(User.id) == whose["it"]))
    return clinic


def invite(clinic: Clinic, who: str = "frank", *, whom: str = "charlie", **more: Any) -> Issued:
    given: dict[str, Any] = {"by": "letter", "proof": "photo-id", "now": NOW, **more}
    with clinic.base.transaction() as db:
        return invitations.invite(
            db, clinic.actor(who), patient_id=clinic.patients[whom].id, **given
        )


def given(issued: Issued, secret: str = "", **changes: Any) -> Given:
    values: dict[str, Any] = {
        "token": secret or issued.secret,
        "code": issued.code,
        "birth_date": BORN["charlie"],
        "source": "127.0.0.1",
    }
    return Given(**(values | changes))


def prove(clinic: Clinic, what: Given, now: datetime = NOW) -> invitations.Proved:
    with clinic.base.transaction() as db:
        return invitations.prove(db, given=what, now=now)


def chosen(name: str = "charlie.cole", **changes: Any) -> Chosen:
    answers = agreements.Answers(dict.fromkeys(TEXTS, 1), dict.fromkeys(TEXTS, True))
    values: dict[str, Any] = {"sign_in_name": name, "hashed": HASH, "answers": answers}
    return Chosen(**(values | changes))


def open_account(
    clinic: Clinic, what: Given, choice: Chosen | None = None, now: datetime = NOW
) -> User | None:
    with clinic.base.transaction() as db:
        return invitations.open_account(db, given=what, chosen=choice or chosen(), now=now)


def view(clinic: Clinic, whom: str = "charlie", now: datetime = NOW) -> invitations.AccountRow:
    with clinic.base.transaction() as db:
        patient_id = clinic.patients[whom].id
        return invitations.view(db, clinic.actor("frank"), patient_id=patient_id, now=now)


def mailed(clinic: Clinic) -> list[OutboxNotice]:
    with clinic.base.transaction() as db:
        return list(db.scalars(select(OutboxNotice).where(col(OutboxNotice.kind) == "invitation")))


def link_in(clinic: Clinic, notice: OutboxNotice) -> str:
    return outbox.given(clinic.base, notice)["link"]


class TestInvite:
    def test_keeps_digests_alone(self, bare: Clinic) -> None:
        """AUTHN-10, SES-01: neither link nor code can be read back."""
        issued = invite(bare)
        with bare.base.transaction() as db:
            link = db.get_one(OneTimeLink, issued.link_id)
            kept = " ".join(str(value) for value in link.model_dump().values())
        assert len(issued.secret) >= 43
        assert link.digest == signins.digest_of(issued.secret)
        assert issued.secret not in kept
        assert issued.code not in kept
        assert link.expires_at == NOW + timedelta(days=14)

    def test_by_mail_the_desk_gets_the_code_alone_and_the_mail_the_link(self, bare: Clinic) -> None:
        """AUTHN-10: link and code never in the same channel."""
        issued = invite(bare, by="email")
        (notice,) = mailed(bare)
        assert issued.secret == ""
        assert "/activate/" in link_in(bare, notice)
        assert issued.code not in str(outbox.given(bare.base, notice))
        assert notice.address == "charlie@example.org"

    @pytest.mark.parametrize("who", ["frank", "max"])
    def test_is_for_the_desk_and_the_manager(self, small: Clinic, who: str) -> None:
        """AUTHN-14: they get a code to tell, and never see or choose a password."""
        assert invite(small, who).code

    @pytest.mark.parametrize("who", ["alice", "bob", "dana", "nora", "bill", "otto", "ada"])
    def test_is_not_for_others(self, small: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            invite(small, who)
        with small.base.transaction() as db, pytest.raises(NotAllowed):
            patient_id = small.patients["charlie"].id
            invitations.view(db, small.actor(who), patient_id=patient_id, now=NOW)

    def test_a_patient_that_is_none_is_not_found(self, small: Clinic) -> None:
        with small.base.transaction() as db, pytest.raises(NotFound):
            invitations.invite(db, small.actor("frank"), patient_id="nobodys", by="letter", now=NOW)

    @pytest.mark.parametrize("email", ["", "charlie", "charlie@", "a b@example.org"])
    def test_needs_an_address_that_can_be_one_for_a_mail(self, small: Clinic, email: str) -> None:
        set_patient(small, email=email)
        with pytest.raises(invitations.NoAddress):
            invite(small, by="email")
        assert invite(small, by="letter").secret

    @pytest.mark.parametrize(
        "change",
        [
            {"deceased": True},
            {"merged_into_id": "another"},
            {"born_on": None, "birth_date": "1988"},
            {"born_on": date(2014, 3, 4), "birth_date": "2014-03-04"},
        ],
    )
    def test_refuses_who_cannot_have_one(self, small: Clinic, change: dict[str, Any]) -> None:
        set_patient(small, **change)
        with pytest.raises(invitations.NotPossible):
            invite(small)
        assert view(small).why_not

    def test_a_child_may_have_one_from_the_birthday_on(self, small: Clinic) -> None:
        """AUTHZ-12: by the clinic's own calendar."""
        set_patient(small, born_on=date(2014, 3, 3), birth_date="2014-03-03")
        assert invite(small).code

    def test_refuses_who_has_one(self, small: Clinic) -> None:
        with pytest.raises(invitations.HasAccount):
            invite(small, whom="alice")

    def test_again_ends_the_one_before_and_its_mail(self, bare: Clinic) -> None:
        invite(bare, by="email")
        (first,) = mailed(bare)
        old = link_in(bare, first).rpartition("/")[2]
        second = invite(bare, now=NOW + timedelta(minutes=1))
        assert [(notice.state, notice.given) for notice in mailed(bare)] == [("withdrawn", b"")]
        assert prove(bare, given(second, old)).outcome == "over"
        assert prove(bare, given(second)).outcome == "right"

    def test_waits_between_two_mails_but_not_for_a_letter(self, bare: Clinic) -> None:
        invite(bare, by="email")
        soon = NOW + timedelta(minutes=9)
        with pytest.raises(invitations.TooSoon, match="10 minutes"):
            invite(bare, by="email", now=soon)
        assert view(bare, now=soon).wait
        assert invite(bare, by="letter", now=soon).secret
        assert invite(bare, by="email", now=NOW + timedelta(minutes=10)).code

    def test_leaves_a_trace_that_the_patient_can_read(self, bare: Clinic) -> None:
        """AUD-01."""
        invite(bare)
        with bare.base.transaction() as db:
            row = db.scalars(
                select(AuditEvent).where(
                    col(AuditEvent.category) == "invitation", col(AuditEvent.action) == "C"
                )
            ).one()
        assert (row.patient_id, row.actor_name) == (bare.patients["charlie"].id, "Frank Fox")


class TestLetterInOneHand:
    """AUTHN-10: who prints link and code says how they know the person; it stays, and is told."""

    @pytest.mark.parametrize("proof", ["", "because", "photo-id "])
    def test_is_not_made_without_a_proof(self, small: Clinic, proof: str) -> None:
        with pytest.raises(invitations.NoProof):
            invite(small, proof=proof)
        with small.base.reading() as db:
            assert not db.scalars(select(OneTimeLink)).all()
        assert invite(small, by="email", proof="").code

    @pytest.mark.parametrize(("proof", "says"), list(proofs.PROOFS.items()))
    def test_keeps_the_proof_where_patient_and_clinic_read_it(
        self, small: Clinic, proof: str, says: str
    ) -> None:
        invite(small, proof=proof)
        whose = small.patients["charlie"].id
        with small.base.transaction() as db:
            row = db.scalars(
                select(AuditEvent).where(
                    col(AuditEvent.category) == "invitation", col(AuditEvent.action) == "C"
                )
            ).first()
            assert row is not None
            assert (row.patient_id, row.reason) == (whose, f"letter: {proof}")
            assert words.why(row) == f"Made sure who it is: {says}"
            events = administration.security(
                db, small.actor("ada"), kind="accounts", now=NOW
            ).events
        assert f"By letter. Identity: {says}" in {event.detail for event in events}

    def told(self, clinic: Clinic) -> list[str]:
        with clinic.base.reading() as db:
            kind = col(OutboxNotice.kind) == "invitation.printed"
            return [notice.address for notice in db.scalars(select(OutboxNotice).where(kind))]

    def test_tells_nobody_at_an_address_that_was_never_proved(self, small: Clinic) -> None:
        invite(small)
        assert not self.told(small)
        assert view(small).told_at == ""

    @pytest.mark.parametrize(
        ("typed", "told"),
        [("Charlie@Example.org", ["charlie@example.org"]), ("other@example.org", [])],
    )
    def test_tells_who_proved_the_address_on_file(
        self, bare: Clinic, typed: str, told: list[str]
    ) -> None:
        registered(bare, email=typed)
        issued = invite(bare)
        assert self.told(bare) == told
        assert view(bare).told_at == "".join(told)
        with bare.base.reading() as db:
            for notice in db.scalars(select(OutboxNotice)):
                said = str(outbox.given(bare.base, notice))
                assert issued.secret not in said
                assert issued.code not in said

    def test_tells_no_parent_of_a_young_persons_letter(self, small: Clinic) -> None:
        """AUTHZ-14."""
        registered(small, "tess", email="tess@example.org")
        with small.base.transaction() as db:
            db.connection().execute(
                update(User)
                .where(col(User.sign_in_name) == "mia")
                .values(email="tess@example.org", email_verified_at=NOW)
            )
        invite(small, whom="tess")
        assert not self.told(small)


class TestRegistrationBehindIt:
    def test_is_completed_when_the_account_is_open(self, bare: Clinic) -> None:
        asked, other = registered(bare), registered(bare, "tess")
        issued = invite(bare)
        assert status(bare, asked) == "accepted"
        with pytest.raises(Invalid):
            open_account(bare, given(issued), chosen(answers=agreements.Answers({}, {})))
        assert status(bare, asked) == "accepted"
        user = open_account(bare, given(issued))
        assert user is not None
        assert status(bare, asked) == "activated"
        assert status(bare, other) == "accepted"


def registered(clinic: Clinic, whose: str = "charlie", **changes: Any) -> str:
    """Adds a request for an account that the desk has accepted for this patient."""
    patient = clinic.patients[whose]
    asked = Registration(
        status="accepted",
        given=patient.given,
        family=patient.family,
        birth_date=patient.birth_date,
        patient_id=patient.id,
        created_at=NOW,
        **changes,
    )
    clinic.add(asked)
    return asked.id


def status(clinic: Clinic, request_id: str) -> str:
    with clinic.base.reading() as db:
        return db.get_one(Registration, request_id).status


class TestRevoke:
    def test_ends_link_and_mail(self, bare: Clinic) -> None:
        issued = invite(bare, by="email")
        token = link_in(bare, mailed(bare)[0]).rpartition("/")[2]
        revoke(bare)
        assert prove(bare, given(issued, token)).outcome == "over"
        assert mailed(bare)[0].state == "withdrawn"
        assert view(bare).state == "ended"
        with pytest.raises(NotFound):
            revoke(bare)

    def test_is_not_for_others(self, small: Clinic) -> None:
        invite(small)
        with pytest.raises(NotAllowed):
            revoke(small, "dana")


class TestActivate:
    def test_opens_the_record_of_the_patient_alone(self, bare: Clinic) -> None:
        """AUTHN-10: link, code and birth date together."""
        issued = invite(bare)
        found = prove(bare, given(issued))
        assert (found.outcome, found.name) == ("right", "Charlie Cole")
        assert [one.kind for one in found.due] == list(TEXTS)
        user = open_account(bare, given(issued))
        assert user is not None
        assert (user.patient_id, user.sign_in_name) == (bare.patients["charlie"].id, "charlie.cole")
        assert user.email_verified_at is None
        with bare.base.transaction() as db:
            assert agreements.due(db, user.id, now=NOW) == []

    @pytest.mark.parametrize("typed", ["{a} {b}", "{a}-{b}", "{ab}", " {a}.{b} "])
    def test_takes_the_code_however_it_is_typed(self, small: Clinic, typed: str) -> None:
        issued = invite(small)
        low = issued.code.lower()
        said = typed.format(a=low[:4], b=low[4:], ab=issued.code)
        assert prove(small, given(issued, code=said)).outcome == "right"

    def test_proves_the_address_that_the_link_came_to(self, bare: Clinic) -> None:
        issued = invite(bare, by="email")
        token = link_in(bare, mailed(bare)[0]).rpartition("/")[2]
        found = prove(bare, given(issued, token))
        assert found.suggested == "charlie@example.org"
        user = open_account(bare, given(issued, token), chosen("charlie@example.org"))
        assert user is not None
        assert (user.email, user.email_verified_at) == ("charlie@example.org", NOW)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"code": "AAAAAAAA"},
            {"code": ""},
            {"birth_date": None},
            {"birth_date": date(1988, 2, 1)},
            {"birth_date": date(1975, 5, 17)},
        ],
    )
    def test_needs_all_three(self, bare: Clinic, wrong: dict[str, Any]) -> None:
        """AUTHN-10: another patient's birth date opens nothing either."""
        issued = invite(bare)
        assert prove(bare, given(issued, **wrong)).outcome == "wrong"
        assert open_account(bare, given(issued, **wrong)) is None
        assert view(bare).tries.startswith("2 wrong")
        assert prove(bare, given(issued)).outcome == "right"

    def test_the_code_of_another_invitation_opens_nothing(self, bare: Clinic) -> None:
        mine, other = invite(bare), invite(bare, whom="tess")
        assert prove(bare, given(mine, code=other.code)).outcome == "wrong"
        assert prove(bare, given(other, code=mine.code)).outcome == "wrong"

    def test_ends_with_the_fifth_wrong_try(self, bare: Clinic) -> None:
        """AUTHN-10: also the right code opens nothing any more, and the desk is told."""
        issued = invite(bare)
        said = [prove(bare, given(issued, code="WRONGAAA")).outcome for _ in range(4)]
        last = prove(bare, given(issued, code="WRONGAAA"))
        assert [*said, last.outcome] == ["wrong"] * 4 + ["over"]
        after = NOW + timedelta(hours=1)
        assert prove(bare, given(issued), after).outcome == "over"
        assert view(bare, now=after).said == "Ended after 5 wrong tries"

    def test_is_good_once(self, bare: Clinic) -> None:
        """R-35, AUTHN-12."""
        issued = invite(bare)
        assert open_account(bare, given(issued))
        with pytest.raises(accounts.LinkUsedUp):
            open_account(bare, given(issued))
        assert prove(bare, given(issued)).outcome == "over"
        with bare.base.transaction() as db, pytest.raises(accounts.LinkUsedUp):
            invitations.look(db, token=issued.secret, now=NOW)

    def test_of_fifty_at_once_one_wins(self, bare: Clinic) -> None:
        """R-35: the row is taken by a conditional update."""
        issued = invite(bare)

        def race(number: int) -> bool:
            source = f"10.0.0.{number}"
            try:
                return bool(open_account(bare, given(issued, source=source)))
            except Refusal:
                return False

        with ThreadPoolExecutor(12) as crowd:
            won = list(crowd.map(race, range(50)))
        assert won.count(True) == 1

    def test_of_fifty_wrong_ones_at_once_five_are_looked_at(self, bare: Clinic) -> None:
        """R-34."""
        issued = invite(bare)

        def race(number: int) -> str:
            what = given(issued, code="WRONGAAA", source=f"10.0.0.{number}")
            try:
                return prove(bare, what).outcome
            except Refusal:
                return "wait"

        with ThreadPoolExecutor(12) as crowd:
            said = list(crowd.map(race, range(50)))
        assert said.count("wrong") <= 4
        assert prove(bare, given(issued), LATER).outcome == "over"

    @pytest.mark.parametrize(("late", "outcome"), [(-1, "right"), (0, "over"), (60, "over")])
    def test_holds_until_it_expires(self, bare: Clinic, late: int, outcome: str) -> None:
        issued = invite(bare)
        then = NOW + timedelta(days=14, seconds=late)
        assert prove(bare, given(issued), then).outcome == outcome

    def test_holds_as_long_as_the_clinic_decides(self, small: Clinic) -> None:
        small.add(PolicyValue(key="invitation_days", value="2", changed_at=NOW))
        assert invite(small).expires_at == NOW + timedelta(days=2)

    @pytest.mark.parametrize("change", [{"deceased": True}, {"merged_into_id": "another"}])
    def test_opens_no_record_that_is_closed_meanwhile(
        self, small: Clinic, change: dict[str, Any]
    ) -> None:
        issued = invite(small)
        set_patient(small, **change)
        assert prove(small, given(issued)).outcome == "over"

    def test_opens_nothing_without_the_needed_agreements(self, bare: Clinic) -> None:
        issued = invite(bare)
        none = agreements.Answers({}, {})
        with pytest.raises(Invalid):
            open_account(bare, given(issued), chosen(answers=none))
        assert prove(bare, given(issued)).outcome == "right"
        with bare.base.transaction() as db:
            assert db.scalars(select(User).where(col(User.password_hash) == "")).all()


class TestSignInName:
    @pytest.mark.parametrize(
        "name", ["alice", "ALICE ", "x", "a b c d e", "invited-abcdef", "<b>aaaa"]
    )
    def test_a_taken_and_an_odd_one_are_refused_alike(self, small: Clinic, name: str) -> None:
        """AUTHN-08: nobody learns which names exist."""
        issued = invite(small)
        with pytest.raises(invitations.NameNotUsable) as told:
            open_account(small, given(issued), chosen(name))
        assert told.value.words == str(invitations.NameNotUsable().words)

    def test_two_of_one_family_may_share_an_address(self, bare: Clinic) -> None:
        """AUTHN-11: the address says who somebody is to nobody."""
        set_patient(bare, email="alice@example.org")
        with bare.base.transaction() as db:
            mine = col(User.id) == bare.users["alice"].id
            db.connection().execute(
                update(User).where(mine).values(sign_in_name="alice@example.org")
            )
        issued = invite(bare, by="email")
        token = link_in(bare, mailed(bare)[0]).rpartition("/")[2]
        suggested = prove(bare, given(issued, token)).suggested
        assert suggested.startswith("charlie.cole.")
        user = open_account(bare, given(issued, token), chosen(suggested))
        assert user is not None
        assert user.email == "alice@example.org"

    def test_a_name_that_was_given_is_not_chosen_by_a_forged_form(self, small: Clinic) -> None:
        """Who works here is named by the administrator; the page offers no field for it."""
        with small.base.transaction() as db:
            db.connection().execute(
                update(User).where(col(User.id) == small.users["erin"].id).values(password_hash="")
            )
        with small.base.transaction() as db:
            erin = db.get_one(User, small.users["erin"].id)
            issued = invitations.issue(db, small.actor("ada"), erin, sent_to="paper", now=NOW)
        assert prove(small, given(issued)).suggested == ""
        user = open_account(small, given(issued), chosen("the.director"))
        assert user is not None
        assert user.sign_in_name == "erin"

    def test_a_minor_is_not_called_by_a_parents_address(self, small: Clinic) -> None:
        """AUTHZ-14: nor invited there."""
        with small.base.transaction() as db:
            hers = {"email": "Tess@example.org"}
            db.connection().execute(
                update(User).where(col(User.sign_in_name) == "mia").values(hers)
            )
        with pytest.raises(invitations.ParentsAddress, match="letter"):
            invite(small, whom="tess", by="email")
        issued = invite(small, whom="tess")
        found = prove(small, given(issued, birth_date=BORN["tess"]))
        assert found.suggested.startswith("tess.tran.")

    def test_a_minor_with_an_address_of_their_own_may_be_called_by_it(self, small: Clinic) -> None:
        issued = invite(small, whom="tess")
        found = prove(small, given(issued, birth_date=BORN["tess"]))
        assert found.suggested == "tess@example.org"


class TestAccount:
    def test_shows_none_invited_and_there(self, bare: Clinic) -> None:
        assert (view(bare).state, view(bare).may_mail) == ("none", True)
        issued = invite(bare)
        row = view(bare)
        assert (row.state, row.may_revoke) == ("invited", True)
        assert "with a letter" in row.invited
        open_account(bare, given(issued))
        row = view(bare)
        assert (row.state, row.since, row.last_sign_in) == ("account", "3 Mar 2026", "Never yet")
        assert "charlie.cole" not in str(row)

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"state": "sent"}, "has left"),
            ({"state": "dead"}, "could not be delivered"),
            ({"tries": 3}, "does not answer"),
            ({}, "within a minute"),
        ],
    )
    def test_says_what_became_of_the_mail(
        self, small: Clinic, change: dict[str, Any], says: str
    ) -> None:
        """The e-mail server down: the invitation stands, the mail waits, a letter is offered."""
        invite(small, by="email")
        with small.base.transaction() as db:
            if change:
                db.connection().execute(update(OutboxNotice).values(**change))
        row = view(small)
        assert says in row.mail
        assert (row.state, row.may_print) == ("invited", True)


class TestLetter:
    def test_has_link_and_code_on_two_sheets(self, bare: Clinic) -> None:
        """AUTHN-10."""
        issued = invite(bare)
        first = letter(bare, secret=issued.secret)
        second = letter(bare, code=issued.code)
        assert issued.secret in first.link
        assert first.code == ""
        assert second.link == ""
        assert second.code.replace("-", "") == issued.code

    def test_of_somebody_else_is_not_found(self, bare: Clinic) -> None:
        """AUTHZ-04."""
        mine, other = invite(bare), invite(bare, whom="tess")
        for wrong in ({"secret": other.secret}, {"code": other.code}, {"code": "AAAAAAAA"}):
            with pytest.raises(NotFound):
                letter(bare, **wrong)
        with pytest.raises(NotAllowed):
            letter(bare, "dana", secret=mine.secret)

    def test_cannot_be_printed_after_the_end(self, bare: Clinic) -> None:
        issued = invite(bare)
        revoke(bare)
        with pytest.raises(NotFound):
            letter(bare, secret=issued.secret)

    def test_is_none_for_an_invitation_by_mail(self, small: Clinic) -> None:
        issued = invite(small, by="email")
        with pytest.raises(NotFound):
            letter(small, code=issued.code)


def letter(clinic: Clinic, who: str = "frank", **which: str) -> invitations.LetterRow:
    wanted = {"secret": "", "code": "", **which}
    with clinic.base.transaction() as db:
        patient_id = clinic.patients["charlie"].id
        return invitations.letter(db, clinic.actor(who), patient_id=patient_id, **wanted, now=NOW)


def revoke(clinic: Clinic, who: str = "frank") -> None:
    with clinic.base.transaction() as db:
        patient_id = clinic.patients["charlie"].id
        invitations.revoke(db, clinic.actor(who), patient_id=patient_id, now=NOW)


def set_patient(clinic: Clinic, **values: Any) -> None:
    with clinic.base.transaction() as db:
        mine = col(Patient.id) == clinic.patients["charlie"].id
        db.connection().execute(update(Patient).where(mine).values(**values))
