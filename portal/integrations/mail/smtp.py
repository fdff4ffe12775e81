"""SMTP: letters handed to the clinic's mail server, over TLS with its certificate checked.

`smtps://` speaks TLS from the first byte, `smtp+starttls://` turns to it before anything is said,
and refuses to go on where the server cannot. Plain `smtp://` is for a relay on this machine alone
(SECURITY NET-07). Nothing falls back to anything weaker.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from portal.integrations.failures import Failed, NotNow, NotTaken, Unreachable
from portal.integrations.mail.letters import Letter, NotAnAddress, written
from portal.settings import MAIL_PORTS

# For one command; and for a whole letter, from the connection to its last answer.
COMMAND_S = 15.0
LETTER_S = 30.0
FOR_GOOD = 500
# RFC 5321: no such mailbox, not here, or none of that name. A full one (552) may empty again.
OF_THE_ADDRESS = (550, 551, 553)
# The server is about to go away, whatever it was asked.
CLOSING = 421


@dataclass(frozen=True)
class Server:
    """A mail server as the operator named it. Its password shows in no print of it."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    # A certificate authority of the clinic's own, as a file.
    ca: str = ""


def server_of(url: str) -> Server:
    """Reads smtps://user:password@host:465?ca=/file, which the settings have checked."""
    parts = urlsplit(url)
    return Server(
        parts.scheme,
        parts.hostname or "",
        parts.port or MAIL_PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parse_qs(parts.query).get("ca", [""])[0],
    )


class Smtp:
    """Keeps one connection while letters follow each other."""

    is_real = True

    def __init__(self, server: Server, letter_s: float = LETTER_S) -> None:
        """`letter_s`: how long one letter may take in all."""
        self._server = server
        self._letter_s = letter_s
        self._line: aiosmtplib.SMTP | None = None

    async def send(self, letter: Letter) -> None:
        """Hands a letter over; raises `NotNow`, `NotTaken` or `Unreachable`."""
        try:
            message = written(letter)
        except NotAnAddress as error:
            raise NotTaken("not-an-address", is_address=True) from error
        try:
            async with asyncio.timeout(self._letter_s):
                line = await self._open()
                await line.send_message(message)
        except Exception as error:
            await self._drop()
            raise judged(error) from error

    async def test(self) -> None:
        """Connects, turns to TLS and signs in; raises `Unreachable`."""
        try:
            async with asyncio.timeout(self._letter_s):
                line = await self._open()
                await line.noop()
        except Exception as error:
            await self._drop()
            raise judged(error) from error

    async def close(self) -> None:
        """Says goodbye; a server that does not answer is left alone."""
        line, self._line = self._line, None
        if line is not None:
            try:
                async with asyncio.timeout(COMMAND_S):
                    await line.quit()
            except (SMTPException, OSError, TimeoutError):
                line.close()

    async def _open(self) -> aiosmtplib.SMTP:
        if self._line is not None and self._line.is_connected:
            return self._line
        server = self._server
        line = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.scheme == "smtps",
            start_tls=server.scheme == "smtp+starttls",
            tls_context=None if server.scheme == "smtp" else _trust(server),
            timeout=COMMAND_S,
        )
        # Kept before it is connected, so that a failure on the way ends it too.
        self._line = line
        await line.connect()
        return line

    async def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


def _trust(server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=server.ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def judged(error: Exception) -> Failed:
    """Returns what a failure means for the letter: never, later, or nobody at home."""
    cause: BaseException = error
    if isinstance(error, SMTPRecipientsRefused) and error.recipients:
        cause = error.recipients[0]
    if isinstance(cause, SMTPRecipientRefused | SMTPDataError) and cause.code != CLOSING:
        if cause.code < FOR_GOOD:
            return NotNow(str(cause.code))
        # What is refused after it was all said may be refused for its words, or for who we are.
        is_address = isinstance(cause, SMTPRecipientRefused) and cause.code in OF_THE_ADDRESS
        return NotTaken(str(cause.code), is_address=is_address)
    if isinstance(cause, SMTPNotSupported | UnicodeError):
        return NotTaken("not-an-address", is_address=True)
    # Who we are or whence we write is refused: no letter would pass, and none is to blame.
    return Unreachable(_why(cause))


def _why(error: BaseException) -> str:
    if isinstance(error, SMTPResponseException):
        return str(error.code)
    chain: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in chain:
        chain.append(found)
        found = found.__cause__ or found.__context__
    if any(isinstance(one, ssl.SSLError) for one in chain):
        return "tls"
    if any(isinstance(one, TimeoutError) for one in chain):
        return "slow"
    return "no-answer"
