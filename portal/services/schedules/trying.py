"""Trying a change out: it is made, looked at with the portal's own eyes, and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from portal.errors import Conflict
from portal.words import _, _n


class ChangedMeanwhile(Conflict):
    """Two at the same setting: the sentence says what the other one changed."""

    sentence = _("Somebody else has changed this meanwhile. Look at it, then decide again.")

    def __init__(self, said: str = "") -> None:
        """Says what stands now."""
        again = _("Look at it, then decide again.")
        told = _("Somebody else has changed this meanwhile: {what}.").format(what=said)
        super().__init__(f"{told} {again}" if said else None)


class WouldFallOut(Conflict):
    """Bookings would lie outside of the hours, and nobody has looked at them yet."""

    def __init__(self, count: int) -> None:
        """Says how many."""
        super().__init__(
            _n(
                "{count} booking would lie outside of the hours. Look at it, then save.",
                "{count} bookings would lie outside of the hours. Look at them, then save.",
                count,
            )
        )


@contextmanager
def as_if(db: Session) -> Iterator[None]:
    """Runs what writes and what looks; nothing of it stays.

    What patients would see is found by what finds it for them: no second reckoning can differ.
    """
    # Of the connection, not of the session: the session's own would end the trace as well.
    savepoint = db.connection().begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
        db.expire_all()
