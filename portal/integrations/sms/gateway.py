"""Gateway: text messages by whichever service the clinic has, through Apprise.

Apprise knows dozens of them by an address each (twilio://…, vonage://…, jsons://… for a modem of
one's own). It blocks, so each text has a thread; it says "no" without a reason, so the reason is
read from what it noted. Nothing it notes is logged: it may hold a number.
"""

import asyncio
import re
from typing import Any
from urllib.parse import quote

from portal.integrations.failures import Failed, NotNow, NotTaken, Unreachable
from portal.integrations.sms.messages import Message, check

# For the connection, and for an answer; for one text in all.
COMMAND_S = 5
TEXT_S = 30.0
PHONE = "{phone}"
_SAMPLE = "+14065550100"
_ANSWER = re.compile(r"error=(\d{3})\b")
# Who we are is refused, or it is not there at all: no text would pass.
_NOBODY = (401, 402, 403, 404, 407, 408, 429, 502, 503, 504)
FOR_NOW = 500
# What services answer where there is no such phone, or none that may be written to.
_OF_THE_NUMBER = (400, 410, 422)


class Gateway:
    """A service for text messages, as the operator named it."""

    is_real = True

    def __init__(self, url: str, text_s: float = TEXT_S) -> None:
        """`url`: without a recipient, or with `{phone}` where it belongs."""
        self._url = url
        self._text_s = text_s

    async def send(self, message: Message) -> None:
        """Hands a text over; raises `NotNow`, `NotTaken` or `Unreachable`."""
        check(message)
        try:
            async with asyncio.timeout(self._text_s):
                said = await asyncio.to_thread(_notified, address(self._url, message.to), message)
        except TimeoutError as error:
            raise Unreachable("sms-slow") from error
        if said is not None:
            raise judged(said)

    async def test(self) -> None:
        """Looks whether the address is one that Apprise can read; raises `Unreachable`."""
        if await asyncio.to_thread(_service, address(self._url, _SAMPLE)) is None:
            raise Unreachable("sms-address")


def address(url: str, number: str) -> str:
    """Returns the address of the service with one phone in it: where `{phone}` stands, or last."""
    phone = quote(number, safe="")
    if PHONE in url:
        return url.replace(PHONE, phone)
    place, mark, options = url.partition("?")
    return f"{place.rstrip('/')}/{phone}{mark}{options}"


def judged(said: str) -> Failed:
    """Returns what a failure means for the text: never, later, or nobody at home."""
    answers = _ANSWER.findall(said)
    if not answers:
        is_silent = "Connection error" in said
        return Unreachable("sms-no-answer") if is_silent else NotNow("sms-refused")
    code = int(answers[-1])
    if code in _NOBODY:
        return Unreachable(f"sms-{code}")
    if code >= FOR_NOW:
        return NotNow(f"sms-{code}")
    return NotTaken(f"sms-{code}", is_address=code in _OF_THE_NUMBER)


def _service(url: str) -> Any:
    # It takes a second to load, and most clinics never need it.
    import apprise

    # It keeps nothing on disk, and follows nobody elsewhere with a number in hand.
    asset = apprise.AppriseAsset(storage_mode="memory", http_redirects=False)
    mark = "&" if "?" in url else "?"
    return apprise.Apprise.instantiate(f"{url}{mark}cto={COMMAND_S}&rto={COMMAND_S}", asset=asset)


def _notified(url: str, message: Message) -> str | None:
    """Returns nothing once the service has taken a text, else what Apprise noted about it."""
    import apprise

    service = _service(url)
    if service is None:
        raise Unreachable("sms-address")
    asked = apprise.Apprise()
    asked.add(service)
    result = asked.notify(body=message.text, body_format=apprise.NotifyFormat.TEXT)
    return None if result else " ".join(entry.message for entry in result.logs())
