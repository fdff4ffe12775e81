"""What a browser gets of a chart."""

from dataclasses import dataclass, field

from portal.services.forms import FormRow
from portal.services.notices import LedgerRow
from portal.services.openings import OpeningRow


@dataclass(frozen=True)
class RelatedRow:
    """Somebody who helps the patient."""

    name: str = ""
    relationship: str = ""
    phone: str = ""
    # Whether they may open the patient's record here, and until when.
    access: str = ""
    has_access: bool = False


@dataclass(frozen=True)
class EntryRow:
    """A line of the chart: a visit, a conversation, a condition, a medicine, an allergy."""

    id: str = ""
    at: str = ""
    title: str = ""
    beside: str = ""
    under: str = ""
    words: str = ""
    tone: str = ""
    icon: str = ""
    href: str = ""


@dataclass(frozen=True)
class ReportRow:
    """A result; `words` where the patient does not see it yet."""

    id: str = ""
    at: str = ""
    title: str = ""
    said: str = ""
    words: str = ""
    tone: str = ""
    icon: str = ""
    may_release: bool = False


@dataclass(frozen=True)
class VitalRow:
    """The last value of a vital sign."""

    id: str = ""
    at: str = ""
    title: str = ""
    value: str = ""


@dataclass(frozen=True)
class ClinicalPart:
    """The medical record in short; never filled for who may not see it."""

    allergies: list[EntryRow] = field(default_factory=list)
    conditions: list[EntryRow] = field(default_factory=list)
    more_conditions: str = ""
    medicines: list[EntryRow] = field(default_factory=list)
    more_medicines: str = ""
    results: list[ReportRow] = field(default_factory=list)
    more_results: str = ""
    vitals: list[VitalRow] = field(default_factory=list)


@dataclass(frozen=True)
class ChartRow:
    """One patient. The parts that the reader may not see are empty, and `has_…` is false."""

    patient_id: str = ""
    name: str = ""
    letters: str = ""
    tint: int = 1
    born: str = ""
    record_number: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    language: str = ""
    doctor: str = ""
    died: str = ""
    helpers: list[RelatedRow] = field(default_factory=list)
    has_account: str = ""
    has_visits: bool = False
    has_messages: bool = False
    is_clinical: bool = False
    opening: OpeningRow = field(default_factory=OpeningRow)
    may_write: bool = False
    may_book: bool = False
    may_release: bool = False
    visits: list[EntryRow] = field(default_factory=list)
    threads: list[EntryRow] = field(default_factory=list)
    mails: list[LedgerRow] = field(default_factory=list)
    # That mails to the patient's account are refused; empty where they are not.
    bounced: str = ""
    # Which forms were asked, for who may open the record.
    forms: list[FormRow] = field(default_factory=list)
    clinical: ClinicalPart = field(default_factory=ClinicalPart)
