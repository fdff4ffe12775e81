"""Freeing: what has run out gives its time back, and who stood over it claims the rest."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from portal.models.appointments import STANDING, STEP_MINUTES, Appointment, Claim, Hold

STEP_SECONDS = STEP_MINUTES * 60
# The widest buffers of two visits, side by side.
WIDEST = timedelta(minutes=2 * 240)


def clear(db: Session, *, now: datetime, around: Appointment | Hold | None = None) -> int:
    """Clears away holds that have run out, all or those in the way of one; returns how many.

    Only those in the way, so that who comes back late still finds theirs if nobody wanted it.
    """
    over = [col(Hold.expires_at) <= now]
    if around is not None:
        over.append(col(Hold.id).in_(_in_the_way(around)))
    # What another transaction is clearing away needs no second one: nobody waits in a ring.
    return let_go(db, *over, is_passing_by=True)


def _in_the_way(of: Appointment | Hold) -> Any:
    early, late = (timedelta(minutes=at) for at in (of.buffer_before, of.buffer_after))
    first = int((of.starts_at - early).timestamp()) // STEP_SECONDS
    last = int((of.ends_at + late).timestamp()) // STEP_SECONDS
    resources = (
        f"patient:{of.patient_id}",
        f"practitioner:{of.practitioner_id}",
        f"location:{of.location_id}",
    )
    return select(col(Claim.hold_id)).where(
        col(Claim.resource).in_(resources),
        col(Claim.step).between(first, last),
        col(Claim.hold_id).is_not(None),
    )


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

    An update that changes nothing: the database's own triggers claim again (migration 0009).
    """
    over = (
        col(Appointment.overbooked) != "",
        col(Appointment.status).in_(STANDING),
        col(Appointment.starts_at) < ends_at + WIDEST,
        col(Appointment.ends_at) > starts_at - WIDEST,
    )
    again = update(Appointment).where(*over).values(overbooked=col(Appointment.overbooked))
    db.connection().execute(again)
