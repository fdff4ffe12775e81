"""Sealing: a push message as its device alone can read it (RFC 8291, over RFC 8188's aes128gcm).

The push service in between, which is the browser maker's, sees neither words nor link.
"""

import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SALT_BYTES, AUTH_BYTES, POINT_BYTES = 16, 16, 65
# One record: push services take 4096 bytes, of which header, padding mark and tag are some.
RECORD_BYTES = 4096
MOST = RECORD_BYTES - 17 - 21 - POINT_BYTES
_LAST_RECORD = b"\x02"


class NotADevice(ValueError):
    """The keys are none that a browser makes."""


def seal(
    text: bytes,
    *,
    device: bytes,
    auth: bytes,
    salt: bytes | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Returns the body of a push message; raises `NotADevice`.

    `device` and `auth` are the subscription's keys. `salt` and `key` are new for each message.
    """
    if len(text) > MOST:
        msg = "it does not fit into one push message"
        raise ValueError(msg)
    theirs = point(device, auth)
    salt = salt or os.urandom(SALT_BYTES)
    key = key or ec.generate_private_key(ec.SECP256R1())
    own = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = key.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, auth, b"WebPush: info\x00" + device + own, 32)
    content = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + struct.pack("!LB", RECORD_BYTES, len(own)) + own
    return header + AESGCM(content).encrypt(nonce, text + _LAST_RECORD, None)


def point(device: bytes, auth: bytes) -> ec.EllipticCurvePublicKey:
    """Returns a device's key; raises `NotADevice` for what is no point of the curve."""
    if len(device) != POINT_BYTES or len(auth) != AUTH_BYTES:
        raise NotADevice
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), device)
    except ValueError as error:
        raise NotADevice from error


def unpacked(text: str) -> bytes:
    """Returns bytes from base64url without padding, as browsers give keys; or `NotADevice`."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise NotADevice from error


def packed(given: bytes) -> str:
    """Returns bytes as base64url without padding."""
    return urlsafe_b64encode(given).rstrip(b"=").decode()


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
