"""Freeing: what has run out gives its time back, and who stood over it claims the rest."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session, col

from portal.models.appointments import STANDING, Appointment, Hold

# The widest buffers of two visits, side by side.
WIDEST = timedelta(minutes=2 * 240)


def clear(db: Session, *, now: datetime, around: Appointment | Hold | None = None) -> int:
    """Clears away holds that have run out, all or those in the way of one; returns how many.

    Only those in the way, so that who comes back late still finds theirs if nobody wanted it.
    """
    over = [col(Hold.expires_at) <= now]
    if around is not None:
        over += [
            col(Hold.starts_at) < around.ends_at + WIDEST,
            col(Hold.ends_at) > around.starts_at - WIDEST,
            or_(
                col(Hold.patient_id) == around.patient_id,
                col(Hold.practitioner_id) == around.practitioner_id,
                col(Hold.location_id) == around.location_id,
            ),
        ]
    # What another transaction is clearing away needs no second one: nobody waits in a ring.
    return let_go(db, *over, is_passing_by=True)


def let_go(db: Session, *which: Any, is_passing_by: bool = False) -> int:
    """Lets go of holds; returns how many. `is_passing_by`: not of those that are being let go."""
    query = (
        select(col(Hold.id), col(Hold.starts_at), col(Hold.ends_at))
        .where(*which)
        .order_by(col(Hold.id))
        .with_for_update(skip_locked=is_passing_by)
    )
    found = db.connection().execute(query).all()
    if found:
        ids = [row.id for row in found]
        db.connection().execute(delete(Hold).where(col(Hold.id).in_(ids)))
    for row in found:
        let_overbooked_claim(db, row.starts_at, row.ends_at)
    return len(found)


def let_overbooked_claim(db: Session, starts_at: datetime, ends_at: datetime) -> None:
    """Lets visits that stood over a freed time claim what they could not have before.

    An update that changes nothing: the database's own triggers claim again (migration 0006).
    """
    over = (
        col(Appointment.overbooked) != "",
        col(Appointment.status).in_(STANDING),
        col(Appointment.starts_at) < ends_at + WIDEST,
        col(Appointment.ends_at) > starts_at - WIDEST,
    )
    again = update(Appointment).where(*over).values(overbooked=col(Appointment.overbooked))
    db.connection().execute(again)
