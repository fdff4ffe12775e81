"""A service for text messages on this machine: takes them by JSON, as `json://` sends them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


@dataclass
class Service:
    """What it answers, and what it took: to which phone, in which words."""

    answer: int = 200
    taken: list[tuple[str, str]] = field(default_factory=list)
    # While this is set it answers; a test that clears it has a service that hangs.
    answers: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(service: Service, *, port: int = 0) -> Iterator[int]:
    """Serves on loopback; returns the port."""
    service.answers.set()

    class Asked(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.answers.wait(30)
            if service.answer < 300:
                service.taken.append((unquote(self.path).rpartition("/")[2], said["message"]))
            self.send_response(service.answer)
            if service.answer in range(300, 400):
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", port), Asked)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        service.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()
