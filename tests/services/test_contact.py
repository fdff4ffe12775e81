"""How an account is reached: proven before it counts, told to the old address, never shared."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import settings
from portal.errors import ConfirmFirst, NotFound
from portal.models.audit import OutboxNotice
from portal.models.people import Patient, RelatedPerson, User
from portal.security import short_codes
from portal.services import accounts, contact, forgotten
from tests.support import outbox
from tests.support.clinic import NOW, Clinic

LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def clinic(the_clinic: Clinic) -> Clinic:
    """Returns the cast, each with a proven address of their own."""
    with the_clinic.base.transaction() as db:
        for name, user in the_clinic.users.items():
            user.email, user.email_verified_at = f"{name}@example.org", NOW
            db.merge(user)
    return the_clinic


@pytest.fixture
def texting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic that can send text messages."""
    with_sms = settings.current().model_copy(update={"sms_url": "json://sms.example.org"})
    monkeypatch.setattr(settings, "current", lambda: with_sms)


def ask(clinic: Clinic, verb: Any, who: str = "alice", at: datetime = NOW, **given: Any) -> Any:
    """Runs a use case as somebody who has confirmed just now."""
    with clinic.base.transaction() as db:
        return verb(db, clinic.actor(who, at=at), now=at, **given)


def account(clinic: Clinic, who: str = "alice") -> User:
    with clinic.base.reading() as db:
        return db.get_one(User, clinic.users[who].id)


def sent(clinic: Clinic, kind: str) -> list[OutboxNotice]:
    with clinic.base.reading() as db:
        query = select(OutboxNotice).where(OutboxNotice.kind == kind)  # type: ignore[arg-type]
        return list(db.scalars(query.order_by(OutboxNotice.created_at)))  # type: ignore[arg-type]


def code(clinic: Clinic) -> str:
    """Returns the newest code that was sent."""
    return outbox.given(clinic.base, sent(clinic, "address.code")[-1])["code"]


