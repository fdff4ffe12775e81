"""Codes: how a row of the outbox ended where its state alone says too little, and in words."""

from datetime import datetime

from portal.models.audit import OutboxNotice
from portal.services.notices import writing
from portal.words import _

PORTAL_ONLY, HANDED_ON, KEPT_HERE = "portal-only", "handed-on", "kept-here"
TOO_LATE, GIVEN_UP, NO_ADDRESS = "too-late", "given-up", "no-address"
# Why a notice waits: for the end of somebody's quiet hours, for their mail of the day.
QUIET, DAILY, COLLECTED = "quiet-hours", "for-the-daily-mail", "in-the-daily-mail"
# Before the number that the service for text messages, or for pushes, answered.
SMS, PUSH = "sms-", "push-"
# Every device that the notice was for is gone: it goes by another way.
GONE = "push-gone"
# What it tells of was settled before it left.
SETTLED = "settled"
UNKNOWN, NO_LONGER, DAMAGED = "unknown-kind", "no-longer", "damaged"
# It could not be written or handed over, in a way that nobody foresaw.
UNFORESEEN = "unforeseen"


def waits(notice: OutboxNotice, now: datetime) -> bool:
    """Says whether a notice waits for a moment that is still to come."""
    return notice.state == "pending" and notice.due_at > now


def status(notice: OutboxNotice) -> tuple[str, str]:
    """Says how a notice stands, and in which tone."""
    if notice.state == "sent":
        return _ENDED.get(notice.problem, (_("Sent"), "ok"))
    if notice.problem == TOO_LATE:
        return _("Too late"), "bad"
    return {
        "pending": (_("Waiting"), "info"),
        "claimed": (_("Going out"), "info"),
        "dead": (_("Not sent"), "bad"),
        "withdrawn": (_("Taken back"), ""),
    }[notice.state]


_ENDED = {
    KEPT_HERE: (_("Would have gone out"), "info"),
    PORTAL_ONLY: (_("In the portal only"), ""),
    HANDED_ON: (_("Passed on"), "ok"),
    COLLECTED: (_("In the notice of the day"), "ok"),
}
_PROBLEMS = {
    KEPT_HERE: _("Nothing leaves this machine: no server is set up for it, or it is a demo."),
    PORTAL_ONLY: _("Nobody concerned has a proven address and wants to be told outside."),
    HANDED_ON: _("Written anew for each account that it concerns."),
    QUIET: _("Waits for the end of the quiet hours that they chose."),
    DAILY: _("Waits for the one notice a day that they chose."),
    COLLECTED: _("Counted in the one notice a day that they chose."),
    TOO_LATE: _("Too late: it could not go out while it was of use."),
    GIVEN_UP: _("Given up after a day of tries."),
    NO_ADDRESS: _("It has no address."),
    UNKNOWN: _("This version of the portal has no text for it."),
    DAMAGED: _("What it was to say was damaged, or is not its own. Ask for a new one."),
    NO_LONGER: _("The right to know of it, the wish or the address has ended meanwhile."),
    SETTLED: _("What it was about was done, booked or answered meanwhile."),
    writing.MOVED: _("The visit was moved."),
    writing.CANCELLED: _("The visit was cancelled."),
    writing.CONFIRMED: _("The visit was confirmed."),
    writing.OVER: _("The visit has begun, or is over."),
    UNFORESEEN: _("The portal could not write it or hand it over. It tries again."),
    "not-an-address": _("The address cannot be written to."),
    "tls": _("The mail server’s certificate does not hold, or it speaks no TLS."),
    "not-a-number": _("That is no number that can be written to."),
    "not-a-text": _("It does not fit into one text message."),
    "sms-address": _("PORTAL_SMS_URL names no service that the portal knows."),
    "sms-slow": _("The service for text messages was too slow."),
    "sms-no-answer": _("The service for text messages does not answer."),
    "sms-refused": _("The service for text messages did not take it."),
    GONE: _("No device of theirs can be told any more."),
    "push-no-device": _("No device of theirs can be told any more."),
    "push-too-long": _("It does not fit into one message to a device."),
    "push-slow": _("The push service of their browser was too slow."),
    "push-no-answer": _("The push service of their browser does not answer."),
    "slow": _("The mail server was too slow."),
    "no-answer": _("The mail server does not answer."),
    "535": _("The mail server does not take the portal’s name and password."),
}


def words(code: str) -> str:
    """Says a problem in words; what the mail server said as its number."""
    if not code:
        return ""
    if code.startswith(writing.OUTDATED):
        return _("What it was about has changed since.")
    known = _PROBLEMS.get(code)
    if known is None and code.startswith(SMS):
        said = _("The service for text messages answered {code}.")
        return said.format(code=code.removeprefix(SMS))
    if known is None and code.startswith(PUSH):
        said = _("The push service of their browser answered {code}.")
        return said.format(code=code.removeprefix(PUSH))
    return _(known) if known else _("The mail server answered {code}.").format(code=code)
