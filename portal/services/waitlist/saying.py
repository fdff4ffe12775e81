"""The waiting list in words: what suits somebody, how they stand, what is offered to them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.models.appointments import Appointment
from portal.models.people import Location, Patient, Practitioner
from portal.models.schedules import VisitType
from portal.models.waitlist import MOST_UNANSWERED, WaitlistEntry, WaitlistOffer
from portal.services.appointments import rules
from portal.services.appointments.choosing import ChoiceRow
from portal.services.appointments.choosing.kinds import CHANNELS
from portal.services.waitlist.rows import EntryRow, FormRow, OfferRow, TickRow
from portal.words import _, _n, clock, local, short_day, short_month, when, zone

WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
# Stretches of the day to choose from, in minutes of the clinic's clock.
HOURS = {
    "0-600": _("Before 10"),
    "600-720": _("From 10 to 12"),
    "720-900": _("From 12 to 3"),
    "900-1440": _("From 3 on"),
}
NOTICES = {
    "120": _("2 hours before"),
    "240": _("4 hours before"),
    "1440": _("A day before"),
    "2880": _("Two days before"),
}
PRIORITIES = (_("As usual"), _("Sooner"), _("First of all"))
_MINUTES_A_DAY, _MINUTES_AN_HOUR = 1440, 60
STATES = {
    "waiting": (_("Waiting"), "", "clock"),
    "offered": (_("Has an offer"), "info", "held"),
    "paused": (_("Paused"), "warn", "held"),
}


def listed_entries(
    db: Session, *where: Any, order: Collection[Any] = (), most: int = 100
) -> list[Any]:
    """Returns entries of the list with the names that go with them."""
    moved = aliased(Appointment)
    query = (
        select(
            WaitlistEntry,
            col(VisitType.name).label("title"),
            col(Patient.name).label("name"),
            col(moved.starts_at).label("moves_at"),
        )
        .join(VisitType, col(VisitType.id) == col(WaitlistEntry.visit_type_id))
        .join(Patient, col(Patient.id) == col(WaitlistEntry.patient_id))
        .outerjoin(moved, col(moved.id) == col(WaitlistEntry.appointment_id))
        .where(*where)
        .order_by(*order, col(WaitlistEntry.created_at), col(WaitlistEntry.id))
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return list(db.execute(query))


def entry_row(row: Any, names: dict[str, str], now: datetime) -> EntryRow:
    """Returns one entry in words; `names` are the practitioners' by id."""
    entry: WaitlistEntry = row[0]
    is_paused = entry.status == "waiting" and entry.unanswered >= MOST_UNANSWERED
    state = "paused" if is_paused else entry.status
    words, tone, icon = STATES.get(state, ("", "", "clock"))
    wishes = said(entry, names)
    return EntryRow(
        id=entry.id,
        version=entry.version,
        patient_id=entry.patient_id,
        name=row.name,
        title=row.title,
        wishes=wishes,
        wishes_said=" · ".join(wishes),
        moves=when(row.moves_at, now) if row.moves_at else "",
        since=_("Since {day}").format(day=short_day(entry.created_at)),
        status=entry.status,
        status_words=_(words) if words else "",
        is_paused=is_paused,
        tone=tone,
        icon=icon,
        priority=str(entry.priority),
        priority_words=_(PRIORITIES[entry.priority]),
    )


def said(entry: WaitlistEntry, names: dict[str, str]) -> list[str]:
    """Says what suits: with whom, until when, on which days, at which hours, how early known."""
    people = [names[one] for one in entry.practitioners.split() if one in names]
    days = [_(WEEKDAYS[int(day)]) for day in entry.weekdays.split()]
    hours = [_hours(window) for window in entry.windows.split()]
    return [
        _("With {names}").format(names=_either(people)) if people else _("With anybody"),
        _("Until {day}").format(day=short_day(entry.until_on)),
        _("On {days}").format(days=_either(days)) if days else _("On any day"),
        _either(hours) if hours else _("At any time"),
        _("Known {time}").format(time=_notice(entry.notice_minutes)),
        *([_(CHANNELS[entry.channel])] if entry.channel != "in-person" else []),
    ]


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {_('or')} {words[-1]}"


def _hours(window: str) -> str:
    if window in HOURS:
        return _(HOURS[window])
    first, _dash, last = window.partition("-")
    if first == "0":
        return _("Before {time}").format(time=_minute(int(last)))
    return _("From {first} to {last}").format(first=_minute(int(first)), last=_minute(int(last)))


