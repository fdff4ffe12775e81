"""Offline: takes each letter, writes it as it would go out, and sends nothing."""

from collections import deque

from portal.integrations.failures import NotTaken
from portal.integrations.mail.letters import Letter, NotAnAddress, written

KEPT = 100


class Offline:
    """Where no mail server is set up, and in demo mode: nothing leaves the machine."""

    is_real = False

    def __init__(self) -> None:
        """Keeps the last letters in memory, for whoever looks."""
        self.kept: deque[bytes] = deque(maxlen=KEPT)

    async def send(self, letter: Letter) -> None:
        """Writes the letter as it would go out."""
        try:
            self.kept.append(written(letter).as_bytes())
        except NotAnAddress as error:
            raise NotTaken("not-an-address", is_address=True) from error

    async def test(self) -> None:
        """Finds nothing that could be wrong."""

    async def close(self) -> None:
        """Has nothing to end."""
