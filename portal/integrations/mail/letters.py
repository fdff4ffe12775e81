"""Letters: a text and a simple page of the same words, to one person, with headers that hold.

Whatever a name or a subject contains, it stays inside its own header: line ends and other control
characters are taken out before, and the library refuses what is left of them (SECURITY IN-11).
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from email_validator import EmailNotValidError, validate_email

NAME_MOST = 120
SUBJECT_MOST = 200
_ENDS = "List-Unsubscribe"


class _Whole(UnstructuredHeader):
    """A header on one line, which may have 998 characters (RFC 5322, 2.1.1).

    The library breaks one of more than 78 by writing the address of a link in encoded words, which
    no mail program reads as an address.
    """

    def fold(self, *, policy: Any) -> str:
        """Returns the header as it goes over the wire."""
        return f"{_ENDS}: {self}{policy.linesep}"


_headers: Any = HeaderRegistry()
_headers.map_to_type(_ENDS, _Whole)
_WIRE = SMTP.clone(header_factory=_headers)
# To read a header anew takes longer than all the rest of it: these are the same in each letter.
_AUTOMATIC = _headers("Auto-Submitted", "auto-generated")
_ONE_CLICK = _headers("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


class NotAnAddress(ValueError):
    """What stands there is not one e-mail address."""


@dataclass(frozen=True)
class Letter:
    """One e-mail to one address. `key` names it for good: sent twice, it bears the same name."""

    to: str
    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    key: str
    at: datetime
    # Where a mail program can end mails of this kind, by one POST (RFC 8058).
    ends: str = ""

    @property
    def message_id(self) -> str:
        """The Message-ID: of the row alone, so that a second copy is known as one."""
        return f"<{self.key}@{self.sender.rpartition('@')[2]}>"


def address_problem(address: str) -> str:
    """Says what is wrong with an address in a word; empty when it is one."""
    try:
        _checked(address)
    except NotAnAddress:
        return "not-an-address"
    return ""


def written(letter: Letter) -> EmailMessage:
    """Returns the message as it goes over the wire; raises `NotAnAddress`."""
    message = EmailMessage(policy=_WIRE)
    message["From"] = _from(_line(letter.sender_name, NAME_MOST), letter.sender)
    message["To"] = Address(addr_spec=_checked(letter.to))
    message["Subject"] = _line(letter.subject, SUBJECT_MOST)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = letter.message_id
    # A machine that answers machines would write to itself for ever (RFC 3834).
    message["Auto-Submitted"] = _AUTOMATIC
    if letter.ends.startswith("https://"):
        message[_ENDS] = f"<{letter.ends}>"
        message["List-Unsubscribe-Post"] = _ONE_CLICK
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


@lru_cache(maxsize=8)
def _from(name: str, address: str) -> Any:
    return _headers("From", Address(name, addr_spec=address))


def _checked(address: str) -> str:
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise NotAnAddress from error
    return found.ascii_email or found.normalized


def _line(text: str, most: int) -> str:
    """Returns a text as one line: what could end a header becomes a space."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(kept.split())[:most]
