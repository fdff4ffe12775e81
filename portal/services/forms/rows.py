"""What a browser gets of forms."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class OptionRow:
    """One answer to choose."""

    value: str = ""
    words: str = ""
    detail: str = ""


@dataclass(frozen=True)
class ItemRow:
    """A question, or words to read; what stands there as an answer, and how people read it."""

    id: str = ""
    kind: str = "display"
    text: str = ""
    required: bool = False
    options: list[OptionRow] = field(default_factory=list)
    value: str = ""
    said: str = ""
    # Rises when the answer was written in another browser tab: then the field shows that one.
    turn: int = 0


@dataclass(frozen=True)
class FormRow:
    """A form that was asked, in a list."""

    id: str = ""
    title: str = ""
    under: str = ""
    words: str = ""
    tone: str = ""
    sign: str = ""
    href: str = ""


@dataclass(frozen=True)
class FormsRow:
    """The forms of the open record: what is to be filled in, and what was sent."""

    to_fill: list[FormRow] = field(default_factory=list)
    sent: list[FormRow] = field(default_factory=list)


@dataclass(frozen=True)
class SentRow:
    """What was sent once, whole; `said` names when and by whom."""

    number: int = 0
    said: str = ""
    answers: list[ItemRow] = field(default_factory=list)


@dataclass(frozen=True)
class FormView:
    """One form as who fills it in sees it."""

    id: str = ""
    patient_id: str = ""
    patient_name: str = ""
    born: str = ""
    title: str = ""
    asked: str = ""
    # Whom it is about, for a helper.
    about: str = ""
    questions: list[ItemRow] = field(default_factory=list)
    # The newest of one’s own answers that this page shows; and how often the form was sent.
    edition: int = 0
    number: int = 0
    # Names the next sending: twice sent, it stands once.
    key: str = ""
    saved: str = ""
    # There are own answers that were not sent yet.
    is_begun: bool = False
    may_write: bool = True
    sent: list[SentRow] = field(default_factory=list)


@dataclass(frozen=True)
class FilledView:
    """One form as the clinic reads it."""

    id: str = ""
    patient_id: str = ""
    patient_name: str = ""
    born: str = ""
    title: str = ""
    asked: str = ""
    thread_id: str = ""
    words: str = ""
    tone: str = ""
    sign: str = ""
    sent: list[SentRow] = field(default_factory=list)


@dataclass(frozen=True)
class MadeRow:
    """One version of a form as the clinic keeps it."""

    id: str = ""
    title: str = ""
    status: str = ""
    words: str = ""
    tone: str = ""
    sign: str = ""
    said: str = ""
    edition: int = 0
    is_example: bool = False
    may_change: bool = False
    questions: list[ItemRow] = field(default_factory=list)


@dataclass(frozen=True)
class LineRow:
    """That a form was filled in or changed, in its conversation; `href`: where it is read."""

    id: str
    said: str
    href: str = ""
