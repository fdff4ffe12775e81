"""Why a visit is cancelled: a few codes to choose from (HL7 appointment-cancellation-reason)."""

from portal.errors import Invalid
from portal.words import _

# In the order in which people read them. The codes are FHIR R4 Appointment.cancelationReason's.
REASONS: dict[str, str] = {
    "pat": _("The time does not suit me"),
    "pat-fb": _("I feel better"),
    "pat-lt": _("I cannot get there"),
    "pat-uco": _("I go somewhere else"),
    "oth-finan": _("Because of the cost"),
    "other": _("Another reason"),
}


def check(code: str) -> str:
    """Returns a code that is known, or none; raises `Invalid` for any other."""
    if code and code not in REASONS:
        raise Invalid(_("Choose a reason from the list."))
    return code


def said(code: str, words: str) -> str:
    """Says a reason: the chosen one, and what was written beside it."""
    chosen = _(REASONS[code]) if code in REASONS and code != "other" else ""
    return ": ".join(part for part in (chosen, words) if part)
