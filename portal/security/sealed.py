"""Sealed: fields that are encrypted for one row alone, inside of the encrypted database.

AES-256-GCM with a random nonce. Table, column and row are bound in, so that a sealed value moved
to another row does not open (SECURITY KEY-03). The first byte names the key, for a rotation.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session

KEY_ID = b"\x01"
NONCE = 12


class Unsealable(Exception):
    """What is stored was not sealed here: it was damaged, moved or forged."""


def seal(db: Session, value: bytes, *, table: str, column: str, row_id: str) -> bytes:
    """Returns a value sealed for one column of one row."""
    return seal_with(db.info["field_key"], value, table=table, column=column, row_id=row_id)


def unseal(db: Session, sealed: bytes, *, table: str, column: str, row_id: str) -> bytes:
    """Returns what was sealed; raises `Unsealable` for anything else."""
    return unseal_with(db.info["field_key"], sealed, table=table, column=column, row_id=row_id)


def seal_with(key: bytes, value: bytes, *, table: str, column: str, row_id: str) -> bytes:
    """Seals where there is no session: a migration."""
    nonce = secrets.token_bytes(NONCE)
    return KEY_ID + nonce + AESGCM(key).encrypt(nonce, value, _bound(table, column, row_id))


def unseal_with(key: bytes, sealed: bytes, *, table: str, column: str, row_id: str) -> bytes:
    """Opens where there is no session; raises `Unsealable`."""
    nonce, rest = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    if sealed[:1] != KEY_ID or len(nonce) != NONCE:
        raise Unsealable
    try:
        return AESGCM(key).decrypt(nonce, rest, _bound(table, column, row_id))
    except InvalidTag as error:
        raise Unsealable from error


def _bound(table: str, column: str, row_id: str) -> bytes:
    return f"{table}:{column}:{row_id}".encode()