class TestEmail:
    def test_counts_once_the_code_came_back(self, clinic: Clinic) -> None:
        """AUTHN-11, AUTHN-15: the old address stays until then, and is told."""
        ask(clinic, contact.change_email, email=" Alice.New@Example.ORG ")
        assert account(clinic).email == "alice@example.org"
        assert [one.address for one in sent(clinic, "address.code")] == ["Alice.New@example.org"]
        assert sent(clinic, "address.changed") == []
        assert ask(clinic, contact.prove, kind="new-email", code=code(clinic), at=LATER)
        changed = account(clinic)
        assert (changed.email, changed.email_verified_at) == ("Alice.New@example.org", LATER)
        assert [one.address for one in sent(clinic, "address.changed")] == ["alice@example.org"]

    def test_ends_the_links_that_went_to_the_old_one(self, clinic: Clinic) -> None:
        """AUTHN-11, AUTHN-12: who still reads the old mailbox sets no password from it."""
        whose = clinic.users["alice"].id
        with clinic.base.transaction() as db:
            token = accounts.make_link(
                db, whose, purpose="reset", sent_to="alice@example.org", now=NOW
            )
            forgotten.owner(db, token=token, now=NOW)
        ask(clinic, contact.change_email, email="new@example.org")
        assert ask(clinic, contact.prove, kind="new-email", code=code(clinic), at=LATER)
        with pytest.raises(accounts.LinkUsedUp), clinic.base.transaction() as db:
            forgotten.owner(db, token=token, now=LATER)

    def test_leaves_the_sign_in_name_as_it_was(self, clinic: Clinic) -> None:
        """AUTHN-11: an address is a way to reach somebody, no identity."""
        ask(clinic, contact.change_email, email="other@example.org")
        assert ask(clinic, contact.prove, kind="new-email", code=code(clinic))
        assert account(clinic).sign_in_name == "alice"

    def test_may_be_the_same_as_anothers_and_nobody_learns_it(self, clinic: Clinic) -> None:
        """Two of a family may share one; the answer is the same as for any address."""
        for wanted in ("bob@example.org", "nobody-has-this@example.org"):
            ask(clinic, contact.change_email, who="charlie", email=wanted, at=NOW)
            assert sent(clinic, "address.code")[-1].address == wanted
            ask(clinic, contact.drop, who="charlie", kind="new-email")
            with clinic.base.transaction() as db:
                db.connection().exec_driver_sql("DELETE FROM short_code")
        ask(clinic, contact.change_email, email="bob@example.org")
        assert ask(clinic, contact.prove, kind="new-email", code=code(clinic))
        assert account(clinic).email == account(clinic, "bob").email

    def test_needs_a_factor_entered_anew(self, clinic: Clinic) -> None:
        """MFA-11."""
        actor = replace(clinic.actor("alice"), confirmed_at=None)
        for verb, given in (
            (contact.change_email, {"email": "x@example.org"}),
            (contact.change_phone, {"phone": "406 555 0123"}),
            (contact.remove_phone, {}),
        ):
            with pytest.raises(ConfirmFirst), clinic.base.transaction() as db:
                verb(db, actor, now=NOW, **given)

    def test_is_not_told_to_an_old_address_that_nobody_proved(self, clinic: Clinic) -> None:
        with clinic.base.transaction() as db:
            db.get_one(User, clinic.users["alice"].id).email_verified_at = None
        ask(clinic, contact.change_email, email="new@example.org")
        assert ask(clinic, contact.prove, kind="new-email", code=code(clinic))
        assert sent(clinic, "address.changed") == []

    @pytest.mark.parametrize("wrong", ["", "alice", "a@b", "a b@example.org", "x" * 300 + "@a.org"])
    def test_must_be_one(self, clinic: Clinic, wrong: str) -> None:
        with pytest.raises(contact.NoEmail):
            ask(clinic, contact.change_email, email=wrong)
        assert sent(clinic, "address.code") == []


class TestProof:
    def test_wins_once_of_fifty_at_the_same_time(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_email, email="new@example.org")
        right = code(clinic)

        def once(_number: int) -> bool:
            try:
                return ask(clinic, contact.prove, kind="new-email", code=right, at=LATER)
            except NotFound:
                return False

        with ThreadPoolExecutor(10) as threads:
            assert sum(threads.map(once, range(50))) == 1
        assert len(sent(clinic, "address.changed")) == 1

    def test_ends_after_five_wrong_tries(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_email, email="new@example.org")
        right = code(clinic)
        wrong = f"{(int(right) + 1) % 10**6:06d}"
        for _try in range(short_codes.MOST_TRIES):
            assert not ask(clinic, contact.prove, kind="new-email", code=wrong)
        assert not ask(clinic, contact.prove, kind="new-email", code=right)
        assert account(clinic).email == "alice@example.org"
        assert ask(clinic, contact.view).new_email.until == ""

    def test_ends_after_ten_minutes_and_can_be_sent_again(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_email, email="new@example.org")
        old, late = code(clinic), NOW + timedelta(minutes=10)
        assert not ask(clinic, contact.prove, kind="new-email", code=old, at=late)
        ask(clinic, contact.send_again, kind="new-email", at=late)
        assert ask(clinic, contact.prove, kind="new-email", code=code(clinic), at=late)

    def test_is_not_sent_twice_within_a_minute(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_email, email="new@example.org")
        with pytest.raises(short_codes.TooSoon):
            ask(clinic, contact.send_again, kind="new-email", at=NOW + timedelta(seconds=59))
        with pytest.raises(short_codes.TooSoon):
            ask(clinic, contact.change_email, email="newer@example.org")

    @pytest.mark.parametrize("who", ["charlie", "bob", "dana", "ada", "mia"])
    def test_of_another_is_not_found(self, clinic: Clinic, who: str) -> None:
        ask(clinic, contact.change_email, email="new@example.org")
        right = code(clinic)
        for verb, given in (
            (contact.prove, {"code": right}),
            (contact.send_again, {}),
            (contact.drop, {}),
        ):
            with pytest.raises(NotFound):
                ask(clinic, verb, who=who, kind="new-email", at=LATER, **given)
        assert ask(clinic, contact.prove, kind="new-email", code=right, at=LATER)

    @pytest.mark.parametrize("kind", ["", "invitation", "password", "new-phone"])
    def test_of_another_kind_is_not_found(self, clinic: Clinic, kind: str) -> None:
        ask(clinic, contact.change_email, email="new@example.org")
        with pytest.raises(NotFound):
            ask(clinic, contact.prove, kind=kind, code=code(clinic))

    def test_can_be_dropped(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_email, email="new@example.org")
        right = code(clinic)
        ask(clinic, contact.drop, kind="new-email")
        with pytest.raises(NotFound):
            ask(clinic, contact.prove, kind="new-email", code=right)
        assert ask(clinic, contact.view).new_email.address == ""


