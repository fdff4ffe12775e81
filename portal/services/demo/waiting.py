"""The demo clinic's waiting list: three who wait, and a time that is kept for a fourth."""

from datetime import date, datetime, timedelta
from typing import Any

from portal.models.appointments import Appointment, Hold
from portal.models.waitlist import WaitlistEntry, WaitlistOffer
from portal.services.demo.calendar import GRID, Calendar
from portal.services.demo.people import Town
from portal.words import zone

OFFERED = timedelta(hours=1)
# Who waits, with whom, for what, and what else suits them.
WAITS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    # Would come before the clinic opens: the demo always has one who still waits.
    ("walter", "okafor", "follow-up", {"windows": "0-540", "priority": 1, "by_clinic": True}),
    ("lesya", "osei", "check-up", {"windows": "900-1440", "weekdays": "1 3"}),
    ("arlo", "chow", "vaccination", {"weekdays": "4", "notice_minutes": 1440}),
)
KEPT = ("priscilla", "okafor", "follow-up")


def stand(town: Town, calendar: Calendar) -> None:
    """Puts everybody in the line, and keeps a time for one of them."""
    for at, (who, by, kind, more) in enumerate(WAITS):
        _entry(town, who, by, kind, days_ago=at + 2, **more)
    who, by, kind = KEPT
    sheet, patient = town.sheet, town.patients[who]
    visit = next(
        row
        for row in sheet.rows[Appointment]
        if row["patient_id"] == patient and row["starts_at"] > sheet.at(4, "0:00")
    )
    starts = _free(calendar, who, by)
    whose: dict[str, Any] = {
        "patient_id": patient,
        "practitioner_id": town.practitioners[by],
        "location_id": town.rooms[by],
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=20),
        "expires_at": sheet.now + OFFERED,
    }
    hold = sheet.put(
        Hold, visit_type_id=visit["visit_type_id"], moves_id=visit["id"], created_at=sheet.now,
        **whose,
    )  # fmt: skip
    entry = _entry(
        town, who, by, kind, days_ago=6, appointment_id=visit["id"], status="offered",
        until=visit["starts_at"].astimezone(zone()).date(),
    )  # fmt: skip
    sheet.put(WaitlistOffer, entry_id=entry, hold_id=hold, offered_at=sheet.now, **whose)


def _entry(
    town: Town, who: str, by: str, kind: str, *, days_ago: int, until: date | None = None,
    **more: Any,
) -> str:  # fmt: skip
    sheet = town.sheet
    last = until or sheet.day(60)
    return sheet.put(
        WaitlistEntry,
        patient_id=town.patients[who],
        visit_type_id=town.visits[kind],
        practitioners=town.practitioners[by],
        from_on=sheet.today,
        until_on=last,
        created_at=sheet.now - timedelta(days=days_ago),
        expires_at=sheet.at(last + timedelta(days=1), "0:00"),
        **more,
    )


def _free(calendar: Calendar, who: str, by: str) -> datetime:
    """Returns a time of the next days that nobody has."""
    for day in (2, 3, 1):
        for clock in GRID:
            starts = calendar.town.sheet.at(day, clock)
            if calendar.takes(who, by, starts, starts + timedelta(minutes=20)):
                return starts
    msg = "the demo's doctor has no free time at all"
    raise AssertionError(msg)
