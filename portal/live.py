"""Live: after a commit, tell the open pages concerned that something changed.

A change carries a topic and whose record it touches, never data: each page asks again with its
own rights. `tell` collects inside a transaction; what was rolled back is never announced.

A change that another process commits (an import, a command, a second instance) is heard as well:
on SQLite it leaves rows in `live_change` in the same transaction, which the server looks for; on
PostgreSQL it is a NOTIFY, which the database itself delivers with the commit.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import DateTime, column, event, insert, table, text
from sqlmodel import Session

from portal.database import Database

EVERYBODY = ""
# Nobody's record: only those who work here are told.
STAFF = "-"
# Put before the id of a conversation: the pages where it is open are told who writes in it.
IN = "in:"
WRITING = "writing"
CHANNEL = "portal_live"
LOOK_EVERY_S = 0.2
# A notice of PostgreSQL holds 8,000 bytes; and for an import all pages may ask again.
MOST_TOLD = 100
# How this process calls itself among others.
_ourselves = secrets.token_hex(8)
_table = table("live_change", column("topic"), column("patient_id"), column("at", DateTime()))
_SINCE = "SELECT id, topic, patient_id FROM live_change WHERE id > :last ORDER BY id LIMIT 1000"
_KEY = "live_changes"

TOPICS = frozenset(
    {
        "access",
        "appointments",
        "results",
        "messages",
        "medicines",
        "record",
        "announcements",
        "people",
        "account",
        "outbox",
        # Insurance and balance; told to those who work here alone.
        "coverage",
    }
)


# What only some who look at a record may hear of: the area that a helper needs for a topic.
AREA_OF = {
    "appointments": ("appointments",),
    "results": ("results",),
    "messages": ("messages",),
    "medicines": ("medicines",),
    "record": ("results", "notes", "medicines", "documents"),
    # Who looked at a record: not an area, but for those who may read it (state/screen.py).
    "access": ("log",),
}
# Put before a topic whose change is between the patient and the clinic.
PRIVATE = "private "
# Put before the id of a user whom a change concerns, wherever they look.
USER = "user:"


@dataclass(frozen=True)
class Change:
    """Something changed. `patient_id` is whose; `EVERYBODY` where it concerns all, `STAFF` none."""

    topic: str
    patient_id: str = EVERYBODY


@dataclass
class Tab:
    """An open page: who is looking, at whose record, on which screen."""

    token: str
    user_id: str
    patient_id: str
    is_staff: bool
    # The full name of the event that makes the page ask again.
    refresh: str
    # What a helper was given of the record; None for whoever is no helper there.
    areas: frozenset[str] | None = None
    # How colleagues call who is looking.
    name: str = ""

    def hears(self, topic: str) -> bool:
        """Says whether this page is told of a topic: a helper not even that there was something."""
        if self.areas is None:
            return True
        if topic.startswith(PRIVATE):
            return False
        needed = AREA_OF.get(topic)
        return needed is None or not self.areas.isdisjoint(needed)


@dataclass
class Talk:
    """A conversation that a page of the staff shows, and whether an answer is being written."""

    thread_id: str
    is_writing: bool = False


@dataclass
class Presence:
    """Who is connected now. Touched from the server's event loop alone."""

    tabs: dict[str, Tab] = field(default_factory=dict)
    by_patient: dict[str, set[str]] = field(default_factory=dict)
    by_user: dict[str, set[str]] = field(default_factory=dict)
    staff: set[str] = field(default_factory=set)
    # By token; nothing of it is kept, so that it ends with the page and with the process.
    talks: dict[str, Talk] = field(default_factory=dict)

    def enter(self, tab: Tab) -> None:
        """Notes that a page is open; the same token moves from its old screen."""
        before = self.tabs.get(tab.token)
        if before is not None and before.refresh != tab.refresh:
            self.read(tab.token, "")
        self._drop(tab.token)
        self.tabs[tab.token] = tab
        self.by_user.setdefault(tab.user_id, set()).add(tab.token)
        if tab.is_staff:
            self.staff.add(tab.token)
        elif tab.patient_id:
            self.by_patient.setdefault(tab.patient_id, set()).add(tab.token)

    def read(self, token: str, thread_id: str) -> None:
        """Notes which conversation a page of the staff shows; nothing for none."""
        before = self.talks.get(token)
        if before is not None and before.thread_id == thread_id:
            return
        self.write(token, is_writing=False)
        self.talks.pop(token, None)
        if thread_id:
            self.talks[token] = Talk(thread_id)

    def write(self, token: str, *, is_writing: bool) -> None:
        """Notes that an answer is being written on a page, or no longer; tells who has it open."""
        talk = self.talks.get(token)
        if talk is not None and talk.is_writing != is_writing:
            talk.is_writing = is_writing
            _call(Change(WRITING, IN + talk.thread_id))

    def writers(self, token: str) -> list[str]:
        """Returns the names of the others who write in the conversation that a page shows."""
        here, tab = self.talks.get(token), self.tabs.get(token)
        if here is None or tab is None:
            return []
        writing = {
            other.user_id: other.name
            for key, talk in self.talks.items()
            if talk.is_writing
            and talk.thread_id == here.thread_id
            and (other := self.tabs.get(key)) is not None
        }
        return sorted(name for user_id, name in writing.items() if user_id != tab.user_id)

    def leave(self, token: str) -> None:
        """Forgets a page."""
        self.read(token, "")
        self._drop(token)

    def _drop(self, token: str) -> None:
        tab = self.tabs.pop(token, None)
        if tab is None:
            return
        self.staff.discard(token)
        for index, key in ((self.by_patient, tab.patient_id), (self.by_user, tab.user_id)):
            watchers = index.get(key)
            if watchers is not None:
                watchers.discard(token)
                if not watchers:
                    del index[key]

    def concerned(self, change: Change) -> set[str]:
        """Returns the tokens of the pages concerned: the patient's, and all of the staff's.

        A helper's page hears of what was lent, and never of what is confidential.
        """
        if change.patient_id == EVERYBODY:
            return {token for token, tab in self.tabs.items() if tab.hears(change.topic)}
        if change.patient_id.startswith(IN):
            open_there = change.patient_id.removeprefix(IN)
            return {key for key, talk in self.talks.items() if talk.thread_id == open_there}
        if change.patient_id.startswith(USER):
            return set(self.by_user.get(change.patient_id.removeprefix(USER), ()))
        watching = self.by_patient.get(change.patient_id, set())
        return self.staff | {token for token in watching if self.tabs[token].hears(change.topic)}


