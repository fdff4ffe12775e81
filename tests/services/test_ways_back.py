"""Getting back in with the clinic's help: proved, told, a day or a second person, once (MFA-10)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from portal.errors import ConfirmFirst, Conflict, Invalid, NotAllowed, NotFound, Refusal, TooMany
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.factors import Factor, RecoveryCode
from portal.models.people import OneTimeLink, Patient, SignIn, User
from portal.models.requests import WayBack
from portal.security import passwords, signins
from portal.security.actor import system
from portal.services import accounts, requests_queue, ways_back
from portal.services.invitations import proving
from portal.services.ways_back import Begun
from tests.support import outbox
from tests.support.clinic import NOW, PASSWORD, Clinic

BORN = date(1975, 5, 17)
DAY = timedelta(hours=24)


@pytest.fixture
def proved(the_clinic: Clinic) -> Clinic:
    """Alice's, Ada's and Nora's addresses are proved; Charlie has none."""
    with the_clinic.base.transaction() as db:
        for name in ("alice", "ada", "nora"):
            user = db.get_one(User, the_clinic.users[name].id)
            user.email, user.email_verified_at = f"{name}@example.org", NOW
            for number in (1, 2):
                db.add(RecoveryCode(user_id=user.id, number=number, hash="h", created_at=NOW))
            db.add(Factor(user_id=user.id, kind="totp", created_at=NOW, confirmed_at=NOW))
    return the_clinic


def begin(
    clinic: Clinic,
    by: str = "frank",
    patient: str = "alice",
    *,
    colleague: str = "",
    drops: bool = False,
    at: datetime = NOW,
) -> Begun:
    whom = {"sign_in_name": colleague} if colleague else {"patient_id": clinic.patients[patient].id}
    with clinic.base.transaction() as db:
        return ways_back.begin(
            db, clinic.actor(by, at=at), proof="photo-id", drops_factors=drops, now=at, **whom
        )


def seen(clinic: Clinic) -> ways_back.PatientWays:
    """Returns what the front desk sees on Alice's chart."""
    with clinic.base.transaction() as db:
        whose = clinic.patients["alice"].id
        return ways_back.of_patient(db, clinic.actor("frank"), patient_id=whose, now=NOW)


def the_one(clinic: Clinic) -> WayBack:
    with clinic.base.reading() as db:
        found = db.exec(select(WayBack).order_by(col(WayBack.created_at))).all()
        return found[-1]


def approve(clinic: Clinic, by: str = "max", at: datetime = NOW) -> ways_back.Ready:
    with clinic.base.transaction() as db:
        return ways_back.approve(
            db, clinic.actor(by, at=at), way_back_id=the_one(clinic).id, now=at
        )


def link_of(clinic: Clinic) -> str:
    """Returns the secret of the link that was mailed."""
    (mail,) = mails(clinic, "way-back.ready")
    return outbox.given(clinic.base, mail)["link"].rpartition("/")[2]


def mails(clinic: Clinic, kind: str) -> list[OutboxNotice]:
    with clinic.base.reading() as db:
        return list(db.exec(select(OutboxNotice).where(col(OutboxNotice.kind) == kind)))


def use(
    clinic: Clinic,
    token: str,
    code: str,
    born: date | None = BORN,
    hashed: str = "new",
    at: datetime = NOW,
) -> str:
    given = proving.Given(token=token, code=code, birth_date=born, source="10.0.0.9")
    try:
        with clinic.base.transaction() as db:
            return ways_back.use(db, given=given, hashed=hashed, now=at)
    except accounts.LinkUsedUp:
        return "over"
    except TooMany:
        return "wait"


def hash_of(clinic: Clinic, name: str) -> str:
    with clinic.base.reading() as db:
        return db.get_one(User, clinic.users[name].id).password_hash


