"""The demo clinic, who works there, who comes there, who helps them, and who may sign in."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from portal.models.agreements import TEXTS, Agreement
from portal.models.people import (
    Location,
    Organization,
    Patient,
    Practitioner,
    PractitionerRole,
    User,
)
from portal.services import accounts, patients
from portal.services.demo import cast, family, opening
from portal.services.demo.chart import YEAR, Chart
from portal.services.demo.sheet import Sheet
from portal.words import offered

MARK = {"fhir_source": "demo", "fhir_id": "clinic"}
NAME = "Juniper Street Clinic"
PHONE = "(406) 555-0148"
STREET = "48 Juniper Street, Millbrook"
# Open every day, so that there is a day at the desk to look at whenever the demo is begun.
HOURS = "Mo-Th 8-17:30; Fr 8-17; Sa-Su 9-17"
# Marta’s is 20418, as on the clinic’s printed forms.
FIRST_RECORD = 20_418


@dataclass
class Town:
    """Everybody's id by key."""

    sheet: Sheet
    clinic: str = ""
    practitioners: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    patients: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    # Of patients: in which language they are written to.
    languages: dict[str, str] = field(default_factory=dict)
    charts: dict[str, Chart] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    visits: dict[str, str] = field(default_factory=dict)

    def settle(self, hashed: str) -> None:
        """Brings everybody to town; `hashed` is the hash of everybody's password."""
        self._open_clinic()
        for member in cast.STAFF:
            self._hire(member)
        self.visits = opening.open_up(self.sheet, self.practitioners, self.rooms)
        for number, person in enumerate(cast.PATIENTS):
            self._register(person, number)
        for account in cast.ACCOUNTS:
            self._give_account(account, hashed)
        for relative in cast.RELATIVES:
            self._introduce(relative)
        family.tell_more(self.sheet, self.patients)

    def step_aside(self, *, is_founded: bool) -> None:
        """Leaves the name on the door to a clinic that was founded before."""
        for row in self.sheet.rows[Organization]:
            row["is_clinic"] = row["is_clinic"] and not is_founded

    def _open_clinic(self) -> None:
        self.clinic = self.sheet.put(
            Organization,
            name=NAME,
            phone=PHONE,
            email="hello@juniper-street.example.org",
            address=STREET,
            hours=HOURS,
            is_clinic=True,
            **MARK,
        )
        self.sheet.put(
            Organization,
            name="Valley Reference Laboratory",
            phone="(406) 555-0162",
            address="900 Foundry Avenue, Millbrook",
        )

    def _hire(self, member: cast.Member) -> None:
        self.names[member.key] = member.name
        if member.room:
            self.rooms[member.key] = self.sheet.put(
                Location,
                name=member.room,
                address=STREET,
                organization_id=self.clinic,
                is_room=True,
                directions="Through the green door, first floor. There is a lift on the left.",
            )
        if member.role not in {"practitioner", "nurse"}:
            return
        self.practitioners[member.key] = self.sheet.put(
            Practitioner,
            name=member.name,
            prefix="Dr" if member.name.startswith("Dr ") else "",
            gender=member.gender,
            phone=PHONE,
            email=f"{member.key}@juniper-street.example.org",
        )
        self.sheet.put(
            PractitionerRole,
            practitioner_id=self.practitioners[member.key],
            organization_id=self.clinic,
            title=member.work,
        )

    def _register(self, person: cast.Person, number: int) -> None:
        born = self._born(person)
        gone = self.sheet.day(-40) if person.key == "ignatius" else None
        doctor = self.practitioners[person.doctor]
        self.names[person.key] = person.name
        self.languages[person.key] = offered(person.language)
        self.patients[person.key] = self.sheet.put(
            Patient,
            record_number=str(FIRST_RECORD + number),
            name=person.name,
            family=person.family,
            given=person.given,
            family_key=patients.fold(person.family),
            given_key=patients.fold(person.given),
            birth_date=born.isoformat(),
            born_on=born,
            gender=person.gender,
            phone=f"(406) 555-01{number:02d}",
            email=f"{person.key}@example.org",
            address=f"{person.street}, Millbrook",
            language=person.language,
            deceased=gone is not None,
            deceased_at=gone.isoformat() if gone else "",
            general_practitioner_id=doctor,
        )
        self.charts[person.key] = Chart(
            sheet=self.sheet,
            patient_id=self.patients[person.key],
            born=born,
            gender=person.gender,
            doctor_id=doctor,
            doctor=self.names[person.doctor],
        )

    def _born(self, person: cast.Person) -> date:
        today = self.sheet.today
        if person.months:
            return today - timedelta(days=round(person.months * YEAR / 12) + 6)
        month, day = (int(part) for part in person.birthday.split("-"))
        is_ahead = (month, day) > (today.month, today.day)
        year = today.year - person.age - is_ahead
        # Who was born on 29 February has none in most years.
        return date(year, month, min(day, 28))

    def _give_account(self, account: cast.Account, hashed: str) -> None:
        name = account.name or self.names[account.key]
        self.names[account.key] = name
        self.users[account.key] = self.sheet.put(
            User,
            sign_in_name=accounts.fold_name(account.key),
            name=name,
            role=account.role,
            patient_id=self.patients.get(account.key) if account.role == "patient" else None,
            practitioner_id=self.practitioners.get(account.key),
            password_hash=hashed,
            language=self.languages.get(account.key, ""),
            is_demo=True,
            created_at=self.long_ago(),
            **self._address(account),
        )
        if account.role in {"patient", "helper"}:
            self._agree(self.users[account.key])

    def _address(self, account: cast.Account) -> dict[str, Any]:
        """Patients and helpers have a proven address: codes by e-mail are their second step."""
        if account.role not in {"patient", "helper"}:
            return {}
        return {
            "email": f"{account.key}@example.org",
            "email_verified_at": self.long_ago(),
        }

    def _agree(self, user_id: str) -> None:
        for kind in TEXTS:
            self.sheet.put(
                Agreement, user_id=user_id, kind=kind, version=1, agreed=True, at=self.long_ago()
            )

    def _introduce(self, relative: cast.Relative) -> None:
        whose, account = self.patients[relative.patient], self.users.get(relative.user)
        family.introduce(self.sheet, relative, patient_id=whose, user_id=account)

    def long_ago(self) -> datetime:
        """Returns when everybody's account was made."""
        return self.sheet.at(-420, "9:00")
