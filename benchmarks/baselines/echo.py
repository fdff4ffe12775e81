"""A bare Socket.IO server: what Reflex's own transport costs, with nothing of ours around it.

The same server class, the same settings as the portal's. Each event is answered with a payload of
the size asked for; `tell` sends one plain emit to everybody, or to one.
"""

import sys
import time
from types import SimpleNamespace
from typing import Any

import orjson
import socketio
import uvicorn

INTERVAL_S = 10


def _dumps(value: Any, **_: Any) -> str:
    return orjson.dumps(value).decode()


def _loads(text: str, **_: Any) -> Any:
    return orjson.loads(text)


sio = socketio.AsyncServer(
    async_mode="asgi",
    cors_allowed_origins="*",
    ping_interval=INTERVAL_S,
    ping_timeout=INTERVAL_S,
    allow_upgrades=False,
    transports=["websocket"],
    async_handlers=False,
    json=SimpleNamespace(dumps=_dumps, loads=_loads),
)
_padding: dict[int, str] = {}


async def _connect(sid: str, environ: Any, auth: Any = None) -> None:
    del sid, environ, auth


async def _event(sid: str, data: Any) -> None:
    size = data["payload"].get("size", 0)
    text = _padding.setdefault(size, "x" * size)
    await sio.emit("event", {"delta": text, "final": True}, to=sid, namespace="/_event")


async def _tell(sid: str, data: Any) -> None:
    whom = sid if data.get("one") else None
    began = time.perf_counter()
    text = {"delta": "x" * data["size"], "notice": data["notice"], "began": began}
    await sio.emit("event", text, to=data.get("whom") or whom, namespace="/_event")


sio.on("connect", _connect, namespace="/_event")
sio.on("event", _event, namespace="/_event")
sio.on("tell", _tell, namespace="/_event")
app = socketio.ASGIApp(sio, socketio_path="/_event")


def main(port: int) -> None:
    """Serves on a port of this machine."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        server_header=False,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
