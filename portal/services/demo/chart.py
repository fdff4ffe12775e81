"""One patient's chart, as the demo fills it: each entry with its source, its date, plain words."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from portal.models.clinical import (
    AllergyIntolerance,
    CarePlan,
    CarePlanActivity,
    CareTeam,
    CareTeamParticipant,
    ClinicalRecord,
    Condition,
    DocumentReference,
    Encounter,
    Goal,
    Immunization,
    MedicationRequest,
    Observation,
    Procedure,
)
from portal.services.demo.sheet import Sheet, text_of

CLINIC = "Juniper Street Clinic"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
CVX = "http://hl7.org/fhir/sid/cvx"
YEAR = 365.25

When = int | date | datetime | str


@dataclass
class Chart:
    """A patient's chart. Days are counted from today: -3 is three days ago."""

    sheet: Sheet
    patient_id: str
    born: date
    gender: str
    doctor_id: str
    doctor: str
    # Where this person's values usually lie in their range, from 0 to 1, by analyte.
    usual: dict[str, float] = field(default_factory=dict)

    def entry(
        self, table: type[ClinicalRecord], title: str, plain: str, when: When, **more: Any
    ) -> str:
        """Adds an entry to one of the record's tables; returns its id."""
        values = {
            "patient_id": self.patient_id,
            "title": title,
            "plain": plain,
            "source": CLINIC,
            "practitioner_id": self.doctor_id,
            "author": self.doctor,
            "sort_at": self.sheet.moment(self.on(when)),
        }
        return self.sheet.put(table, **(values | more))

    def on(self, when: When) -> date | datetime | str:
        """Returns a date that may be counted in days from today."""
        return self.sheet.day(when) if isinstance(when, int) else when

    def text(self, when: When) -> str:
        """Returns a date as FHIR writes it."""
        return text_of(self.on(when))

    def aged(self, years: float) -> date:
        """Returns the day on which this person was so many years old, or today if not yet."""
        return min(self.born + timedelta(days=round(years * YEAR)), self.sheet.today)

    def condition(self, title: str, plain: str, when: When, code: str = "", **more: Any) -> str:
        """Adds a condition; it is active unless said otherwise."""
        more = {"status": "active", "verification_status": "confirmed"} | more
        kind = {"category": "problem-list-item", "onset": self.text(when)}
        coded = {"code": code, "code_system": SNOMED if code else ""}
        recorded = {"recorded": self.text(when)} if not isinstance(when, str) else {}
        return self.entry(Condition, title, plain, when, **(kind | coded | recorded | more))

    def allergy(self, title: str, plain: str, when: When, reaction: str, **more: Any) -> str:
        """Adds an allergy."""
        values = {
            "status": "active",
            "verification_status": "confirmed",
            "kind": "allergy",
            "criticality": "low",
            "reaction": reaction,
            "recorded": self.text(when),
        }
        return self.entry(AllergyIntolerance, title, plain, when, **(values | more))

    def medicine(self, title: str, plain: str, when: When, dosage: str, **more: Any) -> str:
        """Adds a medicine; it is taken now unless said otherwise."""
        values = {"status": "active", "dosage": dosage, "authored_on": self.text(when)}
        if "ends" in more:
            more["ends"] = self.text(more["ends"])
        return self.entry(MedicationRequest, title, plain, when, **(values | more))

    def vaccine(self, title: str, plain: str, when: When, code: str = "", **more: Any) -> str:
        """Adds a vaccine that was given."""
        lot = f"{self.sheet.chance.choice('ABCDEFHK')}{self.sheet.chance.randrange(1000, 9999)}"
        values = {
            "status": "completed",
            "occurrence": self.text(when),
            "lot_number": lot,
            "site": "Left upper arm",
            "code": code,
            "code_system": CVX if code else "",
            "author": "Nurse Tom Hadley",
        }
        return self.entry(Immunization, title, plain, when, **(values | more))

    def procedure(self, title: str, plain: str, when: When, **more: Any) -> str:
        """Adds something that was done."""
        values = {"status": "completed", "performed": self.text(when)}
        return self.entry(Procedure, title, plain, when, **(values | more))

    def visit(self, title: str, plain: str, when: When, reason: str = "", **more: Any) -> str:
        """Adds a visit that happened."""
        begins = self.sheet.moment(self.on(when))
        values = {
            "status": "finished",
            "encounter_class": "AMB",
            "period_start": text_of(begins),
            "period_end": text_of(begins + timedelta(minutes=20)),
            "reason": reason,
            "place": CLINIC,
        }
        return self.entry(Encounter, title, plain, begins, **(values | more))

    def document(self, title: str, plain: str, when: When, **more: Any) -> str:
        """Adds a document: its name, date and kind."""
        values = {
            "status": "current",
            "date": self.text(when),
            "category": "Letter",
            "content_type": "application/pdf",
        }
        return self.entry(DocumentReference, title, plain, when, **(values | more))

    def goal(self, title: str, plain: str, when: When, due: When, target: str, **more: Any) -> str:
        """Adds a goal."""
        values = {
            "status": "active",
            "achievement": "in-progress",
            "start": self.text(when),
            "due": self.text(due),
            "target": target,
        }
        return self.entry(Goal, title, plain, when, **(values | more))

    def plan(self, title: str, plain: str, when: When, steps: list[tuple[str, str]]) -> str:
        """Adds a care plan; each step is (medical words, plain words)."""
        until = self.sheet.day(180)
        values = {
            "status": "active",
            "intent": "plan",
            "category": "Care plan",
            "period_start": self.text(when),
            "period_end": text_of(until),
            "addresses": title.removesuffix(" care plan"),
        }
        plan = self.entry(CarePlan, title, plain, when, **values)
        for position, (step, said) in enumerate(steps):
            self.sheet.put(
                CarePlanActivity,
                care_plan_id=plan,
                position=position,
                status="completed" if position == 0 else "in-progress",
                title=step,
                plain=said,
            )
        return plan

    def team(self, when: When, members: list[tuple[str, str, str | None]]) -> str:
        """Adds the care team; each member is (name, role, practitioner id)."""
        values = {"status": "active", "period_start": self.text(when)}
        team = self.entry(CareTeam, "Care team", "The people who care for you", when, **values)
        for position, (name, role, practitioner_id) in enumerate(members):
            self.sheet.put(
                CareTeamParticipant,
                care_team_id=team,
                position=position,
                name=name,
                role=role,
                practitioner_id=practitioner_id,
            )
        return team

    def vital(
        self, measure: "Vital", value: float, when: When, *, part_of: str | None = None
    ) -> str:
        """Adds one vital sign."""
        said = f"{value:.{measure.digits}f}"
        return self.entry(
            Observation,
            measure.title,
            measure.plain,
            when,
            status="final",
            category="vital-signs",
            code=measure.code,
            code_system=LOINC,
            effective=self.text(when),
            value_text=said,
            value_number=float(said),
            unit=measure.unit,
            unit_code=measure.ucum,
            component_of=part_of,
            released_at=self.sheet.moment(self.on(when)),
            author="Nurse Tom Hadley",
        )

    def pressure(self, upper: float, lower: float, when: When) -> None:
        """Adds a blood pressure with its two values."""
        whole = self.entry(
            Observation,
            "Blood pressure panel",
            "Blood pressure",
            when,
            status="final",
            category="vital-signs",
            code="85354-9",
            code_system=LOINC,
            effective=self.text(when),
            released_at=self.sheet.moment(self.on(when)),
            author="Nurse Tom Hadley",
        )
        self.vital(VITALS["upper"], upper, when, part_of=whole)
        self.vital(VITALS["lower"], lower, when, part_of=whole)


