"""What waits in the outbox, opened as the deliverer opens it."""

from portal.database import Database
from portal.models.audit import OutboxNotice
from portal.services import notices


def given(base: Database, notice: OutboxNotice) -> dict[str, str]:
    """Returns what a notice is filled with."""
    with base.reading() as db:
        return notices.given_of(db, notice)
