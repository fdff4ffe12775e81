"""Why a help is in its state: a code for the clinic, words for each side.

The codes follow the life-cycle of proxies in use elsewhere (WORKFLOWS section 4). A helper whose
access the clinic took away to protect somebody reads no more than that it has ended.
"""

from dataclasses import dataclass

from portal.words import _


@dataclass(frozen=True)
class Reason:
    """One reason: what it leads to, what the patient reads, and what the helper reads."""

    words: str
    to: frozenset[str]
    told_helper: str = ""
    # Only with a note beside it.
    needs_note: bool = False


def _to(*states: str) -> frozenset[str]:
    return frozenset(states)


_CALL_US = _("The clinic ended it. Call us if you have questions.")
_ENDS = _to("ended", "suspended")

REASONS: dict[str, Reason] = {
    "submitted": Reason(_("Asked for"), _to("applied")),
    "resubmitted": Reason(_("Asked for again"), _to("applied")),
    "lent": Reason(_("Lent by the patient"), _to("applied")),
    "identity-verified": Reason(_("We checked who they are"), _to("identity-checked")),
    "accepted": Reason(_("Accepted with the code"), _to("active")),
    "activated": Reason(_("Granted by the clinic"), _to("active")),
    "activated-alone": Reason(_("Granted by the clinic, after the time to object"), _to("active")),
    "reactivated": Reason(_("Opened again"), _to("active")),
    "scopes-changed": Reason(_("What it covers was changed"), _to("active", "suspended")),
    "papers-changed": Reason(_("The papers say something else now"), _to("active", "suspended")),
    "patient-wish": Reason(_("The patient wishes it so"), _to("active", "suspended")),
    "entered-wrongly": Reason(_("It was entered wrongly"), _to("active", "suspended")),
    "more-asked": Reason(
        _("More was proposed; a second person decides"), _to("active", "suspended")
    ),
    "more-refused": Reason(_("What was proposed was turned down"), _to("active", "suspended")),
    "account-named": Reason(_("They named their account"), _to("applied", "identity-checked")),
    "review": Reason(_("Paused while the clinic looks at it"), _to("suspended")),
    "patient-request": Reason(_("The patient asked for it"), _ENDS),
    "helper-request": Reason(_("The helper stopped"), _to("ended")),
    "end-date": Reason(_("The last day was reached"), _to("ended")),
    "inactive-role": Reason(_("They no longer work in this role"), _ENDS),
    "patient-died": Reason(_("The patient has died"), _to("ended")),
    "helper-died": Reason(_("The helper has died"), _to("ended")),
    "relationship-changed": Reason(_("The relationship has changed"), _ENDS),
    "transferred": Reason(_("The record moved to another clinic"), _to("ended")),
    "safeguarding": Reason(_("To protect the patient"), _ENDS | _to("rejected"), _CALL_US),
    "misuse": Reason(_("It was misused"), _ENDS, _CALL_US),
    "lacks-capacity": Reason(_("They cannot do it at present"), _ENDS | _to("rejected"), _CALL_US),
    "withdrawn": Reason(_("The request was taken back"), _to("ended")),
    "expired": Reason(_("The invitation was not used in time"), _to("ended")),
    "not-needed": Reason(_("It is not needed"), _to("rejected", "ended")),
    "identity-not-verified": Reason(
        _("We could not check who they are"), _to("rejected"), _("We could not check who you are.")
    ),
    "no-consent": Reason(_("The patient does not agree"), _to("rejected"), _CALL_US),
    "no-legal-basis": Reason(
        _("The papers do not give the right"),
        _to("rejected"),
        _("The papers do not give the right. Bring others, or call us."),
    ),
    "other": Reason(_("Another reason"), _ENDS | _to("rejected"), _CALL_US, needs_note=True),
}


# Why staff change what a help covers or its last day.
FOR_CHANGES = ("papers-changed", "patient-wish", "relationship-changed", "entered-wrongly")


def said(code: str, *, to_helper: bool = False) -> str:
    """Says a reason to the patient and the clinic, or to the helper."""
    reason = REASONS.get(code)
    if reason is None:
        return ""
    return _(reason.told_helper or reason.words) if to_helper else _(reason.words)


def choices(state: str) -> list[tuple[str, str]]:
    """Returns the reasons from which staff choose for a state."""
    own = {"lent", "accepted", "submitted", "resubmitted", "scopes-changed", "withdrawn", "expired"}
    own |= {"account-named", "helper-request"}
    return [
        (code, _(reason.words))
        for code, reason in REASONS.items()
        if state in reason.to and code not in own
    ]
