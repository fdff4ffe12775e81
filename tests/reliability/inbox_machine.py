"""A machine that writes, claims, hands on, closes and leaves in any order, and then looks.

In the suite a few hundred steps; as a program as many as asked:
`python -m tests.reliability.inbox_machine --steps 5000`.
"""

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from portal import migrations
from portal.database import Database
from portal.errors import Refusal
from portal.models.audit import OutboxNotice
from portal.models.messages import TOPICS, Communication, Draft, Thread
from portal.models.people import ReadMark, User
from portal.models.pools import (
    Cover,
    Pool,
    PoolTopic,
    ThreadDesk,
    ThreadEvent,
    ThreadNote,
)
from portal.models.schedules import ScheduleException
from portal.security import access
from portal.security.actor import Actor
from portal.services import inbox, messages
from tests.support import bases, clinic
from tests.support.clinic import NOW, Clinic

STEPS = 30
MARK = "QZMARK"
STAFF = ("dana", "erin", "nora", "frank", "max", "otto")
WHICH = st.integers(0, 50)
WHO = st.sampled_from(STAFF)
# Who reads each topic while it waits for the clinic, written apart from how access decides it.
READERS = {
    "health": ("dana", "erin", "nora"),
    "medicine": ("dana", "erin", "nora"),
    "appointment": ("dana", "erin", "nora", "frank", "max"),
    "bill": ("dana", "erin", "nora", "frank", "max"),
    "form": ("dana", "erin", "nora", "frank", "max"),
    "technical": ("dana", "erin", "nora", "frank", "max"),
    "privacy": ("max", "otto"),
}


