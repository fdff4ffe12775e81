"""Asking for an account: who surely is whom, and that nobody learns anything by asking."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from portal.errors import TooMany
from portal.models.agreements import PolicyValue
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import OneTimeLink, Patient, RelatedPerson, User
from portal.models.requests import Registration
from portal.security import signins
from portal.security.actor import nobody, system
from portal.services import notices, patients, registrations
from portal.services.registrations import asking
from tests.support.clinic import NOW, Clinic

LENA = {
    "given": "Léna",
    "family": "Moor",
    "birth_date": "1990-04-05",
    "email": "Lena@example.org",
}


def add_patient(clinic: Clinic, **changes: object) -> Patient:
    """Adds a patient without an account."""
    values: dict[str, object] = {
        "name": "Lena Moor",
        "family": "Moor",
        "given": "Lena",
        "family_key": patients.fold("Moor"),
        "given_key": patients.fold("Lena"),
        "birth_date": "1990-04-05",
        "born_on": date(1990, 4, 5),
        "record_number": "T-0900",
        "email": "lena@example.org",
    }
    patient = Patient(**(values | changes))  # type: ignore[arg-type]
    clinic.add(patient)
    return patient


def ask(
    clinic: Clinic, at: datetime = NOW, source: str = "10.0.0.1", **form: Any
) -> registrations.Asked:
    """Sends the form."""
    with clinic.base.transaction() as db:
        typed = registrations.read(LENA | form, now=at)
        return registrations.begin(db, nobody(source), typed=typed, now=at)


def code_of(clinic: Clinic) -> str:
    """Takes the code out of the only mail."""
    with clinic.base.transaction() as db:
        kind = col(OutboxNotice.kind) == "registration.code"
        mail = db.exec(select(OutboxNotice).where(kind)).one()
        code = notices.given_of(db, mail)["code"]
        db.delete(mail)
    return code


def enter(
    clinic: Clinic, asked: registrations.Asked, code: str, at: datetime = NOW
) -> registrations.Confirmed:
    """Sends the code."""
    digest = signins.digest_of(asked.secret)
    with clinic.base.transaction() as db:
        return registrations.confirm(db, nobody("10.0.0.1"), digest=digest, code=code, now=at)


def outcome(clinic: Clinic, **form: Any) -> str:
    asked = ask(clinic, **form)
    return enter(clinic, asked, code_of(clinic)).outcome


def owner_of(db: Session, secret: str) -> User:
    """Returns whose account a link opens."""
    query = select(OneTimeLink).where(col(OneTimeLink.digest) == signins.digest_of(secret))
    return db.get_one(User, db.exec(query).one().user_id)


def rows(clinic: Clinic) -> list[Registration]:
    with clinic.base.reading() as db:
        return list(db.exec(select(Registration)).all())


class TestASureMatch:
    def test_goes_on_to_a_password_of_an_account_of_exactly_that_patient(
        self, the_clinic: Clinic
    ) -> None:
        patient = add_patient(the_clinic)
        asked = ask(the_clinic)
        found = enter(the_clinic, asked, code_of(the_clinic))
        assert found.outcome == "known"
        with the_clinic.base.transaction() as db:
            owner = owner_of(db, found.secret)
            assert owner.patient_id == patient.id
            assert owner.role == "patient"
            assert owner.sign_in_name == "lena@example.org"
            assert owner.email_verified_at == NOW
            assert owner.password_hash == ""

    @pytest.mark.parametrize(
        "form",
        [
            {"family": "Moore"},
            {"birth_date": "1990-04-06"},
            {"email": "other@example.org"},
            {"given": "L"},
            {"record_number": "T-0901"},
        ],
        ids=["name", "day", "address", "initial", "number"],
    )
    def test_needs_all_of_it(self, the_clinic: Clinic, form: dict[str, Any]) -> None:
        add_patient(the_clinic)
        assert outcome(the_clinic, **form) == "waiting"

    @pytest.mark.parametrize(
        "changes",
        [{"deceased": True}, {"active": False}, {"merged_into_id": "another"}],
        ids=["deceased", "inactive", "merged"],
    )
    def test_is_with_the_living_alone(self, the_clinic: Clinic, changes: dict[str, object]) -> None:
        add_patient(the_clinic, **changes)
        assert outcome(the_clinic) == "waiting"

    def test_is_not_with_two_of_the_same_name_and_day(self, small_clinic: Clinic) -> None:
        add_patient(small_clinic)
        add_patient(small_clinic, record_number="T-0901")
        assert outcome(small_clinic) == "waiting"

    def test_is_not_by_an_address_that_another_has_too(self, the_clinic: Clinic) -> None:
        """A partner who reads the same mailbox is not let in as the other one."""
        add_patient(the_clinic)
        add_patient(
            the_clinic, name="Otis Moor", given="Otis", given_key="otis", record_number="T-0902"
        )
        assert outcome(the_clinic) == "waiting"

    def test_is_not_by_a_helpers_address(self, the_clinic: Clinic) -> None:
        patient = add_patient(the_clinic)
        the_clinic.add(RelatedPerson(patient_id=patient.id, name="Kim", email="LENA@example.org"))
        assert outcome(the_clinic) == "waiting"

    @pytest.mark.parametrize("years", [9, 13, 17])
    def test_is_never_of_a_child_or_a_teenager(self, the_clinic: Clinic, years: int) -> None:
        """AUTHZ-14: whose address stands in a child's record, the clinic cannot know."""
        born = NOW.date().replace(year=NOW.year - years)
        add_patient(the_clinic, birth_date=born.isoformat(), born_on=born)
        assert outcome(the_clinic, birth_date=born.isoformat()) == "waiting"

    def test_is_there_from_the_birthday_itself_on(self, small_clinic: Clinic) -> None:
        born = NOW.date().replace(year=NOW.year - 18)
        add_patient(small_clinic, birth_date=born.isoformat(), born_on=born)
        assert outcome(small_clinic, birth_date=born.isoformat()) == "known"

    def test_is_not_with_somebody_who_has_an_account(self, the_clinic: Clinic) -> None:
        form = {"given": "Alice", "family": "Ash", "birth_date": "1975-05-17"}
        assert outcome(the_clinic, **form, email="alice@example.org") == "waiting"
        with the_clinic.base.reading() as db:
            alice = db.get_one(User, the_clinic.users["alice"].id)
            assert alice.password_hash == the_clinic.users["alice"].password_hash

    def test_goes_on_with_an_account_that_never_got_a_password(self, the_clinic: Clinic) -> None:
        """Who closed the window before choosing one asks again."""
        add_patient(the_clinic)
        assert outcome(the_clinic) == "known"
        assert outcome(the_clinic) == "known"
        with the_clinic.base.reading() as db:
            assert len(db.exec(select(User).where(col(User.name) == "Lena Moor")).all()) == 1

    def test_takes_another_sign_in_name_where_the_address_is_one_already(
        self, small_clinic: Clinic
    ) -> None:
        """AUTHN-11: the name is only a handle; nobody gets another's account by it."""
        other = small_clinic.users["charlie"]
        with small_clinic.base.transaction() as db:
            db.get_one(User, other.id).sign_in_name = "lena@example.org"
        add_patient(small_clinic)
        asked = ask(small_clinic)
        found = enter(small_clinic, asked, code_of(small_clinic))
        with small_clinic.base.reading() as db:
            assert owner_of(db, found.secret).sign_in_name == "lena.moor"


