"""Offline: seals each message as it would go out, and sends nothing."""

from collections import deque

from portal.integrations.push.ways import Push, sealed

KEPT = 100


class Offline:
    """In demo mode: nothing leaves the machine."""

    is_real = False

    def __init__(self) -> None:
        """Keeps the last messages in memory, for whoever looks."""
        self.kept: deque[bytes] = deque(maxlen=KEPT)

    async def send(self, push: Push) -> None:
        """Seals the message."""
        self.kept.append(sealed(push))

    async def close(self) -> None:
        """Has nothing to end."""