class TestBeginning:
    def test_tells_the_owner_and_changes_nothing_yet(self, proved: Clinic) -> None:
        begun = begin(proved, drops=True)
        assert begun.by_mail
        (told,) = mails(proved, "way-back.started")
        assert told.address == "alice@example.org"
        assert begun.code not in str(outbox.given(proved.base, told))
        assert not mails(proved, "way-back.ready")
        assert passwords.matches(PASSWORD, hash_of(proved, "alice"))
        with proved.base.reading() as db:
            assert len(db.exec(select(Factor)).all()) == 3

    @pytest.mark.parametrize("who", ["alice", "bob", "charlie", "dana", "nora", "bill", "otto"])
    def test_is_for_the_front_desk_and_the_manager(self, proved: Clinic, who: str) -> None:
        with pytest.raises((NotAllowed, NotFound)):
            begin(proved, who)
        with pytest.raises((NotAllowed, NotFound)):
            begin(proved, who, colleague="ada")

    def test_of_a_colleague_is_for_those_who_manage_people(self, proved: Clinic) -> None:
        """AUTHN-14."""
        with pytest.raises(NotAllowed):
            begin(proved, "frank", colleague="ada")
        assert begin(proved, "max", colleague="nora").name == "Nora Nye"
        with pytest.raises(NotAllowed):
            begin(proved, "ada", colleague="ada")
        with pytest.raises(NotFound):
            begin(proved, "ada", colleague="alice")

    def test_of_an_administrator_is_for_administrators(self, proved: Clinic) -> None:
        """AUTHZ-08: a manager who may make no administrator does not become one by a way back."""
        with pytest.raises(NotAllowed):
            begin(proved, "max", colleague="ada")
        with proved.base.transaction() as db:
            db.get_one(User, proved.users["erin"].id).role = "administrator"
        begin(proved, "ada", colleague="erin")
        with pytest.raises(NotFound):
            approve(proved, "max")
        with proved.base.transaction() as db:
            assert not ways_back.waiting(db, proved.actor("max"), now=NOW)

    def test_needs_a_known_proof_and_a_living_account(self, proved: Clinic) -> None:
        with pytest.raises(Invalid), proved.base.transaction() as db:
            whom = proved.patients["alice"].id
            ways_back.begin(
                db,
                proved.actor("frank"),
                patient_id=whom,
                proof="a-friendly-voice",
                drops_factors=False,
                now=NOW,
            )
        with proved.base.transaction() as db:
            db.get_one(Patient, proved.patients["alice"].id).deceased = True
        with pytest.raises(Conflict):
            begin(proved)

    def test_keeps_no_secret_that_opens_anything(self, proved: Clinic) -> None:
        begun = begin(proved)
        with proved.base.reading() as db:
            (link,) = db.exec(select(OneTimeLink)).all()
            assert begun.code not in str(link.model_dump())
            assert begun.code.replace("-", "") not in str(link.model_dump())

    def test_and_approving_ask_for_a_factor_of_the_last_minutes(self, proved: Clinic) -> None:
        """MFA-11: what can drop factors is as sensitive as changing them."""
        frank, boss = (replace(proved.actor(who), confirmed_at=None) for who in ("frank", "max"))
        whom = proved.patients["alice"].id
        with pytest.raises(ConfirmFirst), proved.base.transaction() as db:
            ways_back.begin(
                db, frank, patient_id=whom, proof="photo-id", drops_factors=True, now=NOW
            )
        begin(proved)
        for use_case, at in ((ways_back.approve, NOW), (ways_back.letter, NOW + DAY)):
            with pytest.raises(ConfirmFirst), proved.base.transaction() as db:
                use_case(db, boss, way_back_id=the_one(proved).id, now=at)
        assert the_one(proved).status == "waiting"
        assert not mails(proved, "way-back.ready")

    def test_is_in_the_trace_with_who_and_how(self, proved: Clinic) -> None:
        begin(proved)
        approve(proved)
        with proved.base.reading() as db:
            acts = db.exec(
                select(AuditEvent)
                .where(col(AuditEvent.category) == "way back")
                .order_by(col(AuditEvent.seq))
            ).all()
            said = [(act.actor_name, act.reason, act.patient_id) for act in acts]
            alice = proved.patients["alice"].id
        assert said == [
            ("Frank Fox", "way back begun: photo-id", alice),
            ("Max Moe", "way back approved", alice),
        ]