def _minute(minute: int) -> str:
    # Any day will do: only the clock is said.
    hour, rest = divmod(minute % _MINUTES_A_DAY, _MINUTES_AN_HOUR)
    return clock(datetime(2000, 1, 3, hour, rest, tzinfo=zone()))


def _notice(minutes: int) -> str:
    if str(minutes) in NOTICES:
        return _(NOTICES[str(minutes)]).lower()
    if minutes % _MINUTES_A_DAY == 0:
        days = minutes // _MINUTES_A_DAY
        return _n("{count} day before", "{count} days before", days)
    hours = -(-minutes // _MINUTES_AN_HOUR)
    return _n("{count} hour before", "{count} hours before", hours)


def listed_offers(db: Session, *where: Any) -> list[Any]:
    """Returns offers with the names that go with them, the one that ends first first."""
    moved = aliased(Appointment)
    query = (
        select(
            WaitlistOffer,
            col(VisitType.name).label("title"),
            col(Patient.name).label("name"),
            col(Practitioner.name).label("who"),
            col(Location.name).label("place"),
            col(moved.starts_at).label("moves_at"),
        )
        .join(WaitlistEntry, col(WaitlistEntry.id) == col(WaitlistOffer.entry_id))
        .join(VisitType, col(VisitType.id) == col(WaitlistEntry.visit_type_id))
        .join(Patient, col(Patient.id) == col(WaitlistOffer.patient_id))
        .join(Practitioner, col(Practitioner.id) == col(WaitlistOffer.practitioner_id))
        .outerjoin(Location, col(Location.id) == col(WaitlistOffer.location_id))
        .outerjoin(moved, col(moved.id) == col(WaitlistEntry.appointment_id))
        .where(*where)
        .order_by(col(WaitlistOffer.expires_at), col(WaitlistOffer.id))
        .execution_options(populate_existing=True)
    )
    return list(db.execute(query))


def offer_row(row: Any, now: datetime, *, may: bool) -> OfferRow:
    """Returns one offer in words."""
    offer: WaitlistOffer = row[0]
    at = offer.starts_at
    is_today = local(offer.expires_at).date() == local(now).date()
    until = clock(offer.expires_at) if is_today else when(offer.expires_at, now)
    return OfferRow(
        id=offer.id,
        patient_id=offer.patient_id,
        name=row.name,
        title=row.title,
        when=when(at, now),
        at=clock(at),
        month=short_month(at),
        day=str(local(at).day),
        who=row.who,
        place=row.place or "",
        kept=_("Kept until {time}").format(time=until),
        moves=when(row.moves_at, now) if row.moves_at else "",
        may_answer=may,
    )


def names(db: Session) -> dict[str, str]:
    """Returns the practitioners' names by id."""
    query = select(col(Practitioner.id), col(Practitioner.name))
    return {row.id: row.name for row in db.connection().execute(query)}


def form_row(
    db: Session,
    kind: VisitType,
    entry: WaitlistEntry | None,
    moved: Appointment | None,
    now: datetime,
) -> FormRow:
    """Returns the form for a type of visit, filled with what was wished before."""
    people, called = rules.practitioners(db, kind.id), names(db)
    own = moved.practitioner_id if moved and entry is None else None
    with_whom = set(entry.practitioners.split()) if entry else {own} - {None}
    channels = [one for one in CHANNELS if one in kind.channels.split()]
    wanted = entry.channel if entry else (moved.channel if moved else channels[0])
    today = local(now).date()
    return FormRow(
        is_open=True,
        entry_id=entry.id if entry else "",
        version=entry.version if entry else 0,
        kind=kind.id,
        title=kind.name,
        moves_id=moved.id if moved else "",
        moves=when(moved.starts_at, now) if moved else "",
        people=[TickRow(f"with-{one}", called[one], one in with_whom) for one in people],
        weekdays=weekdays(entry.weekdays.split() if entry else ()),
        hours=hours(entry.windows.split() if entry else ()),
        channels=[ChoiceRow(one, _(CHANNELS[one])) for one in channels],
        channel=wanted,
        notice=str(entry.notice_minutes) if entry else "120",
        first=max(entry.from_on, today).isoformat() if entry else today.isoformat(),
        last=entry.until_on.isoformat() if entry else "",
    )


def weekdays(ticked: Collection[str] = ()) -> list[TickRow]:
    """Returns the days of the week to tick."""
    return [TickRow(f"on-{day}", _(name), str(day) in ticked) for day, name in enumerate(WEEKDAYS)]


def hours(ticked: Collection[str] = ()) -> list[TickRow]:
    """Returns the stretches of the day to tick."""
    return [TickRow(f"at-{key}", _(words), key in ticked) for key, words in HOURS.items()]
