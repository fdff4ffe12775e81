"""Told once each time that something falls due: to whom, in which words, and when not at all.

MSG-01, JOB-04.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from portal.jobs import clock
from portal.models.audit import OutboxNotice
from portal.models.people import RelatedPerson, User
from portal.models.prevention import PreventiveRule
from portal.models.schedules import VisitType
from portal.security.actor import system
from portal.services import acting, contact, notices, prevention
from portal.services.notices import Written
from portal.services.prevention import telling
from portal.settings import Settings
from tests.services.test_prevention import rule, say
from tests.support.clinic import NOW, Clinic, appointment
from tests.support.letters import only

DELIVERY = system("delivery")
NEXT_YEAR = NOW + timedelta(days=365)


@pytest.fixture
def told(the_clinic: Clinic) -> Clinic:
    """A vaccine for everybody and a confidential screening; all four have proven addresses."""
    the_clinic.add(VisitType(id="check", name="Check-up"))
    the_clinic.add(
        rule("flu", visit_type_id="check"),
        rule("kept", kind="screening", codes="", confidential=True),
    )
    with the_clinic.base.transaction() as db:
        db.execute(update(User).values(email_verified_at=NOW))
        for name in ("alice", "bob", "tess", "mia"):
            mine = col(User.id) == the_clinic.users[name].id
            db.execute(update(User).where(mine).values(email=f"{name}@mail.example"))
    return the_clinic


def look(at: Clinic, now: datetime = NOW) -> None:
    with at.base.transaction() as db:
        assert prevention.look(db, system("prevention"), now=now) == ""


def sent(at: Clinic, now: datetime = NOW) -> list[tuple[str, Written]]:
    """Sends all that is due to leave; returns the letters with their addresses."""
    found: list[tuple[str, Written]] = []
    while True:
        with at.base.transaction() as db:
            portal = "https://portal.example.org"
            took = notices.take(db, DELIVERY, worker="one", portal=portal, now=now)
            if took.is_empty:
                return found
            if parcel := only(took):
                found.append((parcel.address, parcel.written))
                done = notices.Outcome("sent")
                notices.settle(db, DELIVERY, parcel=parcel, outcome=done, now=now)


def to(at: Clinic, now: datetime = NOW) -> list[str]:
    return sorted(address.partition("@")[0] for address, _letter in sent(at, now))


def rows(at: Clinic, **which: Any) -> list[OutboxNotice]:
    with at.base.reading() as db:
        query = select(OutboxNotice).where(col(OutboxNotice.kind) == telling.KIND)
        found = list(db.scalars(query.order_by(col(OutboxNotice.key))))
        return [one for one in found if all(getattr(one, key) == is_ for key, is_ in which.items())]


class TestLook:
    def test_tells_each_account_once_of_all_that_is_due(self, told: Clinic) -> None:
        look(told)
        # One letter for two rules; Bob hears of the vaccine. Mia is told of her own: Tess is of an
        # age at which a parent sees none of it.
        assert to(told) == ["alice", "bob", "mia", "tess"]
        look(told)
        look(told, NOW + timedelta(days=40))
        assert to(told, NOW + timedelta(days=40)) == []

    def test_says_nothing_of_anybodys_health(self, told: Clinic) -> None:
        look(told)
        for _address, letter in sent(told):
            words = " ".join([letter.subject, *letter.lines, letter.link]).lower()
            assert not any(word in words for word in ("flu", "kept", "vaccin", "check", "screen"))
            assert letter.link == "https://portal.example.org/home"

    def test_tells_anew_when_it_falls_due_anew(self, told: Clinic) -> None:
        look(told)
        assert "alice" in to(told)
        say(told, "done", done_on="2026-03-01")
        look(told)
        assert to(told) == []
        look(told, NEXT_YEAR)
        assert "alice" in to(told, NEXT_YEAR)

    def test_of_what_is_only_due_soon_nobody_is_told(self, told: Clinic) -> None:
        for rule_id in ("flu", "kept"):
            say(told, "done", rule_id, done_on="2025-03-20")
        look(told)
        assert "alice" not in to(told)

    def test_a_helper_is_told_of_nothing_confidential(self, told: Clinic) -> None:
        say(told, "declined", "flu")
        look(told)
        assert to(told) == ["alice", "mia", "tess"]

    def test_a_helper_without_that_part_of_the_record_is_told_nothing(self, told: Clinic) -> None:
        with told.base.transaction() as db:
            db.execute(update(RelatedPerson).values(scopes="results:read appointments:act"))
        look(told)
        assert to(told) == ["alice", "mia", "tess"]

    def test_looks_at_a_few_at_a_time(self, told: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(telling, "AT_ONCE", 1)
        after, looks = "", 0
        while after or not looks:
            with told.base.transaction() as db:
                after = prevention.look(db, system("prevention"), after=after, now=NOW)
            looks += 1
        # Four have an account; the look after the last finds nobody.
        assert looks == 5
        assert to(told) == ["alice", "bob", "mia", "tess"]

    def test_two_at_once_write_it_once(self, told: Clinic) -> None:
        for _process in range(2):
            look(told)
        assert len(rows(told, user_id=None)) == 8


class TestLeave:
    @pytest.mark.parametrize("what", ["declined", "later", "done"])
    def test_not_what_was_answered_before_it_left(self, told: Clinic, what: str) -> None:
        look(told)
        for rule_id in ("flu", "kept"):
            say(told, what, rule_id, done_on="2026-01" if what == "done" else "")
        assert to(told) == ["mia", "tess"]
        mine = rows(told, patient_id=told.patients["alice"].id)
        assert {(one.state, one.problem) for one in mine} == {("withdrawn", "settled")}

    def test_not_what_was_booked_meanwhile(self, told: Clinic) -> None:
        look(told)
        say(told, "declined", "kept")
        told.add(appointment(told, visit_type_id="check"))
        assert "alice" not in to(told)

    def test_not_after_the_rule_was_switched_off(self, told: Clinic) -> None:
        look(told)
        with told.base.transaction() as db:
            db.execute(update(PreventiveRule).values(active=False))
        assert to(told) == []

    def test_a_letter_goes_as_long_as_anything_of_it_is_due(self, told: Clinic) -> None:
        with told.base.transaction() as db:
            contact.choose_hours(
                db, told.actor("alice"), quiet_from="480", quiet_to="720", daily_at="", now=NOW
            )
        look(told)
        assert "alice" not in to(told)
        noon = NOW + timedelta(hours=4)
        say(told, "declined", "flu")
        assert to(told, noon) == ["alice"]

    def test_not_to_who_wants_to_be_told_in_the_portal_only(self, told: Clinic) -> None:
        ways = {"visits": "email", "messages": "email", "results": "email"}
        with told.base.transaction() as db:
            contact.choose(db, told.actor("alice"), **ways, check_ups="portal", now=NOW)
            assert contact.telling(db, told.actor("alice"), now=NOW).check_ups == "portal"
        look(told)
        assert to(told) == ["bob", "mia", "tess"]


class TestLedger:
    def test_is_read_by_who_opens_the_record_alone(self, told: Clinic) -> None:
        look(told)
        sent(told)

        def read(who: str) -> set[tuple[str, str]]:
            with told.base.transaction() as db:
                alice = told.patients["alice"].id
                found = notices.of_patient(db, told.actor(who), patient_id=alice, now=NOW)
                return {(one.what, one.whom) for one in found}

        assert read("dana") == {
            ("That something is due", "Alice Ash"), ("That something is due", "Bob Ash")
        }  # fmt: skip
        for who in ("erin", "frank", "max"):
            assert read(who) == set()


class TestTick:
    def test_looks_once_a_day_from_nine_on(
        self, small_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        small_clinic.add(rule("flu"))
        monkeypatch.setattr(clock, "heartbeat", clock.Heartbeat())
        rules = Settings.model_validate({"data_dir": small_clinic.base.path.parent})

        def tick(at: datetime) -> int:
            acting.open_desk(small_clinic.base, rules, clock=lambda: at)
            try:
                asyncio.run(clock._look_for_due(at))
            finally:
                acting.close_desk()
            return len(rows(small_clinic))

        # Eight in New York, then nine.
        assert tick(NOW - timedelta(hours=1)) == 0
        assert tick(NOW) == 4
        small_clinic.add(rule("kept"))
        assert tick(NOW + timedelta(hours=1)) == 4
        assert tick(NOW + timedelta(days=1)) == 8