class TestASecondPerson:
    def test_lets_it_hold_at_once(self, proved: Clinic) -> None:
        begun = begin(proved)
        assert approve(proved).by_mail
        assert use(proved, link_of(proved), begun.code) == "right"
        assert hash_of(proved, "alice") == "new"

    def test_is_never_the_first_one(self, proved: Clinic) -> None:
        begin(proved, "frank")
        with pytest.raises(NotAllowed):
            approve(proved, "frank")
        assert not mails(proved, "way-back.ready")

    def test_is_never_the_one_whom_it_is_for(self, proved: Clinic) -> None:
        begin(proved, "ada", colleague="max")
        with pytest.raises(NotAllowed):
            approve(proved, "max")

    @pytest.mark.parametrize("who", ["alice", "bob", "charlie", "dana", "nora", "bill", "ada"])
    def test_is_somebody_who_may(self, proved: Clinic, who: str) -> None:
        begin(proved)
        with pytest.raises(NotFound):
            approve(proved, who)

    def test_comes_once_of_two_at_the_same_moment(self, proved: Clinic) -> None:
        begin(proved)

        def try_it(number: int) -> bool:
            del number
            try:
                approve(proved)
            except Refusal:
                return False
            return True

        with ThreadPoolExecutor(8) as crowd:
            assert list(crowd.map(try_it, range(20))).count(True) == 1
        assert len(mails(proved, "way-back.ready")) == 1

    def test_finds_it_in_the_queue_and_the_first_does_not(self, proved: Clinic) -> None:
        begin(proved, "frank")
        with proved.base.transaction() as db:
            seen = {
                name: [
                    row.may_approve for row in ways_back.waiting(db, proved.actor(name), now=NOW)
                ]
                for name in ("frank", "max", "ada")
            }
            counted = {
                name: db.execute(select(requests_queue.count(proved.actor(name)))).scalar_one()
                for name in ("frank", "max", "ada", "dana", "otto")
            }
        assert seen == {"frank": [False], "max": [True], "ada": []}
        assert counted == {"frank": 0, "max": 1, "ada": 0, "dana": 0, "otto": 0}


class TestADay:
    def test_passes_then_the_link_goes_to_the_proved_address(self, proved: Clinic) -> None:
        begun = begin(proved)
        for hours, count in ((23, 0), (24, 1), (25, 1)):
            with proved.base.transaction() as db:
                ways_back.tick(db, system("clock"), now=NOW + timedelta(hours=hours))
            assert len(mails(proved, "way-back.ready")) == count
        later = NOW + timedelta(hours=25)
        assert use(proved, link_of(proved), begun.code, at=later) == "right"

    def test_and_another_end_it(self, proved: Clinic) -> None:
        begun = begin(proved)
        approve(proved)
        with proved.base.transaction() as db:
            ways_back.tick(db, system("clock"), now=NOW + DAY)
        assert use(proved, link_of(proved), begun.code, at=NOW + DAY) == "over"
        assert the_one(proved).status == "expired"

    def test_does_not_give_the_link_to_who_has_the_code(self, proved: Clinic) -> None:
        """AUTHN-10, AUTHN-14: one person alone would hold both, and so choose the password."""
        begin(proved, patient="charlie")
        for at, approved in ((NOW + DAY, False), (NOW + DAY, True)):
            if approved:
                begin(proved, patient="charlie")
                approve(proved, "max")
            with pytest.raises(NotAllowed), proved.base.transaction() as db:
                frank, one = proved.actor("frank"), the_one(proved).id
                ways_back.letter(db, frank, way_back_id=one, now=at)
            with proved.base.transaction() as db:
                (row,) = ways_back.waiting(db, proved.actor("frank"), now=at)
                assert not row.may_print
                (row,) = ways_back.waiting(db, proved.actor("max"), now=at)
                assert row.may_print

    def test_must_pass_before_a_letter_is_made(self, proved: Clinic) -> None:
        begun = begin(proved, patient="charlie")
        assert not begun.by_mail
        max_ = proved.actor("max")
        with pytest.raises(Conflict), proved.base.transaction() as db:
            ways_back.letter(db, max_, way_back_id=the_one(proved).id, now=NOW)
        with proved.base.transaction() as db:
            max_ = proved.actor("max", at=NOW + DAY)
            ready = ways_back.letter(db, max_, way_back_id=the_one(proved).id, now=NOW + DAY)
        token = ready.address.rpartition("/")[2]
        born = date(1988, 1, 2)
        assert use(proved, token, begun.code, born, at=NOW + DAY) == "right"
        assert hash_of(proved, "charlie") == "new"


