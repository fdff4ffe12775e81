"""Short codes: what a code proves, how often it may be tried, and who wins a race for it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.models.factors import ShortCode
from portal.security import short_codes
from tests.support.clinic import NOW, Clinic


def sent(clinic: Clinic, *, at: datetime = NOW, subject: str = "this", who: str = "alice") -> str:
    """Makes a code for an account and returns it."""
    with clinic.base.transaction() as db:
        return short_codes.make(
            db, subject_id=subject, purpose="address", user_id=clinic.users[who].id, now=at
        )


def taken(clinic: Clinic, code: str, *, at: datetime = NOW, subject: str = "this") -> bool:
    """Tries a code once."""
    with clinic.base.transaction() as db:
        return short_codes.take(db, subject_id=subject, purpose="address", code=code, now=at)


def wrong(code: str) -> str:
    """Returns a code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06d}"


class TestCode:
    def test_is_good_once(self, the_clinic: Clinic) -> None:
        code = sent(the_clinic)
        assert len(code) == short_codes.DIGITS
        assert taken(the_clinic, f" {code[:3]} {code[3:]} ")
        assert not taken(the_clinic, code)

    def test_is_good_for_ten_minutes(self, small_clinic: Clinic) -> None:
        code = sent(small_clinic)
        assert not taken(small_clinic, code, at=NOW + short_codes.LIFE)
        assert taken(small_clinic, code, at=NOW + short_codes.LIFE - timedelta(seconds=1))

    def test_may_be_tried_five_times(self, the_clinic: Clinic) -> None:
        """The fifth may still be right; a sixth is not looked at."""
        code = sent(the_clinic)
        assert not any(taken(the_clinic, wrong(code)) for _try in range(short_codes.MOST_TRIES))
        assert not taken(the_clinic, code)
        with the_clinic.base.reading() as db:
            assert short_codes.tries_left(db, subject_id="this", purpose="address", now=NOW) == 0

    def test_belongs_to_one_subject_and_purpose(self, small_clinic: Clinic) -> None:
        code = sent(small_clinic)
        assert not taken(small_clinic, code, subject="that")
        with small_clinic.base.transaction() as db:
            assert not short_codes.take(
                db, subject_id="this", purpose="sign-in", code=code, now=NOW
            )
        assert taken(small_clinic, code)

    def test_is_kept_as_a_keyed_hash(self, small_clinic: Clinic) -> None:
        code = sent(small_clinic)
        with small_clinic.base.reading() as db:
            row = db.scalars(select(ShortCode)).one()
            assert code not in row.digest
            assert len(row.digest) == 64

    def test_ends_when_a_newer_one_is_sent(self, small_clinic: Clinic) -> None:
        old = sent(small_clinic)
        later = NOW + short_codes.COOL_DOWN
        new = sent(small_clinic, at=later)
        assert old == new or not taken(small_clinic, old, at=later)
        assert taken(small_clinic, new, at=later)

    def test_wins_once_of_fifty_at_the_same_time(self, the_clinic: Clinic) -> None:
        code = sent(the_clinic)
        with ThreadPoolExecutor(10) as threads:
            won = list(threads.map(lambda _: taken(the_clinic, code), range(50)))
        assert sum(won) == 1


class TestSending:
    def test_waits_a_minute(self, the_clinic: Clinic) -> None:
        sent(the_clinic)
        with pytest.raises(short_codes.TooSoon):
            sent(the_clinic, at=NOW + timedelta(seconds=59), subject="that")
        assert sent(the_clinic, at=NOW + timedelta(seconds=60))

    def test_stops_after_five_in_an_hour(self, small_clinic: Clinic) -> None:
        for minute in range(short_codes.MOST_AN_HOUR):
            sent(small_clinic, at=NOW + timedelta(minutes=2 * minute))
        with pytest.raises(short_codes.TooOften):
            sent(small_clinic, at=NOW + timedelta(minutes=30))
        assert sent(small_clinic, at=NOW + timedelta(minutes=90))

    def test_of_one_account_holds_up_no_other(self, small_clinic: Clinic) -> None:
        sent(small_clinic)
        assert sent(small_clinic, subject="that", who="bob")
