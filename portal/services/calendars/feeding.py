"""Feeding a calendar: what stands at the address, for whoever the address stands for, now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import NotFound, TooMany
from portal.integrations import calendar
from portal.models.appointments import STANDING, Appointment
from portal.security import access, audit, feeds, throttle
from portal.security.permissions import Permission, has
from portal.services.calendars import one
from portal.words import zone

# What is longer ago is in the portal; a calendar has kept it anyway.
BEHIND = timedelta(days=30)
MOST = 500
# Calendars ask every few minutes at the most; guessing would take longer than the sun will shine.
FETCHES, FETCHES_WITHIN = 60, timedelta(hours=1)
GUESSES, GUESSES_WITHIN = 30, timedelta(minutes=15)


class TooOften(TooMany):
    """An address is asked again and again, or addresses are tried out."""


@dataclass(frozen=True)
class Feed:
    """What an address answers: the file, or that it is none, or asked too often.

    No refusal is raised: what was counted has to stay counted.
    """

    file: bytes = b""
    status: int = 200


def feed(db: Session, *, token: str, host: str, source: str, now: datetime) -> Feed:
    """Returns the calendar file at an address; the same 404 for what ended and what never was."""
    actor = feeds.actor_of(db, token, source=source, now=now)
    if actor is None or not has(actor, Permission.SEE_APPOINTMENTS):
        tried = throttle.spend(db, "calendar", source, most=GUESSES, window=GUESSES_WITHIN, now=now)
        return Feed(status=NotFound.status if tried else TooOften.status)
    key = feeds.digest(token)
    if not throttle.spend(db, "feed", key, most=FETCHES, window=FETCHES_WITHIN, now=now):
        return Feed(status=TooOften.status)
    audit.record(
        db, actor, "R", category="appointments", patient_id=actor.patient_id, reason="calendar",
        now=now,
    )  # fmt: skip
    query = (
        select(Appointment)
        .where(
            access.appointments(actor),
            # What is between the patient and the clinic stands in no calendar that others see.
            col(Appointment.confidential).is_(False),
            col(Appointment.status).in_((*STANDING, "fulfilled")),
            col(Appointment.starts_at) > now - BEHIND,
        )
        .order_by(col(Appointment.starts_at))
        .limit(MOST)
    )
    name = one.clinic_name(db)
    entries = [one.bare(record, name, host) for record in db.scalars(query)]
    return Feed(calendar.make(name, entries, zone(), now=now))
