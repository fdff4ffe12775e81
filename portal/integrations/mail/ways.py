"""The ways out: what any of them promises, and the three ways in which it can fail.

A failure carries a short code for the clinic's staff: never an address, never what was said.
"""

from typing import Protocol

from portal.integrations.mail.letters import Letter


class Failed(Exception):
    """A letter did not go out. `code` says why, in a few characters."""

    def __init__(self, code: str) -> None:
        """`code` is a word of ours or a number of the mail server's."""
        self.code = code
        super().__init__(code)


class NotNow(Failed):
    """The server asks to try this letter again later (4xx)."""


class NotTaken(Failed):
    """The server will never take this letter (5xx), or it cannot be written at all.

    `is_address`: because of the address, so that no other letter would arrive there either.
    """

    def __init__(self, code: str, *, is_address: bool = False) -> None:
        """`code` is a word of ours or a number of the mail server's."""
        super().__init__(code)
        self.is_address = is_address


class Unreachable(Failed):
    """There is no talking to the server just now: no letter would go out."""


class Mailer(Protocol):
    """Sends letters, one at a time. `is_real` is false where nothing leaves the machine."""

    is_real: bool

    async def send(self, letter: Letter) -> None:
        """Hands a letter to the server and returns once the server has taken it."""
        ...

    async def test(self) -> None:
        """Talks to the server as far as a letter would, and sends none."""
        ...

    async def close(self) -> None:
        """Ends the connection, if there is one; another letter opens a new one."""
        ...
