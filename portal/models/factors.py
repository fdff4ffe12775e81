"""Second factors: what somebody has besides the password, and the codes and challenges for them."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

# An authenticator app, a passkey. Recovery codes and e-mailed codes have tables of their own.
FACTORS = ("totp", "passkey")
# What a short code proves: that an address is somebody's, or who signs in.
CODES = ("sign-in", "address", "registration")
CEREMONIES = ("register", "sign-in", "second", "confirm")


class Factor(Table, table=True):
    """An authenticator app or a passkey. It counts once `confirmed_at` is there."""

    __table_args__ = (
        one_of("kind", FACTORS, "kind"),
        UniqueConstraint("credential_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user.id", index=True)
    kind: str = Field(max_length=10)
    # What its owner calls it: "My phone".
    name: str = Field(default="", max_length=100)
    # The app's seed, sealed for this row alone (security/sealed.py).
    secret: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    # The newest time step (RFC 6238) that was taken: each is taken once.
    last_step: int = Field(default=0, ge=0)
    # A passkey's own id (base64url) and public key (COSE); its counter, where it counts.
    credential_id: str | None = Field(default=None, max_length=1400)
    public_key: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    sign_count: int = Field(default=0, ge=0)
    transports: str = Field(default="", max_length=100)
    created_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCode(Table, table=True):
    """One of ten printed codes, hashed; each is good once. A new set ends the old one."""

    __table_args__ = (UniqueConstraint("user_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user.id")
    number: int = Field(ge=1, le=10)
    hash: str = Field(max_length=300)
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TrustedDevice(Table, table=True):
    """A browser that may skip the second factor for a while. Only its secret's SHA-256 is kept."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    digest: str = Field(sa_column=Column(String(64), unique=True, nullable=False))
    user_id: str = Field(sa_column=Column(ForeignKey("user.id"), nullable=False, index=True))
    device: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ShortCode(Table, table=True):
    """Six to eight digits sent to an address: hashed with a key, few tries, minutes to live."""

    __table_args__ = (
        one_of("purpose", CODES, "purpose"),
        Index("ix_short_code_subject_id_purpose", "subject_id", "purpose"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    # The sign-in, address or registration that it belongs to.
    subject_id: str = Field(max_length=64)
    user_id: str | None = Field(default=None, foreign_key="user.id", index=True)
    purpose: str = Field(max_length=20)
    digest: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = Field(default=0, ge=0)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Challenge(Table, table=True):
    """What a passkey must sign, once, within minutes (WebAuthn). Only its SHA-256 is kept."""

    __table_args__ = (one_of("ceremony", CEREMONIES, "ceremony"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    digest: str = Field(sa_column=Column(String(64), unique=True, nullable=False))
    ceremony: str = Field(max_length=10)
    # Nobody's before a passkey has said who signs in.
    user_id: str | None = Field(default=None, foreign_key="user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
