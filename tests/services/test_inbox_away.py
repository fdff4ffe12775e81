"""Away: a colleague stands in, sees what is theirs to see, and it ends by itself."""

from datetime import timedelta
from typing import Any

import pytest

from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.people import User
from portal.services import inbox
from tests.services.test_inbox import ask, listed, waits
from tests.support.clinic import NOW, Clinic

DAY = timedelta(days=1)
TODAY = NOW.date()


def plan(at: Clinic, who: str, cover: str, *, first: int = 0, last: int = 2, **given: Any) -> None:
    days = {"from_on": TODAY + first * DAY, "until_on": TODAY + last * DAY}
    ask(at, who, inbox.plan, cover=at.users[cover].id, **days, **given)


def aways(at: Clinic, who: str, **given: Any) -> list[Any]:
    return ask(at, who, inbox.view, **given).away.aways


class TestAway:
    def test_what_is_theirs_is_listed_with_the_cover_who_is_told_for_whom(
        self, the_clinic: Clinic
    ) -> None:
        mine, other = waits(the_clinic), waits(the_clinic)
        ask(the_clinic, "frank", inbox.claim, thread_id=mine.id)
        plan(the_clinic, "frank", "max")
        # What comes to him while he is away is listed, too.
        ask(the_clinic, "dana", inbox.assign, thread_id=other.id, before="",
            to=the_clinic.users["frank"].id)  # fmt: skip
        assert set(listed(the_clinic, "max", "mine")) == {mine.id, other.id}
        row = ask(the_clinic, "max", inbox.view, view="mine").threads[0]
        assert (row.owner, row.covered) == ("Frank Fox", "Frank Fox")
        seen = ask(the_clinic, "max", inbox.read, thread_id=mine.id, by_itself=False)
        assert seen.talk.covered == "Frank Fox"

    def test_ends_by_itself_after_the_last_day_on_the_clinics_clock(
        self, the_clinic: Clinic
    ) -> None:
        one = waits(the_clinic)
        ask(the_clinic, "frank", inbox.claim, thread_id=one.id)
        plan(the_clinic, "frank", "max", first=1, last=2)
        # Nine in the morning in New York: the day ends fifteen hours later.
        for hours, sees in ((0, []), (14.9, []), (15.1, [one.id]), (62.9, [one.id]), (63.1, [])):
            assert listed(the_clinic, "max", "mine", now=NOW + timedelta(hours=hours)) == sees
        assert not aways(the_clinic, "frank", now=NOW + timedelta(hours=63.1))

    def test_nobody_reads_more_for_it(self, the_clinic: Clinic) -> None:
        health = waits(the_clinic, "health")
        ask(the_clinic, "dana", inbox.claim, thread_id=health.id)
        plan(the_clinic, "dana", "frank")
        assert listed(the_clinic, "frank", "mine") == []
        with pytest.raises(NotFound):
            ask(the_clinic, "frank", inbox.read, thread_id=health.id, by_itself=False)

    def test_who_stands_in_for_who_stands_in_has_both(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        ask(the_clinic, "frank", inbox.claim, thread_id=one.id)
        plan(the_clinic, "frank", "max")
        plan(the_clinic, "max", "nora")
        assert listed(the_clinic, "nora", "mine") == [one.id]
        assert listed(the_clinic, "dana", "mine") == []

    def test_is_said_to_both(self, the_clinic: Clinic) -> None:
        plan(the_clinic, "frank", "max")
        assert [one.said for one in aways(the_clinic, "frank")] == [
            "You are away 3 Mar 2026 to 5 Mar 2026. Max Moe stands in."
        ]
        (seen,) = aways(the_clinic, "max")
        assert seen.said == "Frank Fox is away 3 Mar 2026 to 5 Mar 2026. You stand in."
        assert (seen.is_mine, seen.is_now) == (False, True)
        assert not aways(the_clinic, "dana")

    def test_is_taken_back_by_who_is_away_alone(self, the_clinic: Clinic) -> None:
        plan(the_clinic, "frank", "max")
        (own,) = aways(the_clinic, "frank")
        with pytest.raises(NotFound):
            ask(the_clinic, "max", inbox.take_back, away_id=own.id)
        ask(the_clinic, "frank", inbox.take_back, away_id=own.id)
        assert not aways(the_clinic, "max")

    @pytest.mark.parametrize("cover", ["frank", "ada", "bill", "alice"])
    def test_only_another_who_answers_messages_stands_in(
        self, small_clinic: Clinic, cover: str
    ) -> None:
        with pytest.raises(inbox.NotThere):
            plan(small_clinic, "frank", cover)

    def test_who_is_away_or_left_stands_in_for_nobody(self, small_clinic: Clinic) -> None:
        plan(small_clinic, "max", "nora", first=2, last=4)
        with pytest.raises(inbox.NotThere):
            plan(small_clinic, "frank", "max")
        plan(small_clinic, "frank", "max", last=1)
        with small_clinic.base.transaction() as db:
            db.get_one(User, small_clinic.users["max"].id).disabled = True
        with pytest.raises(inbox.NotThere):
            plan(small_clinic, "nora", "max", first=10, last=11)

    @pytest.mark.parametrize(("first", "last"), [(2, 1), (-3, -1), (0, 401)])
    def test_days_that_are_none_are_refused(
        self, small_clinic: Clinic, first: int, last: int
    ) -> None:
        with pytest.raises(inbox.WrongDays):
            plan(small_clinic, "frank", "max", first=first, last=last)

    def test_is_once_at_a_time(self, small_clinic: Clinic) -> None:
        plan(small_clinic, "frank", "max")
        with pytest.raises(Invalid, match="already"):
            plan(small_clinic, "frank", "nora", first=2, last=3)

    def test_is_for_who_answers_messages(self, small_clinic: Clinic) -> None:
        for who in ("ada", "bill", "alice"):
            with pytest.raises(NotAllowed):
                plan(small_clinic, who, "max")

    def test_what_was_whose_who_left_is_the_covers_not_nobodys(self, the_clinic: Clinic) -> None:
        one = waits(the_clinic)
        ask(the_clinic, "frank", inbox.claim, thread_id=one.id)
        plan(the_clinic, "frank", "max")
        with the_clinic.base.transaction() as db:
            db.get_one(User, the_clinic.users["frank"].id).disabled = True
        assert listed(the_clinic, "nora", "unclaimed") == []
        assert listed(the_clinic, "nora", "unclaimed", now=NOW + 5 * DAY) == [one.id]
