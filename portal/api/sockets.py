"""The sockets' gatekeeper: who may open one, how many, how much may come through, when it ends.

It stands in front of Reflex's event socket. Each open socket is known by the sign-in that opened
it, so that the end of a sign-in is the end of its sockets within a second or so; what does not
look like an event of our own pages never reaches Reflex (SECURITY WS-01, WS-04, WS-05, WS-07).
"""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.api import frames
from portal.api.edge import NO_SUCH_PLACE, SOCKETS, Refused, refuse
from portal.errors import Refusal
from portal.security import signins
from portal.services import accounts, acting
from portal.settings import Settings
from portal.state import connections, events
from portal.words import _

log = logging.getLogger("portal.sockets")

PER_SIGN_IN = 20
# Sockets without a sign-in serve the public pages alone. A waiting room may share one address.
ANONYMOUS_PER_ADDRESS = 100
ANONYMOUS_IN_ALL = 400
BURST, A_SECOND = 30, 5
# All tabs of one person together; a session restored with twenty tabs starts them all at once.
ACCOUNT_BURST, ACCOUNT_A_SECOND = 120, 15
SWEEP_EVERY_S = 1.0
# A page joins at once; a socket that only sits there is closed.
JOIN_WITHIN_S = 20.0
# How long what a closed tab showed is kept, for a connection that comes back.
GRACE_S = 45.0
POLICY_VIOLATION = 1008
PLACES = (SOCKETS, SOCKETS + "/")
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")

ONLY_OUR_PAGES = _("Only the portal's own pages may do that.")
TOO_MANY_OPEN = _("Too many of the portal's pages are open.")


@dataclass
class Allowance:
    """A bucket of what may come at once, refilled so much a second."""

    burst: int
    a_second: float
    left: float = 0
    at: float = 0

    def __post_init__(self) -> None:
        """Starts full."""
        self.left, self.at = self.burst, time.monotonic()

    def take(self) -> bool:
        """Takes one; says whether there was one."""
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.a_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def is_rested(self) -> bool:
        """Says whether it would be full again by now."""
        return self.left + (time.monotonic() - self.at) * self.a_second >= self.burst


@dataclass(eq=False)
class Socket:
    """One open socket. `seat` is None where nobody is signed in."""

    address: str
    seat: signins.Seat | None
    send: Send
    allowance: Allowance = field(default_factory=lambda: Allowance(BURST, A_SECOND))
    opened: float = field(default_factory=time.monotonic)
    has_joined: bool = False
    is_closed: bool = False

    def age(self) -> float:
        """Returns for how many seconds it has been open."""
        return time.monotonic() - self.opened

    async def close(self, code: int) -> None:
        """Closes it from our side; closing twice is once."""
        if self.is_closed:
            return
        self.is_closed = True
        with contextlib.suppress(Exception):
            await self.send({"type": "websocket.close", "code": code})


@dataclass
class Hall:
    """Every socket that is open in this process, and what each account has left of its share."""

    sockets: set[Socket] = field(default_factory=set)
    shares: dict[str, Allowance] = field(default_factory=dict)

    def is_full(self, seat: signins.Seat | None, address: str, per_address: int) -> bool:
        """Says whether there is no room for one more of these."""
        near = [socket for socket in self.sockets if socket.address == address]
        if len(near) >= per_address:
            return True
        if seat is not None:
            return sum(_is_of(socket, seat) for socket in self.sockets) >= PER_SIGN_IN
        nobody = sum(socket.seat is None for socket in self.sockets)
        return (
            nobody >= ANONYMOUS_IN_ALL
            or sum(socket.seat is None for socket in near) >= ANONYMOUS_PER_ADDRESS
        )

    def may_send(self, socket: Socket) -> bool:
        """Takes one frame from the socket's share and from its account's."""
        if not socket.allowance.take():
            return False
        if socket.seat is None:
            return True
        share = self.shares.setdefault(
            socket.seat.user_id, Allowance(ACCOUNT_BURST, ACCOUNT_A_SECOND)
        )
        return share.take()

    def forget_shares(self) -> None:
        """Forgets the shares of accounts that have no socket open."""
        here = {socket.seat.user_id for socket in self.sockets if socket.seat}
        for user_id in self.shares.keys() - here:
            if self.shares[user_id].is_rested():
                del self.shares[user_id]


hall = Hall()


