"""Who may sign in: invited once, named once, ended at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from portal.database import Database
from portal.errors import Invalid, NotAllowed, NotFound
from portal.security import passwords, signins
from portal.security.actor import system
from portal.services import accounts, agreements, invitations, organization, users
from tests.support.clinic import LIMITS, NOW, Clinic

OPERATOR = system("operator")


def _open(db: Session, invited: users.Invitation) -> str:
    given = invitations.Given(invited.secret, invited.code, source="::1")
    chosen = invitations.Chosen(
        "", passwords.make_hash("four brown boots march"), agreements.Answers({}, {})
    )
    user = invitations.open_account(db, given=given, chosen=chosen, now=NOW)
    return user.sign_in_name if user else ""


class TestFirstAdministrator:
    def _invite(self, db: Session) -> users.Invitation:
        return users.first_administrator(
            db, OPERATOR, name="Ann", sign_in_name="Ann@Example.org", now=NOW
        )

    def test_gets_a_link_that_sets_the_password_once(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            _retire(db, the_clinic)
            invitation = self._invite(db)
        with the_clinic.base.transaction() as db:
            assert _open(db, invitation) == "ann@example.org"
        with the_clinic.base.transaction() as db, pytest.raises(accounts.LinkUsedUp):
            _open(db, invitation)

    def test_a_second_link_ends_the_first(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            _retire(db, the_clinic)
            first, second = self._invite(db), self._invite(db)
            assert first.sign_in_name == second.sign_in_name
            with pytest.raises(accounts.LinkUsedUp):
                invitations.look(db, token=first.secret, now=NOW)
            assert invitations.look(db, token=second.secret, now=NOW).asks_code

    def test_needs_the_code_and_no_birth_date(self, the_clinic: Clinic) -> None:
        """AUTHN-09, AUTHN-10: of the operator's secret too, each half opens nothing."""
        with the_clinic.base.transaction() as db:
            _retire(db, the_clinic)
            invitation = self._invite(db)
        with the_clinic.base.transaction() as db:
            assert not invitations.look(db, token=invitation.secret, now=NOW).asks_birth_date
            assert _open(db, replace(invitation, code="")) == ""

    def test_is_refused_once_there_is_one(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db, pytest.raises(users.HasAdministrator):
            self._invite(db)


def _retire(db: Session, clinic: Clinic) -> None:
    users.disable(db, OPERATOR, sign_in_name=clinic.users["ada"].sign_in_name, now=NOW)


class TestCreate:
    @pytest.mark.parametrize("role", ["practitioner", "front_desk", "manager"])
    def test_invites_staff(self, small_clinic: Clinic, role: str) -> None:
        with small_clinic.base.transaction() as db:
            new = users.create(db, OPERATOR, role=role, name="Ned", sign_in_name="ned", now=NOW)
        with small_clinic.base.transaction() as db:
            rows = {row.sign_in_name: row for row in users.everybody(db, OPERATOR)}
        assert (rows["ned"].role, rows["ned"].status) == (role, "invited")
        assert new.secret

    @pytest.mark.parametrize("role", ["patient", "helper", "system", "", "king"])
    def test_refuses_other_roles(self, small_clinic: Clinic, role: str) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(Invalid):
            users.create(db, OPERATOR, role=role, name="Ned", sign_in_name="ned", now=NOW)

    @pytest.mark.parametrize("name", ["NED ", "ned", "ｎｅｄ"])
    def test_refuses_a_name_that_looks_like_anothers(self, small_clinic: Clinic, name: str) -> None:
        with small_clinic.base.transaction() as db:
            users.create(db, OPERATOR, role="nurse", name="Ned", sign_in_name="ned", now=NOW)
            with pytest.raises(users.NameTaken):
                users.create(db, OPERATOR, role="nurse", name="Ned", sign_in_name=name, now=NOW)

    @pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 300])
    def test_refuses_what_is_no_name(self, small_clinic: Clinic, name: str) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(Invalid):
            users.create(db, OPERATOR, role="nurse", name="Ned", sign_in_name=name, now=NOW)

    @pytest.mark.parametrize("who", ["alice", "bob", "dana", "frank"])
    def test_is_for_those_who_manage_people(self, small_clinic: Clinic, who: str) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            users.create(
                db, small_clinic.actor(who), role="nurse", name="N", sign_in_name="n", now=NOW
            )


class TestInvitePatient:
    def test_a_patient_gets_one_user_however_often_invited(self, small_clinic: Clinic) -> None:
        alice = small_clinic.patients["alice"]
        with small_clinic.base.transaction() as db:
            invited = users.invite_patient(
                db, OPERATOR, patient_id=alice.id, sign_in_name="other", now=NOW
            )
        assert invited.sign_in_name == small_clinic.users["alice"].sign_in_name

    def test_an_unknown_patient_is_not_found(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(NotFound):
            users.invite_patient(db, OPERATOR, patient_id="none", sign_in_name="x", now=NOW)


class TestOnePatient:
    @pytest.mark.parametrize("by", ["id", "name"])
    def test_is_found_by(self, small_clinic: Clinic, by: str) -> None:
        alice = small_clinic.patients["alice"]
        said = {"id": alice.id, "name": alice.name.upper()}[by]
        with small_clinic.base.transaction() as db:
            assert users.one_patient(db, OPERATOR, said=said, now=NOW) == alice.id

    @pytest.mark.parametrize("said", ["", "Nobody Here", "alice", "%"])
    def test_nobody_is_guessed(self, small_clinic: Clinic, said: str) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(users.NotOnePatient):
            users.one_patient(db, OPERATOR, said=said, now=NOW)

    def test_a_part_of_a_name_lists_whom_it_could_mean(self, small_clinic: Clinic) -> None:
        alice = small_clinic.patients["alice"]
        with (
            small_clinic.base.transaction() as db,
            pytest.raises(users.NotOnePatient, match=alice.id),
        ):
            users.one_patient(db, OPERATOR, said="alic", now=NOW)


class TestDisable:
    def test_ends_open_sign_ins_at_once(self, the_clinic: Clinic) -> None:
        alice = the_clinic.users["alice"]
        with the_clinic.base.transaction() as db:
            user = db.merge(alice)
            secret, _ = signins.start(
                db, user, patient_id=user.patient_id, device="", address="", now=NOW
            )
        digest, later = signins.digest_of(secret), NOW + timedelta(seconds=1)
        with the_clinic.base.transaction() as db:
            assert signins.actor_of(db, digest, LIMITS, now=later, is_use=True)
        with the_clinic.base.transaction() as db:
            users.disable(db, OPERATOR, sign_in_name=alice.sign_in_name, now=later)
        with the_clinic.base.transaction() as db:
            assert signins.actor_of(db, digest, LIMITS, now=later, is_use=True) is None

    def test_says_that_nobody_has_that_name(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(users.NoSuchUser):
            users.disable(db, OPERATOR, sign_in_name="nobody", now=NOW)


def test_the_clinic_is_founded_once(sqlite_base: Database) -> None:
    with sqlite_base.transaction() as db:
        first = organization.found(db, OPERATOR, name="Juniper Street Clinic", now=NOW)
        again = organization.found(db, OPERATOR, name="Another", now=NOW)
    assert (first.id, first.name) == (again.id, "Juniper Street Clinic")
