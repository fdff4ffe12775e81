"""The demo clinic's days: visits that were, that are going on, and that are to come."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.models.appointments import STEP_MINUTES, Appointment
from portal.services.demo import cast, opening
from portal.services.demo.people import Town

# How many of a hundred visits are missed, cancelled, confirmed beforehand.
MISSED, CANCELLED, CONFIRMED = 0.08, 0.12, 0.6
STEP_SECONDS = STEP_MINUTES * 60
# How long a visit takes, in minutes, and what it is.
KINDS = (
    (20, "Follow-up", "How the treatment works"),
    (20, "Blood pressure review", "Readings of the last weeks"),
    (20, "Medicines review", "Is everything still needed?"),
    (20, "Check-up", ""),
    (20, "Blood test", "Come without breakfast"),
    (40, "New complaint", "Something new since the last visit"),
    (20, "Vaccination", ""),
    (20, "Diabetes review", "Blood sugar, feet and eyes"),
)
TODAY = (
    ("okafor", "9:00", 20, "delgada", "Follow-up"),
    ("okafor", "9:20", 20, "harold", "Follow-up"),
    ("okafor", "9:40", 20, "ingrid", "Medicines review: stop one?"),
    ("okafor", "10:00", 20, "marcus", "Knee, follow-up"),
    ("okafor", "10:40", 20, "walter", "Diabetes review"),
    ("okafor", "11:10", 20, "carmody", "Follow-up after new tablets"),
    ("okafor", "11:30", 20, "leo", "Check-up"),
    ("okafor", "12:00", 20, "priscilla", "Follow-up with her son"),
    ("okafor", "13:30", 40, "farah", "First visit"),
    ("okafor", "14:10", 20, "noah", "Follow-up: result of the gene test"),
    ("okafor", "14:30", 20, "dolores", "Check-up"),
    ("okafor", "15:00", 40, "gus", "Small procedure, consent signed"),
    ("okafor", "16:00", 20, "yuki", "Diabetes review"),
    ("okafor", "16:40", 20, "owen", "Thyroid, follow-up"),
    ("osei", "9:00", 20, "albrecht", "Blood pressure review"),
    ("osei", "9:40", 20, "meera", "Diabetes review"),
    ("osei", "10:20", 40, "beatriz", "Migraine, first visit"),
    ("osei", "11:20", 20, "gideon", "Heart, follow-up"),
    ("osei", "13:40", 20, "lesya", "Thyroid, follow-up"),
    ("osei", "14:20", 20, "soren", "Gout, follow-up"),
    ("osei", "15:40", 20, "shira", "Check-up"),
    ("chow", "9:20", 20, "zofia", "Eczema, follow-up"),
    ("chow", "10:00", 20, "acorn", "Four-month check and vaccines"),
    ("chow", "10:40", 20, "emeka", "Asthma, follow-up"),
    ("chow", "14:00", 20, "lucia", "Cough since Sunday"),
    ("chow", "15:20", 20, "arlo", "Sports form"),
    ("nair", "9:40", 20, "jun", "Asthma, follow-up"),
    ("nair", "10:20", 20, "tariro", "Cough"),
    ("nair", "11:40", 20, "maeve", "Knee, follow-up"),
    ("nair", "14:40", 20, "wren", "Skin check"),
    ("nair", "16:00", 20, "haneul", "Hay fever"),
)
# Visits that their patients' own pages tell of: who, with whom, day, time, title, more.
TOLD: tuple[tuple[str, str, int, str, str, dict[str, Any]], ...] = (
    (
        "marta",
        "osei",
        2,
        "9:40",
        "Blood pressure review",
        {"preparation": "Bring your readings from home. You may eat and drink before."},
    ),
    (
        "marta",
        "tom",
        11,
        "8:20",
        "Blood test",
        {"reason": "Potassium again", "preparation": "Take your tablets as usual."},
    ),
    ("marta", "osei", 96, "10:20", "Yearly check-up", {}),
    (
        "ana",
        "tom",
        29,
        "15:30",
        "Nine-year check and vaccines",
        {"confirmed": True, "preparation": "A parent must come too. Bring the yellow card."},
    ),
    (
        "joaquim",
        "osei",
        5,
        "11:00",
        "Heart and kidney review",
        {"preparation": "Bring all boxes of medicines, also those from the pharmacy shelf."},
    ),
    ("joaquim", "tom", 1, "9:20", "Blood test", {"confirmed": True}),
    ("tess", "chow", 8, "15:40", "Check-up", {}),
    ("mina", "okafor", 3, "10:40", "Diabetes and heart review", {"confirmed": True}),
    ("mina", "tom", 17, "8:40", "Blood test", {"preparation": "Nothing to eat from midnight."}),
    ("rosa", "nair", 6, "13:40", "Iron, follow-up", {}),
    ("acorn", "chow", 61, "9:20", "Six-month check and vaccines", {}),
    (
        "marta",
        "osei",
        -41,
        "9:20",
        "Medicines review",
        {"status": "fulfilled"},
    ),
    (
        "marta",
        "osei",
        -75,
        "16:20",
        "Blood pressure review",
        {"status": "cancelled", "cancelled_by": "patient", "cancel_reason": "Work"},
    ),
    ("marta", "nair", -130, "10:00", "Sore knee after a fall", {"status": "fulfilled"}),
    ("ana", "chow", -18, "15:00", "Sore throat", {"status": "fulfilled"}),
    ("joaquim", "osei", -33, "11:20", "Heart and kidney review", {"status": "fulfilled"}),
    ("tess", "chow", -27, "16:00", "Private talk", {"status": "fulfilled", "confidential": True}),
    ("priscilla", "okafor", 12, "10:00", "Ankle, follow-up", {"confirmed": True}),
)
GRID = ("9:00", "9:40", "10:20", "11:00", "11:40", "13:20", "14:00", "14:40", "15:20", "16:00")
FILLED_DAYS = (-7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
# Nobody who has a page of their own to tell of, nor who is new or gone, is booked by chance.
NOT_BY_CHANCE = {"marta", "ana", "joaquim", "tess", "mina", "noor", "ignatius"}


@dataclass
class Calendar:
    """The appointment book. No step of a practitioner, a room or a patient is given twice."""

    town: Town
    taken: set[tuple[str, int]] = field(default_factory=set)

    def fill(self) -> None:
        """Books everything: what is told first, so that chance goes around it."""
        for who, by, day, clock, title, more in TOLD:
            self._book(who, by, self._at(day, clock), 20, title, **more)
        for by, clock, minutes, who, title in TODAY:
            starts = self._at(0, clock)
            self._book(who, by, starts, minutes, title, **self._today(starts, minutes))
        for day in FILLED_DAYS:
            self._fill_day(day)

    def _at(self, day: int, clock: str) -> datetime:
        return self.town.sheet.at(day, clock)

    def _today(self, starts: datetime, minutes: int) -> dict[str, Any]:
        """Returns how a visit of today stands at this moment of the day."""
        chance, now = self.town.sheet.chance, self.town.sheet.now
        ends = starts + timedelta(minutes=minutes)
        if ends + timedelta(minutes=10) <= now:
            return {"status": "noshow" if chance.random() < MISSED else "fulfilled"}
        if starts <= now:
            came = starts - timedelta(minutes=chance.randint(2, 9))
            return {"status": "checked-in", "confirmed": True, "arrived_at": came}
        if starts - now < timedelta(minutes=25):
            came = now - timedelta(minutes=chance.randint(3, 24))
            return {"status": "arrived", "confirmed": True, "arrived_at": came}
        return {"confirmed": chance.random() < CONFIRMED}

    def _fill_day(self, day: int) -> None:
        chance = self.town.sheet.chance
        people = [person for person in cast.PATIENTS if person.key not in NOT_BY_CHANCE]
        for person in chance.sample(people, 10 if day in {-1, 1} else 6):
            starts = self._at(day, chance.choice(GRID))
            minutes, title, reason = chance.choice(KINDS)
            more = self._past() if day < 0 else {"confirmed": chance.random() < CONFIRMED}
            self._book(person.key, person.doctor, starts, minutes, title, reason=reason, **more)

    def _past(self) -> dict[str, Any]:
        draw = self.town.sheet.chance.random()
        if draw < MISSED:
            return {"status": "noshow"}
        if draw < MISSED + CANCELLED:
            by = self.town.sheet.chance.choice(("patient", "clinic"))
            return {"status": "cancelled", "cancelled_by": by, "cancel_reason": "Could not come"}
        return {"status": "fulfilled"}

    def _book(
        self,
        who: str,
        by: str,
        starts: datetime,
        minutes: int,
        title: str,
        *,
        confirmed: bool = False,
        **more: Any,
    ) -> None:
        status = more.setdefault("status", "booked")
        ends = starts + timedelta(minutes=minutes)
        if not self.takes(who, by, starts, ends):
            return
        made = min(starts, self.town.sheet.now) - timedelta(days=9)
        self.town.sheet.put(
            Appointment,
            patient_id=self.town.patients[who],
            practitioner_id=self.town.practitioners[by],
            location_id=self.town.rooms[by],
            title=title,
            visit_type_id=self.town.visits[opening.kind_of(title, minutes)],
            starts_at=starts,
            ends_at=ends,
            created_at=made,
            confirmed_at=made + timedelta(days=6) if confirmed else None,
            **more,
        )
        if status == "fulfilled":
            kept = more.get("confidential", False)
            self.town.charts[who].visit(
                title, title, starts, more.get("reason", ""), confidential=kept
            )

    def takes(self, who: str, by: str, starts: datetime, ends: datetime) -> bool:
        """Takes a time for somebody, if nobody has it."""
        keys = self._steps(who, by, starts, ends)
        is_free = self.taken.isdisjoint(keys)
        self.taken |= keys if is_free else set()
        return is_free

    def _steps(self, who: str, by: str, starts: datetime, ends: datetime) -> set[tuple[str, int]]:
        first = int(starts.timestamp()) // STEP_SECONDS
        last = int(ends.timestamp()) // STEP_SECONDS
        resources = (
            f"practitioner:{self.town.practitioners[by]}",
            f"location:{self.town.rooms[by]}",
            f"patient:{self.town.patients[who]}",
        )
        return {(resource, step) for resource in resources for step in range(first, last)}
