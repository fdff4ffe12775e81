"""A record full of marks: one word in every text of each area, to see what gets out."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from portal.integrations.fhir import mapping
from portal.models import clinical
from portal.models.forms import Questionnaire, QuestionnaireResponse
from portal.models.messages import Communication
from portal.models.people import Patient
from portal.models.prevention import PreventiveAnswer, PreventiveRule
from portal.models.schedules import Schedule, VisitType
from portal.security import scopes
from portal.services import (
    appointments,
    calendars,
    exports,
    family,
    forms,
    frame,
    home,
    looks,
    messages,
    prevention,
    record,
    results,
    waitlist,
)
from portal.services.appointments import choosing
from portal.services.appointments.choosing import Wanted
from portal.services.record.sections import SECTIONS
from tests.support.clinic import NOW, Clinic, appointment, message, report, thread, value

CONTACT = {"phone": "phone", "email": "email", "address": "address"}
ENTRIES: dict[str, tuple[Any, dict[str, Any]]] = {
    "Condition": (clinical.Condition, {"status": "active", "verification_status": "confirmed"}),
    "Encounter": (clinical.Encounter, {"status": "finished"}),
    "Procedure": (clinical.Procedure, {"status": "completed"}),
    "CarePlan": (clinical.CarePlan, {"status": "active"}),
    "Goal": (clinical.Goal, {"status": "active"}),
    "CareTeam": (clinical.CareTeam, {"status": "active"}),
    "MedicationRequest": (clinical.MedicationRequest, {"status": "active", "dosage": "{mark}"}),
    "AllergyIntolerance": (
        clinical.AllergyIntolerance,
        {"status": "active", "verification_status": "confirmed", "reaction": "{mark}"},
    ),
    "Immunization": (clinical.Immunization, {"status": "completed"}),
    "DocumentReference": (clinical.DocumentReference, {"status": "current"}),
}


def mark(area: str) -> str:
    """Returns the word that stands in every text of an area."""
    return f"MARK{area}MARK"


@dataclass
class Marked:
    """A record with marks, and the ids of what is in it."""

    clinic: Clinic
    patient: str
    ids: dict[str, str] = field(default_factory=dict)
    confidential: bool = False

    def fill(self) -> "Marked":
        """Writes something into every area."""
        self._contact()
        self._visit()
        self._letters()
        self._results()
        self._entries()
        self._answered()
        visit = f"Encounter/{self._fhir_id('Encounter-1')}"
        self._kept("Claim", "bills", "claim-1", {"item": [{"encounter": [{"reference": visit}]}]})
        self._kept("Patient", "profile", "patient-1", {})
        return self

    def _contact(self) -> None:
        with self.clinic.base.transaction() as db:
            patient = db.get_one(Patient, self.clinic.patients[self.patient].id)
            for name in CONTACT:
                setattr(patient, name, mark("profile"))
            db.add(patient)

    def _visit(self) -> None:
        said = dict.fromkeys(("title", "reason", "preparation"), mark("appointments"))
        kind = VisitType(name="Check-up")
        dana = self.clinic.practitioners["dana"].id
        self.clinic.add(kind)
        self.clinic.add(Schedule(practitioner_id=dana, weekday=3, from_minute=540, to_minute=720))
        for name, days in (("next", 2), ("later", 9)):
            at = NOW + timedelta(days=days, hours=int(self.confidential))
            more = {"starts_at": at, "visit_type_id": kind.id, **self._flag()}
            visit = appointment(self.clinic, self.patient, **said, **more)
            self.clinic.add(visit)
            self.ids[name] = visit.id

    def _letters(self) -> None:
        said = mark("messages")
        talk = thread(self.clinic, self.patient, subject=said, topic="health", **self._flag())
        self.clinic.add(talk)
        letter = message(talk, body=said, sender_name=said)
        self.clinic.add(letter)
        self.ids["thread"] = talk.id
        self._form(letter)

    def _form(self, letter: Communication) -> None:
        """The letter asks a form that waits to be filled in."""
        form = Questionnaire(title=mark("messages"), status="active", changed_at=NOW)
        self.clinic.add(form)
        asked = QuestionnaireResponse(
            patient_id=letter.patient_id,
            questionnaire_id=form.id,
            thread_id=letter.thread_id,
            message_id=letter.id,
            asked_by=letter.sender_name,
            asked_at=NOW,
        )
        self.clinic.add(asked)
        self.ids["form"] = asked.id

    def _results(self) -> None:
        said = mark("results")
        texts = dict.fromkeys(("title", "plain", "conclusion", "note"), said)
        key = self._kept("DiagnosticReport", "results", "report-1", {}, has_record=True)
        found = report(self.clinic, self.patient, id=key, resource_id=key, **texts, **self._flag())
        self.clinic.add(found)
        self.ids["report"] = found.id
        # As an import would bring them: the report alone is marked as confidential.
        vital = {"report_id": None, "category": "vital-signs", **self._flag()}
        self.clinic.add(
            value(found, title=said, plain=said),
            value(found, title=said, plain=said, code="8867-4", **vital),
        )

    def _entries(self) -> None:
        for kind, (table, values) in ENTRIES.items():
            said = mark(scopes.area_of(table))
            texts = {name: text.format(mark=said) for name, text in values.items()}
            key = self._kept(kind, scopes.area_of(table), f"{kind}-1", {}, has_record=True)
            entry = table(
                id=key,
                patient_id=self.clinic.patients[self.patient].id,
                resource_id=key,
                title=said,
                plain=said,
                sort_at=NOW - timedelta(days=3),
                **texts,
                **self._flag(),
            )
            self.clinic.add(entry)
            self.ids[kind] = entry.id

    def _answered(self) -> None:
        """Somebody answered to a vaccine that is due."""
        rule = PreventiveRule(
            name="A vaccine", kind="vaccine", active=True, changed_at=NOW, **self._flag()
        )
        self.clinic.add(rule)
        answer = PreventiveAnswer(
            patient_id=self.clinic.patients[self.patient].id,
            rule_id=rule.id,
            number=1,
            answer="declined",
            by_id="somebody",
            by_name=mark("medicines"),
            side="patient",
            at=NOW,
        )
        self.clinic.add(answer)

    def _flag(self) -> dict[str, Any]:
        return {"confidential": True} if self.confidential else {}

    def _kept(
        self, kind: str, area: str, fhir_id: str, more: Any, *, has_record: bool = False
    ) -> str:
        said = {"resourceType": kind, "note": mark(area), **more}
        text = json.dumps(said, separators=(",", ":"))
        resource = clinical.FhirResource(
            source="Test",
            type=kind,
            fhir_id=self._fhir_id(fhir_id),
            sha256="0" * 64,
            text=text,
            patient_id=self.clinic.patients[self.patient].id,
            has_record=has_record or kind in mapping.PEOPLE,
            import_file_id=self._file(),
            imported_at=NOW,
        )
        self.clinic.add(resource)
        return resource.id

    def _fhir_id(self, name: str) -> str:
        return f"{self.patient}-{name}{'-c' if self.confidential else ''}"

    def _file(self) -> str:
        run = clinical.ImportRun(source="Test", started_at=NOW)
        self.clinic.add(run)
        file = clinical.ImportFile(import_run_id=run.id, name="test", taken_at=NOW)
        self.clinic.add(file)
        return file.id


def views(found: Marked) -> dict[str, Any]:
    """Returns every view of a patient's pages, by name, each to be asked with (db, actor)."""
    ids = found.ids
    asked: dict[str, Any] = {
        "frame": frame.view,
        "home": home.view,
        "appointments": appointments.upcoming,
        "past appointments": appointments.past,
        "threads": messages.threads,
        "new message": (messages.compose, {"key": "tab"}),
        "results": results.view,
        "search results": (results.view, {"query": "MARK"}),
        "search messages": (messages.threads, {"query": "MARK"}),
        "search record": (record.search, {"query": "mark"}),
        "record": record.view,
        "family": family.view,
        "closed record": family.closed,
        "access log": looks.view,
        "one appointment": (appointments.view, {"appointment_id": ids["next"]}),
        "booking": (choosing.view, {"wanted": Wanted()}),
        "moving a visit": (choosing.view, {"wanted": Wanted(moves=ids["next"])}),
        "own calendar": calendars.view,
        "check-ups": prevention.view,
        "forms": forms.view,
        "one form": (forms.one, {"response_id": ids["form"], "tab": "tab"}),
        "waiting list": (waitlist.view, {"moves": ids["next"]}),
        "one thread": (messages.open_thread, {"thread_id": ids["thread"]}),
        "one result": (results.read, {"report_id": ids["report"]}),
        "export": (
            exports.patient_bundle,
            {"patient_id": found.clinic.patients[found.patient].id},
        ),
    }
    for section in SECTIONS:
        asked[f"record, {section.key}"] = (record.view, {"section": section.key})
    return asked
