"""A whole day of a clinic by a clock of its own: every promise is kept, or stands in a list.

People write, answer, book, move, cancel and confirm by lot; a mail server puts off, refuses and
takes. What is expected is kept apart, in plain dictionaries, and compared with what went out and
with what the staff are shown. Proves JOB-01, JOB-04, R-15 and the clocks of messages together.
"""

import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from portal.errors import Refusal
from portal.models.appointments import Appointment
from portal.models.audit import OutboxNotice
from portal.models.messages import Communication, Thread
from portal.models.people import User
from portal.models.schedules import VisitType
from portal.security.actor import system
from portal.services import appointments, inbox, messages, notices
from tests.support.clinic import Clinic
from tests.support.letters import only

DELIVERY, PORTAL = system("delivery"), "https://portal.example.org"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# A Monday in New York, from seven in the morning, and three days until what was promised is late.
OPENS = datetime(2026, 3, 16, 11, 0, tzinfo=UTC)
STEP, CLOSES, ENDS = 4 * MINUTE, OPENS + 12 * HOUR, OPENS + 72 * HOUR
UNDO = 3 * MINUTE
BEFORE = (7 * DAY, 2 * DAY, 3 * HOUR)
# Of a hundred letters so many are put off, and so many refused for good.
PUT_OFF, REFUSED = 12, 4
WRITERS, DESK, DOCTORS = ("alice", "charlie"), ("frank", "max"), ("dana", "erin")
TOPICS = ("health", "medicine", "appointment", "bill", "form")


@dataclass
class Day:
    """What happens, and what is expected to come of it."""

    people: Clinic
    lot: random.Random
    now: datetime = OPENS
    keys: int = 0
    # When each conversation was promised an answer, while it waits for one.
    promised: dict[str, datetime] = field(default_factory=dict)
    # Where each visit stands: its start, or None once it is off or confirmed.
    visits: dict[str, datetime | None] = field(default_factory=dict)
    # When that start was settled: of moments before it nobody is reminded.
    settled: dict[str, datetime] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)

    def do(self, who: str, verb: Any, **given: Any) -> Any:
        """Does one thing; a refusal is an answer, and changes nothing."""
        with contextlib.suppress(Refusal), self.people.base.transaction() as db:
            return verb(db, self.people.actor(who, at=self.now), **given, now=self.now) or True
        return None

    def write(self) -> None:
        who = self.lot.choice(WRITERS)
        self.keys += 1
        given = {"topic": self.lot.choice(TOPICS), "body": "Why?", "client_key": f"k{self.keys}"}
        done = self.do(who, messages.start, subject="Asked", **given)
        if done:
            self.promised[done.thread_id] = done.due_at

    def answer(self) -> None:
        if not self.promised:
            return
        thread_id = self.lot.choice(sorted(self.promised))
        self.keys += 1
        key = f"k{self.keys}"
        who = self.lot.choice(DESK + DOCTORS)
        done = self.do(who, messages.reply, thread_id=thread_id, body="So.", client_key=key)
        if done:
            del self.promised[thread_id]
            self.answers.append(done.message_id)

    def book(self) -> None:
        days, minutes = self.lot.choice((0, 0, 1, 2, 3, 7, 8)), 5 * self.lot.randrange(96)
        starts_at = OPENS + days * DAY + 4 * HOUR + minutes * MINUTE
        with self.people.base.reading() as db:
            kind = db.get_one(VisitType, "check")
        made = self.do(
            "frank", appointments.book,
            patient_id=self.people.patients[self.lot.choice(WRITERS)].id,
            practitioner_id=self.people.practitioners[self.lot.choice(DOCTORS)].id,
            location_id=None, title="Check", starts_at=starts_at, minutes=20, visit_type=kind,
        )  # fmt: skip
        if made:
            self.visits[made], self.settled[made] = starts_at, self.now

    def change(self) -> None:
        if not self.visits:
            return
        made = self.lot.choice(sorted(self.visits))
        with self.people.base.reading() as db:
            version = db.get_one(Appointment, made).version
        asked: dict[str, Any] = {"appointment_id": made, "version": version}
        act = self.lot.choice(("move", "move", "cancel", "confirm"))
        if act == "move":
            to = (self.visits[made] or self.now) + self.lot.choice((-1, 1)) * HOUR
            if self.do("frank", appointments.reschedule, starts_at=to, **asked):
                self.visits[made], self.settled[made] = to, self.now
            return
        verb, more = {
            "cancel": (appointments.cancel, {"reason": ""}),
            "confirm": (appointments.confirm, {}),
        }[act]
        if self.do("frank", verb, **asked, **more):
            self.visits[made] = None

    def deliver(self) -> None:
        """Lets the deliverer go through what is due, and judges each reminder as it leaves."""
        while True:
            with self.people.base.transaction() as db:
                taken = notices.take(db, DELIVERY, worker="one", portal=PORTAL, now=self.now)
                if taken.is_empty:
                    return
                parcel = only(taken)
                if parcel is None:
                    continue
                fate = self.lot.randrange(100)
                said = notices.Outcome("sent")
                if fate < PUT_OFF:
                    said = notices.Outcome("pending", "451")
                elif fate < PUT_OFF + REFUSED:
                    said = notices.Outcome("dead", "554")
                row = db.get_one(OutboxNotice, parcel.notice_id)
                if row.about_at is not None:
                    assert self.visits[row.record_id] == row.about_at, "of a visit that moved"
                    assert row.due_at <= self.now < row.about_at, "before its time, or after it"
                if said.state == "sent":
                    self.sent[row.key] += 1
                notices.settle(db, DELIVERY, parcel=parcel, outcome=said, now=self.now)

    def judge_promises(self) -> None:
        """What was promised and is not kept stands in the lists, the late among the overdue."""
        late = {key for key, due in self.promised.items() if due < self.now}
        shown: dict[str, set[str]] = {"waiting": set(), "overdue": set()}
        with self.people.base.reading() as db:
            for who in DESK + DOCTORS:
                actor = self.people.actor(who, at=self.now)
                for view, ids in shown.items():
                    rows, _total, _late = inbox.waiting(
                        db, actor, now=self.now, most=500, view=view
                    )
                    ids |= {one.id for one in rows}
            dues = {one.id: one.due_at for one in db.scalars(select(Thread)) if one.due_at}
        assert shown == {"waiting": set(self.promised), "overdue": late}
        assert dues == self.promised, "a promise was put off"

    def judge_notices(self) -> None:
        """Nothing that is due lies about; each ended in one way that the staff are shown."""
        with self.people.base.reading() as db:
            rows = list(db.scalars(select(OutboxNotice)))
            told = set(
                db.scalars(select(col(Communication.id)).where(col(Communication.from_clinic)))
            )
        for row in rows:
            assert row.state != "claimed", row.key
            assert row.state != "pending" or row.due_at > self.now, row.key
            if row.state in {"dead", "withdrawn"}:
                assert row.problem, f"{row.key} ended, and nobody is told why"
        assert max(self.sent.values()) == 1, "told twice"
        # Of every answer the patient was to be told; of every standing visit, at each moment.
        about = {(row.kind.partition("/")[0], row.record_id) for row in rows}
        assert told == set(self.answers)
        assert {("message", one) for one in self.answers} <= about
        reminded = Counter(
            (row.record_id, row.about_at)
            for row in rows
            if ":to:" not in row.key and row.problem != notices.MOVED
        )
        for visit, starts_at in self.visits.items():
            if starts_at is not None:
                told_from = self.settled[visit] + UNDO
                wanted = sum(starts_at - before > told_from for before in BEFORE)
                assert reminded[visit, starts_at] == wanted, visit


