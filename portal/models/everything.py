"""Imports every table, so that `SQLModel.metadata` is whole: for migrations and for tests."""

from portal.models import appointments, audit, clinical, messages, people

__all__ = ["appointments", "audit", "clinical", "messages", "people"]
