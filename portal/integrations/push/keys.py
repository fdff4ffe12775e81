"""Keys: by which push services know that a message comes from this clinic (VAPID, RFC 8292).

Made from a key of the clinic's own, so there is no file that could be lost or copied, and every
instance has the same. A browser subscribes to it: with another one every device would have to say
anew that it wants to be told.
"""

import json
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.integrations.push.sealing import packed

# RFC 8292 allows a day; shorter costs nothing, and a clock may be wrong.
HOLDS = timedelta(hours=12)
_HEADER = packed(b'{"typ":"JWT","alg":"ES256"}')
# How many points P-256 has (FIPS 186-5, SP 800-186).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# 64 bits more than the order has, so that no number is likelier than another (FIPS 186-5, A.2.1).
_BYTES = 40


@lru_cache(maxsize=8)
def of(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Returns the key that belongs to a secret of 32 bytes: always the same."""
    drawn = HKDFExpand(hashes.SHA256(), _BYTES, b"vapid p-256").derive(secret)
    number = int.from_bytes(drawn, "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


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
