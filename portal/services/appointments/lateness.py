"""Running late: the patient says by how much, and the board shows it at once."""

from datetime import datetime, timedelta

from sqlmodel import Session

from portal.errors import Conflict, Invalid
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.appointments import changing
from portal.words import _, local

CHOICES = (5, 10, 15, 20, 30, 45)


class NotLateYet(Conflict):
    """Somebody says that they run late for a visit of another day."""

    sentence = _("You can say that you are running late on the day of your visit.")


def run_late(
    db: Session,
    actor: Actor,
    *,
    appointment_id: str,
    version: int,
    minutes: int,
    now: datetime,
) -> None:
    """Says that the patient comes so many minutes late; whoever says so is coming."""
    record = access.appointment(db, actor, appointment_id)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    if minutes not in CHOICES:
        raise Invalid(_("Choose from the list by how much."))
    if record.status != "booked" or record.starts_at <= now:
        raise changing.TooLate
    if not is_the_day(record.starts_at, now):
        raise NotLateYet
    expected = record.starts_at + timedelta(minutes=minutes)
    if record.expected_at == expected:
        return
    changes = {"expected_at": expected, "confirmed_at": record.confirmed_at or now}
    changing.change(db, actor, record, version, changes, what="late", now=now)


def is_the_day(starts_at: datetime, now: datetime) -> bool:
    """Says whether a visit is today, on the clinic's calendar."""
    return local(starts_at).date() == local(now).date()
