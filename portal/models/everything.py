"""Imports every table, so that `SQLModel.metadata` is whole: for migrations and for tests."""

from sqlmodel import SQLModel

from portal.models import (
    agreements,
    answers,
    appointments,
    attachments,
    audit,
    clinical,
    coverage,
    factors,
    finding,
    forms,
    messages,
    people,
    pools,
    prevention,
    requests,
    schedules,
    telling,
    waitlist,
)

__all__ = [
    "TABLES",
    "agreements",
    "answers",
    "appointments",
    "attachments",
    "audit",
    "clinical",
    "coverage",
    "factors",
    "finding",
    "forms",
    "messages",
    "people",
    "pools",
    "prevention",
    "requests",
    "schedules",
    "telling",
    "waitlist",
]

TABLES = SQLModel.metadata
