"""A raw client for event sockets, deliberately thin, so that it does not eat the second core.

It speaks just enough: an opening request, unfragmented text frames, a mask of zeros, Engine.IO's
heartbeat, Socket.IO's namespace. Times are taken when the bytes arrive.
"""

import asyncio
import json
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROOT = "reflex___state____state"
_TEXT, _CLOSE, _PING, _PONG = 0x81, 8, 9, 0x8A
_MASK = b"\0\0\0\0"


@dataclass(eq=False)
class Wire(asyncio.Protocol):
    """One open socket. `heard` is called with each Socket.IO event's bytes and its moment."""

    host: str
    headers: dict[str, str]
    path: str
    hello: str = "40/_event,{}"
    heard: Callable[[bytes, float], None] | None = None
    frames: int = 0
    size: int = 0
    is_closed: bool = False
    _buffer: bytearray = field(default_factory=bytearray)
    _is_upgraded: bool = False
    _wanted: bytes = b""
    _waiter: asyncio.Future[tuple[float, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the socket."""
        self._transport: Any = transport
        lines = [f"GET {self.path} HTTP/1.1", f"Host: {self.host}", "Upgrade: websocket"]
        lines += ["Connection: Upgrade", "Sec-WebSocket-Version: 13"]
        lines += ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        transport.write("\r\n".join([*lines, "", ""]).encode())  # pyright: ignore[reportAttributeAccessIssue]

    def connection_lost(self, exc: Exception | None) -> None:
        """Notes that it is over; whoever waits is told."""
        self.is_closed = True
        if self._waiter and not self._waiter.done():
            self._waiter.set_exception(exc or ConnectionError("the socket was closed"))

    def data_received(self, data: bytes) -> None:
        """Takes frames apart."""
        now = time.perf_counter()
        buffer = self._buffer
        buffer += data
        if not self._is_upgraded:
            head, found, rest = bytes(buffer).partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self._transport.abort()
                return
            self._is_upgraded = True
            buffer[:] = rest
        while (frame := _frame(buffer)) is not None:
            self._take(*frame, now)

    def _take(self, kind: int, text: bytes, now: float) -> None:
        if kind == _PING:
            self._transport.write(bytes((_PONG, 0x80 | len(text))) + _MASK + text)
        elif kind == _CLOSE:
            self._transport.close()
        elif text == b"2":
            self.send("3")
        elif text.startswith(b"0{"):
            self.send(self.hello)
        else:
            self._hear(text, now)

    def _hear(self, text: bytes, now: float) -> None:
        self.frames += 1
        self.size += len(text)
        if self.heard is not None:
            self.heard(text, now)
        if self._waiter is not None and self._wanted in text and not self._waiter.done():
            self._waiter.set_result((now, text))

    def send(self, text: str) -> None:
        """Sends one text frame."""
        body = text.encode()
        size = len(body)
        head = struct.pack("!BB", _TEXT, 0x80 | size) if size < 126 else b""
        head = head or struct.pack("!BBH", _TEXT, 0x80 | 126, size)
        self._transport.write(head + _MASK + body)

    def event(self, name: str, **payload: Any) -> None:
        """Sends one of our pages' events by its name within the root state."""
        self.send(_event_text(name, payload))

    async def until(self, wanted: bytes, *, seconds: float = 20) -> tuple[float, bytes]:
        """Waits for a frame with these bytes in it; returns its moment and its text."""
        self._wanted = wanted
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            return await asyncio.wait_for(self._waiter, seconds)
        finally:
            self._waiter = None

    async def ask(self, text: str, wanted: bytes) -> float:
        """Sends a frame; returns the seconds until the answer came."""
        began = time.perf_counter()
        self.send(text)
        return (await self.until(wanted))[0] - began

    def close(self) -> None:
        """Ends it."""
        self._transport.close()


def _frame(buffer: bytearray) -> tuple[int, bytes] | None:
    """Takes one whole frame off the front of what came, if it is there."""
    if len(buffer) < 2:
        return None
    size, start = buffer[1] & 0x7F, 2
    if size == 126:
        size, start = int.from_bytes(buffer[2:4]), 4
    elif size == 127:
        size, start = int.from_bytes(buffer[2:10]), 10
    if len(buffer) < start + size or (start > 2 and len(buffer) < start):
        return None
    kind, text = buffer[0] & 0x0F, bytes(buffer[start : start + size])
    del buffer[: start + size]
    return kind, text


def _event_text(name: str, payload: dict[str, Any]) -> str:
    return "42/_event," + json.dumps(["event", body(name, payload)])


def body(name: str, payload: dict[str, Any], path: str = "/home") -> dict[str, Any]:
    """Returns an event as a page of ours sends it."""
    route = {"pathname": path, "asPath": path, "query": {}}
    return {"name": f"{ROOT}.{name}", "payload": payload, "router_data": route}


def boot(path: str = "/home") -> str:
    """Returns the frame with which a page joins: it brings its first event along."""
    first = body("hydrate_and_load", {}, path)
    return "40/_event," + json.dumps({"event": first})


async def connect(
    port: int,
    token: str,
    *,
    cookie: str = "",
    hello: str = "",
    wanted: bytes = b'40/_event,{"sid"',
    heard: Callable[[bytes, float], None] | None = None,
) -> tuple[Wire, float]:
    """Opens a socket and joins; returns it, and the moment when a `wanted` frame had come."""
    host = f"localhost:{port}"
    headers = {"Origin": f"http://{host}"} | ({"Cookie": cookie} if cookie else {})
    path = f"/_event/?EIO=4&transport=websocket&token={token}"
    wire = Wire(host, headers, path, hello or "40/_event,{}", heard)
    joined = asyncio.ensure_future(wire.until(wanted))
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: wire, "127.0.0.1", port)
    return wire, (await joined)[0]
