"""Forgotten passwords: a link for the owner alone, once, and nobody learns who has an account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from portal.errors import TooMany
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.factors import Factor, TrustedDevice
from portal.models.people import OneTimeLink, SignIn, User
from portal.security import passwords, signins
from portal.security.actor import nobody
from portal.services import accounts, forgotten, notices
from portal.services.notices import writing
from tests.support import outbox
from tests.support.clinic import NOW, PASSWORD, Clinic

SHARED = "ash@example.org"


@pytest.fixture
def proved(the_clinic: Clinic) -> Clinic:
    """Alice and Bob share an address that was proved; Charlie's was not."""
    with the_clinic.base.transaction() as db:
        for name, email, at in (
            ("alice", SHARED, NOW),
            ("bob", SHARED, NOW),
            ("charlie", "charlie@example.org", None),
        ):
            user = db.get_one(User, the_clinic.users[name].id)
            user.email, user.email_verified_at = email, at
    return the_clinic


def ask(
    clinic: Clinic, said: str, what: str = "password", at: datetime = NOW, source: str = "1"
) -> None:
    with clinic.base.transaction() as db:
        forgotten.ask(db, nobody(source), said=said, what=what, now=at)


def mails(clinic: Clinic) -> list[OutboxNotice]:
    with clinic.base.reading() as db:
        found = db.exec(select(OutboxNotice)).all()
        return sorted(found, key=lambda one: one.created_at)


def tokens(clinic: Clinic) -> dict[str, str]:
    """Returns the newest link of each sign-in name."""
    given = [
        outbox.given(clinic.base, one) for one in mails(clinic) if one.kind == "password.reset"
    ]
    return {one["name"]: one["link"].rpartition("/")[2] for one in given}


def reset(clinic: Clinic, token: str, hashed: str = "new", at: datetime = NOW) -> bool:
    try:
        with clinic.base.transaction() as db:
            forgotten.reset(db, token=token, hashed=hashed, address="1", now=at)
    except accounts.LinkUsedUp:
        return False
    return True


def hash_of(clinic: Clinic, name: str) -> str:
    with clinic.base.reading() as db:
        return db.get_one(User, clinic.users[name].id).password_hash


class TestAsking:
    def test_mails_each_account_of_an_address_a_link_of_its_own(self, proved: Clinic) -> None:
        ask(proved, " ASH@example.org ")
        assert {one.address for one in mails(proved)} == {SHARED}
        assert sorted(tokens(proved)) == ["alice", "bob"]

    def test_mails_one_account_by_its_name(self, proved: Clinic) -> None:
        ask(proved, "Alice")
        assert [one.user_id for one in mails(proved)] == [proved.users["alice"].id]

    def test_mails_all_names_of_an_address_in_one_letter(self, proved: Clinic) -> None:
        ask(proved, SHARED, "name")
        (mail,) = mails(proved)
        assert (mail.kind, mail.address) == ("sign-in-name", SHARED)
        assert outbox.given(proved.base, mail) == {"names": "alice, bob", "language": ""}

    @pytest.mark.parametrize(
        "said", ["charlie", "charlie@example.org", "nobody", "", "%", "x" * 500, "a\x00b"]
    )
    def test_mails_nobody_whose_address_is_not_proved(self, proved: Clinic, said: str) -> None:
        ask(proved, said)
        assert not mails(proved)
        with proved.base.reading() as db:
            assert not db.exec(select(OneTimeLink)).all()

    def test_mails_nobody_who_may_not_sign_in(self, proved: Clinic) -> None:
        with proved.base.transaction() as db:
            db.get_one(User, proved.users["alice"].id).disabled = True
            db.get_one(User, proved.users["bob"].id).password_hash = ""
        ask(proved, SHARED)
        assert not mails(proved)

    @pytest.mark.parametrize("what", ["password", "name"])
    def test_lets_no_letter_go_out_beside_the_answer(self, proved: Clinic, what: str) -> None:
        """AUTHN-08: sending takes time that whoever asks, and asks again, could measure."""
        heard: list[float] = []
        stop = notices.listen(heard.append)
        try:
            ask(proved, "alice", what)
        finally:
            stop()
        least, most = writing.LEISURE_S
        assert len(heard) == 1
        assert 1 < least <= heard[0] <= most

    def test_leaves_the_same_trace_for_somebody_and_nobody(self, proved: Clinic) -> None:
        """AUTHN-08: not even the log tells a reader of it who has an account."""
        for said in ("alice", "nobody"):
            ask(proved, said)
        with proved.base.reading() as db:
            acts = db.exec(select(AuditEvent).where(col(AuditEvent.category) == "forgotten"))
            assert len({(act.actor_id, act.entity, act.outcome, act.reason) for act in acts}) == 1

    def test_changes_nothing_by_itself(self, proved: Clinic) -> None:
        """AUTHN-12: the old password works until a new one was chosen."""
        ask(proved, "alice")
        assert hash_of(proved, "alice") == proved.users["alice"].password_hash

    def test_is_mailed_three_times_an_hour_at_most_and_locks_nobody_out(
        self, proved: Clinic
    ) -> None:
        for _ in range(6):
            ask(proved, "alice")
        assert len(mails(proved)) == forgotten.MOST_FOR_NAME
        assert passwords.matches(PASSWORD, hash_of(proved, "alice"))
        ask(proved, "alice", at=NOW + timedelta(hours=1))
        assert len(mails(proved)) == forgotten.MOST_FOR_NAME + 1

    def test_waits_for_a_network_that_asks_too_much_whoever_it_asks_for(
        self, proved: Clinic
    ) -> None:
        for number in range(forgotten.MOST_FROM_NETWORK):
            ask(proved, f"nobody{number}")
        for said in ("alice", "nobody"):
            with pytest.raises(TooMany):
                ask(proved, said)
        ask(proved, "alice", source="2")