def test_every_promise_of_a_day_is_kept_or_listed(small_clinic: Clinic) -> None:
    """R-15, JOB-01: twelve hours of work, and sixty of what comes after."""
    people = small_clinic
    people.add(VisitType(id="check", name="Check", minutes=20, open_limit=0))
    with people.base.transaction() as db:
        for name in WRITERS:
            mine = col(User.id) == people.users[name].id
            proven = {"email": f"{name}@mail.example", "email_verified_at": OPENS - DAY}
            db.execute(update(User).where(mine).values(**proven))
    day = Day(people, random.Random(20260316))  # noqa: S311 - the same day each time
    acts = [day.write] * 3 + [day.answer] * 2 + [day.book] * 4 + [day.change] * 3
    while day.now < ENDS:
        if day.now < CLOSES:
            day.lot.choice(acts)()
            day.lot.choice(acts)()
        day.deliver()
        if day.now.minute == 0:
            day.judge_promises()
        # At night the clock is looked at less often.
        day.now += STEP if day.now < CLOSES else 30 * MINUTE
    day.deliver()
    day.judge_promises()
    day.judge_notices()
    assert len(day.answers) > 20
    assert any(due < day.now for due in day.promised.values()), "nothing was late"
    assert sum(one is not None for one in day.visits.values()) > 20
    ends = Counter(_ends(people))
    assert {"sent", "dead", "withdrawn"} <= set(ends), ends


def _ends(people: Clinic) -> list[str]:
    with people.base.reading() as db:
        return list(db.scalars(select(col(OutboxNotice.state))))
