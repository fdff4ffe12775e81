"""A push service on this machine, and a device that opens what it was sent."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.integrations import push
from portal.integrations.push import sealing

AUTH = b"a secret of 16 b"
HOST = "push.example"


def key_of(number: int) -> ec.EllipticCurvePrivateKey:
    """Returns a key that is always the same."""
    return ec.derive_private_key(number, ec.SECP256R1())


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Returns the public half of a key, as browsers give it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


DEVICE_KEY = key_of(20260303)
DEVICE = push.Device(
    f"https://{HOST}/send/abc", sealing.packed(point_of(DEVICE_KEY)), sealing.packed(AUTH)
)


def opened(body: bytes) -> bytes:
    """Opens a message as the browser does: by the device's own key (RFC 8291, 3.4)."""
    salt, (size, length), rest = body[:16], struct.unpack("!LB", body[16:21]), body[21:]
    theirs, sealed = rest[:length], rest[length:]
    assert len(sealed) <= size
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)

    def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

    info = b"WebPush: info\0" + point_of(DEVICE_KEY) + theirs
    secret = derived(DEVICE_KEY.exchange(ec.ECDH(), sender), AUTH, info, 32)
    key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0").removesuffix(b"\x02")


@dataclass
class Service:
    """A push service on this machine: what it answers, and what it was sent."""

    answer: int = 201
    # What it answers for one path instead.
    answers_for: dict[str, int] = field(default_factory=dict)
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(service: Service, tls: ssl.SSLContext) -> Iterator[int]:
    """Serves on loopback over TLS; returns the port."""
    service.answers.set()

    class Asked(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.taken.append((self.path, dict(self.headers.items()), body))
            service.answers.wait(30)
            self.send_response(service.answers_for.get(self.path, service.answer))
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    server.daemon_threads = True
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        service.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()


def name(monkeypatch: pytest.MonkeyPatch, found: list[Any]) -> None:
    """Lets every name lead to these addresses: tests ask no name server."""

    def getaddrinfo(*_asked: Any, **_more: Any) -> list[Any]:
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
