"""Services: the browsers' push services, asked over TLS, each for the devices of its own browser.

One that fails says nothing about the others, so there is no outage here: each message is tried
again by itself. A device that is gone (404, 410) is never written to again.
"""

import asyncio
import ssl
from collections.abc import Callable

import httpcore
from cryptography.hazmat.primitives.asymmetric import ec

from portal.integrations.failures import NotNow, NotTaken
from portal.integrations.push import keys, places
from portal.integrations.push.ways import Push, sealed

PUSH_S = 10.0
GONE = (404, 410)
TAKEN = range(200, 300)
# Of this service, for now: it may be our clock or our key, so no device is to blame.
NOT_NOW = (401, 403, 408, 429)
FOR_NOW = 500


class Services:
    """Speaks to whichever push service a device names, if it is one of the internet."""

    is_real = True

    def __init__(
        self,
        key: Callable[[], ec.EllipticCurvePrivateKey],
        contact: str,
        *,
        push_s: float = PUSH_S,
        may_reach: Callable[[str], bool] = places.is_public,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`key` reads the clinic's own; `contact` is where a push service can reach the clinic."""
        self._key = key
        self._contact = contact
        self._push_s = push_s
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or ssl.create_default_context(),
            network_backend=places.Careful(may_reach),
            max_connections=10,
            keepalive_expiry=PUSH_S,
        )

    async def send(self, push: Push) -> None:
        """Hands a message over; raises `NotNow` or `NotTaken`."""
        body = sealed(push)
        signed = keys.authorization(
            self._key(), endpoint=push.to.endpoint, contact=self._contact, now=push.at
        )
        headers: dict[str | bytes, str | bytes] = {
            "Authorization": signed,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(push.seconds),
            "Urgency": "normal",
        }
        status = await self._asked(push.to.endpoint, headers, body)
        if status in TAKEN:
            return
        if status in GONE:
            raise NotTaken("push-gone", is_address=True)
        code = f"push-{status}"
        raise NotNow(code) if status in NOT_NOW or status >= FOR_NOW else NotTaken(code)

    async def _asked(
        self, endpoint: str, headers: dict[str | bytes, str | bytes], body: bytes
    ) -> int:
        """Returns what the service answered. Its words are not read, and it is followed nowhere."""
        try:
            async with (
                asyncio.timeout(self._push_s),
                self._pool.stream("POST", endpoint, headers=headers, content=body) as answer,
            ):
                return answer.status
        except TimeoutError as error:
            raise NotNow("push-slow") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise NotNow("push-no-answer") from error

    async def close(self) -> None:
        """Ends the connections; another message opens new ones."""
        await self._pool.aclose()
