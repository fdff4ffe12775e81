"""The ways out: what any of them promises; how they fail is said in `failures`."""

from typing import Protocol

from portal.integrations.sms.messages import Message


class Texter(Protocol):
    """Sends text messages, one at a time. `is_real` is false where nothing leaves the machine."""

    is_real: bool

    async def send(self, message: Message) -> None:
        """Hands a text over and returns once the service has taken it."""
        ...

    async def test(self) -> None:
        """Finds out as much as can be without sending a text."""
        ...
