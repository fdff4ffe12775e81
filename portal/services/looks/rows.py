"""What a browser gets of the access log."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LookRow:
    """Looks of one person at one kind of thing, close together in time: one line."""

    id: int = 0
    # Said where a new day begins.
    opens_day: str = ""
    at: str = ""
    who: str = ""
    role: str = ""
    # For whom, where it was not for themselves or the clinic.
    acting: str = ""
    did: str = ""
    why: str = ""
    times: str = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class ChoiceRow:
    """Something to choose: a kind of thing."""

    value: str = ""
    words: str = ""


@dataclass(frozen=True)
class LooksRow:
    """One page of the access log, newest first."""

    looks: list[LookRow] = field(default_factory=list)
    kinds: list[ChoiceRow] = field(default_factory=list)
    said: str = ""
    nothing: str = ""
    # Where the next page begins; 0 where there is none.
    next_before: int = 0
    has_before: bool = False
    may_ask: bool = False
    patient_name: str = ""
    born: str = ""