class Gate:
    """ASGI: lets sockets in, or not, and listens to each frame of those inside."""

    def __init__(self, app: ASGIApp, rules: Settings) -> None:
        """`app` is what the sockets lead to."""
        self._app = app
        self._address = rules.public_url
        self._per_address = rules.sockets_per_address
        self._cookie = signins.cookie_name(is_https=rules.is_https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one socket; hands on what is none."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        socket = await self._admit(scope, send)
        if isinstance(socket, Refused):
            await refuse(scope, receive, send, socket)
            return
        hall.sockets.add(socket)
        try:
            await self._app(scope, _ear(socket, receive), _mouth(socket))
        finally:
            socket.is_closed = True
            hall.sockets.discard(socket)

    async def _admit(self, scope: Scope, send: Send) -> Socket | Refused:
        headers = Headers(scope=scope)
        if scope["path"] not in PLACES or not _is_ours(scope["query_string"]):
            return Refused(404, NO_SUCH_PLACE)
        if headers.getlist("origin") != [self._address]:
            return Refused(403, ONLY_OUR_PAGES)
        digest = signins.digest_in(headers.get("cookie", ""), self._cookie)
        try:
            seat = await acting.seat(digest)
        except Refusal as refusal:
            return Refused(refusal.status, refusal.words)
        address = (scope.get("client") or ("", 0))[0]
        if hall.is_full(seat, address, self._per_address):
            log.warning("no room for one more socket of one %s", "sign-in" if seat else "address")
            return Refused(429, TOO_MANY_OPEN)
        return Socket(address, seat, send)


def _is_of(socket: Socket, seat: signins.Seat) -> bool:
    return socket.seat is not None and socket.seat.sign_in_id == seat.sign_in_id


def _is_ours(query: bytes) -> bool:
    """Whether a socket's address is one that our pages use: no long polling, one decent token."""
    said = parse_qs(query.decode("latin-1"), max_num_fields=10)
    tokens = said.get("token", [])
    return (
        said.get("transport") == ["websocket"]
        and said.get("EIO") == ["4"]
        and "sid" not in said
        and len(tokens) == 1
        and bool(TOKEN.fullmatch(tokens[0]))
    )


def _ear(socket: Socket, receive: Receive) -> Receive:
    """Returns `receive` that lets through what a page of ours may say."""

    async def hear() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if not hall.may_send(socket):
                return await _breach(socket, "too many frames")
            match frames.judge(message.get("text"), events.is_registered):
                case frames.Verdict.PASS:
                    return message
                case frames.Verdict.JOIN if not socket.has_joined:
                    socket.has_joined = True
                    return message
                case frames.Verdict.DROP:
                    continue
                case _:
                    return await _breach(socket, "a frame that no page sends")

    return hear


def _mouth(socket: Socket) -> Send:
    """Returns `send` that falls silent once the socket is closed from our side."""

    async def say(message: Message) -> None:
        if not socket.is_closed:
            await socket.send(message)

    return say


async def _breach(socket: Socket, what: str) -> Message:
    """Closes a socket that does what none of our pages does; it is told in the trace, once."""
    log.warning("a socket was closed: %s", what)
    await socket.close(POLICY_VIOLATION)
    with contextlib.suppress(Refusal):
        await acting.alone(
            lambda db: accounts.note_breach(
                db, socket.seat, what=what, address=socket.address, now=acting.desk().clock()
            )
        )
    return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}


@contextlib.asynccontextmanager
async def watching() -> AsyncIterator[None]:
    """Watches over sockets and states for as long as the server runs."""
    task = asyncio.create_task(_watch(), name="sockets")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _watch() -> None:
    while True:
        await asyncio.sleep(SWEEP_EVERY_S)
        try:
            await sweep()
        except Exception:
            # The watch must outlive one bad round; the next one is a second away.
            log.exception("a round of the watch failed")


async def sweep() -> None:
    """Ends the sockets and states of sign-ins that have ended, and forgets closed tabs."""
    bound = connections.bound()
    watched = {socket.seat.sign_in_id for socket in hall.sockets if socket.seat}
    watched |= {sign_in for sign_in in bound.values() if sign_in}
    ended = watched - await acting.still_open(watched) if watched else set[str]()
    if ended:
        tokens = [token for token, sign_in in bound.items() if sign_in in ended]
        await asyncio.gather(*(connections.send_away(token) for token in tokens))
        await _close([s for s in hall.sockets if s.seat and s.seat.sign_in_id in ended])
        for token in tokens:
            connections.forget(token)
    silent = [s for s in hall.sockets if not s.has_joined and s.age() > JOIN_WITHIN_S]
    await _close(silent)
    connections.forget_closed(GRACE_S)
    hall.forget_shares()


async def _close(sockets: list[Socket]) -> None:
    await asyncio.gather(*(socket.close(POLICY_VIOLATION) for socket in sockets))