@dataclass(frozen=True)
class Vital:
    """A vital sign: LOINC, the medical term, plain words, the unit and its UCUM code."""

    code: str
    title: str
    plain: str
    unit: str
    ucum: str
    digits: int = 0


VITALS = {
    "upper": Vital("8480-6", "Systolic blood pressure", "Upper value", "mmHg", "mm[Hg]"),
    "lower": Vital("8462-4", "Diastolic blood pressure", "Lower value", "mmHg", "mm[Hg]"),
    "pulse": Vital("8867-4", "Heart rate", "Pulse", "beats a minute", "/min"),
    "weight": Vital("29463-7", "Body weight", "Weight", "kg", "kg", 1),
    "height": Vital("8302-2", "Body height", "Height", "cm", "cm"),
    "bmi": Vital("39156-5", "Body mass index", "Weight for height (BMI)", "kg/m²", "kg/m2", 1),
    "warmth": Vital("8310-5", "Body temperature", "Temperature", "°C", "Cel", 1),
    "oxygen": Vital("2708-6", "Oxygen saturation", "Oxygen in the blood", "%", "%"),
    "breaths": Vital("9279-1", "Respiratory rate", "Breaths in a minute", "a minute", "/min"),
    "head": Vital("9843-4", "Head circumference", "Size of the head", "cm", "cm", 1),
}
