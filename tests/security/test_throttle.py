"""Trying to sign in: how often, from where, and what is forgiven."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from portal.errors import TooMany
from portal.security import signins, throttle
from portal.services import accounts
from tests.support.clinic import NOW, Clinic


def attempt(
    clinic: Clinic,
    *,
    at: datetime = NOW,
    name: str = "alice",
    of: str = "1",
    is_known: bool = False,
) -> bool:
    """Tries once; says whether the password would have been looked at."""
    try:
        with clinic.base.transaction() as db:
            throttle.begin(db, name=name, address=of, is_known=is_known, now=at)
    except TooMany:
        return False
    return True


def looked_at(clinic: Clinic, tries: int, **more: str) -> int:
    return sum(attempt(clinic, **more) for _ in range(tries))  # type: ignore[arg-type]


class TestNames:
    @pytest.mark.parametrize("name", ["alice", "nobody-has-this-name"])
    def test_wait_after_five_wrong_tries(self, the_clinic: Clinic, name: str) -> None:
        """AUTHN-06, AUTHN-08: the same for a name that nobody has."""
        assert looked_at(the_clinic, 20, name=name) == throttle.FREE_TRIES

    def test_wait_twice_as_long_each_time_but_never_over_a_quarter_of_an_hour(
        self, small_clinic: Clinic
    ) -> None:
        """AUTHN-07."""
        at, waits = NOW, list[timedelta]()
        looked_at(small_clinic, 20)
        for _ in range(14):
            before = at
            while not attempt(small_clinic, at=at):
                at += timedelta(seconds=5)
            waits.append(at - before)
        assert waits[0] <= timedelta(seconds=20)
        assert max(waits) == throttle.LONGEST_WAIT
        assert waits == sorted(waits)

    def test_are_shut_after_a_hundred_in_a_row(self, small_clinic: Clinic) -> None:
        """AUTHN-06: a day of waiting later still; only a new password by a link opens it."""
        at, seen = NOW, 0
        for _ in range(200):
            seen += attempt(small_clinic, at=at, of=str(at))
            at += throttle.LONGEST_WAIT
        assert seen == throttle.MOST_IN_A_ROW
        with small_clinic.base.transaction() as db:
            throttle.start_anew(db, name="alice")
        assert attempt(small_clinic, at=at)

    def test_start_anew_when_one_was_right(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            counted = throttle.begin(db, name="alice", address="1", now=NOW)
            for _ in range(throttle.FREE_TRIES - 1):
                counted = throttle.begin(db, name="alice", address="1", now=NOW)
            throttle.forgive(db, counted, now=NOW)
        assert looked_at(the_clinic, 20) == throttle.FREE_TRIES

    def test_all_at_once_are_no_more_than_in_a_row(self, the_clinic: Clinic) -> None:
        """R-35: fifty at the same moment."""
        with ThreadPoolExecutor(10) as crowd:
            seen = sum(crowd.map(lambda _: attempt(the_clinic), range(50)))
        assert seen == throttle.FREE_TRIES

    def test_wait_sooner_while_everybody_is_attacked(self, small_clinic: Clinic) -> None:
        for number in range(throttle.CALM_AT_MOST):
            assert attempt(small_clinic, name=f"n{number}", of=f"a{number}")
        assert looked_at(small_clinic, 20, of="2") == throttle.FREE_TRIES_UNDER_ATTACK

    def test_are_counted_on_after_a_restart(self, small_clinic: Clinic) -> None:
        """AUTHN-06."""
        from portal.database import Database
        from tests.support.bases import KEY

        looked_at(small_clinic, 20)
        again = Database(small_clinic.base.path.parent, KEY)
        assert not attempt(Clinic(again))
        again.close()

    def test_are_not_kept_as_they_were_typed(self, small_clinic: Clinic) -> None:
        """What is typed into the field of a name is now and then a password."""
        attempt(small_clinic, name="seven green kettles sing")
        with small_clinic.base.reading() as db:
            assert "kettles" not in str(_everything(db))


class TestAddresses:
    def test_wait_for_the_end_of_a_quarter_of_an_hour(self, the_clinic: Clinic) -> None:
        for number in range(throttle.MOST_FROM_ADDRESS):
            assert attempt(the_clinic, name=f"n{number}")
        assert not attempt(the_clinic, name="new")
        assert attempt(the_clinic, name="new", of="2")
        assert attempt(the_clinic, name="new", at=NOW + throttle.WINDOW)


class TestAKnownPlace:
    """AUTHN-07, R-34: whoever tries a name keeps its owner out nowhere that they usually are."""

    def test_lets_its_owner_in_while_others_try_the_name_without_end(
        self, the_clinic: Clinic
    ) -> None:
        at = NOW
        for number in range(300):
            attempt(the_clinic, at=at, of=f"10.0.{number % 50}.1")
            at += timedelta(minutes=10)
        assert not attempt(the_clinic, at=at)
        assert attempt(the_clinic, at=at, of="home", is_known=True)

    def test_lets_its_owner_in_while_others_keep_the_whole_network_busy(
        self, the_clinic: Clinic
    ) -> None:
        """A whole clinic behind one address: the waiting room's guest tries names all day."""
        for number in range(throttle.MOST_FROM_ADDRESS):
            attempt(the_clinic, name=f"n{number}", of="clinic")
        assert not attempt(the_clinic, name="nora", of="clinic")
        assert attempt(the_clinic, name="nora", of="clinic", is_known=True)

    def test_slows_guesses_there_as_anywhere(self, the_clinic: Clinic) -> None:
        """AUTHN-06."""
        found = [attempt(the_clinic, of="home", is_known=True) for _ in range(20)]
        assert sum(found) == throttle.FREE_TRIES
        later = NOW + throttle.LONGEST_WAIT
        assert attempt(the_clinic, at=later, of="home", is_known=True)

    def test_makes_its_owner_wait_for_a_quarter_of_an_hour_at_most(
        self, small_clinic: Clinic
    ) -> None:
        at = NOW
        for _ in range(throttle.MOST_IN_A_ROW - 1):
            while not attempt(small_clinic, at=at, of="home", is_known=True):
                at += timedelta(minutes=1)
        assert attempt(small_clinic, at=at + throttle.LONGEST_WAIT, of="home", is_known=True)

    def test_is_one_after_a_hundred_wrong_tries_there_no_more(self, small_clinic: Clinic) -> None:
        """AUTHN-06: then it counts like any other place."""
        at, seen = NOW, 0
        for _ in range(300):
            seen += attempt(small_clinic, at=at, of="home", is_known=True)
            at += throttle.LONGEST_WAIT
        assert seen == 2 * throttle.MOST_IN_A_ROW

    def test_is_where_somebody_was_wholly_in(self, the_clinic: Clinic) -> None:
        """A right password alone, without the second step, makes no place known."""
        alice = the_clinic.users["alice"]
        with the_clinic.base.transaction() as db:
            for address, stage in (("home", "full"), ("elsewhere", "factor")):
                signins.start(
                    db, alice, patient_id=None, device="d", address=address, stage=stage, now=NOW
                )
            assert signins.was_here(db, "alice", "home")
            assert not signins.was_here(db, "alice", "elsewhere")
            assert not signins.was_here(db, "charlie", "home")
            assert not signins.was_here(db, "alice", "")

    def test_gets_the_owner_in_and_nobody_else(self, small_clinic: Clinic) -> None:
        """R-34 in small: ten minutes, ten guesses a second from 500 places, one true owner."""
        alice = small_clinic.users["alice"]
        with small_clinic.base.transaction() as db:
            signins.start(db, alice, patient_id=None, device="d", address="home", now=NOW)
        looked_at_in_all = 0
        for number in range(1000):
            at = NOW + timedelta(seconds=number * 0.6)
            looked_at_in_all += attempt(small_clinic, at=at, of=f"10.1.{number % 250}.{number % 2}")
        with small_clinic.base.transaction() as db:
            found = accounts.candidate(db, "alice", address="home", now=NOW + timedelta(minutes=10))
        assert found.user_id == alice.id
        assert looked_at_in_all <= throttle.FREE_TRIES + 10


def test_tidying_keeps_what_is_shut(small_clinic: Clinic) -> None:
    later = NOW + timedelta(days=40)
    attempt(small_clinic, name="bob")
    with small_clinic.base.transaction() as db:
        for _ in range(throttle.MOST_IN_A_ROW):
            throttle._rows(db, [throttle._key(db, "name", "alice")], NOW)
            row = throttle._rows(db, [throttle._key(db, "name", "alice")], NOW)
            next(iter(row.values())).count = throttle.MOST_IN_A_ROW
        throttle.tidy(db, now=later)
        assert len(_everything(db)) == 1


def _everything(db: Session) -> list[object]:
    from sqlmodel import select

    from portal.models.people import Tries

    return [row.model_dump() for row in db.exec(select(Tries))]
