"""What the trace says in plain words: which kind of thing, what was done, why, in which role."""

from typing import Any

from portal.models.people import HELP_STATES
from portal.security import audit, care
from portal.services import openings, proofs
from portal.services.family import reasons
from portal.services.record import SECTION_KEYS
from portal.words import _

# The kinds that people choose from, each with the categories of the trace that belong to it.
KINDS: dict[str, tuple[str, ...]] = {
    "record": ("chart", "record", "export", "check-ups", *SECTION_KEYS),
    "results": ("results",),
    "messages": ("messages",),
    "forms": ("forms",),
    "appointments": ("appointments",),
    "openings": ("opening", "emergency", "record opened"),
    "account": (
        "account",
        "user",
        "password",
        "factors",
        "agreement",
        "invitation",
        "way back",
        "registration",
        "way back",
        "people",
        "help",
        "restrictions",
        "sign-in",
        "sign-out",
        "forgotten",
    ),
    "coverage": ("coverage",),
    "home": ("home",),
}
CLINICAL_ROLES = ("practitioner", "nurse")


def kind_words() -> dict[str, str]:
    """Returns the kinds as people call them."""
    return {
        "record": _("Health record"),
        "results": _("Test results"),
        "messages": _("Messages"),
        "forms": _("Forms"),
        "appointments": _("Appointments"),
        "openings": _("Records opened with a reason"),
        "account": _("Account and helpers"),
        "coverage": _("Insurance and balance"),
        "home": _("Start page"),
    }


def kind_of(category: str) -> str:
    """Returns the kind that a category belongs to; the category itself where there is none."""
    return next((kind for kind, names in KINDS.items() if category in names), category)


def did(action: str, category: str) -> str:
    """Says what was done, without what was in it."""
    special = {
        "export": _("Made a copy of the record"),
        "chart": _("Opened the chart"),
        "opening": _("Opened the record with a reason"),
        "emergency": _("Used emergency access"),
        "record opened": _("Opened the record as a helper"),
        "sign-in": _("Signed in"),
        "sign-out": _("Signed out"),
        "access log": _("Read the access log"),
        "access report": _("Read the clinic’s access report"),
        "search": _("Looked for patients"),
        "today": _("Opened the clinic’s day"),
        "trace end": _("Wrote down the end of the trace"),
        "trace checked": _("Checked the trace"),
    }
    if category in special:
        return special[category]
    what = kind_words().get(kind_of(category), category)
    verbs = {
        "C": _("Added: {what}"),
        "U": _("Changed: {what}"),
        "D": _("Took away: {what}"),
        "E": _("Used: {what}"),
    }
    return verbs.get(action, _("Looked at: {what}")).format(what=what)


def why(row: Any, *, to_helper: bool = False) -> str:
    """Says why, as far as the trace knows: the visit, the message, the stated reason.

    To a helper without the visit or message itself, and without anybody's own words: what they
    tell of may be confidential (SECURITY AUTHZ-13).
    """
    parts = [part for part in row.reason.split(audit.SPLIT) if part != audit.STILL_OPEN]
    if to_helper:
        return _in_general(parts[0]) if parts else _by_work(row)
    known = _reason(parts[0]) if parts else ""
    if known:
        return known
    said = ", ".join(_noted(part) for part in parts)
    return said or _by_work(row)


def _in_general(part: str) -> str:
    code, _colon, said = part.partition(":")
    if code == "reason":
        return stated(said.partition(" ")[0])
    if code == "emergency":
        return _("Emergency")
    return _("Treats the patient") if code in care.REASONS else ""


def _reason(part: str) -> str:
    code, _colon, words = part.partition(":")
    if code == "reason":
        chosen, _space, note = words.partition(" ")
        return ": ".join(text for text in (stated(chosen), note) if text)
    if code == "emergency":
        return _("Emergency: {words}").format(words=words)
    return {
        "visit": _("A visit that day"),
        "message": _("A message about health"),
        "result": _("A result that came in"),
        "doctor": _("Is the patient’s doctor"),
        "team": _("Is in the care team"),
    }.get(code, "")


def stated(code: str) -> str:
    """Says a stated reason as others read it."""
    return {
        "covering": _("Stood in for a colleague"),
        "phone": _("Spoke with the patient"),
        "result": _("Looked at a result"),
        "referral": _("Was asked by a colleague"),
        "quality": _("Checked the quality of our work"),
        "other": _("Another reason"),
    }.get(code, code if code not in openings.REASONS else "")


def _noted(part: str) -> str:
    by, _colon, code = part.partition(": ")
    if by in {"letter", "way back begun"} and proofs.words(code):
        return _("Made sure who it is: {proof}").format(proof=proofs.words(code))
    if by in HELP_STATES or by == "refused":
        return _help_step(code) or part
    return {
        "email": _("By e-mail"),
        "letter printed": _("Printed the letter"),
        "code printed": _("Printed the code"),
        "taken back": _("Took it back"),
        "released": _("Showed it to the patient"),
        "closed": _("Closed the record again"),
        "exported": _("As a file"),
        "chart": "",
        "late": _("Said that they run late"),
        "birth date": _("Entered a wrong birth date"),
        audit.BY_LINK: _("By a link from a mail"),
    }.get(part, part)


def _help_step(code: str) -> str:
    """Says a step in the life of a help; what one person alone may not do is said as well."""
    if code == "second-person":
        return _("Nothing was opened: a second person has to do it")
    return reasons.said(code)


def _by_work(row: Any) -> str:
    """Says what work a look belongs to, where nothing else is known."""
    if row.role in {"patient", "helper", "system"}:
        return ""
    if row.category == "chart" and row.role in CLINICAL_ROLES:
        return _("Saw contact and visits only")
    return {
        "appointments": _("Appointments"),
        "messages": _("A message"),
        "chart": _("Work at the desk"),
    }.get(row.category, "")


def tone(category: str, reason: str) -> tuple[str, str]:
    """Returns the tone and icon of a line: what is unusual stands out."""
    if category == "emergency" or care.code_of(reason) == "emergency":
        return "bad", "alert"
    if category == "opening" or care.code_of(reason) == "reason":
        return "soon", "key"
    return "", "eye"


def role(name: str) -> str:
    """Says a role as patients know it."""
    return {
        "patient": _("patient"),
        "helper": _("helper"),
        "practitioner": _("doctor or practitioner"),
        "nurse": _("nurse"),
        "front_desk": _("front desk"),
        "billing": _("billing office"),
        "manager": _("practice manager"),
        "administrator": _("administrator"),
        "auditor": _("auditor"),
        "system": _("the portal itself"),
    }.get(name, name)