class TestPhone:
    @pytest.mark.parametrize(
        ("typed", "kept", "shown"),
        [
            ("(406) 555-0123", "+14065550123", "(406) 555-0123"),
            ("406.555.0123", "+14065550123", "(406) 555-0123"),
            ("+49 30 901820", "+4930901820", "+49 30 901820"),
        ],
    )
    def test_is_kept_in_one_form_and_unproven_without_text_messages(
        self, clinic: Clinic, typed: str, kept: str, shown: str
    ) -> None:
        ask(clinic, contact.change_phone, phone=typed)
        assert (account(clinic).phone, account(clinic).phone_verified_at) == (kept, None)
        row = ask(clinic, contact.view)
        assert (row.phone, row.phone_note, row.can_text) == (shown, "Not confirmed yet", False)
        ask(clinic, contact.remove_phone)
        assert account(clinic).phone == ""

    @pytest.mark.parametrize("wrong", ["", "12", "call me", "+999 1", "9" * 50])
    def test_must_be_one(self, clinic: Clinic, wrong: str) -> None:
        with pytest.raises(contact.NoPhone):
            ask(clinic, contact.change_phone, phone=wrong)

    @pytest.mark.usefixtures("texting")
    def test_is_proven_where_the_clinic_can_text(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_phone, phone="406 555 0123")
        assert account(clinic).phone == ""
        notice = sent(clinic, "address.code")[-1]
        assert (notice.channel, notice.address) == ("sms", "+14065550123")
        assert ask(clinic, contact.prove, kind="new-phone", code=code(clinic))
        assert account(clinic).phone_verified_at == NOW

    def test_takes_the_country_of_the_clinics_own_number(self, clinic: Clinic) -> None:
        with clinic.base.transaction() as db:
            db.connection().exec_driver_sql(
                "UPDATE organization SET phone = '+49 30 901820' WHERE is_clinic"
            )
            assert contact.sound_phone(db, "030 901821") == "+4930901821"

    @pytest.mark.parametrize(
        ("zone", "typed", "kept"),
        [
            ("Europe/Berlin", "030 901821", "+4930901821"),
            ("Australia/Sydney", "02 9373 0000", "+61293730000"),
            ("America/Denver", "406 555 0123", "+14065550123"),
            ("Etc/GMT+2", "406 555 0123", "+14065550123"),
            ("UTC", "406 555 0123", "+14065550123"),
        ],
    )
    def test_is_read_as_in_the_country_of_the_clinics_zone(
        self, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, zone: str, typed: str, kept: str
    ) -> None:
        there = settings.current().model_copy(update={"zone": zone})
        monkeypatch.setattr(settings, "current", lambda: there)
        with clinic.base.transaction() as db:
            db.connection().exec_driver_sql("UPDATE organization SET phone = '' WHERE is_clinic")
            assert contact.sound_phone(db, typed) == kept


