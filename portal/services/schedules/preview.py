"""A week of one type of visit as patients would see it, found by what finds it for them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from babel import dates
from sqlmodel import Session

from portal.models.appointments import CHANNELS
from portal.models.schedules import VisitType
from portal.services import free_times
from portal.services.appointments import rules
from portal.services.schedules.rows import PreviewDay, PreviewRow
from portal.words import _, _n, clock, language, local

WEEK_DAYS = 7
# Of a day with more starts than that the first and the last are said.
SHOWN, FIRST, LAST = 9, 5, 3


def week(
    db: Session,
    kind: VisitType,
    *,
    now: datetime,
    first: date | None = None,
    practitioner_id: str = "",
) -> PreviewRow:
    """Returns the free times of seven days, with everybody or with one, for who was here before."""
    begins = max(first or local(now).date(), local(now).date())
    ends = begins + timedelta(days=WEEK_DAYS - 1)
    offered = [one for one in CHANNELS if one in kind.channels.split()]
    everybody = rules.practitioners(db, kind.id)
    found = free_times.free(
        db, kind, [one for one in everybody if practitioner_id in {"", one}], first=begins,
        last=ends, now=now, channel=offered[0] if offered else "",
    )  # fmt: skip
    by_day: dict[date, dict[int, datetime]] = defaultdict(dict)
    for time in found:
        by_day[local(time.starts_at).date()].setdefault(time.minute, time.starts_at)
    said = dates.format_date(begins, "d MMMM", locale=language())
    return PreviewRow(
        title=_("{name}, the week from {day}").format(name=kind.name, day=said),
        note=_note(kind),
        days=[
            _day(begins + timedelta(days=at), list(by_day[begins + timedelta(days=at)].values()))
            for at in range(WEEK_DAYS)
        ],
        is_there=True,
    )


def _note(kind: VisitType) -> str:
    """Says why patients would see none of it by themselves."""
    if not kind.active:
        return _("Not in use: patients do not see it, and nobody can book it.")
    if kind.who_books == "staff" or kind.how_booked == "view-only":
        return _("Patients cannot book this themselves. These are the times that would be free.")
    return ""


def _day(day: date, starts: Sequence[datetime]) -> PreviewDay:
    is_long = len(starts) > SHOWN
    return PreviewDay(
        key=day.isoformat(),
        day=dates.format_date(day, "EEE d MMM", locale=language()),
        said=_n("{count} free", "{count} free", len(starts)) if starts else _("None"),
        times=[clock(at) for at in (starts[:FIRST] if is_long else starts)],
        more=_n("{count} more", "{count} more", len(starts) - FIRST - LAST) if is_long else "",
        late=[clock(at) for at in starts[-LAST:]] if is_long else [],
    )
