"""What a browser gets of the report."""

from dataclasses import dataclass, field

from portal.services import pages


@dataclass(frozen=True)
class TracedRow:
    """One row of the trace."""

    id: int = 0
    at: str = ""
    who: str = ""
    role: str = ""
    patient: str = ""
    did: str = ""
    why: str = ""
    outcome: str = ""
    tone: str = ""


@dataclass(frozen=True)
class UnusualRow:
    """Something that somebody should look at, with a sentence that says why."""

    key: str = ""
    at: str = ""
    who: str = ""
    what: str = ""
    said: str = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class KindRow:
    """A kind of thing to choose."""

    value: str = ""
    words: str = ""


@dataclass(frozen=True)
class ReportRow:
    """One page of the report, and what is unusual in its period."""

    traced: list[TracedRow] = field(default_factory=list)
    leaf: pages.Leaf = field(default_factory=pages.Leaf)
    kinds: list[KindRow] = field(default_factory=list)
    unusual: list[UnusualRow] = field(default_factory=list)
    more_unusual: str = ""
    # What was asked for, so that the same rows can be fetched as a file.
    person: str = ""
    patient: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    glances: str = ""
    sort: str = "at"
    descending: bool = True
    # The last row there was on the first page: the next ones end there too, so that nothing shifts.
    newest: int = 0
    # What the witness says, where the end of the trace was cut off or put back.
    alarm: str = ""
    said: str = ""
