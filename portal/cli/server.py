"""The server: one process, one address, no Node."""

import contextlib
import signal
import socket
from collections.abc import Generator
from pathlib import Path

import uvicorn

from portal.cli import environment
from portal.cli.say import CannotRun
from portal.settings import Settings

FINISH_S = 8


def claim(settings: Settings) -> socket.socket:
    """Takes the port before any work is done; refuses in a sentence when it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    claimed = socket.socket(family)
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind((settings.host, settings.port))
    except OSError as error:
        said = (
            f"The portal cannot listen on {settings.host}, port {settings.port} "
            f"({error.strerror}). Stop the program that does, or choose another: PORTAL_PORT=…"
        )
        raise CannotRun(said) from error
    return claimed


class _Server(uvicorn.Server):
    """uvicorn, saying when it is ready and ending with status 0 when asked to stop."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, and says where."""
        await super().startup(sockets)
        if self.started:
            print(f"Ready: {self._address} (stop with Ctrl+C)", flush=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stops on SIGTERM and SIGINT without raising them again: a clean stop is no failure."""
        asked = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in asked}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def run(settings: Settings, site: Path, claimed: socket.socket) -> None:
    """Serves one build until it is asked to stop; what was acknowledged is finished first."""
    environment.settle(site)
    config = uvicorn.Config(
        "portal.portal:app",
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=environment.SOCKET_BYTES,
        # The event layer has its own heartbeat; compression costs memory per open socket
        # and tells a listener something about what is inside.
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        lifespan="on",
        # Addresses of sockets hold tokens: they are never logged.
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=FINISH_S,
    )
    server = _Server(config, settings.public_url)
    server.run(sockets=[claimed])
    if not server.started:
        message = "The portal could not start; the reason stands above."
        raise CannotRun(message)