presence = Presence()

Listener = Callable[[tuple[Change, ...]], None]
_listeners: list[Listener] = []


def _call(*changes: Change) -> None:
    for listener in tuple(_listeners):
        listener(changes)


def tell(
    db: Session,
    topic: str,
    patients: Iterable[str] = (EVERYBODY,),
    *,
    is_private: bool = False,
) -> None:
    """Announces a change once this transaction has been committed.

    `is_private`: it is between the patient and the clinic; no helper's page hears of it.
    """
    if topic not in TOPICS:
        msg = f"unknown topic {topic!r}"
        raise ValueError(msg)
    changes: dict[Change, None] = db.info.setdefault(_KEY, {})
    for patient_id in patients:
        changes[Change(PRIVATE + topic if is_private else topic, patient_id)] = None


def tell_users(db: Session, topic: str, user_ids: Iterable[str]) -> None:
    """Announces a change to every page of these people, whichever record is open there."""
    tell(db, topic, (USER + user_id for user_id in user_ids))


def pending(db: Session) -> tuple[Change, ...]:
    """Returns what this transaction will announce."""
    return tuple(db.info.get(_KEY, ()))


def listen(listener: Listener) -> Callable[[], None]:
    """Calls `listener` with the changes of each commit, on the committing thread.

    Returns a function that ends it.
    """
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


async def outside(base: Database) -> AsyncIterator[tuple[Change, ...]]:
    """Yields what other processes commit from now on."""
    found = _rows(base) if base.is_sqlite else _notices(base)
    async for changes in found:
        if changes:
            yield changes


async def _rows(base: Database) -> AsyncIterator[tuple[Change, ...]]:
    # A connection's data_version moves when another one commits: one cheap look five times a
    # second, and the table is read only then.
    version = base.peek("PRAGMA data_version")[0]
    last = base.peek("SELECT coalesce(max(id), 0) FROM live_change")[0]
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = base.peek("PRAGMA data_version")[0]
        if now == version:
            continue
        version = now
        rows = base.peek_all(_SINCE, last=last)
        if rows:
            last = rows[-1][0]
            yield tuple(dict.fromkeys(Change(topic, whose) for _id, topic, whose in rows))


async def _notices(base: Database) -> AsyncIterator[tuple[Change, ...]]:
    async for said in base.notices(CHANNEL):
        who, changes = msgspec.json.decode(said, type=tuple[str, list[tuple[str, str]]])
        # Our own are announced already.
        if who != _ourselves:
            yield tuple(Change(*change) for change in changes)


@event.listens_for(Session, "before_commit")
def _tell_others(db: Any) -> None:
    """Lets other processes know, in the same transaction."""
    changes = _few(pending(db))
    if not changes:
        return
    connection = db.connection()
    if connection.dialect.name == "postgresql":
        pairs = [(change.topic, change.patient_id) for change in changes]
        said = msgspec.json.encode((_ourselves, pairs)).decode()
        connection.execute(
            text("SELECT pg_notify(:channel, :said)"), {"channel": CHANNEL, "said": said}
        )
    elif not _listeners:
        # Nobody in this process shows pages: the server is another one.
        at = datetime.now(UTC).replace(tzinfo=None)
        rows = [
            {"topic": change.topic, "patient_id": change.patient_id, "at": at} for change in changes
        ]
        connection.execute(insert(_table), rows)


def _few(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Returns changes as they are; of very many only what they were about, for everybody."""
    if len(changes) <= MOST_TOLD:
        return changes
    return tuple(dict.fromkeys(Change(change.topic) for change in changes))


@event.listens_for(Session, "after_commit")
def _announce(db: Any) -> None:
    changes = tuple(db.info.pop(_KEY, ()))
    if changes:
        _call(*changes)


@event.listens_for(Session, "after_rollback")
def _forget(db: Any) -> None:
    db.info.pop(_KEY, None)
