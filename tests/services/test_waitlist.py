"""The waiting list: who is offered which free time, until when, and who gets it (R-05)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.appointments import Appointment, Hold
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import Patient
from portal.models.schedules import Schedule, ScheduleException, VisitType
from portal.models.waitlist import WaitlistEntry, WaitlistOffer
from portal.security.actor import system
from portal.services import appointments, waitlist
from portal.services.waitlist import Wishes, matching
from tests.support.clinic import NOW, Clinic, appointment

# Wednesday, 9 am in New York.
NINE = NOW + timedelta(days=1)
WEDNESDAY = date(2026, 3, 4)
CLOCK = system("waitlist")


def at(minutes: int, days: int = 0) -> datetime:
    return NINE + timedelta(days=days, minutes=minutes)


@pytest.fixture
def full(the_clinic: Clinic) -> Clinic:
    """Dana works 9 to 10 on weekdays, in three visits; those of Wednesday are all taken."""
    the_clinic.add(
        VisitType(id="check", name="Check-up", minutes=20, grid=20, position=1),
        VisitType(id="cut", name="Small procedure", minutes=20, grid=20, who_books="staff"),
    )
    dana = the_clinic.practitioners["dana"].id
    hours: dict[str, Any] = {"from_minute": 9 * 60, "to_minute": 10 * 60}
    the_clinic.add(
        *(Schedule(practitioner_id=dana, weekday=day, **hours) for day in range(5)),
        Patient(id="zoe", name="Zoe Zane", birth_date="1990-01-01", record_number="T-0099"),
    )
    the_clinic.add(
        *(
            appointment(
                the_clinic, patient_id="zoe", id=f"full{days}-{minutes}", visit_type_id="check",
                starts_at=at(minutes, days),
            )
            for days in (0, 1, 2)
            for minutes in (0, 20, 40)
        )
    )  # fmt: skip
    return the_clinic


def waits(clinic: Clinic, who: str = "alice", now: datetime = NOW, **more: Any) -> str:
    wanted: dict[str, Any] = {"until_on": WEDNESDAY, **more.pop("wishes", {})}
    wishes = Wishes(**wanted)
    kind = more.pop("visit_type_id", "check")
    with clinic.base.transaction() as db:
        actor = clinic.actor(more.pop("by", who), at=now, helping=more.pop("helping", ""))
        return waitlist.join(db, actor, visit_type_id=kind, wishes=wishes, now=now, **more)


def cancelled(clinic: Clinic, visit: str = "full0-20", by: str = "", now: datetime = NOW) -> None:
    """Cancels a visit: Zoe does, or a member of staff."""
    actor = clinic.actor(by, at=now) if by else system("zoe")
    with clinic.base.transaction() as db:
        appointments.cancel(db, actor, appointment_id=visit, version=1, reason="", now=now)


def turned(clinic: Clinic, now: datetime = NOW, since: datetime | None = None) -> int:
    with clinic.base.transaction() as db:
        return waitlist.turn(db, CLOCK, now=now, since=since)


def offers(clinic: Clinic, *states: str) -> list[WaitlistOffer]:
    with clinic.base.transaction() as db:
        query = select(WaitlistOffer).order_by(
            col(WaitlistOffer.offered_at), col(WaitlistOffer.starts_at)
        )
        found = db.scalars(query).all()
        return [
            WaitlistOffer(**one.model_dump()) for one in found if one.state in states or not states
        ]


def whose(clinic: Clinic, *states: str) -> list[str]:
    names = {record.id: name for name, record in clinic.patients.items()}
    return [names[one.patient_id] for one in offers(clinic, *states)]


def accepted(clinic: Clinic, offer_id: str, who: str = "alice", now: datetime = NOW) -> str:
    with clinic.base.transaction() as db:
        return waitlist.accept(db, clinic.actor(who, at=now), offer_id=offer_id, now=now)


def declined(clinic: Clinic, offer_id: str, who: str = "alice", now: datetime = NOW) -> None:
    with clinic.base.transaction() as db:
        waitlist.decline(db, clinic.actor(who, at=now), offer_id=offer_id, now=now)


def one(clinic: Clinic, table: Any, key: str) -> Any:
    with clinic.base.transaction() as db:
        found = db.get(table, key)
        return found and table(**found.model_dump())


class TestMatching:
    terms = matching.Terms(
        practitioners=frozenset({"dana"}),
        from_on=WEDNESDAY,
        until_on=date(2026, 3, 10),
        weekdays=frozenset({2, 4}),
        windows=((540, 600), (840, 900)),
        notice=timedelta(hours=4),
        before=at(0, 5),
    )

    def test_suits_in_every_way(self) -> None:
        assert matching.fits(self.terms, at(20), "dana", now=NOW)

    @pytest.mark.parametrize(
        ("starts_at", "who", "now"),
        [
            (at(20), "erin", NOW),
            (at(20, 1), "dana", NOW),
            (at(70), "dana", NOW),
            (at(60), "dana", NOW),
            (at(20), "dana", at(20) - timedelta(hours=4) + timedelta(seconds=1)),
            (at(20, 7), "dana", NOW),
            (at(0, -5), "dana", NOW - timedelta(days=9)),
        ],
        ids=["who", "day", "hour", "the end of the hours", "notice", "last day", "first day"],
    )
    def test_one_thing_that_does_not_suit_is_enough(
        self, starts_at: datetime, who: str, now: datetime
    ) -> None:
        assert not matching.fits(self.terms, starts_at, who, now=now)

    def test_nothing_later_than_the_visit_that_stands(self) -> None:
        assert matching.fits(self.terms, at(0, 2), "dana", now=NOW)
        later = replace(self.terms, before=at(0, 2))
        assert not matching.fits(later, at(0, 2), "dana", now=NOW)

    def test_an_offer_ends_before_the_cutoff_begins(self) -> None:
        def ends(minutes: int) -> datetime | None:
            return matching.ends(
                NOW + timedelta(minutes=minutes), offer_minutes=60, cutoff_minutes=120, now=NOW
            )

        assert ends(600) == NOW + timedelta(minutes=60)
        assert ends(150) == NOW + timedelta(minutes=30)
        assert ends(130) == NOW + timedelta(minutes=10)
        assert ends(129) is None
        assert ends(119) is None

    def test_an_offer_may_be_shorter_than_ten_minutes_where_the_clinic_says_so(self) -> None:
        until = matching.ends(at(0), offer_minutes=5, cutoff_minutes=120, now=NOW)
        assert until == NOW + timedelta(minutes=5)

    def test_hours_are_those_of_the_clock_on_the_wall(self) -> None:
        # Clocks go forward on the night to 8 March: nine o'clock is an hour earlier in UTC.
        terms = matching.Terms(
            frozenset(), WEDNESDAY, date(2026, 3, 10), frozenset(), ((540, 600),), timedelta()
        )
        assert matching.fits(terms, datetime(2026, 3, 6, 14, 0, tzinfo=UTC), "dana", now=NOW)
        assert matching.fits(terms, datetime(2026, 3, 9, 13, 0, tzinfo=UTC), "dana", now=NOW)
        assert not matching.fits(terms, datetime(2026, 3, 9, 14, 0, tzinfo=UTC), "dana", now=NOW)

    def test_priority_comes_before_who_came_first(self) -> None:
        line = [
            WaitlistEntry.model_construct(
                id=name, priority=priority, created_at=NOW + timedelta(minutes=later)
            )
            for name, priority, later in (("c", 0, 5), ("b", 0, 3), ("a", 2, 9))
        ]
        assert [entry.id for entry in sorted(line, key=matching.rank)] == ["a", "b", "c"]


class TestJoin:
    def test_waits_once_for_one_kind(self, full: Clinic) -> None:
        waits(full)
        with pytest.raises(waitlist.WaitsAlready):
            waits(full)

    def test_a_helper_needs_the_right_to_act(self, full: Clinic) -> None:
        with full.base.transaction() as db, pytest.raises(NotAllowed, match="not do it for"):
            looking = full.actor("bob", helping="alice", held="appointments:read")
            waitlist.join(db, looking, visit_type_id="check", wishes=Wishes(), now=NOW)
        assert waits(full, by="bob", helping="alice")

    def test_staff_put_somebody_there_and_say_how_soon(self, full: Clinic) -> None:
        whom = full.patients["alice"].id
        entry = waits(full, by="frank", patient_id=whom, visit_type_id="cut", priority=2)
        kept = one(full, WaitlistEntry, entry)
        assert (kept.patient_id, kept.priority, kept.by_clinic) == (whom, 2, True)

    def test_what_only_staff_book_a_patient_does_not_wait_for(self, full: Clinic) -> None:
        with pytest.raises(appointments.OnlyByPhone):
            waits(full, visit_type_id="cut")

    def test_nobody_says_of_themselves_that_they_are_urgent(self, full: Clinic) -> None:
        with pytest.raises(Invalid):
            waits(full, priority=1)

    @pytest.mark.parametrize(
        "wishes",
        [
            {"practitioner_ids": ("erin",)},
            {"weekdays": (7,)},
            {"windows": ((600, 540),)},
            {"windows": ((0, 1441),)},
            {"notice_minutes": -1},
            {"channel": "video"},
            {"from_on": date(2026, 3, 5)},
            {"until_on": date(2026, 3, 2)},
        ],
    )
    def test_refuses_wishes_that_nothing_can_fulfil(self, full: Clinic, wishes: Any) -> None:
        with pytest.raises(Invalid):
            waits(full, wishes=wishes)

    def test_an_earlier_time_for_a_visit_is_the_patients_own(self, full: Clinic) -> None:
        full.add(appointment(full, "charlie", id="his", visit_type_id="check", starts_at=at(0, 7)))
        with pytest.raises(NotFound):
            waits(full, appointment_id="his")
        entry = one(full, WaitlistEntry, waits(full, "charlie", appointment_id="his", wishes={
            "until_on": None}))  # fmt: skip
        assert entry.until_on == date(2026, 3, 11)

    def test_leaves_a_trace_and_changes_on_what_was_seen(self, full: Clinic) -> None:
        entry = waits(full)
        with full.base.transaction() as db:
            alice = full.actor("alice")
            waitlist.change(
                db, alice, entry_id=entry, version=1, wishes=Wishes(weekdays=(2,)), now=NOW
            )
            with pytest.raises(waitlist.NoLongerWaits):
                waitlist.change(db, alice, entry_id=entry, version=1, wishes=Wishes(), now=NOW)
        assert one(full, WaitlistEntry, entry).weekdays == "2"
        with full.base.transaction() as db:
            rows = db.scalars(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
            assert [(row.action, row.entity, row.reason) for row in rows] == [
                ("C", f"WaitlistEntry/{entry}", "joined"),
                ("U", f"WaitlistEntry/{entry}", "wishes"),
            ]

    def test_a_stranger_learns_nothing(self, full: Clinic) -> None:
        entry = waits(full)
        with full.base.transaction() as db, pytest.raises(NotFound):
            waitlist.leave(db, full.actor("charlie"), entry_id=entry, now=NOW)
        with full.base.transaction() as db, pytest.raises(NotAllowed):
            waitlist.prioritise(
                db, full.actor("alice"), entry_id=entry, version=1, priority=1, now=NOW
            )

    def test_of_a_confidential_visit_no_helper_hears(self, full: Clinic) -> None:
        full.add(
            appointment(full, id="quiet", confidential=True, visit_type_id="check",
                        starts_at=at(0, 7)),
        )  # fmt: skip
        entry = waits(full, appointment_id="quiet")
        with full.base.transaction() as db, pytest.raises(NotFound):
            waitlist.leave(db, full.actor("bob", helping="alice"), entry_id=entry, now=NOW)
        cancelled(full)
        turned(full)
        offer = offers(full)[0]
        with full.base.transaction() as db, pytest.raises(NotFound):
            waitlist.accept(db, full.actor("bob", helping="alice"), offer_id=offer.id, now=NOW)


class TestOffer:
    def test_a_cancelled_time_is_kept_for_who_waits_and_they_are_told(self, full: Clinic) -> None:
        entry = waits(full)
        assert turned(full) == 0
        cancelled(full)
        assert turned(full) == 1
        offer = offers(full)[0]
        assert (offer.starts_at, offer.expires_at) == (at(20), NOW + timedelta(minutes=60))
        assert one(full, WaitlistEntry, entry).status == "offered"
        held = one(full, Hold, offer.hold_id)
        assert (held.user_id, held.expires_at) == (None, offer.expires_at)
        with full.base.transaction() as db:
            notice = db.scalars(select(OutboxNotice).where(
                col(OutboxNotice.kind) == "waitlist.offered")).one()  # fmt: skip
            assert (notice.record_id, notice.state) == (offer.id, "pending")
            with pytest.raises(appointments.TimeTaken):
                appointments.hold(
                    db, full.actor("charlie"), visit_type_id="check", starts_at=at(20),
                    practitioner_id=full.practitioners["dana"].id, now=NOW,
                )  # fmt: skip

    def test_priority_then_who_came_first_then_the_next(self, full: Clinic) -> None:
        waits(full, "alice")
        waits(full, "charlie", now=NOW + timedelta(seconds=1))
        whom = full.patients["tess"].id
        waits(full, by="frank", patient_id=whom, priority=1, now=NOW + timedelta(seconds=2))
        cancelled(full)
        expected: list[str] = []
        for turn, name in enumerate(("tess", "alice", "charlie")):
            turned(full, NOW + timedelta(minutes=60 * turn + 1))
            expected.append(name)
            assert whose(full) == expected
            assert len(offers(full, "offered")) == 1
        # Nobody is asked the same twice.
        assert turned(full, NOW + timedelta(minutes=185)) == 0
        assert [row.state for row in offers(full)] == ["expired"] * 3

    def test_one_offer_at_a_time_for_one_who_waits(self, full: Clinic) -> None:
        waits(full)
        cancelled(full, "full0-20")
        cancelled(full, "full0-40")
        assert turned(full) == 1
        assert turned(full, NOW + timedelta(minutes=1)) == 0
        declined(full, offers(full)[0].id)
        assert turned(full, NOW + timedelta(minutes=2)) == 1
        assert [row.starts_at for row in offers(full)] == [at(20), at(40)]

    def test_what_staff_can_still_take_back_is_not_offered(self, full: Clinic) -> None:
        waits(full)
        cancelled(full, by="frank")
        assert turned(full, NOW + timedelta(seconds=179)) == 0
        with full.base.transaction() as db:
            appointments.undo(db, full.actor("frank"), now=NOW + timedelta(seconds=179))
        assert turned(full, NOW + timedelta(minutes=4)) == 0
        assert one(full, Appointment, "full0-20").status == "booked"

    def test_what_staff_did_not_take_back_is_offered_after_it(self, full: Clinic) -> None:
        waits(full)
        cancelled(full, by="frank")
        seen = NOW + timedelta(seconds=160)
        assert turned(full, seen, since=NOW) == 0
        assert turned(full, NOW + timedelta(seconds=190), since=seen) == 1

    def test_a_time_that_was_moved_away_from_is_offered(self, full: Clinic) -> None:
        waits(full)
        with full.base.transaction() as db:
            appointments.reschedule(
                db, full.actor("frank"), appointment_id="full0-20", version=1,
                starts_at=at(0, 7), now=NOW,
            )  # fmt: skip
        assert turned(full, NOW + timedelta(seconds=30), since=NOW) == 0
        later = NOW + timedelta(minutes=4)
        assert turned(full, later, since=later - timedelta(seconds=30)) == 1
        assert offers(full)[0].starts_at == at(20)

    def test_hours_that_were_added_are_offered(self, full: Clinic) -> None:
        waits(full)
        full.add(
            ScheduleException(kind="extra", practitioner_id=full.practitioners["dana"].id,
                              starts_at=at(60), ends_at=at(80), created_at=NOW),
        )  # fmt: skip
        assert turned(full, since=NOW) == 0
        assert turned(full) == 1
        assert offers(full)[0].starts_at == at(60)

    def test_nothing_inside_the_cutoff(self, full: Clinic) -> None:
        waits(full, wishes={"notice_minutes": 0})
        # Ten to eight: the visit is at twenty past nine, and the cut-off two hours.
        cancelled(full, now=at(-70))
        assert turned(full, at(-70)) == 0

    def test_an_offer_never_lasts_into_the_cutoff(self, full: Clinic) -> None:
        waits(full, wishes={"notice_minutes": 0})
        full.add(
            ScheduleException(kind="extra", practitioner_id=full.practitioners["dana"].id,
                              starts_at=at(120), ends_at=at(140), created_at=NOW),
        )  # fmt: skip
        now = at(-30)
        assert turned(full, now) == 1
        assert offers(full)[0].expires_at == at(0)
        with pytest.raises(waitlist.OfferOver):
            accepted(full, offers(full)[0].id, now=at(0))

    def test_nobody_is_asked_at_night(self, full: Clinic) -> None:
        waits(full, wishes={"until_on": date(2026, 3, 5)})
        evening = NOW + timedelta(hours=12)
        cancelled(full, "full1-20", now=evening)
        assert turned(full, evening, since=NOW) == 0
        assert turned(full, at(-60)) == 1

    def test_nothing_goes_to_who_has_left(self, full: Clinic) -> None:
        entry = waits(full)
        cancelled(full)
        turned(full)
        with full.base.transaction() as db:
            waitlist.leave(db, full.actor("alice"), entry_id=entry, now=NOW)
        assert (one(full, WaitlistEntry, entry).status, offers(full)[0].state) == (
            "cancelled", "withdrawn",
        )  # fmt: skip
        with full.base.transaction() as db:
            assert db.execute(select(func.count()).select_from(Hold)).scalar_one() == 0
            notice = db.scalars(select(OutboxNotice).where(
                col(OutboxNotice.kind) == "waitlist.offered")).one()  # fmt: skip
            assert notice.state == "withdrawn"
        assert turned(full, NOW + timedelta(minutes=1)) == 0

    def test_an_entry_ends_with_its_last_day_and_with_its_visit(self, full: Clinic) -> None:
        full.add(appointment(full, "charlie", id="his", visit_type_id="check", starts_at=at(0, 7)))
        first = waits(full)
        second = waits(full, "charlie", appointment_id="his", wishes={"until_on": None})
        cancelled(full, "his")
        turned(full, at(-60))
        assert one(full, WaitlistEntry, second).status == "cancelled"
        assert one(full, WaitlistEntry, first).status == "waiting"
        turned(full, at(24 * 60))
        assert one(full, WaitlistEntry, first).status == "expired"


class TestUnanswered:
    def passed_by(self, clinic: Clinic, minutes: int, visit: str) -> datetime:
        """Lets a time come free, be offered, and go unanswered; returns when it was over."""
        now = NOW + timedelta(minutes=minutes)
        cancelled(clinic, visit, now=now)
        turned(clinic, now)
        over = now + timedelta(minutes=60)
        turned(clinic, over)
        return over

    def paused(self, clinic: Clinic) -> list[str]:
        with clinic.base.transaction() as db:
            kind = col(OutboxNotice.kind) == "waitlist.paused"
            return [row.patient_id or "" for row in db.scalars(select(OutboxNotice).where(kind))]

    def test_two_in_a_row_pause_and_one_tap_resumes(self, full: Clinic) -> None:
        entry = waits(full)
        self.passed_by(full, 0, "full0-20")
        assert not self.paused(full)
        now = self.passed_by(full, 70, "full0-40")
        assert self.paused(full) == [full.patients["alice"].id]
        cancelled(full, "full0-0", now=now)
        assert turned(full, now) == 0
        with full.base.transaction() as db:
            row = waitlist.desk(db, full.actor("frank"), now=now)
            assert [(one.status_words, one.is_paused) for one in row.waits] == [("Paused", True)]
            waitlist.resume(db, full.actor("alice"), entry_id=entry, now=now)
            waitlist.resume(db, full.actor("alice"), entry_id=entry, now=now)
        assert turned(full, now) == 1
        with full.base.transaction() as db:
            told = [row.reason for row in db.scalars(select(AuditEvent))]
        assert (told.count("paused"), told.count("resumed")) == (1, 1)

    def test_an_answer_between_counts_from_the_beginning(self, full: Clinic) -> None:
        waits(full)
        now = self.passed_by(full, 0, "full0-20")
        cancelled(full, "full0-40", now=now)
        turned(full, now)
        declined(full, offers(full, "offered")[0].id, now=now)
        self.passed_by(full, 70, "full0-0")
        assert not self.paused(full)

    def test_others_do_not_resume_it(self, full: Clinic) -> None:
        entry = waits(full)
        with pytest.raises(NotFound), full.base.transaction() as db:
            waitlist.resume(db, full.actor("charlie"), entry_id=entry, now=NOW)


class TestAccept:
    def offered(self, clinic: Clinic, who: str = "alice", **more: Any) -> WaitlistOffer:
        waits(clinic, who, **more)
        cancelled(clinic)
        turned(clinic)
        return offers(clinic)[0]

    def test_books_with_one_tap_and_a_second_finds_it_booked(self, full: Clinic) -> None:
        offer = self.offered(full)
        visit = accepted(full, offer.id)
        assert accepted(full, offer.id) == visit
        made = one(full, Appointment, visit)
        assert (made.starts_at, made.status, made.title) == (at(20), "booked", "Check-up")
        assert made.patient_id == full.patients["alice"].id
        assert one(full, WaitlistEntry, offer.entry_id).status == "booked"
        assert one(full, Hold, offer.hold_id) is None
        with full.base.transaction() as db:
            said = db.scalars(select(col(AuditEvent.reason)).where(
                col(AuditEvent.entity) == f"WaitlistOffer/{offer.id}")).all()  # fmt: skip
        assert said == ["offered", "accepted"]

    def test_moves_the_visit_that_should_come_earlier_and_offers_its_time_on(
        self, full: Clinic
    ) -> None:
        cancelled(full, "full1-20")
        full.add(appointment(full, id="mine", visit_type_id="check", starts_at=at(20, 1)))
        thursday = {"from_on": date(2026, 3, 5), "until_on": date(2026, 3, 5)}
        waits(full, "charlie", now=NOW + timedelta(minutes=1), wishes=thursday)
        offer = self.offered(full, appointment_id="mine", wishes={"until_on": None})
        assert accepted(full, offer.id) == "mine"
        assert one(full, Appointment, "mine").starts_at == at(20)
        assert turned(full, NOW + timedelta(seconds=30), since=NOW) == 1
        assert whose(full, "offered") == ["charlie"]
        assert offers(full, "offered")[0].starts_at == at(20, 1)

    def test_says_from_when_to_when_a_visit_has_moved(self, full: Clinic) -> None:
        def taken(offer: WaitlistOffer) -> str:
            with full.base.transaction() as db:
                alice = full.actor("alice")
                return waitlist.take(db, alice, offer_id=offer.id, now=NOW).said

        full.add(appointment(full, id="mine", visit_type_id="check", starts_at=at(20, 7)))
        offer = self.offered(full, appointment_id="mine", wishes={"until_on": None})
        to = "Wednesday 4 March, 9:20 am"
        # The clocks go forward between the two.
        before = "Wednesday 11 March, 10:20 am"
        assert taken(offer) == f"Your visit is moved, from {before} to {to}."
        assert taken(offer) == f"Your visit is moved to {to}."

    def test_nothing_is_said_to_have_moved_where_nothing_has(self, full: Clinic) -> None:
        offer = self.offered(full)
        with full.base.transaction() as db:
            taken = waitlist.take(db, full.actor("frank"), offer_id=offer.id, now=NOW)
        assert taken == waitlist.Taken(offers(full)[0].appointment_id or "")

    def test_too_late_is_told_and_the_next_has_it(self, full: Clinic) -> None:
        offer = self.offered(full)
        waits(full, "charlie", now=NOW + timedelta(seconds=1))
        later = NOW + timedelta(minutes=60)
        with pytest.raises(waitlist.OfferOver, match="You stay on the waiting list"):
            accepted(full, offer.id, now=later)
        turned(full, later)
        assert whose(full, "offered") == ["charlie"]
        with pytest.raises(waitlist.OfferOver):
            accepted(full, offer.id, now=later)
        assert one(full, WaitlistEntry, offer.entry_id).status == "waiting"

    def test_what_another_has_is_hidden(self, full: Clinic) -> None:
        offer = self.offered(full)
        with pytest.raises(NotFound):
            accepted(full, offer.id, "charlie")
        with pytest.raises(NotFound):
            declined(full, offer.id, "charlie")

    def test_the_desk_takes_it_for_who_calls(self, full: Clinic) -> None:
        offer = self.offered(full)
        visit = accepted(full, offer.id, "frank")
        assert one(full, Appointment, visit).patient_id == full.patients["alice"].id

    def test_a_visit_that_came_even_earlier_is_not_moved_back(self, full: Clinic) -> None:
        full.add(appointment(full, id="mine", visit_type_id="check", starts_at=at(20, 7)))
        offer = self.offered(full, appointment_id="mine", wishes={"until_on": None})
        cancelled(full, "full0-0")
        with full.base.transaction() as db:
            appointments.reschedule(
                db, full.actor("frank"), appointment_id="mine", version=1, starts_at=at(0), now=NOW
            )
        with pytest.raises(waitlist.OfferOver):
            accepted(full, offer.id)
        assert one(full, Appointment, "mine").starts_at == at(0)

    def test_who_has_enough_planned_keeps_the_offer_until_it_ends(self, full: Clinic) -> None:
        offer = self.offered(full)
        for days in (7, 8):
            full.add(appointment(full, visit_type_id="check", starts_at=at(0, days)))
        with pytest.raises(appointments.EnoughOpen):
            accepted(full, offer.id)
        assert offers(full)[0].state == "offered"
        assert one(full, Hold, offer.hold_id) is not None

    def test_declining_twice_is_harmless_and_one_waits_on(self, full: Clinic) -> None:
        offer = self.offered(full)
        declined(full, offer.id)
        declined(full, offer.id)
        assert one(full, WaitlistEntry, offer.entry_id).status == "waiting"
        with pytest.raises(waitlist.OfferOver):
            accepted(full, offer.id)
