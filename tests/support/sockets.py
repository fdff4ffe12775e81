"""A raw client for the portal's socket: it sends what a browser would, or would never."""

import asyncio
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect

from tests.support.patience import PATIENCE_S

PREFIX = "reflex___state____state"


@dataclass
class RawSocket:
    """One socket to a running portal. `frames` keeps every text that the server sent."""

    port: int
    token: str
    cookie: str = ""
    origin: str | None = ""
    path: str = "/home"
    query: dict[str, str] = field(default_factory=dict)
    frames: list[str] = field(default_factory=list)
    connection: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        """Opens the socket and the namespace, without a boot event."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if self.origin is not None:
            headers["Origin"] = self.origin or f"http://localhost:{self.port}"
        self.connection = await connect(
            f"ws://localhost:{self.port}/_event/?EIO=4&transport=websocket&token={quote(self.token)}",
            host="127.0.0.1",
            additional_headers=headers,
            max_size=None,
        )
        await self.until(lambda frame: frame.startswith("0"))
        await self.put("40/_event,{}")
        await self.until(lambda frame: frame.startswith("40/_event"))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the socket."""
        if self.connection is not None:
            await self.connection.close()

    async def put(self, text: str) -> None:
        """Sends one frame."""
        assert self.connection is not None
        await self.connection.send(text)

    async def event(self, name: str, /, **payload: Any) -> None:
        """Sends an event by its full name; `state.home.home.open` is short for Reflex's own."""
        body = {
            "name": name if name.startswith("reflex___") else f"{PREFIX}.{name}",
            "payload": payload,
            "router_data": {"pathname": self.path, "asPath": self.path, "query": self.query},
        }
        await self.put("42/_event," + json.dumps(["event", body]))

    async def hydrate(self) -> None:
        """Sends what a page sends first."""
        await self.event("hydrate")

    async def until(self, holds: Any, *, seconds: float = PATIENCE_S) -> str:
        """Reads frames until one holds, answering pings; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                frame = await self._next()
                if holds(frame):
                    return frame

    async def quiet(self, *, seconds: float = 0.4) -> list[str]:
        """Reads until nothing has come for a while; returns what came."""
        got: list[str] = []
        while True:
            try:
                async with asyncio.timeout(seconds):
                    got.append(await self._next())
            except TimeoutError:
                return got

    async def _next(self) -> str:
        assert self.connection is not None
        while True:
            text = str(await self.connection.recv())
            if text == "2":
                await self.put("3")
                continue
            self.frames.append(text)
            return text