class TestALink:
    def test_sets_a_password_once_and_ends_what_was_open(self, proved: Clinic) -> None:
        """AUTHN-12: sign-ins and trusted devices end; the second factor stays."""
        alice = proved.users["alice"]
        with proved.base.transaction() as db:
            signins.start(db, alice, patient_id=None, device="d", address="1", now=NOW)
            db.add(_trusted(alice))
            db.add(_factor(alice))
        ask(proved, "alice")
        token = tokens(proved)["alice"]
        assert reset(proved, token)
        assert not reset(proved, token)
        assert hash_of(proved, "alice") == "new"
        with proved.base.reading() as db:
            assert all(one.ended_at == NOW for one in db.exec(select(SignIn)))
            assert all(one.ended_at == NOW for one in db.exec(select(TrustedDevice)))
            assert len(db.exec(select(Factor)).all()) == 1
        told = [one for one in mails(proved) if one.kind == "password.changed"]
        assert [(one.address, one.user_id) for one in told] == [(SHARED, alice.id)]

    def test_is_good_once_of_fifty_at_the_same_moment(self, proved: Clinic) -> None:
        """R-35."""
        ask(proved, "alice")
        token = tokens(proved)["alice"]
        with ThreadPoolExecutor(10) as crowd:
            won = list(crowd.map(lambda number: reset(proved, token, str(number)), range(50)))
        assert won.count(True) == 1
        assert hash_of(proved, "alice") == str(won.index(True))

    def test_holds_for_an_hour(self, proved: Clinic) -> None:
        ask(proved, "alice")
        token = tokens(proved)["alice"]
        assert not reset(proved, token, at=NOW + forgotten.LIFE)
        assert reset(proved, token, at=NOW + forgotten.LIFE - timedelta(seconds=1))

    def test_ends_with_a_newer_one(self, proved: Clinic) -> None:
        ask(proved, "alice")
        first = tokens(proved)["alice"]
        ask(proved, "alice", at=NOW + timedelta(minutes=1))
        second = tokens(proved)["alice"]
        assert first != second
        assert not reset(proved, first, at=NOW + timedelta(minutes=2))
        assert reset(proved, second, at=NOW + timedelta(minutes=2))

    def test_of_one_who_shares_the_address_sets_only_their_own(self, proved: Clinic) -> None:
        ask(proved, SHARED)
        assert reset(proved, tokens(proved)["bob"])
        assert hash_of(proved, "bob") == "new"
        assert hash_of(proved, "alice") == proved.users["alice"].password_hash

    def test_of_another_purpose_sets_nothing(self, proved: Clinic) -> None:
        with proved.base.transaction() as db:
            other = accounts.make_link(db, proved.users["alice"].id, purpose="address", now=NOW)
        assert not reset(proved, other)

    def test_of_somebody_disabled_sets_nothing(self, proved: Clinic) -> None:
        ask(proved, "alice")
        with proved.base.transaction() as db:
            db.get_one(User, proved.users["alice"].id).disabled = True
        assert not reset(proved, tokens(proved)["alice"])

    def test_is_kept_as_a_hash_alone_and_is_long(self, proved: Clinic) -> None:
        """AUTHN-12: 256 bits."""
        ask(proved, "alice")
        token = tokens(proved)["alice"]
        assert len(token) >= 43
        with proved.base.reading() as db:
            (link,) = db.exec(select(OneTimeLink)).all()
            assert link.digest == signins.digest_of(token)
            assert token not in str(link.model_dump())


def _trusted(user: User) -> TrustedDevice:
    return TrustedDevice(
        digest="a" * 64, user_id=user.id, created_at=NOW, expires_at=NOW + timedelta(days=30)
    )


def _factor(user: User) -> Factor:
    return Factor(user_id=user.id, kind="totp", created_at=NOW, confirmed_at=NOW)
