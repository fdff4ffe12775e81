"""Imports every table, so that `SQLModel.metadata` is whole: for migrations and for tests."""

from sqlmodel import SQLModel

from portal.models import appointments, audit, clinical, finding, messages, people

__all__ = ["TABLES", "appointments", "audit", "clinical", "finding", "messages", "people"]

TABLES = SQLModel.metadata
