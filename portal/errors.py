"""Refusals: what the portal says no to, each with the sentence that the person reads.

An expected no is a `Refusal`: it is told to the person and never logged as an error. Everything
else that is raised is a bug, is logged with a reference number and told as "on our side".
"""

from typing import ClassVar

from portal.words import _


class Refusal(Exception):
    """A no that a person is told. `sentence` says why and what to do next."""

    sentence: ClassVar[str] = _("That is not possible.")
    status: ClassVar[int] = 400

    def __init__(self, sentence: str | None = None) -> None:
        """`sentence` replaces the class's own where there is more to say."""
        self.words = sentence or _(type(self).sentence)
        super().__init__(self.words)


class NotSignedIn(Refusal):
    """Nobody is signed in on this connection, or not any more."""

    sentence = _("You are signed out. Sign in again to go on.")
    status = 401


class NotFound(Refusal):
    """The record does not exist, or the actor may not know that it does: the same answer."""

    sentence = _("We could not find that. It may have been moved or taken back.")
    status = 404


class NotAllowed(Refusal):
    """The actor may see the record but not do this to it."""

    sentence = _("Your account does not allow that. Ask the clinic if you need it.")
    status = 403


class RecordClosed(Refusal):
    """The right to the record that was open has ended: another one has to be opened first."""

    sentence = _("You can no longer see the record that was open here. Nothing was saved.")
    status = 409


class AnotherRecord(Refusal):
    """The page shows one record, and another one is open by now: nothing is written anywhere."""

    sentence = _("Another record was opened in this browser. Nothing was saved: look whose it is.")
    status = 409


class ConfirmFirst(Refusal):
    """The act is sensitive: a factor has to be entered anew before it (SECURITY MFA-11)."""

    sentence = _("First confirm that it is you. Then do this again: nothing was changed yet.")
    status = 403


class Invalid(Refusal):
    """What was entered cannot be taken as it is."""

    sentence = _("Some of what was entered cannot be used. Check it and try again.")
    status = 422


class Conflict(Refusal):
    """Somebody else was faster."""

    sentence = _("This was changed by somebody else meanwhile. Look at it again, then decide.")
    status = 409


class TooMany(Refusal):
    """Too many tries in too short a time."""

    sentence = _("That was too many tries. Wait a minute, then try again.")
    status = 429


class Busy(Refusal):
    """The database could not take the change in time; nothing was saved."""

    sentence = _("The clinic's system is busy. Nothing was saved: try again in a moment.")
    status = 503
