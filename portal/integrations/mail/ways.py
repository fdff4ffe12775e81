"""The ways out: what any of them promises; how they fail is said in `failures`."""

from typing import Protocol

from portal.integrations.mail.letters import Letter


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
