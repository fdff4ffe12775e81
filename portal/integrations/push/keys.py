"""Keys: by which push services know that a message comes from this clinic (VAPID, RFC 8292).

Made once, kept in the data folder. A browser subscribes to this key: with another one every device
would have to say anew that it wants to be told.
"""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from portal.integrations.push.sealing import packed

NAME = "push.pem"
# RFC 8292 allows a day; shorter costs nothing, and a clock may be wrong.
HOLDS = timedelta(hours=12)
_HEADER = packed(b'{"typ":"JWT","alg":"ES256"}')


def kept(folder: Path) -> ec.EllipticCurvePrivateKey:
    """Returns the clinic's key, made with the first call. Of two at once, one makes it."""
    path = folder / NAME
    if not path.exists():
        _make(path)
    found = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        msg = f"{NAME} holds another kind of key"
        raise TypeError(msg)
    return found


def public(key: ec.EllipticCurvePrivateKey) -> str:
    """Returns what a browser subscribes to."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return packed(point)


def authorization(
    key: ec.EllipticCurvePrivateKey, *, endpoint: str, contact: str, now: datetime
) -> str:
    """Returns the header that proves to one push service who sends, for half a day."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + HOLDS).timestamp()),
        "sub": contact,
    }
    said = f"{_HEADER}.{packed(json.dumps(claims).encode())}"
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    signature = packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={said}.{signature}, k={public(key)}"


def _make(path: Path) -> None:
    """Writes a new key beside and links it into place: nobody reads half of one."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = path.with_name(f"{NAME}.{os.getpid()}-{os.urandom(4).hex()}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(made)
        except FileExistsError:
            return
    finally:
        made.unlink()
