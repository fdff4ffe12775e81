"""Who pays: the insurance of a patient (FHIR R4 Coverage), and what they still owe (Account).

Both hold what the clinic entered. Coverages that came in with an import stay whole as
`FhirResource`, as all that has no table of its own.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id
from portal.models.people import one_of

# FHIR R4 FinancialResourceStatusCodes.
COVERAGE_STATUSES = ("active", "cancelled", "draft", "entered-in-error")
PAYER_MAX, NUMBER_MAX = 200, 60
# In minor units: it stays inside of a 32-bit column, and above what any patient owes.
MOST_OWED = 1_000_000_000
_IS_ACTIVE = text("status = 'active'")


class Coverage(Table, table=True):
    """An insurance of a patient, or that they pay themselves. At most one of them is active."""

    __table_args__ = (
        one_of("status", COVERAGE_STATUSES, "status"),
        CheckConstraint("self_pay OR payer <> ''", name="payer"),
        CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on", name="period"
        ),
        # Of two desks that enter one at once, the database takes one.
        Index(
            "uq_coverage_active",
            "patient_id",
            unique=True,
            sqlite_where=_IS_ACTIVE,
            postgresql_where=_IS_ACTIVE,
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    status: str = Field(default="active", max_length=20)
    # FHIR Coverage.type `pay`: nobody else pays, so there is nothing to check.
    self_pay: bool = Field(default=False)
    payer: str = Field(default="", max_length=PAYER_MAX)
    # The member's number, sealed for this row alone (security/sealed.py).
    member_number: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    starts_on: date | None = Field(default=None)
    ends_on: date | None = Field(default=None)
    # When somebody last asked the payer, or saw the card, and who.
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verified_by: str = Field(default="", max_length=300)
    entered_at: datetime = Field(sa_type=UtcDateTime)
    entered_by: str = Field(default="", max_length=300)
    version: int = Field(default=1, ge=1)


class Account(Table, table=True):
    """What a patient owes the clinic, as somebody entered it: no ledger of charges yet."""

    __table_args__ = (CheckConstraint(f"balance BETWEEN 0 AND {MOST_OWED}", name="balance"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    patient_id: str = Field(foreign_key="patient.id", unique=True)
    # In minor units of the currency (ISO 4217): cents; whole yen.
    balance: int = Field(ge=0)
    currency: str = Field(max_length=3)
    # The day for which it holds.
    as_of: date
    entered_at: datetime = Field(sa_type=UtcDateTime)
    entered_by: str = Field(default="", max_length=300)
    version: int = Field(default=1, ge=1)
