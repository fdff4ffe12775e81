"""Who takes a type of visit, each with the first time that is free."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.people import Patient, Practitioner, PractitionerRole
from portal.models.schedules import VisitType
from portal.services import frame, free_times
from portal.services.appointments.choosing.rows import ANYBODY, WhoRow
from portal.services.free_times import FreeTime
from portal.words import _, local, when

# Most people find a time within days; only then all weeks are looked through.
SOON = timedelta(days=10)


@dataclass(frozen=True)
class Person:
    """A practitioner's name in full, and what they are."""

    id: str
    name: str
    role: str
    is_own: bool


def named(db: Session, ids: Collection[str], patient: Patient) -> list[Person]:
    """Returns practitioners by name, the patient's own doctor first."""
    title = (
        select(col(PractitionerRole.title))
        .where(
            col(PractitionerRole.practitioner_id) == col(Practitioner.id),
            col(PractitionerRole.active).is_(True),
        )
        .limit(1)
        .scalar_subquery()
    )
    query = select(
        col(Practitioner.id), col(Practitioner.name), col(Practitioner.prefix), title.label("role")
    ).where(col(Practitioner.id).in_(ids))
    own = patient.general_practitioner_id
    found = [
        Person(row.id, full(row.prefix, row.name), row.role or "", row.id == own)
        for row in db.connection().execute(query)
    ]
    return sorted(found, key=lambda one: (not one.is_own, one.name, one.id))


def full(prefix: str, name: str) -> str:
    """Returns a name with its title, once."""
    return name if not prefix or name.startswith(prefix) else f"{prefix} {name}"


def firsts(
    db: Session,
    kind: VisitType,
    ids: Sequence[str],
    *,
    channel: str,
    patient_id: str,
    but: Collection[str],
    now: datetime,
) -> dict[str, FreeTime]:
    """Returns the first free time of each practitioner who has one."""
    today = local(now).date()
    found: dict[str, FreeTime] = {}
    for first, last in (
        (today, today + SOON),
        (today + SOON + timedelta(days=1), today + timedelta(days=kind.ahead_days)),
    ):
        left = [one for one in ids if one not in found]
        if not left or first > last:
            break
        for time in free_times.free(
            db, kind, left, first=first, last=last, now=now, channel=channel,
            patient_id=patient_id, but=but,
        ):  # fmt: skip
            found.setdefault(time.practitioner_id, time)
    return found


def rows(people: Sequence[Person], first: dict[str, FreeTime], now: datetime) -> list[WhoRow]:
    """Returns who can be chosen: whoever is free first, then each by name."""
    shown = [
        WhoRow(
            id=one.id,
            name=one.name,
            role=_("Your doctor") if one.is_own else one.role,
            initials=frame.initials(one.name),
            tint=frame.tint(one.id),
            first=when(first[one.id].starts_at, now) if one.id in first else "",
            is_own=one.is_own,
        )
        for one in people
    ]
    soonest = min(first.values(), default=None)
    anybody = WhoRow(
        id=ANYBODY,
        name=_("Whoever is free first"),
        first=when(soonest.starts_at, now) if soonest else "",
    )
    return [anybody, *shown] if len(shown) > 1 else shown
