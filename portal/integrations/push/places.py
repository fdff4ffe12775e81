"""Places: where a browser says that its push service is, and whether we go there (SECURITY NET).

A subscription is what a browser sends, so its address is a stranger's. It has to be https on the
usual port, and what its name leads to has to be public: each address is looked at, and the one that
was looked at is the one that is spoken to.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Any, cast
from urllib.parse import urlsplit

import httpcore

MOST = 500


class NotAPlace(ValueError):
    """No push service would be there."""


def check(endpoint: str) -> None:
    """Raises `NotAPlace` for what cannot be the address of a push service."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError as error:
        raise NotAPlace from error
    is_plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    if not is_plain or len(endpoint) > MOST or parts.scheme != "https" or not parts.hostname:
        raise NotAPlace
    if parts.username is not None or port not in {None, 443} or parts.fragment:
        raise NotAPlace
    if "." not in parts.hostname or _is_number(parts.hostname):
        raise NotAPlace


def is_public(address: str) -> bool:
    """Says whether an IP address is one of the internet, and of one machine."""
    found = ipaddress.ip_address(address.partition("%")[0])
    within = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    found = within or found
    return found.is_global and not found.is_multicast


def _is_number(host: str) -> bool:
    """Says whether a host is an IP address, in whichever way it is written."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rpartition(".")[2].isdigit() or host.lower().startswith("0x")
    return True


class Careful(httpcore.AsyncNetworkBackend):
    """Connects only where `may_reach` allows, to the very address that was looked at."""

    def __init__(self, may_reach: Callable[[str], bool] = is_public) -> None:
        """`may_reach` says whether an IP address may be spoken to."""
        self._may_reach = may_reach
        # What the library takes it for depends on what else is installed.
        self._way: httpcore.AsyncNetworkBackend = cast("Any", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects, or raises `httpcore.ConnectError`."""
        try:
            async with asyncio.timeout(timeout):
                loop = asyncio.get_running_loop()
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, TimeoutError) as error:
            raise httpcore.ConnectError from error
        addresses = [str(one[4][0]) for one in found]
        # One private address among them is one too many: which is used is the other side's choice.
        if not addresses or not all(self._may_reach(one) for one in addresses):
            raise httpcore.ConnectError
        return await self._way.connect_tcp(
            addresses[0], int(found[0][4][1]), timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        """Waits, as the library asks."""
        await self._way.sleep(seconds)
