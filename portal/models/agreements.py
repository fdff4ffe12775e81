"""Agreements and the clinic's policies: what was agreed to and when, and what the clinic set."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

# The terms of use, the privacy notice, the consent to be written to electronically.
TEXTS = ("terms", "privacy", "electronic")


class LegalText(Table, table=True):
    """One version of a text that people agree to. Never altered: a change is a new version."""

    __table_args__ = (one_of("kind", TEXTS, "kind"), UniqueConstraint("kind", "version"))

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    kind: str = Field(max_length=20)
    version: int = Field(ge=1)
    body: str = Field(max_length=50_000)
    # What is different, in one or two sentences; empty for the first version.
    changed: str = Field(default="", max_length=1000)
    published_at: datetime = Field(sa_type=UtcDateTime)
    published_by: str = Field(default="", max_length=300)


class Agreement(Table, table=True):
    """That somebody agreed to (or declined, or took back) one version of a text (FHIR Consent)."""

    __table_args__ = (
        one_of("kind", TEXTS, "kind"),
        Index("ix_agreement_user_id_kind_version", "user_id", "kind", "version"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user.id")
    kind: str = Field(max_length=20)
    version: int = Field(ge=1)
    agreed: bool = Field()
    at: datetime = Field(sa_type=UtcDateTime)


class PolicyValue(Table, table=True):
    """One of the clinic's policies where it differs from the default (security/policies.py)."""

    key: str = Field(primary_key=True, max_length=60)
    value: str = Field(max_length=500)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(default="", max_length=300)
