"""Joining the waiting list, saying what suits, leaving it again; and its order, for staff."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portal import live
from portal.errors import Conflict, Invalid, NotFound
from portal.models.appointments import CHANNELS, Appointment
from portal.models.schedules import DAY_MINUTES, VisitType
from portal.models.waitlist import MOST_UNANSWERED, OPEN, PRIORITIES, WaitlistEntry
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import free_times
from portal.services.appointments import rescheduling, rules
from portal.services.waitlist import ending
from portal.words import _, local, zone

# As far ahead as staff may book.
FURTHEST = timedelta(days=730)
MOST_NOTICE = 14 * DAY_MINUTES


class WaitsAlready(Conflict):
    """Nobody stands in the same line twice."""

    sentence = _("You are on the waiting list for this already. Change there what suits you.")


class NoLongerWaits(Conflict):
    """The entry has ended meanwhile, or somebody else has changed it."""

    sentence = _("This has changed meanwhile. Look at how it is now, and try again.")


@dataclass(frozen=True)
class Wishes:
    """What would suit. What is left empty suits in any way."""

    practitioner_ids: tuple[str, ...] = ()
    from_on: date | None = None
    until_on: date | None = None
    weekdays: tuple[int, ...] = ()
    windows: tuple[tuple[int, int], ...] = ()
    notice_minutes: int = 120
    channel: str = free_times.IN_PERSON


def join(
    db: Session,
    actor: Actor,
    *,
    visit_type_id: str,
    wishes: Wishes,
    appointment_id: str = "",
    patient_id: str = "",
    priority: int = 0,
    now: datetime,
) -> str:
    """Puts somebody on the list and returns the entry's id; raises `WaitsAlready`.

    `appointment_id`: the visit that should come earlier; `patient_id`: whom staff put there.
    """
    whose = _whose(db, actor, patient_id)
    moved = _to_come_earlier(db, actor, whose, appointment_id, now) if appointment_id else None
    kind = rules.visit_type(db, (moved and moved.visit_type_id) or visit_type_id)
    if not access.is_clinic(actor) and moved is None:
        rules.require(db, actor, kind, now=now, moves=False)
    entry = WaitlistEntry(
        patient_id=whose,
        visit_type_id=kind.id,
        appointment_id=moved.id if moved else None,
        priority=_priority(actor, priority),
        by_clinic=access.is_clinic(actor),
        created_at=now,
        **_columns(db, kind, wishes, moved, now),
    )
    _insert(db, entry)
    _note(db, actor, "C", entry, "joined", now)
    return entry.id


def change(
    db: Session, actor: Actor, *, entry_id: str, version: int, wishes: Wishes, now: datetime
) -> None:
    """Says anew what suits; the place in the line stays. An offer that is out stays out."""
    entry = _mine(db, actor, entry_id)
    kind = rules.visit_type(db, entry.visit_type_id)
    moved = db.get(Appointment, entry.appointment_id) if entry.appointment_id else None
    # Whoever says anew what suits is there: what went unanswered counts no more.
    _write(db, entry, version, _columns(db, kind, wishes, moved, now) | {"unanswered": 0})
    _note(db, actor, "U", entry, "wishes", now)


def leave(db: Session, actor: Actor, *, entry_id: str, now: datetime) -> None:
    """Takes somebody off the list, with what was offered to them; twice is harmless."""
    entry = _mine(db, actor, entry_id)
    if entry.status not in OPEN:
        return
    ending.close(db, actor, entry, "cancelled", now=now)
    _note(db, actor, "U", entry, "left", now)


def resume(db: Session, actor: Actor, *, entry_id: str, now: datetime) -> None:
    """Lets offers come again after some went unanswered; twice is harmless."""
    entry = _mine(db, actor, entry_id)
    if entry.status not in OPEN or entry.unanswered < MOST_UNANSWERED:
        return
    _write(db, entry, entry.version, {"unanswered": 0})
    _note(db, actor, "U", entry, "resumed", now)


def prioritise(
    db: Session, actor: Actor, *, entry_id: str, version: int, priority: int, now: datetime
) -> None:
    """Says how soon somebody needs a time, for staff."""
    require(actor, Permission.BOOK_APPOINTMENTS)
    entry = access.waitlist_entry(db, actor, entry_id)
    _write(db, entry, version, {"priority": _priority(actor, priority)})
    _note(db, actor, "U", entry, "priority", now)


def _whose(db: Session, actor: Actor, patient_id: str) -> str:
    if access.is_clinic(actor):
        require(actor, Permission.BOOK_APPOINTMENTS)
        return access.patient(db, actor, patient_id).id
    found = access.open_patient(db, actor)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    return found.id


def _mine(db: Session, actor: Actor, entry_id: str) -> WaitlistEntry:
    entry = access.waitlist_entry(db, actor, entry_id)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    return entry


def _to_come_earlier(
    db: Session, actor: Actor, whose: str, appointment_id: str, now: datetime
) -> Appointment:
    found = access.appointment(db, actor, appointment_id)
    if found.patient_id != whose or not found.visit_type_id:
        raise NotFound
    rescheduling.check(actor, found, now)
    return found


def _priority(actor: Actor, priority: int) -> int:
    if priority not in PRIORITIES or (priority and not access.is_clinic(actor)):
        raise Invalid
    return priority


def _columns(
    db: Session, kind: VisitType, wishes: Wishes, moved: Appointment | None, now: datetime
) -> dict[str, Any]:
    today = local(now).date()
    furthest = today + (FURTHEST if kind.who_books == "staff" else timedelta(days=kind.ahead_days))
    last = local(moved.starts_at).date() if moved else furthest
    first = max(wishes.from_on or today, today)
    until = min(wishes.until_on or last, last)
    if until < first:
        raise Invalid(_("The last day must not be before the first, nor after your visit."))
    if wishes.channel not in kind.channels.split() or wishes.channel not in CHANNELS:
        raise Invalid(_("Choose how the visit takes place from the list."))
    return {
        "practitioners": " ".join(_practitioners(db, kind, wishes.practitioner_ids)),
        "from_on": first,
        "until_on": until,
        "weekdays": " ".join(str(day) for day in _weekdays(wishes.weekdays)),
        "windows": " ".join(f"{start}-{end}" for start, end in _windows(wishes.windows)),
        "notice_minutes": _notice(wishes.notice_minutes),
        "channel": wishes.channel,
        "expires_at": datetime.combine(until + timedelta(days=1), datetime.min.time(), zone()),
    }


def _practitioners(db: Session, kind: VisitType, wanted: Collection[str]) -> list[str]:
    known = rules.practitioners(db, kind.id)
    if not set(wanted) <= set(known):
        raise Invalid(_("Choose who the visit is with from the list."))
    return [one for one in known if one in wanted]


def _weekdays(wanted: Collection[int]) -> list[int]:
    if not set(wanted) <= set(range(7)):
        raise Invalid(_("Choose the days from the list."))
    return sorted(set(wanted))


def _windows(wanted: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    if any(not 0 <= first < last <= DAY_MINUTES for first, last in wanted) or len(wanted) > 8:  # noqa: PLR2004
        raise Invalid(_("Choose the hours from the list."))
    return sorted(set(wanted))


def _notice(minutes: int) -> int:
    if not 0 <= minutes <= MOST_NOTICE:
        raise Invalid(_("Choose from the list how early you need to know."))
    return minutes


def _insert(db: Session, entry: WaitlistEntry) -> None:
    """Writes an entry; the database's own key says whether the person waits already."""
    same = (
        col(WaitlistEntry.patient_id) == entry.patient_id,
        col(WaitlistEntry.visit_type_id) == entry.visit_type_id,
        col(WaitlistEntry.status).in_(OPEN),
    )
    ask = db.connection()
    if ask.execute(select(col(WaitlistEntry.id)).where(*same)).first():
        raise WaitsAlready
    savepoint = ask.begin_nested()
    try:
        ask.execute(insert(WaitlistEntry), [entry.model_dump()])
    except IntegrityError as error:
        savepoint.rollback()
        if ask.execute(select(col(WaitlistEntry.id)).where(*same)).first():
            raise WaitsAlready from error
        raise
    savepoint.commit()


def _write(db: Session, entry: WaitlistEntry, version: int, values: dict[str, Any]) -> None:
    same = (
        col(WaitlistEntry.id) == entry.id,
        col(WaitlistEntry.version) == version,
        col(WaitlistEntry.status).in_(OPEN),
    )
    changed = update(WaitlistEntry).where(*same).values(**values, version=version + 1)
    if db.connection().execute(changed).rowcount != 1:
        raise NoLongerWaits


def _note(
    db: Session, actor: Actor, action: str, entry: WaitlistEntry, what: str, now: datetime
) -> None:
    audit.record(
        db, actor, action, category="appointments", patient_id=entry.patient_id,
        entity=f"WaitlistEntry/{entry.id}", reason=what, now=now,
    )  # fmt: skip
    live.tell(db, "appointments", [entry.patient_id], is_private=ending.is_private(db, entry))