class TestAnybodyElse:
    def test_waits_for_the_front_desk_once(self, the_clinic: Clinic) -> None:
        assert outcome(the_clinic) == "waiting"
        assert outcome(the_clinic) == "waiting"
        assert sorted(row.status for row in rows(the_clinic)) == ["expired", "waiting"]

    def test_waits_at_once_without_an_address_to_prove(self, the_clinic: Clinic) -> None:
        asked = ask(the_clinic, email="", phone="(406) 555-0100")
        assert not asked.by_mail
        assert [row.status for row in rows(the_clinic)] == ["waiting"]

    def test_waits_not_before_the_address_is_proved(self, small_clinic: Clinic) -> None:
        """Nobody fills the front desk's queue with addresses of others."""
        ask(small_clinic)
        assert [row.status for row in rows(small_clinic)] == ["code-sent"]


class TestNobodyLearns:
    def test_who_is_known_from_what_is_written(self, the_clinic: Clinic) -> None:
        """AUTHN-08: the same rows, mails and traces for a patient, a stranger and an account."""
        add_patient(the_clinic)
        forms: list[dict[str, Any]] = [
            {},
            {"family": "Nobody", "email": "nobody@example.org"},
            {
                "given": "Alice",
                "family": "Ash",
                "birth_date": "1975-05-17",
                "email": "alice@example.org",
            },
        ]
        for form in forms:
            assert ask(the_clinic, **form).by_mail
        with the_clinic.base.reading() as db:
            assert {
                (row.status, row.patient_id, row.user_id) for row in _all(db, Registration)
            } == {("code-sent", None, None)}
            mails = _all(db, OutboxNotice)
            assert [mail.kind for mail in mails] == ["registration.code"] * 3
            assert {(mail.user_id, mail.patient_id) for mail in mails} == {(None, None)}
            acts = db.exec(select(AuditEvent).where(col(AuditEvent.role) == "nobody")).all()
            assert {(act.category, act.patient_id, act.outcome) for act in acts} == {
                ("registration", "", "success")
            }

    def test_without_the_patients_table_being_asked(self, small_clinic: Clinic) -> None:
        """AUTHN-08: what is not looked up cannot be told by time."""
        from sqlalchemy import event

        asked: list[str] = []
        with small_clinic.base.transaction() as db:
            engine = db.connection().engine
            event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
            typed = registrations.read(LENA, now=NOW)
            registrations.begin(db, nobody("10.0.0.1"), typed=typed, now=NOW)
        assert asked
        tables = " ".join(asked).lower().split()
        assert "registration" in tables
        assert not {"patient", "patient_key", '"user"', "user", "related_person"} & set(tables)


