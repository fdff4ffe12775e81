"""What a person has and had: conditions, allergies, vaccines, procedures, visits, medicines."""

from sqlmodel import Field

from portal.models.clinical import codes
from portal.models.clinical.base import (
    CODE,
    DATE,
    DIGITS,
    ID,
    NAME,
    NOTE,
    TITLE,
    ClinicalRecord,
    one_of,
    rules,
)


class Condition(ClinicalRecord, table=True):
    """A problem or diagnosis; `status` is its clinical status."""

    __table_args__ = rules(
        codes.CONDITION, one_of("verification_status", codes.CONDITION_VERIFICATION)
    )

    verification_status: str = Field(default="", max_length=CODE)
    category: str = Field(default="", max_length=CODE)
    severity: str = Field(default="", max_length=TITLE)
    body_site: str = Field(default="", max_length=TITLE)
    onset: str = Field(default="", max_length=TITLE, description="A FHIR date, an age or words.")
    abatement: str = Field(default="", max_length=TITLE)
    recorded: str = Field(default="", max_length=DATE)


class AllergyIntolerance(ClinicalRecord, table=True):
    """What a person must not be given, and what happened when they were."""

    __table_args__ = rules(
        codes.ALLERGY,
        one_of("verification_status", codes.ALLERGY_VERIFICATION),
        one_of("criticality", codes.ALLERGY_CRITICALITY),
    )

    verification_status: str = Field(default="", max_length=CODE)
    kind: str = Field(default="", max_length=CODE, description="allergy or intolerance.")
    category: str = Field(default="", max_length=CODE, description="food, medication, …")
    criticality: str = Field(default="", max_length=CODE)
    reaction: str = Field(default="", max_length=TITLE, description="What happens, in words.")
    severity: str = Field(default="", max_length=CODE, description="Worst reaction known.")
    onset: str = Field(default="", max_length=TITLE)
    last_occurrence: str = Field(default="", max_length=DATE)
    recorded: str = Field(default="", max_length=DATE)


class MedicationRequest(ClinicalRecord, table=True):
    """A medicine that was ordered, or that the person says they take (`reported`)."""

    __table_args__ = rules(codes.MEDICATION_REQUEST, one_of("intent", codes.MEDICATION_INTENT))

    intent: str = Field(default="order", max_length=CODE)
    dosage: str = Field(default="", max_length=NOTE, description="How to take it, a sentence.")
    as_needed: bool = Field(default=False)
    reported: bool = Field(default=False, description="Told by the person, not ordered here.")
    authored_on: str = Field(default="", max_length=DATE)
    ends: str = Field(default="", max_length=DATE, description="End of validity or of taking it.")
    refills: int | None = Field(default=None, description="Repeats allowed after the first supply.")
    quantity: str = Field(default="", max_length=CODE, description="Amount per supply, in words.")
    reason: str = Field(default="", max_length=TITLE)
    status_reason: str = Field(default="", max_length=TITLE)


class Immunization(ClinicalRecord, table=True):
    """A vaccine given, or not given and why."""

    __table_args__ = rules(codes.IMMUNIZATION)

    occurrence: str = Field(default="", max_length=TITLE, description="A FHIR date or words.")
    dose: str = Field(default="", max_length=CODE, description="Number in its series.")
    lot_number: str = Field(default="", max_length=CODE)
    site: str = Field(default="", max_length=TITLE)
    status_reason: str = Field(default="", max_length=TITLE)


class Procedure(ClinicalRecord, table=True):
    """Something done to or for a person."""

    __table_args__ = rules(codes.PROCEDURE)

    category: str = Field(default="", max_length=TITLE)
    performed: str = Field(default="", max_length=TITLE, description="A FHIR date, age or words.")
    performed_end: str = Field(default="", max_length=DATE)
    body_site: str = Field(default="", max_length=TITLE)
    reason: str = Field(default="", max_length=TITLE)
    outcome: str = Field(default="", max_length=TITLE)


class Encounter(ClinicalRecord, table=True):
    """A visit that happened or is happening; `title` is its kind."""

    __table_args__ = rules(codes.ENCOUNTER)

    encounter_class: str = Field(default="", max_length=CODE, description="AMB, EMER, IMP, …")
    period_start: str = Field(default="", max_length=DATE)
    period_end: str = Field(default="", max_length=DATE)
    reason: str = Field(default="", max_length=TITLE)
    location_id: str | None = Field(default=None, foreign_key="location.id", max_length=ID)
    place: str = Field(default="", max_length=NAME, description="Where, in words.")


class DocumentReference(ClinicalRecord, table=True):
    """A document about a person; its bytes or address stay in the kept resource."""

    __table_args__ = rules(codes.DOCUMENT)

    category: str = Field(default="", max_length=TITLE)
    date: str = Field(default="", max_length=DATE)
    description: str = Field(default="", max_length=TITLE)
    content_type: str = Field(default="", max_length=CODE)
    size: int | None = Field(default=None, description="Bytes, where known.")
    has_content: bool = Field(default=False, description="The bytes themselves came with it.")
    digest: str = Field(default="", max_length=DIGITS, description="SHA-1 as given, base64.")
