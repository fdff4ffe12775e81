"""What a browser gets of Home."""

from dataclasses import dataclass, field

from portal.services.prevention import ChoiceRow, DueRow
from portal.services.results import LineRow
from portal.services.waitlist import OfferRow
from portal.words import _


@dataclass(frozen=True)
class VisitRow:
    """An appointment that is coming. `state` is what its badge says."""

    id: str = ""
    version: int = 0
    status: str = ""
    title: str = ""
    starts_at: str = ""
    month: str = ""
    day: str = ""
    at: str = ""
    when: str = ""
    far: str = ""
    who: str = ""
    where: str = ""
    preparation: str = ""
    state: str = ""
    tone: str = ""
    icon: str = "clock"
    may_confirm: bool = False
    may_change: bool = False
    fresh: bool = False


@dataclass(frozen=True)
class NewsRow:
    """A line of Home. `key` stays the same while it is the same news; `new` is its mark."""

    key: str = ""
    kind: str = ""
    href: str = ""
    title: str = ""
    say: str = ""
    under: str = ""
    icon: str = "info"
    letters: str = ""
    tint: int = 1
    line: LineRow = field(default_factory=LineRow)
    new: str = ""
    # What stands in the mark's place once the news was read.
    read: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class MedicineRow:
    """A medicine that is being taken; `note` says what is to be known of it."""

    key: str = ""
    title: str = ""
    what: str = ""
    how: str = ""
    note: str = ""
    tone: str = ""
    icon: str = "info"
    fresh: bool = False


@dataclass(frozen=True)
class HomeRow:
    """What Home shows."""

    name: str = ""
    title: str = field(default_factory=lambda: _("Home"))
    has_record: bool = True
    # What of Home there is: a helper has only what was lent.
    has_visits: bool = True
    has_news: bool = True
    has_waiting: bool = True
    has_medicines: bool = True
    lent: list[str] = field(default_factory=list)
    said: str = ""
    visit: VisitRow = field(default_factory=VisitRow)
    later: list[VisitRow] = field(default_factory=list)
    # Times that are kept for this person by the waiting list.
    offers: list[OfferRow] = field(default_factory=list)
    news: list[NewsRow] = field(default_factory=list)
    more_results: str = ""
    more_messages: str = ""
    waiting: list[NewsRow] = field(default_factory=list)
    # Check-ups and vaccines that are due, the first few, and whether there are more.
    due: list[DueRow] = field(default_factory=list)
    more_due: str = ""
    years: list[ChoiceRow] = field(default_factory=list)
    months: list[ChoiceRow] = field(default_factory=list)
    medicines: list[MedicineRow] = field(default_factory=list)
    more_medicines: str = ""
    announcements: list[NewsRow] = field(default_factory=list)
