"""Why a file is not taken, each with the sentence that says what to do instead."""

from portal.errors import Refusal
from portal.words import _


class NotTaken(Refusal):
    """A kind of file that is not on the list."""

    sentence = _("We take PDF, photos (JPEG, PNG, HEIC) and plain text. Save it as one of these.")
    status = 415


class WrongEnding(NotTaken):
    """The name says another kind of file than its content is."""

    sentence = _("This file is not what its name says. Save it again as PDF, JPEG, PNG or text.")


class Damaged(NotTaken):
    """The file cannot be read to its end."""

    sentence = _("This file is damaged. Open it on your device, save it again and add that one.")


class Empty(NotTaken):
    """Nothing is in the file."""

    sentence = _("This file is empty. Choose another one.")


class TooLarge(Refusal):
    """More bytes than one file may have."""

    sentence = _("This file is too large: 20 MB at most. Send it in parts, or as smaller photos.")
    status = 413


class Locked(NotTaken):
    """A PDF with a password."""

    sentence = _("This PDF is locked with a password. Save it without one, then add it.")


class Active(NotTaken):
    """A PDF that does something by itself, or carries other files."""

    sentence = _("This PDF holds a program or other files. Print it as a PDF, then add that one.")


class TooComplicated(NotTaken):
    """A PDF that takes too long to be looked through."""

    sentence = _("This PDF is too complicated. Print it as a PDF, then add that one.")


class TooManyPixels(NotTaken):
    """An image that is larger than any camera's."""

    sentence = _("This picture is too large: 40 megapixels at most. Make it smaller, then add it.")
