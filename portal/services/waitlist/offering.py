"""Offering: what is free goes to who waits, by priority and then first come, one at a time each.

Free times are looked up as for anybody who books, so whatever made them free counts: a visit that
was cancelled or moved, a hold that ran out, hours that were added. The hold that keeps an offer
claims its time; so no time is offered twice, whoever looks at once (docs/decisions/0016).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from portal import live
from portal.models.appointments import Appointment, Hold
from portal.models.people import Patient
from portal.models.schedules import VisitType
from portal.models.waitlist import MOST_UNANSWERED, WaitlistEntry, WaitlistOffer
from portal.security import audit, policies
from portal.security.actor import Actor
from portal.security.policies import Policies
from portal.services import free_times, notices
from portal.services.appointments import booking, freeing, rules
from portal.services.free_times import FreeTime
from portal.services.waitlist import ending, freed, matching
from portal.words import local


def turn(db: Session, actor: Actor, *, now: datetime, since: datetime | None = None) -> int:
    """Ends what is over and offers what is free; returns how many offers went out.

    `since`: only what has come free after this moment is looked at; without it everything is.
    """
    ending.tidy(db, actor, now=now)
    if not matching.is_awake(now):
        # What comes free at night is offered in the morning.
        return 0
    days = None if since is None else freed.days(db, since, now=now)
    return offer(db, actor, now=now, days=days) if days is None or days else 0


def offer(db: Session, actor: Actor, *, now: datetime, days: Collection[date] | None = None) -> int:
    """Offers what is free on some days, or on all, to everybody who waits and has no offer."""
    waiting = _waiting(db, now)
    if not waiting:
        return 0
    look = _Look(db, now, policies.current(db), days, _furthest(waiting))
    refused = _refused(db)
    return sum(
        any(_keep(db, actor, entry, time, look) for time in look.suiting(entry, terms, refused))
        for entry, terms in waiting
    )


@dataclass
class _Look:
    """One look at the calendar: what is free of each type of visit, less what is offered by it."""

    db: Session
    now: datetime
    rules: Policies
    days: Collection[date] | None
    furthest: date
    gone: dict[str, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _free: dict[tuple[str, str], list[FreeTime]] = field(default_factory=dict)
    _kinds: dict[str, VisitType] = field(default_factory=dict)

    def kind(self, entry: WaitlistEntry) -> VisitType:
        """Returns what somebody waits for."""
        if entry.visit_type_id not in self._kinds:
            self._kinds[entry.visit_type_id] = self.db.get_one(VisitType, entry.visit_type_id)
        return self._kinds[entry.visit_type_id]

    def suiting(
        self, entry: WaitlistEntry, terms: matching.Terms, refused: set[tuple[str, str, datetime]]
    ) -> Iterator[FreeTime]:
        """Yields what is free and suits somebody, the earliest first, but what they have left."""
        length = timedelta(minutes=self.kind(entry).minutes)
        for time in self._times(entry):
            at, who = time.starts_at, time.practitioner_id
            if not matching.fits(terms, at, who, now=self.now):
                continue
            is_gone = any(start < at + length and at < end for start, end in self.gone[who])
            if not is_gone and (entry.id, who, at) not in refused and self.until(at):
                yield time

    def until(self, starts_at: datetime) -> datetime | None:
        """Returns until when a time can be offered now."""
        return matching.ends(
            starts_at,
            offer_minutes=self.rules.waitlist_offer_minutes,
            cutoff_minutes=self.rules.waitlist_cutoff_minutes,
            now=self.now,
        )

    def _times(self, entry: WaitlistEntry) -> list[FreeTime]:
        key = (entry.visit_type_id, entry.channel)
        if key not in self._free:
            self._free[key] = self._read(self.kind(entry), entry.channel)
        return self._free[key]

    def _read(self, kind: VisitType, channel: str) -> list[FreeTime]:
        if not kind.active:
            return []
        who = rules.practitioners(self.db, kind.id)
        today = local(self.now).date()
        spans = [(today, self.furthest)] if self.days is None else [(one, one) for one in self.days]
        found = [
            time
            for first, last in sorted(spans)
            for time in free_times.free(
                self.db, kind, who, first=first, last=last, now=self.now, channel=channel
            )
        ]
        undoable = freed.undoable(self.db, now=self.now)
        return [time for time in found if not any(one.holds(time, kind) for one in undoable)]


def _waiting(db: Session, now: datetime) -> list[tuple[WaitlistEntry, matching.Terms]]:
    """Returns who waits without an offer, in the order of their turn."""
    query = (
        select(WaitlistEntry, col(Appointment.starts_at))
        .join(Patient, col(Patient.id) == col(WaitlistEntry.patient_id))
        .outerjoin(Appointment, col(Appointment.id) == col(WaitlistEntry.appointment_id))
        .where(
            col(WaitlistEntry.status) == "waiting",
            col(WaitlistEntry.unanswered) < MOST_UNANSWERED,
            col(WaitlistEntry.expires_at) > now,
            col(Patient.deceased).is_(False),
            col(Patient.merged_into_id).is_(None),
        )
    )
    found: Any = db.execute(query.execution_options(populate_existing=True)).all()
    return [
        (entry, matching.terms_of(entry, before))
        for entry, before in sorted(found, key=lambda row: matching.rank(row[0]))
    ]


def _furthest(waiting: list[tuple[WaitlistEntry, matching.Terms]]) -> date:
    return max(terms.until_on for _entry, terms in waiting)


def _refused(db: Session) -> set[tuple[str, str, datetime]]:
    """Returns which times were left, or not answered, by whom: nobody is asked the same twice."""
    query = (
        select(
            col(WaitlistOffer.entry_id),
            col(WaitlistOffer.practitioner_id),
            col(WaitlistOffer.starts_at),
        )
        .join(WaitlistEntry, col(WaitlistEntry.id) == col(WaitlistOffer.entry_id))
        .where(
            col(WaitlistEntry.status) == "waiting",
            col(WaitlistOffer.state).in_(("declined", "expired")),
        )
    )
    return {(row[0], row[1], row[2]) for row in db.connection().execute(query)}


def _keep(db: Session, actor: Actor, entry: WaitlistEntry, time: FreeTime, look: _Look) -> bool:
    """Keeps a time for somebody and tells them; says no where somebody else has it by now."""
    kind, until = look.kind(entry), look.until(time.starts_at)
    if until is None:
        return False
    held = Hold(
        patient_id=entry.patient_id,
        user_id=None,
        visit_type_id=kind.id,
        practitioner_id=time.practitioner_id,
        location_id=time.location_id,
        channel=entry.channel,
        starts_at=time.starts_at,
        ends_at=time.starts_at + timedelta(minutes=kind.minutes),
        buffer_before=kind.buffer_before,
        buffer_after=kind.buffer_after,
        moves_id=entry.appointment_id,
        expires_at=until,
        created_at=look.now,
    )
    freeing.clear(db, now=look.now, around=held)
    try:
        with booking.claiming(db, held):
            db.connection().execute(insert(Hold), [held.model_dump()])
    except booking.TimeTaken:
        return False
    if not _mark(db, entry):
        # Another process has just offered them something else.
        freeing.let_go(db, col(Hold.id) == held.id)
        return True
    early, late = (timedelta(minutes=at) for at in (kind.buffer_before, kind.buffer_after))
    look.gone[held.practitioner_id].append((held.starts_at - early, held.ends_at + late))
    _tell(db, actor, entry, held, look.now)
    return True


def _mark(db: Session, entry: WaitlistEntry) -> bool:
    waits = (col(WaitlistEntry.id) == entry.id, col(WaitlistEntry.status) == "waiting")
    values = {"status": "offered", "version": col(WaitlistEntry.version) + 1}
    return (
        db.connection().execute(update(WaitlistEntry).where(*waits).values(**values)).rowcount == 1
    )


def _tell(db: Session, actor: Actor, entry: WaitlistEntry, held: Hold, now: datetime) -> None:
    row = WaitlistOffer(
        entry_id=entry.id,
        patient_id=entry.patient_id,
        hold_id=held.id,
        practitioner_id=held.practitioner_id,
        location_id=held.location_id,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        offered_at=now,
        expires_at=held.expires_at,
    )
    db.connection().execute(insert(WaitlistOffer), [row.model_dump()])
    notices.write(db, "waitlist.offered", patient_id=entry.patient_id, record_id=row.id, now=now)
    audit.record(
        db, actor, "C", category="appointments", patient_id=entry.patient_id,
        entity=f"WaitlistOffer/{row.id}", reason="offered", now=now,
    )  # fmt: skip
    live.tell(db, "appointments", [entry.patient_id], is_private=ending.is_private(db, entry))