class TestTheCode:
    def test_is_good_once_of_fifty_at_the_same_moment(self, the_clinic: Clinic) -> None:
        """R-35."""
        add_patient(the_clinic)
        asked = ask(the_clinic)
        code = code_of(the_clinic)
        with ThreadPoolExecutor(10) as crowd:
            found = list(crowd.map(lambda _: enter(the_clinic, asked, code).outcome, range(50)))
        assert sorted(set(found)) in (["known", "over"], ["known", "over", "spent"])
        assert found.count("known") == 1
        with the_clinic.base.reading() as db:
            assert len(db.exec(select(User).where(col(User.name) == "Lena Moor")).all()) == 1
            assert len(_all(db, OneTimeLink)) == 1

    def test_ends_after_five_wrong_tries(self, the_clinic: Clinic) -> None:
        add_patient(the_clinic)
        asked = ask(the_clinic)
        code = code_of(the_clinic)
        wrong = "000000" if code != "000000" else "111111"
        found = [enter(the_clinic, asked, wrong).outcome for _ in range(6)]
        assert found == ["wrong"] * 4 + ["spent"] * 2
        assert enter(the_clinic, asked, code).outcome == "spent"

    def test_is_too_late_after_ten_minutes(self, the_clinic: Clinic) -> None:
        asked = ask(the_clinic)
        late = NOW + timedelta(minutes=10, seconds=1)
        code = code_of(the_clinic)
        assert enter(the_clinic, asked, code, late).outcome == "spent"
        late = NOW + asking.LIFE
        assert enter(the_clinic, asked, code, late).outcome == "over"

    def test_of_another_browser_is_worth_nothing(self, the_clinic: Clinic) -> None:
        add_patient(the_clinic)
        ask(the_clinic)
        code = code_of(the_clinic)
        assert enter(the_clinic, registrations.Asked("", by_mail=True), code).outcome == "over"
        assert (
            enter(the_clinic, registrations.Asked("x" * 43, by_mail=True), code).outcome == "over"
        )

    def test_can_be_sent_again_after_a_minute(self, small_clinic: Clinic) -> None:
        asked = ask(small_clinic)
        digest = signins.digest_of(asked.secret)
        code_of(small_clinic)
        with pytest.raises(TooMany), small_clinic.base.transaction() as db:
            registrations.again(db, nobody("1"), digest=digest, now=NOW)
        later = NOW + timedelta(minutes=2)
        with small_clinic.base.transaction() as db:
            registrations.again(db, nobody("1"), digest=digest, now=later)
        assert enter(small_clinic, asked, code_of(small_clinic), later).outcome == "waiting"


class TestFloods:
    def test_from_one_network_end_after_twenty_a_day(self, the_clinic: Clinic) -> None:
        for number in range(asking.MOST_FROM_NETWORK):
            ask(the_clinic, email=f"{number}@example.org")
        with pytest.raises(TooMany):
            ask(the_clinic)
        ask(the_clinic, source="10.0.0.2")
        ask(the_clinic, at=NOW + timedelta(days=1))

    def test_to_one_address_end_after_six_mails_and_say_nothing_of_it(
        self, the_clinic: Clinic
    ) -> None:
        for number in range(9):
            assert ask(the_clinic, source=f"10.0.0.{number}", email="LENA@example.org").by_mail
        with the_clinic.base.reading() as db:
            assert len(_all(db, OutboxNotice)) == asking.MOST_TO_ADDRESS

    def test_are_not_possible_where_the_clinic_offers_none(self, small_clinic: Clinic) -> None:
        small_clinic.add(PolicyValue(key="self_registration", value="no", changed_at=NOW))
        with pytest.raises(asking.NotOffered):
            ask(small_clinic)

    def test_are_tidied_away(self, the_clinic: Clinic) -> None:
        ask(the_clinic)
        code_of(the_clinic)
        outcome(the_clinic, email="who@example.org")
        for days, left in ((1, ["expired", "waiting"]), (32, ["waiting"])):
            with the_clinic.base.transaction() as db:
                registrations.tidy(db, system("test"), now=NOW + timedelta(days=days))
            assert sorted(row.status for row in rows(the_clinic)) == left


@pytest.mark.parametrize(
    "form",
    [
        {"given": ""},
        {"family": "x" * 201},
        {"birth_date": "5 April 1990"},
        {"birth_date": "2990-04-05"},
        {"birth_date": "1290-04-05"},
        {"email": "", "phone": ""},
        {"email": "lena"},
        {"email": "lena@example.org, all@example.org"},
        {"email": "lena@example.org\nbcc: all@example.org"},
        {"email": "", "phone": "12"},
        {"given": "L\u202ena"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(small_clinic: Clinic, form: dict[str, Any]) -> None:
    with pytest.raises(asking.CheckAgain):
        ask(small_clinic, **form)
    assert not rows(small_clinic)


def _all(db: Session, table: Any) -> list[Any]:
    return list(db.exec(select(table)).all())
