"""The demo clinic's kinds of visit, its rooms' equipment and everybody's weekly hours."""

from typing import Any

from portal.models.schedules import Schedule, VisitType
from portal.services.demo.sheet import Sheet

_HURTS = "If it gets worse quickly, call us. With chest pain or trouble breathing call 911."
# key → what differs from the defaults of a visit type.
VISITS: dict[str, dict[str, Any]] = {
    "follow-up": {
        "name": "Follow-up",
        "board_name": "Follow-up",
        "description": "How a treatment works, results to talk about, a form to sign",
        "minutes": 20,
        "grid": 20,
        "channels": "in-person phone video",
        "new_patients": False,
        "reason_prompt": "What should we talk about?",
    },
    "new-problem": {
        "name": "Something new",
        "board_name": "New",
        "description": "A complaint that we have not looked at before",
        "urgent": _HURTS,
        "minutes": 40,
        "grid": 20,
        "buffer_after": 5,
        "reason_prompt": "What is the matter, and since when?",
        "form": "Questions before a first visit",
        "notice_minutes": 60,
        "colour": "sand",
    },
    "check-up": {
        "name": "Check-up",
        "board_name": "Check-up",
        "description": "The yearly look at everything, for children and adults",
        "minutes": 20,
        "grid": 20,
        "asks_reason": False,
        "ahead_days": 365,
        "open_limit": 1,
        "colour": "green",
    },
    "blood-test": {
        "name": "Blood test",
        "board_name": "Blood",
        "description": "A test that your doctor has ordered",
        "preparation": "Take your tablets as usual. Drink water before you come.",
        "minutes": 10,
        "grid": 10,
        "new_patients": False,
        "asks_reason": False,
        "cancel_hours": 2,
        "colour": "clay",
    },
    "vaccination": {
        "name": "Vaccination",
        "board_name": "Vaccine",
        "description": "Flu, tetanus, travel, children’s vaccines",
        "preparation": "Bring the vaccine card if you have one.",
        "minutes": 10,
        "grid": 10,
        "reason_prompt": "Which vaccine?",
        "colour": "moss",
    },
    "procedure": {
        "name": "Small procedure",
        "board_name": "Procedure",
        "description": "Taking out a mole, stitches, an injection into a joint",
        "minutes": 40,
        "grid": 20,
        "buffer_before": 5,
        "buffer_after": 10,
        "who_books": "staff",
        "needs_room": True,
        "colour": "plum",
    },
    "driver": {
        "name": "Medical certificate",
        "board_name": "Certificat",
        "description": "For a driver’s licence, sports or work",
        "preparation": "Bring the form that is to be signed, and your glasses.",
        "minutes": 20,
        "grid": 20,
        "how_booked": "approval",
        "reason_prompt": "What is the certificate for?",
        "colour": "slate",
    },
}
# Minutes of the day: with a break at noon, every day of the week, as the demo clinic is open.
_DOCTORS = ((9 * 60, 12 * 60 + 40), (13 * 60 + 20, 17 * 60))
_NURSE = ((8 * 60, 12 * 60), (12 * 60 + 40, 16 * 60))
_NURSES_VISITS = ("blood-test", "vaccination")
_DOCTORS_VISITS = ("follow-up", "new-problem", "check-up", "procedure", "driver", "vaccination")


def open_up(sheet: Sheet, practitioners: dict[str, str], rooms: dict[str, str]) -> dict[str, str]:
    """Writes the kinds of visit and the hours; returns the kinds' ids by key."""
    visits = {
        key: sheet.put(VisitType, position=at, **more)
        for at, (key, more) in enumerate(VISITS.items())
    }
    for key, practitioner in practitioners.items():
        hours, taken = (_NURSE, _NURSES_VISITS) if key == "tom" else (_DOCTORS, _DOCTORS_VISITS)
        for weekday in range(7):
            for first, last in hours:
                sheet.put(
                    Schedule,
                    practitioner_id=practitioner,
                    location_id=rooms.get(key),
                    weekday=weekday,
                    from_minute=first,
                    to_minute=last,
                    visit_types=" ".join(visits[name] for name in taken),
                )
    return visits


def kind_of(title: str, minutes: int) -> str:
    """Returns the kind of visit that a title of the demo's calendar is."""
    words = title.lower()
    if "blood test" in words:
        return "blood-test"
    if "vaccin" in words:
        return "vaccination"
    if "procedure" in words:
        return "procedure"
    if "check" in words:
        return "check-up"
    return "new-problem" if minutes > 20 or "first visit" in words else "follow-up"  # noqa: PLR2004
