"""Freed: on which days a time has come free of late, and which may still be taken back.

For three minutes staff undo what they did (services/appointments/undoing): until then nobody is
offered the time, so that an undo never takes anything from anybody.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.appointments import Appointment, AppointmentChange
from portal.models.people import User
from portal.models.schedules import VisitType
from portal.models.waitlist import WaitlistOffer
from portal.security.actor import STAFF
from portal.services.appointments import changing, history
from portal.services.free_times import FreeTime
from portal.words import local

# A look that came late finds what the one before it had not seen.
OVERLAP = timedelta(minutes=2)
# After these the time that a visit had is somebody else's.
_FREES = ("cancelled", "moved", "undone", "noshow", "left")


@dataclass(frozen=True)
class Undoable:
    """A time that staff have freed, and may still want back."""

    practitioner_id: str | None
    location_id: str | None
    starts_at: datetime
    ends_at: datetime

    def holds(self, time: FreeTime, kind: VisitType) -> bool:
        """Says whether a visit of this type at this time would be in the way."""
        same_place = time.location_id is not None and time.location_id == self.location_id
        if time.practitioner_id != self.practitioner_id and not same_place:
            return False
        starts = time.starts_at - timedelta(minutes=kind.buffer_before)
        ends = time.starts_at + timedelta(minutes=kind.minutes + kind.buffer_after)
        return starts < self.ends_at and self.starts_at < ends


def days(db: Session, since: datetime, *, now: datetime) -> set[date]:
    """Returns the days on which something has come free, or which somebody waits for, since then.

    What staff do comes into question once it can no longer be undone: it is looked at until then.
    """
    after = since - changing.UNDO - OVERLAP
    changed = _changes(col(AppointmentChange.at) > after)
    found = {local(_was(row, "starts_at")).date() for row in db.execute(changed)}
    ended = select(col(WaitlistOffer.starts_at)).where(col(WaitlistOffer.ended_at) > after)
    found |= {local(at).date() for at in db.connection().execute(ended).scalars()}
    return {day for day in found if day >= local(now).date()}


def undoable(db: Session, *, now: datetime) -> list[Undoable]:
    """Returns the times that staff may still take back."""
    query = _changes(
        col(AppointmentChange.at) > now - changing.UNDO,
        col(AppointmentChange.undone_at).is_(None),
        col(AppointmentChange.what) != "undone",
    ).join(User, col(User.id) == col(AppointmentChange.user_id))
    return [
        Undoable(
            _was(row, "practitioner_id"),
            _was(row, "location_id"),
            _was(row, "starts_at") - timedelta(minutes=_was(row, "buffer_before")),
            _was(row, "ends_at") + timedelta(minutes=_was(row, "buffer_after")),
        )
        for row in db.execute(query.where(col(User.role).in_(STAFF)))
    ]


def _changes(*where: Any) -> Any:
    return (
        select(AppointmentChange, Appointment)
        .join(Appointment, col(Appointment.id) == col(AppointmentChange.appointment_id))
        .where(*where, col(AppointmentChange.what).in_(_FREES))
    )


def _was(row: Any, name: str) -> Any:
    """Returns what a column of a visit was before a change, where it changed; else what it is."""
    change, visit = row[0], row[1]
    return history.read(change.before).get(name, getattr(visit, name))