class TestChart:
    def test_never_changes_how_an_account_is_reached_or_signs_in(self, clinic: Clinic) -> None:
        """AUTHN-11: a typo in the chart must not open anybody's portal, nor lead mail astray."""
        before = account(clinic)
        with clinic.base.transaction() as db:
            chart = db.get_one(Patient, clinic.patients["alice"].id)
            chart.email, chart.phone = "charlie@example.org", "+14065550999"
        after = account(clinic)
        assert (after.email, after.phone, after.sign_in_name) == (
            before.email,
            before.phone,
            before.sign_in_name,
        )
        with clinic.base.transaction() as db:
            found = accounts.candidate(db, "charlie@example.org", address="::1", now=NOW)
        assert found.user_id == ""
        ask(clinic, contact.change_email, email="new@example.org")
        assert ask(clinic, contact.prove, kind="new-email", code=code(clinic))
        assert [one.address for one in sent(clinic, "address.changed")] == ["alice@example.org"]
        with clinic.base.reading() as db:
            assert db.get_one(Patient, chart.id).email == "charlie@example.org"


class TestTeenager:
    """AUTHZ-14: Tess is 13; her mother Mia helps her."""

    @pytest.mark.parametrize("wanted", ["mia@example.org", "Mia@Example.org"])
    def test_takes_no_address_of_a_parent(self, clinic: Clinic, wanted: str) -> None:
        with pytest.raises(contact.SharedWithParent):
            ask(clinic, contact.change_email, who="tess", email=wanted)
        assert sent(clinic, "address.code") == []

    def test_takes_no_phone_of_a_parent(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_phone, who="mia", phone="406 555 0177")
        with pytest.raises(contact.SharedWithParent):
            ask(clinic, contact.change_phone, who="tess", phone="+1 406 555 0177")

    def test_takes_none_that_the_clinic_noted_for_the_helper(self, clinic: Clinic) -> None:
        with clinic.base.transaction() as db:
            help_ = db.scalars(
                select(RelatedPerson).where(
                    RelatedPerson.user_id == clinic.users["mia"].id  # type: ignore[arg-type]
                )
            ).one()
            help_.email, help_.phone = "mum@example.org", "(406) 555-0188"
        with pytest.raises(contact.SharedWithParent):
            ask(clinic, contact.change_email, who="tess", email="mum@example.org")
        with pytest.raises(contact.SharedWithParent):
            ask(clinic, contact.change_phone, who="tess", phone="406-555-0188")

    def test_may_take_anybody_elses_and_learns_nothing(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_email, who="tess", email="alice@example.org")
        assert sent(clinic, "address.code")[-1].address == "alice@example.org"

    def test_may_share_from_the_eighteenth_birthday_on(self, clinic: Clinic) -> None:
        """On the birthday itself, by the clinic's calendar; not a minute before."""
        midnight = datetime.fromisoformat("2030-09-30T00:00:00-04:00")
        with pytest.raises(contact.SharedWithParent):
            ask(
                clinic,
                contact.change_email,
                who="tess",
                email="mia@example.org",
                at=midnight - timedelta(minutes=1),
            )
        ask(clinic, contact.change_email, who="tess", email="mia@example.org", at=midnight)

    def test_may_not_when_the_parent_took_the_address_meanwhile(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_email, who="tess", email="both@example.org")
        with clinic.base.transaction() as db:
            db.get_one(User, clinic.users["mia"].id).email = "both@example.org"
        with pytest.raises(contact.SharedWithParent):
            ask(clinic, contact.prove, who="tess", kind="new-email", code=code(clinic))
        assert account(clinic, "tess").email == "tess@example.org"

    def test_adults_may_share_with_their_helpers(self, clinic: Clinic) -> None:
        ask(clinic, contact.change_email, email="bob@example.org")
        assert sent(clinic, "address.code")
