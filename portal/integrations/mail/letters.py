"""Letters: a text and a simple page of the same words, to one person, with headers that hold.

Whatever a name or a subject contains, it stays inside its own header: line ends and other control
characters are taken out before, and the library refuses what is left of them (SECURITY IN-11).
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from email_validator import EmailNotValidError, validate_email

NAME_MOST = 120
SUBJECT_MOST = 200
_ENDS = "List-Unsubscribe"


class _Short(BaseHeader):
    """A header that is written as it is where it needs no more: plain, and short enough.

    The library takes longer to find that out than for all the rest of a letter.
    """

    def fold(self, *, policy: Any) -> str:
        """Returns the header as it goes over the wire."""
        line = f"{self.name}: {self}"
        is_plain = line.isascii() and line.isprintable()
        if is_plain and len(line) <= policy.max_line_length:
            return f"{line}{policy.linesep}"
        return super().fold(policy=policy)


class _Whole(UnstructuredHeader):
    """A header on one line, which may have 998 characters (RFC 5322, 2.1.1).

    The library breaks one of more than 78 by writing the address of a link in encoded words, which
    no mail program reads as an address.
    """

    def fold(self, *, policy: Any) -> str:
        """Returns the header as it goes over the wire."""
        return f"{_ENDS}: {self}{policy.linesep}"


class _Headers(HeaderRegistry):
    """The kinds of headers, each made once: the library makes a class anew for each header."""

    def __init__(self) -> None:
        """Begins with none."""
        super().__init__(base_class=_Short)
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Returns the kind of a header by its name; they are our own few."""
        if name not in self._made:
            self._made[name] = super().__getitem__(name)
        return self._made[name]


_headers: Any = _Headers()
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
    message["To"] = _to(_checked(letter.to))
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
    address = found.ascii_email or found.normalized
    if "=?" in address:
        # Allowed, and nobody's: what follows would be read as an encoded word.
        raise NotAnAddress
    return address


def _to(address: str) -> Any:
    try:
        return _headers("To", Address(addr_spec=address))
    except ValueError as error:
        # It reads what could be the start of an encoded word, and stumbles.
        raise NotAnAddress from error


def _line(text: str, most: int) -> str:
    """Returns a text as one line: what could end a header becomes a space.

    So could an encoded word (RFC 2047): the library would put what it stands for into the header.
    """
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(kept.replace("=?", "= ?").split())[:most]