class TestANewPassword:
    """AUTHN-04: nobody's name, sign-in name or birthday, whichever way it is chosen."""

    GUESSED = ("alice ash alice ash", "alice 1975-05-17", "juniper test clinic")

    @pytest.mark.parametrize("password", GUESSED)
    def test_is_held_against_what_others_know(self, proved: Clinic, password: str) -> None:
        begun = begin(proved)
        approve(proved)
        given = proving.Given(link_of(proved), begun.code, BORN, "10.0.0.9")
        with pytest.raises(Invalid), proved.base.transaction() as db:
            ways_back.prove(db, given=given, password=password, now=NOW)
        with proved.base.transaction() as db:
            assert ways_back.prove(db, given=given, password=PASSWORD, now=NOW) == "right"
        assert use(proved, given.token, given.code) == "right"

    @pytest.mark.parametrize("password", GUESSED)
    def test_tells_nothing_to_who_has_the_link_alone(self, proved: Clinic, password: str) -> None:
        begin(proved)
        approve(proved)
        given = proving.Given(link_of(proved), "AAAA-AAAA", None, "10.0.0.9")
        with proved.base.transaction() as db:
            assert ways_back.prove(db, given=given, password=password, now=NOW) == "wrong"


class TestTheLink:
    @pytest.fixture
    def ready(self, proved: Clinic) -> tuple[Clinic, str, str]:
        begun = begin(proved, drops=True)
        approve(proved)
        return proved, link_of(proved), begun.code

    def test_opens_with_all_three_alone(self, ready: tuple[Clinic, str, str]) -> None:
        """AUTHN-10, MFA-10."""
        clinic, token, code = ready
        assert use(clinic, token, "AAAA-AAAA") == "wrong"
        assert use(clinic, token, code, date(1975, 5, 18)) == "wrong"
        assert use(clinic, token, code, None) == "wrong"
        assert use(clinic, "x" * 43, code) == "over"
        assert passwords.matches(PASSWORD, hash_of(clinic, "alice"))
        assert use(clinic, token, code) == "right"
        assert use(clinic, token, code) == "over"

    def test_ends_after_five_wrong_tries(self, ready: tuple[Clinic, str, str]) -> None:
        clinic, token, code = ready
        found = [use(clinic, token, "AAAA-AAAA") for _ in range(6)]
        assert found == ["wrong"] * 4 + ["over", "wait"]
        assert use(clinic, token, code, at=NOW + timedelta(hours=1)) == "over"

    def test_is_good_once_of_fifty_at_the_same_moment(self, ready: tuple[Clinic, str, str]) -> None:
        """R-35."""
        clinic, token, code = ready
        with ThreadPoolExecutor(10) as crowd:
            found = list(
                crowd.map(lambda number: use(clinic, token, code, hashed=str(number)), range(50))
            )
        assert found.count("right") == 1
        assert hash_of(clinic, "alice") == str(found.index("right"))

    def test_takes_the_old_factors_and_every_sign_in_away(
        self, ready: tuple[Clinic, str, str]
    ) -> None:
        clinic, token, code = ready
        alice = clinic.users["alice"]
        with clinic.base.transaction() as db:
            db.get_one(User, alice.id).factor_failures = 100
            signins.start(db, alice, patient_id=None, device="d", address="1", now=NOW)
        assert use(clinic, token, code) == "right"
        with clinic.base.reading() as db:
            for table in (Factor, RecoveryCode):
                others = {clinic.users[name].id for name in ("ada", "nora")}
                assert {one.user_id for one in db.exec(select(table))} == others
            assert db.get_one(User, alice.id).factor_failures == 0
            assert all(one.ended_at for one in db.exec(select(SignIn)))
        assert len(mails(clinic, "password.changed")) == 1
        assert len(mails(clinic, "factor.changed")) == 1

    def test_leaves_the_factors_where_only_the_password_was_lost(self, proved: Clinic) -> None:
        """AUTHN-12: a new password does not skip the second step."""
        begun = begin(proved)
        approve(proved)
        assert use(proved, link_of(proved), begun.code) == "right"
        with proved.base.reading() as db:
            assert len(db.exec(select(Factor)).all()) == 3

    def test_for_the_password_alone_is_not_begun_once_the_codes_are_closed(
        self, proved: Clinic
    ) -> None:
        """MFA-05: it would lead to a second step that takes nothing; the desk reads what does."""
        begun = begin(proved)
        approve(proved)
        assert not seen(proved).is_closed
        with proved.base.transaction() as db:
            db.get_one(User, proved.users["alice"].id).factor_failures = 100
        assert use(proved, link_of(proved), begun.code) == "right"
        row = seen(proved)
        assert (row.may_begin, row.is_closed, row.rows[0].words) == (
            True,
            True,
            "Used: they are back in",
        )
        with pytest.raises(ways_back.CodesClosed, match="phone or key"):
            begin(proved)
        assert begin(proved, drops=True).code

    def test_that_ended_by_wrong_tries_is_seen_and_begun_anew(
        self, ready: tuple[Clinic, str, str]
    ) -> None:
        clinic, token, code = ready
        said = [use(clinic, token, "WRONGAAA") for _ in range(5)]
        assert said == ["wrong"] * 4 + ["over"]
        assert the_one(clinic).status == "expired"
        row = seen(clinic)
        assert row.may_begin
        assert "Begin anew" in row.rows[0].words
        assert use(clinic, token, code, at=NOW + timedelta(hours=1)) == "over"
        assert begin(clinic, drops=True).code != code

    def test_of_a_colleague_has_no_birth_date(self, proved: Clinic) -> None:
        begun = begin(proved, "max", colleague="nora", drops=True)
        with proved.base.transaction() as db:
            ways_back.tick(db, system("clock"), now=NOW + DAY)
        assert use(proved, link_of(proved), begun.code, None, at=NOW + DAY) == "right"
        assert hash_of(proved, "nora") == "new"

    def test_sets_nothing_after_the_patient_died(self, ready: tuple[Clinic, str, str]) -> None:
        clinic, token, code = ready
        with clinic.base.transaction() as db:
            db.get_one(Patient, clinic.patients["alice"].id).deceased = True
        assert use(clinic, token, code) == "over"


