"""FHIR R4 of fictional people, made in code: a person's whole bundle, and single resources."""

import json
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
HL7 = "http://terminology.hl7.org/CodeSystem/"
START = datetime(2010, 1, 4, 9, 30, tzinfo=UTC)
TESTS = (
    ("2339-0", "Glucose", "mg/dL", 90),
    ("2160-0", "Creatinine", "mg/dL", 0.9),
    ("2823-3", "Potassium", "mmol/L", 4.2),
    ("2951-2", "Sodium", "mmol/L", 140),
    ("718-7", "Hemoglobin", "g/dL", 14.1),
    ("8302-2", "Body Height", "cm", 171),
    ("29463-7", "Body Weight", "kg", 74.3),
)


def concept(system: str, code: str, display: str) -> Json:
    """Returns a CodeableConcept."""
    coding = {"system": system, "code": code, "display": display}
    return {"coding": [coding], "text": display}


def patient(identity: str = "pat-1", **changes: Any) -> Json:
    """Returns a fictional patient."""
    return {
        "resourceType": "Patient",
        "id": identity,
        "identifier": [{"system": "urn:example:mrn", "value": f"MRN-{identity}"}],
        "name": [{"use": "official", "family": "Larkin", "given": ["Juno", "Mae"]}],
        "telecom": [{"system": "phone", "value": "(406) 555-0142", "use": "home"}],
        "gender": "female",
        "birthDate": "1975-05-17",
        "address": [{"line": ["12 Plum Lane"], "city": "Helena", "state": "MT"}],
    } | changes


def condition(identity: str, subject: str = "Patient/pat-1", **changes: Any) -> Json:
    """Returns a condition."""
    return {
        "resourceType": "Condition",
        "id": identity,
        "clinicalStatus": {"coding": [{"system": HL7 + "condition-clinical", "code": "active"}]},
        "code": concept(SNOMED, "38341003", "Hypertensive disorder"),
        "subject": {"reference": subject},
        "onsetDateTime": "2019-04",
    } | changes


def observation(identity: str, subject: str = "Patient/pat-1", **changes: Any) -> Json:
    """Returns a laboratory value."""
    return {
        "resourceType": "Observation",
        "id": identity,
        "status": "final",
        "category": [concept(HL7 + "observation-category", "laboratory", "Laboratory")],
        "code": concept(LOINC, "2823-3", "Potassium"),
        "subject": {"reference": subject},
        "effectiveDateTime": "2026-02-20T08:15:00-05:00",
        "issued": "2026-02-20T16:00:00.000-05:00",
        "valueQuantity": {
            "value": 4.2,
            "unit": "mmol/L",
            "system": "http://unitsofmeasure.org",
            "code": "mmol/L",
        },
    } | changes


def report(identity: str, results: list[str], subject: str = "Patient/pat-1") -> Json:
    """Returns a report that names its values."""
    return {
        "resourceType": "DiagnosticReport",
        "id": identity,
        "status": "final",
        "category": [concept(HL7 + "v2-0074", "LAB", "Laboratory")],
        "code": concept(LOINC, "51990-0", "Basic Metabolic Panel"),
        "subject": {"reference": subject},
        "effectiveDateTime": "2026-02-20T08:15:00-05:00",
        "issued": "2026-02-20T16:00:00.000-05:00",
        "result": [{"reference": each} for each in results],
    }


def bundle(*resources: Json, kind: str = "collection") -> Json:
    """Returns a bundle of resources that point to each other as `Type/id`."""
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [{"resource": each} for each in resources],
    }


def life(seed: int, entries: int = 1000) -> Json:
    """Returns a whole life in so many entries, each pointing to the others by urn:uuid."""
    chance = random.Random(seed)  # noqa: S311 - the same life each time
    made = _Life(chance)
    made.begin(seed)
    while len(made.entries) < entries:
        made.visit()
    del made.entries[entries:]
    return {"resourceType": "Bundle", "type": "transaction", "entry": made.entries}


