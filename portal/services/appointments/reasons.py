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
# What only the clinic says; the patient reads it as it stands here.
_OURS: dict[str, str] = {
    "prov": _("Nobody is here at that time"),
    "oth-err": _("It was booked by mistake"),
}
# What the desk chooses from, each by its number, with the patient on the phone.
AT_DESK: dict[str, str] = {
    "pat": _("The time does not suit the patient"),
    "pat-fb": _("The patient feels better"),
    "pat-lt": _("The patient cannot get here"),
    "pat-uco": _("The patient goes somewhere else"),
    "oth-finan": _("Because of the cost"),
    **_OURS,
    "other": _("Another reason"),
}


def check(code: str, *, is_staff: bool = False) -> str:
    """Returns a code that is known, or none; raises `Invalid` for any other."""
    if code and code not in (AT_DESK if is_staff else REASONS):
        raise Invalid(_("Choose a reason from the list."))
    return code


def said(code: str, words: str) -> str:
    """Says a reason: the chosen one, and what was written beside it."""
    known = REASONS | _OURS
    chosen = _(known[code]) if code in known and code != "other" else ""
    return ": ".join(part for part in (chosen, words) if part)