class TestObjecting:
    def test_ends_it_and_its_link(self, proved: Clinic) -> None:
        begun = begin(proved)
        approve(proved)
        with proved.base.transaction() as db:
            assert ways_back.own(db, proved.actor("alice"), now=NOW)
            ways_back.object_to(db, proved.actor("alice"), now=NOW)
        assert use(proved, link_of(proved), begun.code) == "over"
        assert the_one(proved).status == "refused"

    def test_is_for_the_owner_alone(self, proved: Clinic) -> None:
        """A helper who has her record open does not decide about her account."""
        begin(proved)
        for actor in (proved.actor("charlie"), proved.actor("bob", helping="alice")):
            with pytest.raises(NotFound), proved.base.transaction() as db:
                ways_back.object_to(db, actor, now=NOW)

    def test_can_be_done_by_a_call_to_the_front_desk(self, proved: Clinic) -> None:
        begin(proved)
        with proved.base.transaction() as db:
            frank = proved.actor("frank")
            ways_back.refuse(db, frank, way_back_id=the_one(proved).id, now=NOW)
        with pytest.raises(Conflict):
            approve(proved)

    def test_a_newer_way_back_ends_the_older(self, proved: Clinic) -> None:
        first = begin(proved)
        approve(proved)
        token = link_of(proved)
        begin(proved, at=NOW + timedelta(minutes=1))
        assert use(proved, token, first.code, at=NOW + timedelta(minutes=2)) == "over"
