"""One step of the booking as it is shown. One row of the trace, through the open record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.errors import NotFound
from portal.models.appointments import Appointment, Hold
from portal.models.people import Location, Patient
from portal.models.schedules import VisitType
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import free_times
from portal.services.appointments import changing, holding, rescheduling, rules
from portal.services.appointments.changing import TooLate
from portal.services.appointments.choosing import kinds, people, week, zones
from portal.services.appointments.choosing.people import Person
from portal.services.appointments.choosing.rows import (
    ANYBODY,
    PARTS,
    BookingRow,
    ChoiceRow,
    HeldRow,
    KindRow,
    MovedRow,
    TakenRow,
    Wanted,
    WhoRow,
)
from portal.words import _, _n, clock, local, short_month, weekday, when

NEAR = 3
MINUTE = 60


@dataclass(frozen=True)
class _Chosen:
    """What of the address holds for this person."""

    kind: VisitType
    takers: Sequence[str]
    people: Sequence[Person]
    who: str
    channel: str


def view(db: Session, actor: Actor, *, wanted: Wanted, now: datetime) -> BookingRow:
    """Returns the step that the address asks for, or the one before it that is still to be done."""
    patient = access.open_patient(db, actor)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    audit.record(db, actor, "R", category="appointments", patient_id=patient.id, now=now)
    held = holding.current(db, actor, now=now)
    if wanted.step == "say" and held is not None:
        return _say(db, actor, patient, held, wanted, now)
    moved = _moved(db, actor, wanted.moves, now)
    chosen = _chosen(db, patient, wanted, moved, now)
    if chosen is None or (wanted.step == "why" and moved is None):
        return _why(db, patient, now)
    kind = kinds.row_of(chosen.kind, rules.Standing(), chosen.takers)
    row = BookingRow(
        patient_id=patient.id, kind=kind, moved=_moved_row(db, moved, now) if moved else MovedRow()
    )
    if wanted.step == "who" and len(chosen.takers) > 1:
        return _who(db, patient, chosen, row, moved, now)
    return _when(db, patient, chosen, row, wanted, moved, now)


def near(
    db: Session, actor: Actor, *, wanted: Wanted, kind: str, minute: int, now: datetime
) -> TakenRow:
    """Returns the next free times after one that was lost."""
    patient = access.open_patient(db, actor)
    require(actor, Permission.CHANGE_APPOINTMENTS)
    moved = _moved(db, actor, wanted.moves, now)
    chosen = _chosen(db, patient, replace(wanted, kind=kind), moved, now)
    lost = free_times.moment_of(minute)
    said = _("{time} on {day} has just been taken").format(time=clock(lost), day=weekday(lost))
    if chosen is None:
        return TakenRow(said)
    audit.record(db, actor, "R", category="appointments", patient_id=patient.id, now=now)
    asked = _asked(chosen, patient, wanted, moved, now)
    day = max(local(lost).date(), local(now).date())
    found = asked.free(db, day, day + timedelta(days=14))
    # The same day first, by how far it is from what was wanted; then the days after.
    found.sort(key=lambda one: (_days_from(one, day), abs(one.minute - minute)))
    near_by = sorted(found[:NEAR])
    return TakenRow(said, [week.time_row(one, asked, is_long=True) for one in near_by])


def _days_from(time: free_times.FreeTime, day: date) -> int:
    return (local(time.starts_at).date() - day).days


def _why(db: Session, patient: Patient, now: datetime) -> BookingRow:
    every = kinds.listed(db, patient.id, now=now)
    return BookingRow(
        step="why",
        patient_id=patient.id,
        kinds=[one for one in every if one.is_open],
        by_phone=[one for one in every if not one.is_open],
    )


def _who(
    db: Session,
    patient: Patient,
    chosen: _Chosen,
    row: BookingRow,
    moved: Appointment | None,
    now: datetime,
) -> BookingRow:
    first = people.firsts(
        db, chosen.kind, chosen.takers, channel=chosen.channel, patient_id=patient.id,
        but=_but(moved), now=now,
    )  # fmt: skip
    return replace(row, step="who", people=people.rows(chosen.people, first, now))


def _when(
    db: Session,
    patient: Patient,
    chosen: _Chosen,
    row: BookingRow,
    wanted: Wanted,
    moved: Appointment | None,
    now: datetime,
) -> BookingRow:
    asked = _asked(chosen, patient, wanted, moved, now)
    shown = week.row(db, asked)
    day = next((one.day for one in shown.days if one.is_chosen), "")
    at = free_times.moment_of(shown.first.minute) if shown.first.minute else now
    return replace(
        row,
        step="when",
        week=shown,
        day=day,
        who=_who_row(chosen),
        people_choices=_choices(chosen),
        channels=[
            ChoiceRow(key, _(words))
            for key, words in kinds.CHANNELS.items()
            if key in chosen.kind.channels.split()
        ],
        channel=chosen.channel,
        part=asked.wanted.part,
        weekday=asked.wanted.weekday,
        weekdays=[ChoiceRow("", _("Any day")), *_weekdays()],
        zone_said=zones.note(wanted.zone, at),
    )


def _say(
    db: Session, actor: Actor, patient: Patient, held: Hold, wanted: Wanted, now: datetime
) -> BookingRow:
    one = rules.visit_type(db, held.visit_type_id)
    takers = rules.practitioners(db, one.id)
    moved = _moved(db, actor, held.moves_id or "", now)
    who = people.named(db, [held.practitioner_id], patient)
    place = db.get(Location, held.location_id) if held.location_id else None
    return BookingRow(
        step="say",
        patient_id=patient.id,
        kind=kinds.row_of(one, rules.Standing(), takers),
        who=WhoRow(id=held.practitioner_id, name=who[0].name if who else ""),
        held=_held_row(held, who, place, wanted, now),
        moved=_moved_row(db, moved, now) if moved else MovedRow(),
        late=_late(one, held.starts_at, now),
        day=local(held.starts_at).date().isoformat(),
        channel=held.channel,
    )


def _held_row(
    held: Hold, who: Sequence[Person], place: Location | None, wanted: Wanted, now: datetime
) -> HeldRow:
    seconds = max(0, int((held.expires_at - now).total_seconds()))
    return HeldRow(
        id=held.id,
        minute=free_times.minute_of(held.starts_at),
        who=held.practitioner_id,
        channel=held.channel,
        day=str(local(held.starts_at).day),
        month=short_month(held.starts_at),
        date=local(held.starts_at).date().isoformat(),
        when=when(held.starts_at, now),
        until=clock(held.ends_at),
        there=zones.there_said(wanted.zone, held.starts_at),
        name=who[0].name if who else "",
        place=place.name if place else "",
        address=place.address if place else "",
        way=_(kinds.CHANNELS[held.channel]),
        left=left_said(seconds),
        seconds=seconds,
        expires_at=held.expires_at.isoformat(),
    )


def left_said(seconds: int) -> str:
    """Says how long a time is still kept."""
    return _n("{count} minute", "{count} minutes", max(1, -(-seconds // MINUTE)))


def _late(one: VisitType, starts_at: datetime, now: datetime) -> str:
    """Says until when the visit can be cancelled like any other."""
    if not one.cancel_hours:
        return ""
    if changing.is_late(starts_at, now, one.cancel_hours):
        return _("It is soon: if you cannot come after all, please call us.")
    until = starts_at - timedelta(hours=one.cancel_hours)
    said = _("You can change or cancel it here; until {when} we can still give it to somebody.")
    return said.format(when=when(until, now))


def _moved(db: Session, actor: Actor, moves: str, now: datetime) -> Appointment | None:
    """Returns the visit that is to be moved; raises `NotFound`, and `TooLate` for a past one."""
    if not moves:
        return None
    found = access.appointment(db, actor, moves)
    if not rescheduling.may_move(found, now) or not found.visit_type_id:
        raise TooLate
    return found


def _moved_row(db: Session, moved: Appointment, now: datetime) -> MovedRow:
    kind = db.get(VisitType, moved.visit_type_id)
    hours = kind.cancel_hours if kind else None
    late = changing.is_late(moved.starts_at, now, hours)
    return MovedRow(
        id=moved.id,
        when=when(moved.starts_at, now),
        title=moved.title,
        late=changing.late_said(hours) if late else "",
    )


def _chosen(
    db: Session, patient: Patient, wanted: Wanted, moved: Appointment | None, now: datetime
) -> _Chosen | None:
    """Returns what was chosen so far; None while there is no type that this person may book."""
    try:
        one = rules.visit_type(db, (moved.visit_type_id or "") if moved else wanted.kind)
    except NotFound:
        return None
    takers = rules.practitioners(db, one.id)
    shown: KindRow = kinds.row_of(one, rules.standing(db, patient.id, now=now), takers)
    if not takers or not (shown.is_open or (moved is not None and _opens(db, patient, one, now))):
        return None
    who = wanted.who or ((moved.practitioner_id or "") if moved else "")
    ways = one.channels.split()
    channel = wanted.channel or (moved.channel if moved else "")
    return _Chosen(
        kind=one,
        takers=takers,
        people=people.named(db, takers, patient),
        who=who if who in takers and len(takers) > 1 else (ANYBODY if takers[1:] else takers[0]),
        channel=channel if channel in ways else ways[0],
    )


def _opens(db: Session, patient: Patient, one: VisitType, now: datetime) -> bool:
    """Says whether a visit of this type may be moved, however many are open."""
    return rules.is_open_to(one, rules.standing(db, patient.id, now=now))


def _asked(
    chosen: _Chosen, patient: Patient, wanted: Wanted, moved: Appointment | None, now: datetime
) -> week.Asked:
    only = [one for one in chosen.people if one.id == chosen.who]
    known = replace(
        wanted,
        part=wanted.part if wanted.part in PARTS else "",
        weekday=wanted.weekday if wanted.weekday in set("0123456") else "",
    )
    return week.Asked(
        kind=chosen.kind,
        people=only or chosen.people,
        channel=chosen.channel,
        patient_id=patient.id,
        but=_but(moved),
        wanted=known,
        now=now,
    )


def _but(moved: Appointment | None) -> list[str]:
    return [moved.id] if moved else []


def _who_row(chosen: _Chosen) -> WhoRow:
    for one in chosen.people:
        if one.id == chosen.who:
            return WhoRow(id=one.id, name=one.name, role=one.role)
    return WhoRow(id=ANYBODY, name=_("Whoever is free first"))


def _choices(chosen: _Chosen) -> list[ChoiceRow]:
    if not chosen.takers[1:]:
        return []
    named = [ChoiceRow(one.id, one.name) for one in chosen.people]
    return [ChoiceRow(ANYBODY, _("Anyone: the soonest time")), *named]


def _weekdays() -> list[ChoiceRow]:
    names = (
        _("Mondays"), _("Tuesdays"), _("Wednesdays"), _("Thursdays"), _("Fridays"),
        _("Saturdays"), _("Sundays"),
    )  # fmt: skip
    return [ChoiceRow(str(at), name) for at, name in enumerate(names)]
