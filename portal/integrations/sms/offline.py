"""Offline: takes each text message as it would go out, and sends nothing."""

from collections import deque

from portal.integrations.sms.messages import Message, check

KEPT = 100


class Offline:
    """Where no service is set up, and in demo mode: nothing leaves the machine."""

    is_real = False

    def __init__(self) -> None:
        """Keeps the last texts in memory, for whoever looks."""
        self.kept: deque[Message] = deque(maxlen=KEPT)

    async def send(self, message: Message) -> None:
        """Takes the text."""
        check(message)
        self.kept.append(message)

    async def test(self) -> None:
        """Finds nothing that could be wrong."""
