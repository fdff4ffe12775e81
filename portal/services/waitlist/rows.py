"""What a browser gets of the waiting list: words ready to be shown, and ids to act with."""

from dataclasses import dataclass, field

from portal.services.appointments.choosing import ChoiceRow


@dataclass(frozen=True)
class OfferRow:
    """A time that is kept for somebody for a while."""

    id: str = ""
    patient_id: str = ""
    name: str = ""
    title: str = ""
    when: str = ""
    at: str = ""
    month: str = ""
    day: str = ""
    who: str = ""
    place: str = ""
    # Until when it is kept, and the visit in whose place it would be.
    kept: str = ""
    moves: str = ""
    may_answer: bool = False


@dataclass(frozen=True)
class TickRow:
    """One of several things of which any may suit; `name` is its field's."""

    name: str = ""
    words: str = ""
    is_ticked: bool = False


@dataclass(frozen=True)
class FormRow:
    """What suits somebody, as a form shows it at first."""

    is_open: bool = False
    entry_id: str = ""
    version: int = 0
    kind: str = ""
    title: str = ""
    moves_id: str = ""
    moves: str = ""
    people: list[TickRow] = field(default_factory=list)
    weekdays: list[TickRow] = field(default_factory=list)
    hours: list[TickRow] = field(default_factory=list)
    channels: list[ChoiceRow] = field(default_factory=list)
    channel: str = ""
    notice: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class EntryRow:
    """Somebody who waits: for what, with which wishes, since when."""

    id: str = ""
    version: int = 0
    patient_id: str = ""
    name: str = ""
    title: str = ""
    wishes: list[str] = field(default_factory=list)
    wishes_said: str = ""
    moves: str = ""
    since: str = ""
    status: str = ""
    status_words: str = ""
    # Nothing is offered to them until somebody says so.
    is_paused: bool = False
    tone: str = ""
    icon: str = "clock"
    priority: str = "0"
    priority_words: str = ""


@dataclass(frozen=True)
class WaitlistRow:
    """The waiting list as a patient sees it: only their own entries."""

    patient_id: str = ""
    may_change: bool = False
    waits: list[EntryRow] = field(default_factory=list)
    offers: list[OfferRow] = field(default_factory=list)
    form: FormRow = field(default_factory=FormRow)
    kinds: list[ChoiceRow] = field(default_factory=list)


@dataclass(frozen=True)
class FilledRow:
    """A freed time that somebody of the list has got."""

    id: str = ""
    patient_id: str = ""
    name: str = ""
    what: str = ""
    taken: str = ""


@dataclass(frozen=True)
class DeskRow:
    """The waiting list as staff see it."""

    offers: list[OfferRow] = field(default_factory=list)
    waits: list[EntryRow] = field(default_factory=list)
    waiting: int = 0
    filled: list[FilledRow] = field(default_factory=list)
    filled_total: int = 0
    share: str = ""
    # Whom to add, where the address names somebody.
    patient_id: str = ""
    patient_name: str = ""
    # How they hear of an offer.
    told: str = ""
    kinds: list[ChoiceRow] = field(default_factory=list)
    people: list[TickRow] = field(default_factory=list)
    channels: list[ChoiceRow] = field(default_factory=list)
    weekdays: list[TickRow] = field(default_factory=list)
    hours: list[TickRow] = field(default_factory=list)
    first: str = ""
