"""Saying: a notice in the words of whoever reads it, when it goes out or is looked at.

What a text is filled with lies in the outbox in no language: moments in UTC, what was done as a
code, a browser by its names. Here it is said, in the reader's language and on the clinic's clock,
anew each time: a choice of language counts for everything that has not gone out yet. What is
nothing of this stays as it is; rows of earlier versions hold ready sentences.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import Session

from portal.models.audit import OutboxNotice
from portal.services import browsers
from portal.services.notices import naming, reminders, rendering
from portal.services.notices.rendering import House, Written
from portal.services.notices.ways import Account
from portal.words import _, day, speaking, when

# What was done to an account, and what was answered, by the code that the outbox holds.
PHRASES = {
    "totp-added": _("an authenticator app was added"),
    "totp-removed": _("an authenticator app was removed"),
    "passkey-added": _("a passkey was added"),
    "passkey-removed": _("a passkey was removed"),
    "codes-made": _("new recovery codes were made; the old ones do not work any more"),
    "factors-dropped": _("the second factors were taken away"),
    "no-account": _("We could not open an account from it. Please call us, or come by."),
}


def moment(at: datetime) -> str:
    """Returns a moment as the outbox holds it."""
    return at.astimezone(UTC).isoformat()


def in_words(
    db: Session,
    notice: OutboxNotice,
    given: dict[str, str],
    house: House,
    account: Account | None = None,
) -> Written:
    """Returns a notice in the language of its account, or of the patient, or else the clinic's.

    `account`: its account, where the caller has asked for it already.
    """
    reader = naming.reader(db, notice, given.get(rendering.LANGUAGE, ""), account)
    with speaking(reader.language):
        return rendering.write_out(notice.kind, filled(notice, given), house, carry=reader.carry)


def filled(notice: OutboxNotice, given: dict[str, str]) -> dict[str, str]:
    """Returns what a notice is filled with, in the words of the language that is spoken now."""
    said = {
        name: _FILLINGS[name](value, notice.created_at) if name in _FILLINGS else value
        for name, value in given.items()
    }
    return reminders.filled(notice, said)


def _moment(text: str, written_at: datetime, say: Callable[[datetime, datetime], str]) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return say(at, written_at) if at.tzinfo else text


def _when(text: str, written_at: datetime) -> str:
    return _moment(text, written_at, when)


def _day(text: str, written_at: datetime) -> str:
    return _moment(text, written_at, lambda at, _now: day(at))


def _phrase(text: str, _written_at: datetime) -> str:
    return _(PHRASES[text]) if text in PHRASES else text


def _browser(text: str, _written_at: datetime) -> str:
    return browsers.in_words(text)


# How each is said, by its name in the texts. What a stranger may have written is none of them.
_FILLINGS: dict[str, Callable[[str, datetime], str]] = {
    "at": _when,
    "from_at": _when,
    "until": _day,
    "what": _phrase,
    "answer": _phrase,
    "device": _browser,
}
