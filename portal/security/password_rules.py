"""What a new password must be: long enough, and not easily guessed. No other rule (AUTHN-01..04).

No rules about kinds of signs, no end after so many days; each refusal says what to do.
"""

from portal.errors import Invalid
from portal.security import guessable, passwords
from portal.security.guessable import Own
from portal.words import _


class TooShort(Invalid):
    """Too few characters."""


class TooLong(Invalid):
    """More characters than anybody types."""


class OwnThing(Invalid):
    """It is made of something that others know of the person."""


class TooEasy(Invalid):
    """It is among those that are tried first."""

    sentence = _(
        "That is too easy to guess. Use a few words that have nothing to do with each other."
    )


def check(password: str, own: Own) -> None:
    """Raises what is wrong with a password; takes some 20 ms, so never on the event loop.

    Counted in code points: a letter with its accent is one, as it is once normalised.
    """
    length = len(passwords.normal(password))
    if length < passwords.LEAST:
        said = _("Use at least {least} characters: a few words in a row are easy to remember.")
        raise TooShort(said.format(least=passwords.LEAST))
    if length > passwords.MOST:
        raise TooLong(_("Use at most {most} characters.").format(most=passwords.MOST))
    kind = guessable.part_of_own(password, own)
    if kind:
        raise OwnThing(_own_said()[kind])
    if guessable.is_guessable(password, own):
        raise TooEasy


def _own_said() -> dict[str, str]:
    return {
        "email": _("Leave your e-mail address out of the password: others know it."),
        "sign_in_name": _("Leave your sign-in name out of the password: others know it."),
        "name": _("Leave your name out of the password: others know it."),
        "birth_date": _("Leave your birth date out of the password: others know it."),
        "clinic": _("Leave the clinic’s name out of the password: everybody knows it."),
    }
