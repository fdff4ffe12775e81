"""Policies: what a clinic decides about accounts, helpers and openings, each with its default.

A policy that nobody changed has no row. They are read with the act that they decide on, so that
a change holds from the next event on. The administrator's page shows each with its reason.
"""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.agreements import PolicyValue
from portal.security import scopes
from portal.words import _


@dataclass(frozen=True)
class Policies:
    """The clinic's policies as they hold now. Ages in years, times in the unit of their name."""

    patients_need_factor: bool = True
    emailed_codes: bool = False
    trusted_days: int = 30
    self_registration: bool = True
    invitation_days: int = 14
    resend_minutes: int = 10
    teen_from: int = 12
    adult_from: int = 18
    # What a parent keeps between the two ages.
    teen_scopes: str = "appointments:act bills:act profile:read"
    desk_sees_clinical: bool = False
    reason_hours: int = 12
    emergency_minutes: int = 60
    many_records_an_hour: int = 30
    way_back_hours: int = 24
    help_hours: int = 24
    # Whose public holidays the clinic keeps: "US", "US-NY", "DE-BY"; "" for none.
    holiday_region: str = ""
    hold_minutes: int = 5
    waitlist_offer_minutes: int = 60
    waitlist_cutoff_minutes: int = 120
    insurance_days: int = 90
    insurance_for_all: bool = False
    # What a message about health may cost, as patients read it: "$25"; "" where it costs nothing.
    message_fee: str = ""


@dataclass(frozen=True)
class Rule:
    """How a policy is shown and which values it takes."""

    key: str
    words: str
    why: str
    least: int = 0
    most: int = 1
    # "yes", "number", "scopes", "region", or "words" of at most so many letters.
    kind: str = "number"


RULES: tuple[Rule, ...] = (
    Rule(
        "patients_need_factor",
        _("Patients need a second factor"),
        _("Without it a stolen password opens a record: below OWASP ASVS level 2 and NIST AAL2."),
        kind="yes",
    ),
    Rule(
        "emailed_codes",
        _("Patients may use a code sent by e-mail as their second factor"),
        _("Easier for some, but weaker: whoever reads the mail has it. Off by default."),
        kind="yes",
    ),
    Rule(
        "trusted_days",
        _("Days for which a patient’s own device may skip the second factor"),
        _("Thirty days spare daily codes at home; 0 asks every time."),
        most=90,
    ),
    Rule(
        "self_registration",
        _("People may ask for an account by themselves"),
        _("A sure match gets in with a code; all others wait for the front desk."),
        kind="yes",
    ),
    Rule(
        "invitation_days",
        _("Days for which an invitation holds"),
        _("Two weeks leave time for the post, and an old letter in a drawer opens nothing."),
        least=1,
        most=60,
    ),
    Rule(
        "resend_minutes",
        _("Minutes before an invitation may be sent again"),
        _("So that nobody floods a mailbox; a mail needs a few minutes on bad days."),
        least=1,
        most=1440,
    ),
    Rule(
        "teen_from",
        _("Age from which a parent sees less"),
        _("Twelve is usual. What remains is set below; the law of your state may differ."),
        least=8,
        most=18,
    ),
    Rule(
        "adult_from",
        _("Age at which a parent’s access ends"),
        _("Eighteen: from the birthday itself only the person decides."),
        least=14,
        most=21,
    ),
    Rule(
        "teen_scopes",
        _("What a parent keeps between these ages"),
        _("Appointments, bills and contact by default; nothing of the medical record."),
        kind="scopes",
    ),
    Rule(
        "desk_sees_clinical",
        _("The front desk may see the medical record"),
        _("Off by default: scheduling needs names, times and insurance, not results."),
        kind="yes",
    ),
    Rule(
        "reason_hours",
        _("Hours for which a stated reason opens a record"),
        _("A working day. Afterwards the reason is asked again."),
        least=1,
        most=24,
    ),
    Rule(
        "emergency_minutes",
        _("Minutes for which emergency access lasts"),
        _("At most an hour. The manager is told and the patient sees it."),
        least=5,
        most=60,
    ),
    Rule(
        "many_records_an_hour",
        _("Records in one hour that look unusual"),
        _("More than this by one person is listed for the privacy officer."),
        least=5,
        most=500,
    ),
    Rule(
        "way_back_hours",
        _("Hours before a way back in holds without a second member of staff"),
        _("A day gives the true owner time to object to a mail that they did not expect."),
        least=1,
        most=72,
    ),
    Rule(
        "help_hours",
        _("Hours before who wrote a helper down may open the record without a second person"),
        _("A colleague may at once. Else a day gives the patient, who is told, time to object."),
        least=1,
        most=72,
    ),
    Rule(
        "holiday_region",
        _("Public holidays on which nobody is booked"),
        _("A country or a part of it: US, US-NY, CA-ON, DE-BY, GB. Empty: none."),
        kind="region",
    ),
    Rule(
        "hold_minutes",
        _("Minutes for which a time is kept while somebody books it"),
        _("Five are enough to say why. Longer holds keep others away."),
        least=1,
        most=15,
    ),
    Rule(
        "waitlist_offer_minutes",
        _("Minutes for which a freed time is offered to one person of the waiting list"),
        _("An hour: long enough to see the mail, short enough to reach the next person."),
        least=10,
        most=1440,
    ),
    Rule(
        "waitlist_cutoff_minutes",
        _("Minutes before a visit after which its freed time is offered to nobody"),
        _("Two hours: nobody is hurried, and the desk can still fill it by phone."),
        most=2880,
    ),
    Rule(
        "insurance_days",
        _("Days for which a check of the insurance holds"),
        _("A quarter. An older check is flagged in the week before a visit; 0 flags none."),
        most=366,
    ),
    Rule(
        "insurance_for_all",
        _("Flag visits of patients whose insurance nobody has entered"),
        _("Off by default: a clinic that enters none would have the flag on every visit."),
        kind="yes",
    ),
    Rule(
        "message_fee",
        _("What a message about health or medicines may cost, for example $25"),
        _("Patients read it before they send. Empty: messages cost nothing, and that is said."),
        most=40,
        kind="words",
    ),
)

_VALUES = select(col(PolicyValue.key), col(PolicyValue.value))
_DEFAULT = Policies()
_KNOWN = {field.name: getattr(_DEFAULT, field.name) for field in fields(Policies)}


def current(db: Session) -> Policies:
    """Returns the policies as they hold now."""
    rows = db.connection().execute(_VALUES).all()
    if not rows:
        return _DEFAULT
    given = {row.key: _typed(row.key, row.value) for row in rows if row.key in _KNOWN}
    return Policies(**(_KNOWN | given))


def _typed(key: str, value: str) -> Any:
    default = _KNOWN[key]
    if isinstance(default, bool):
        return value == "yes"
    if isinstance(default, int):
        return int(value)
    return scopes.write(scopes.parse(value)) if key == "teen_scopes" else value
