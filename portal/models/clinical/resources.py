"""Every FHIR resource that arrived, kept whole, with its history and how it came."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.clinical.base import CODE, DATE, ID, NAME, TITLE, URI

FHIR_ID = 200
HASH = 64


class ImportRun(Table, table=True):
    """One import: who took what from where, and how it ended."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    source: str = Field(max_length=CODE)
    strict: bool = Field(default=False)
    started_at: datetime = Field(sa_type=UtcDateTime)


class ImportFile(Table, table=True):
    """One file that was taken, and its counts; a refused file leaves no row."""

    __table_args__ = (Index(None, "import_run_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    import_run_id: str = Field(foreign_key="import_run.id", max_length=ID)
    name: str = Field(max_length=TITLE)
    size: int = Field(default=0, description="Bytes.")
    taken_at: datetime = Field(sa_type=UtcDateTime)
    new: int = Field(default=0)
    changed: int = Field(default=0)
    same: int = Field(default=0)
    kept: int = Field(default=0, description="Of new, changed and same: without their own table.")
    refused: int = Field(default=0)


class FhirResource(Table, table=True):
    """A resource as it came. `text` is its JSON, compact, keys in their order, digits untouched.

    Its identity is (source, type, fhir_id): two systems may each have a `Patient/1`.
    """

    __table_args__ = (
        UniqueConstraint("source", "type", "fhir_id"),
        Index(None, "patient_id", "type"),
        CheckConstraint("length(fhir_id) > 0", name="fhir_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    source: str = Field(max_length=CODE)
    type: str = Field(max_length=CODE)
    fhir_id: str = Field(max_length=FHIR_ID)
    version_id: str = Field(default="", max_length=CODE)
    last_updated: str = Field(default="", max_length=DATE)
    full_url: str = Field(default="", max_length=URI, description="As its bundle called it.")
    patient_id: str | None = Field(default=None, foreign_key="patient.id", max_length=ID)
    has_record: bool = Field(default=False, description="A table of its own shows it.")
    sha256: str = Field(max_length=HASH, description="Of `text`, in UTF-8.")
    text: str = Field(sa_type=Text)
    imported_at: datetime = Field(sa_type=UtcDateTime)
    import_file_id: str | None = Field(default=None, foreign_key="import_file.id", max_length=ID)


class FhirResourceVersion(Table, table=True):
    """What a resource was before a newer version replaced it."""

    __table_args__ = (Index(None, "resource_id", "replaced_at"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    resource_id: str = Field(foreign_key="fhir_resource.id", max_length=ID)
    version_id: str = Field(default="", max_length=CODE)
    last_updated: str = Field(default="", max_length=DATE)
    sha256: str = Field(max_length=HASH)
    text: str = Field(sa_type=Text)
    imported_at: datetime = Field(sa_type=UtcDateTime)
    replaced_at: datetime = Field(sa_type=UtcDateTime)
    import_file_id: str | None = Field(default=None, foreign_key="import_file.id", max_length=ID)


class FhirIdentifier(Table, table=True):
    """A number that a person or place is known by, for `Practitioner?identifier=…`."""

    __table_args__ = (
        Index(None, "source", "type", "value"),
        Index(None, "resource_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    resource_id: str = Field(foreign_key="fhir_resource.id", max_length=ID)
    source: str = Field(max_length=CODE)
    type: str = Field(max_length=CODE)
    system: str = Field(default="", max_length=URI)
    value: str = Field(max_length=NAME)


class UnresolvedReference(Table, table=True):
    """A reference whose target has not come yet; it is followed when it does."""

    __table_args__ = (Index(None, "source", "reference"), Index(None, "resource_id"))

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID)
    resource_id: str = Field(foreign_key="fhir_resource.id", max_length=ID)
    source: str = Field(max_length=CODE)
    reference: str = Field(max_length=URI, description="`Type/id` or `Type?identifier=…`.")
