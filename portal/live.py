"""Live: after a commit, tell the open pages concerned that something changed.

A change carries a topic and whose record it touches, never data: each page asks again with its
own rights. `tell` collects inside a transaction; what was rolled back is never announced.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

EVERYBODY = ""
_KEY = "live_changes"

TOPICS = frozenset(
    {
        "appointments",
        "results",
        "messages",
        "medicines",
        "record",
        "announcements",
        "people",
    }
)


@dataclass(frozen=True)
class Change:
    """Something changed. `patient_id` is whose; `EVERYBODY` where it concerns all."""

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


@dataclass
class Presence:
    """Who is connected now. Touched from the server's event loop alone."""

    tabs: dict[str, Tab] = field(default_factory=dict)
    by_patient: dict[str, set[str]] = field(default_factory=dict)
    staff: set[str] = field(default_factory=set)

    def enter(self, tab: Tab) -> None:
        """Notes that a page is open; the same token moves from its old screen."""
        self.leave(tab.token)
        self.tabs[tab.token] = tab
        if tab.is_staff:
            self.staff.add(tab.token)
        elif tab.patient_id:
            self.by_patient.setdefault(tab.patient_id, set()).add(tab.token)

    def leave(self, token: str) -> None:
        """Forgets a page."""
        tab = self.tabs.pop(token, None)
        if tab is None:
            return
        self.staff.discard(token)
        watchers = self.by_patient.get(tab.patient_id)
        if watchers is not None:
            watchers.discard(token)
            if not watchers:
                del self.by_patient[tab.patient_id]

    def concerned(self, change: Change) -> set[str]:
        """Returns the tokens of the pages concerned: the patient's, and all of the staff's."""
        if change.patient_id == EVERYBODY:
            return set(self.tabs)
        return self.staff | self.by_patient.get(change.patient_id, set())


presence = Presence()

Listener = Callable[[tuple[Change, ...]], None]
_listeners: list[Listener] = []


def tell(db: Session, topic: str, patients: Iterable[str] = (EVERYBODY,)) -> None:
    """Announces a change once this transaction has been committed."""
    if topic not in TOPICS:
        msg = f"unknown topic {topic!r}"
        raise ValueError(msg)
    changes: dict[Change, None] = db.info.setdefault(_KEY, {})
    for patient_id in patients:
        changes[Change(topic, patient_id)] = None


def pending(db: Session) -> tuple[Change, ...]:
    """Returns what this transaction will announce."""
    return tuple(db.info.get(_KEY, ()))


def listen(listener: Listener) -> Callable[[], None]:
    """Calls `listener` with the changes of each commit, on the committing thread.

    Returns a function that ends it.
    """
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


@event.listens_for(Session, "after_commit")
def _announce(db: Any) -> None:
    changes = tuple(db.info.pop(_KEY, ()))
    if changes:
        for listener in tuple(_listeners):
            listener(changes)


@event.listens_for(Session, "after_rollback")
def _forget(db: Any) -> None:
    db.info.pop(_KEY, None)