class Inbox(RuleBasedStateMachine):
    """Two patients and a helper write; six people of the staff answer, hand on and go away."""

    base: ClassVar[Database]
    people: ClassVar[Clinic]

    def __init__(self) -> None:
        """Begins with an empty inbox and everybody at work."""
        super().__init__()
        self.now, self.keys, self.turn = NOW, 0, 0
        self.gone: set[str] = set()
        with self.base.transaction() as db:
            for table in (
                ThreadNote, ThreadEvent, ThreadDesk, Cover, ReadMark, OutboxNotice, Draft,
                Communication, Thread, ScheduleException,
            ):  # fmt: skip
                db.connection().execute(delete(table))
            at_work = update(User).where(col(User.role).in_(["front_desk", "manager"]))
            db.connection().execute(at_work.values(disabled=False))

    def _do(self, who: str, verb: Callable[..., Any], **given: Any) -> Any:
        """Does one thing in one transaction, as the portal does; a refusal is an answer."""
        self.now += timedelta(seconds=1)
        if who in self.gone:
            return None
        with contextlib.suppress(Refusal), self.base.transaction() as db:
            return verb(db, self._actor(who), **given, now=self.now)
        return None

    def _actor(self, who: str) -> Actor:
        helping = "alice" if who == "bob" else ""
        return self.people.actor(who, helping=helping, at=self.now)

    def _some(self, which: int) -> str:
        with self.base.reading() as db:
            found = list(db.scalars(select(col(Thread.id)).order_by(col(Thread.created_at))))
        return found[which % len(found)] if found else "none"

    def _key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def _newest(self, thread_id: str) -> str:
        query = select(col(Communication.id)).where(col(Communication.thread_id) == thread_id)
        with self.base.reading() as db:
            last = query.order_by(col(Communication.sent_at).desc()).limit(1)
            return db.connection().execute(last).scalar() or ""

    @rule(who=st.sampled_from(["alice", "bob", "charlie"]), topic=st.sampled_from(TOPICS))
    def begin(self, who: str, topic: str) -> None:
        self._do(
            who, messages.start, subject=topic, topic=topic, body="Why?", client_key=self._key()
        )

    @rule(who=st.sampled_from(["alice", "bob", "charlie", *STAFF]), which=WHICH)
    def reply(self, who: str, which: int) -> None:
        self._do(
            who, messages.reply, thread_id=self._some(which), body="So.", client_key=self._key()
        )

    @rule(who=WHO, which=WHICH, verb=st.sampled_from(["claim", "give_back", "reopen"]))
    def take(self, who: str, which: int, verb: str) -> None:
        self._do(who, getattr(inbox, verb), thread_id=self._some(which))

    @rule(who=WHO, to=st.sampled_from([*STAFF, "alice", "ada"]), which=WHICH)
    def hand_over(self, who: str, to: str, which: int) -> None:
        thread_id = self._some(which)
        with self.base.reading() as db:
            has = db.get(ThreadDesk, thread_id)
            before = (has and has.owner_id) or ""
        user_id = self.people.users[to].id
        self._do(who, inbox.assign, thread_id=thread_id, to=user_id, before=before)

    @rule(who=WHO, which=WHICH, to=st.sampled_from(["", "doctors", "management", "desk"]))
    def escalate(self, who: str, which: int, to: str) -> None:
        self._do(who, inbox.escalate, thread_id=self._some(which), reason=MARK, to=to)

    @rule(who=WHO, which=WHICH, is_stale=st.booleans())
    def close(self, who: str, which: int, is_stale: bool) -> None:  # noqa: FBT001
        thread_id = self._some(which)
        seen = "older" if is_stale else self._newest(thread_id)
        self._do(who, inbox.close, thread_id=thread_id, seen=seen)

    @rule(who=WHO, which=WHICH)
    def note(self, who: str, which: int) -> None:
        given = {"thread_id": self._some(which), "client_key": self._key()}
        self._do(who, inbox.write_note, body=MARK, **given)

    @rule(who=WHO, cover=WHO, first=st.integers(0, 3), long=st.integers(0, 5))
    def go_away(self, who: str, cover: str, first: int, long: int) -> None:
        day = self.now.date() + timedelta(days=first)
        days = {"from_on": day, "until_on": day + timedelta(days=long)}
        self._do(who, inbox.plan, cover=self.people.users[cover].id, **days)

    @rule(who=st.sampled_from(["frank", "max"]), is_gone=st.booleans())
    def leave(self, who: str, is_gone: bool) -> None:  # noqa: FBT001
        mine = update(User).where(col(User.id) == self.people.users[who].id)
        self.gone = self.gone | {who} if is_gone else self.gone - {who}
        with self.base.transaction() as db:
            db.connection().execute(mine.values(disabled=is_gone))

    @rule(hours=st.sampled_from([1, 20, 60, 200]))
    def let_time_pass(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(days=st.integers(1, 4))
    def shut(self, days: int) -> None:
        """Closes the whole clinic for some days."""
        given: dict[str, Any] = {"kind": "closure", "created_at": self.now, "starts_at": self.now}
        self.people.add(ScheduleException(ends_at=self.now + timedelta(days=days), **given))

    @invariant()
    def every_conversation_has_one_pool_and_what_waits_a_clock(self) -> None:
        with self.base.reading() as db:
            pools = set(db.scalars(select(col(Pool.id))))
            topics = {one.topic: one.pool_id for one in db.scalars(select(PoolTopic))}
            for one in db.scalars(select(Thread)):
                desk = db.get(ThreadDesk, one.id)
                assert ((desk and desk.pool_id) or topics[one.topic]) in pools
                assert (one.waiting_for == "clinic") == (one.due_at is not None)
                if desk and one.waiting_for == "nobody":
                    assert (desk.pool_id, desk.is_urgent) == (None, False)

    @invariant()
    def nothing_overdue_is_unlisted(self) -> None:
        """Whoever may read it finds it, first, in the list of all and in that of its pool."""
        with self.base.reading() as db:
            waits = [one for one in db.scalars(select(Thread)) if one.waiting_for == "clinic"]
            late = {one.id for one in waits if one.due_at and one.due_at < self.now}
            here = [who for who in STAFF if who not in self.gone]
            # Two of them each time, in turn: the others look after the next step.
            self.turn += 2
            for who in (here * 2)[self.turn % len(here) :][:2]:
                actor = self._actor(who)
                mine = {one.id for one in waits if who in READERS[one.topic]}
                rows = _listed(db, actor, self.now, "waiting")
                assert set(rows) == mine
                assert set(rows[: len(late & mine)]) == late & mine, "what is overdue comes first"
                assert set(_listed(db, actor, self.now, "overdue")) == late & mine
                self._taken_or_not(db, actor, mine)
            assert late <= {one.id for one in waits if set(READERS[one.topic]) & set(here)}

    def _taken_or_not(self, db: Session, actor: Actor, mine: set[str]) -> None:
        """What somebody at work has is listed with them or their cover; the rest is nobody's."""
        free = set(_listed(db, actor, self.now, "unclaimed"))
        own = set(_listed(db, actor, self.now, "mine"))
        for key in mine:
            desk = db.get(ThreadDesk, key)
            owner = db.get(User, desk.owner_id) if desk and desk.owner_id else None
            covers = _covers(db, owner.id, self.now) if owner else set[str]()
            at_work = bool(owner and not owner.disabled)
            assert (key in free) == (owner is None or not (at_work or covers))
            if owner and actor.user_id in {owner.id, *covers}:
                assert key in own

    @invariant()
    def no_patient_or_helper_has_a_note_or_a_reason(self) -> None:
        for who in ("alice", "bob"):
            with self.base.transaction() as db:
                actor = self._actor(who)
                rows = messages.threads(db, actor, now=self.now)
                seen: list[Any] = [rows]
                seen += [
                    messages.view(db, actor, thread_id=one.id, now=self.now)
                    for one in rows.threads[:1]
                ]
                assert MARK not in repr(seen)
                assert not list(db.scalars(select(ThreadNote).where(access.notes(actor))))


def _listed(db: Session, actor: Actor, now: datetime, view: str) -> list[str]:
    return [one.id for one in inbox.waiting(db, actor, now=now, most=500, view=view)[0]]


def _covers(db: Session, user_id: str, now: datetime) -> set[str]:
    today: date = clinic_day(now)
    found = db.scalars(select(Cover).where(col(Cover.user_id) == user_id))
    held = {one.cover_id for one in found if one.from_on <= today <= one.until_on}
    return {one for one in held if not db.get_one(User, one).disabled}


def clinic_day(now: datetime) -> date:
    """Returns the day in New York, five hours behind in winter and four in summer."""
    hours = 5 if now < datetime(2026, 3, 8, 7, tzinfo=NOW.tzinfo) else 4
    return (now - timedelta(hours=hours)).date()


def run(people: Clinic, steps: int) -> None:
    """Runs so many steps, in chapters of `STEPS`, each with an empty inbox."""
    machine = type("Inbox", (Inbox,), {"base": people.base, "people": people})
    rules = settings(
        max_examples=max(1, steps // STEPS),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(machine, settings=rules)


def main() -> int:
    """Runs as many steps as asked on the embedded database."""
    asked = argparse.ArgumentParser(prog="python -m tests.reliability.inbox_machine")
    asked.add_argument("--steps", type=int, default=2_000)
    steps = asked.parse_args().steps
    with tempfile.TemporaryDirectory() as folder:
        base = Database(Path(folder), bases.KEY)
        base.create_file()
        migrations.upgrade(base)
        run(clinic.gather(base), steps)
        base.close()
    print(f"{steps} steps: nothing is overdue and unlisted, and no patient has a note")
    return 0


if __name__ == "__main__":
    sys.exit(main())
