"""What stands around a page and comes from states: the clinic, the person, the counts."""

from dataclasses import dataclass, field, replace
from typing import Any

from portal.components.kinds import Text


@dataclass(frozen=True)
class Clinic:
    """The clinic as every page names it. Each may be a Var."""

    name: Text = "Your clinic"
    phone: Text = ""
    address: Text = ""
    open_now: Text = ""
    closed_now: Text = ""
    hours_said: Text = ""
    emergency: Text = "911"


@dataclass(frozen=True)
class Person:
    """Who is signed in. Each may be a Var."""

    name: Text = ""
    letters: Text = ""
    tint: Text | int = 4
    role: Text = ""


@dataclass(frozen=True)
class Relation:
    """Whose record is open, when it is not one's own: empty `name` means one's own.

    `own` is the id of one's own record, empty where one is no patient here.
    """

    name: Text = ""
    letters: Text = ""
    own: Text = ""


@dataclass(frozen=True)
class Counts:
    """How many wait, for the ways on: each a number or a Var of one."""

    messages: Any = 0
    results: Any = 0
    requests: Any = 0
    refills: Any = 0
    late_messages: Any = 0


@dataclass(frozen=True)
class Rights:
    """What of the pages there is for this person: each a flag or a Var of one."""

    patients: Any = True
    messages: Any = True
    results: Any = True
    administration: Any = True
    requests: Any = True
    schedule: Any = True
    # Of the patient's pages.
    appointments: Any = True
    own_messages: Any = True
    own_results: Any = True
    record: Any = True
    writing: Any = True
    log: Any = True
    check_ups: Any = True


@dataclass(frozen=True)
class Around:
    """Everything that stands around a page."""

    clinic: Clinic = field(default_factory=Clinic)
    person: Person = field(default_factory=Person)
    acting: Relation = field(default_factory=Relation)
    counts: Counts = field(default_factory=Counts)
    # Records that one may open: rows of patient_id, name, initials, tint, note and is_open.
    choices: Any = None
    rights: Rights = field(default_factory=Rights)
    said: Text = ""
    ready: Any = None
    # The record that the page shows.
    whose: Text = ""
    # A Var that is true where that record was joined with another one.
    is_joined: Any = None


_settled = [Around()]


def settle(**parts: Any) -> None:
    """Sets once, before pages are added, what every frame shows unless its page says otherwise.

    `clinic`, `person`, `acting`, `counts`, `choices`, `rights`; `said`, announced politely;
    `ready`, a Var that is true once the page has its data (tests wait for
    `#ready[data-ready="true"]`).
    """
    _settled[0] = replace(_settled[0], **parts)


def settled(**parts: Any) -> Around:
    """Returns what was settled, with what a page gives instead."""
    return replace(_settled[0], **{name: part for name, part in parts.items() if part is not None})