def life_bytes(seed: int, entries: int = 1000) -> bytes:
    """Returns a life as a file's bytes."""
    return json.dumps(life(seed, entries)).encode()


class _Life:
    """One person's records, growing visit by visit."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.entries: list[Json] = []
        self.at = START

    def add(self, kind: str, **values: Any) -> str:
        """Adds a resource and returns the address that the others know it by."""
        identity = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        address = f"urn:uuid:{identity}"
        resource = {"resourceType": kind, "id": identity, **values}
        request = {"method": "POST", "url": kind}
        self.entries.append({"fullUrl": address, "resource": resource, "request": request})
        return address

    def begin(self, seed: int) -> None:
        """Adds the person, a place and a doctor."""
        whole = patient("x", name=[{"family": f"Larkin{seed}", "given": ["Juno"]}])
        del whole["id"], whole["resourceType"]
        self.patient = {"reference": self.add("Patient", **whole)}
        self.place = {"reference": self.add("Organization", name=f"Plum Valley Clinic {seed}")}
        names = [{"family": "Fennel", "given": ["Ida"], "prefix": ["Dr."]}]
        self.doctor = {
            "reference": self.add("Practitioner", name=names),
            "display": "Dr. Ida Fennel",
        }

    def visit(self) -> None:
        """Adds a visit with its values, report, problem, medicine and claim."""
        self.at += timedelta(days=self.chance.randint(5, 40))
        when = self.at.isoformat()
        self.encounter = {"reference": self.add(
            "Encounter",
            status="finished",
            **{"class": {"system": HL7 + "v3-ActCode", "code": "AMB"}},
            type=[concept(SNOMED, "185345009", "Encounter for symptom")],
            subject=self.patient,
            participant=[{"individual": self.doctor}],
            period={"start": when, "end": (self.at + timedelta(minutes=30)).isoformat()},
            serviceProvider=self.place,
        )}  # fmt: skip
        values = [self._value(when, *test) for test in TESTS]
        self.add(
            "DiagnosticReport",
            status="final",
            category=[concept(HL7 + "v2-0074", "LAB", "Laboratory")],
            code=concept(LOINC, "51990-0", "Basic Metabolic Panel"),
            effectiveDateTime=when,
            issued=when,
            result=[{"reference": each} for each in values],
            **self._whose(),
        )
        problem = self.add(
            "Condition",
            clinicalStatus=concept(HL7 + "condition-clinical", "resolved", "Resolved"),
            code=concept(SNOMED, "444814009", "Viral sinusitis (disorder)"),
            onsetDateTime=when,
            **self._whose(),
        )
        self.add(
            "MedicationRequest",
            status="stopped",
            intent="order",
            medicationCodeableConcept=concept(
                "http://www.nlm.nih.gov/research/umls/rxnorm", "313782", "Acetaminophen 325 MG"
            ),
            authoredOn=when,
            requester=self.doctor,
            reasonReference=[{"reference": problem}],
            dosageInstruction=[{"text": "Take one tablet when needed."}],
            **self._whose(),
        )
        self._claim(when)

    def _whose(self) -> Json:
        return {"subject": self.patient, "encounter": self.encounter}

    def _value(self, when: str, code: str, display: str, unit: str, usual: float) -> str:
        quantity = {
            "value": round(usual * self.chance.uniform(0.8, 1.2), 2),
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        }
        return self.add(
            "Observation",
            status="final",
            category=[concept(HL7 + "observation-category", "laboratory", "Laboratory")],
            code=concept(LOINC, code, display),
            effectiveDateTime=when,
            issued=when,
            valueQuantity=quantity,
            **self._whose(),
        )

    def _claim(self, when: str) -> None:
        money = {"value": 129.16, "currency": "USD"}
        coding = concept(HL7 + "claim-type", "institutional", "Institutional")
        self.add(
            "Claim",
            status="active",
            type=coding,
            use="claim",
            patient=self.patient,
            billablePeriod={"start": when, "end": when},
            created=when,
            provider=self.place,
            item=[{"sequence": 1, "encounter": [self.encounter], "net": money}],
            total=money,
        )
