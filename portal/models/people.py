"""People and places: who is treated, who treats, who helps, where, and who may sign in."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from portal.models.base import Table, UtcDateTime, new_id

# FHIR R4 AdministrativeGender.
GENDERS = ("male", "female", "other", "unknown")
# Who may sign in, and as what. security/permissions.py says what each may do.
ROLES = (
    "patient",
    "helper",
    "practitioner",
    "nurse",
    "front_desk",
    "billing",
    "manager",
    "administrator",
    "auditor",
)

# Kinds of help, each with what it needs as proof: services/family says so in words.
HELP_KINDS = ("parent", "guardian", "foster", "agent", "adult", "care-worker", "")
HELP_STATES = (
    "known",
    "applied",
    "identity-checked",
    "active",
    "suspended",
    "rejected",
    "ended",
)


def one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    """Returns the constraint that a column holds one of the codes."""
    codes = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({codes})", name=name)


class Organization(Table, table=True):
    """A practice, a laboratory, a hospital. The clinic itself is the one with `is_clinic`."""

    __table_args__ = (UniqueConstraint("fhir_source", "fhir_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    fhir_source: str | None = Field(default=None, max_length=120)
    fhir_id: str | None = Field(default=None, max_length=64)
    name: str = Field(max_length=300)
    phone: str = Field(default="", max_length=60)
    email: str = Field(default="", max_length=254)
    address: str = Field(default="", max_length=500)
    hours: str = Field(default="", max_length=2000)
    is_clinic: bool = Field(default=False)


class Location(Table, table=True):
    """A place where visits happen: a room, a building."""

    __table_args__ = (UniqueConstraint("fhir_source", "fhir_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    fhir_source: str | None = Field(default=None, max_length=120)
    fhir_id: str | None = Field(default=None, max_length=64)
    name: str = Field(max_length=300)
    address: str = Field(default="", max_length=500)
    organization_id: str | None = Field(default=None, foreign_key="organization.id")
    # A room that visits take place in and that one visit at a time can have.
    is_room: bool = Field(default=False)
    # What is in it, by code: "ecg ultrasound". A type of visit may need one.
    equipment: str = Field(default="", max_length=200)
    # How to get there, in words.
    directions: str = Field(default="", max_length=1000)
    active: bool = Field(default=True)


class Practitioner(Table, table=True):
    """Somebody who treats or works for the clinic, or who signed an imported record."""

    __table_args__ = (UniqueConstraint("fhir_source", "fhir_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    fhir_source: str | None = Field(default=None, max_length=120)
    fhir_id: str | None = Field(default=None, max_length=64)
    name: str = Field(max_length=300)
    prefix: str = Field(default="", max_length=60)
    gender: str | None = Field(default=None, max_length=10)
    phone: str = Field(default="", max_length=60)
    email: str = Field(default="", max_length=254)
    active: bool = Field(default=True)


class PractitionerRole(Table, table=True):
    """What a practitioner does, where, in words: family doctor at Juniper Street Clinic."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    fhir_source: str | None = Field(default=None, max_length=120)
    fhir_id: str | None = Field(default=None, max_length=64)
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    organization_id: str | None = Field(default=None, foreign_key="organization.id")
    title: str = Field(default="", max_length=200)
    active: bool = Field(default=True)


class Patient(Table, table=True):
    """A person the clinic treats. `birth_date` is FHIR text, `born_on` the day when it is whole."""

    __table_args__ = (
        UniqueConstraint("fhir_source", "fhir_id"),
        one_of("gender", GENDERS, "gender"),
        Index("ix_patient_born_on", "born_on"),
        Index("ix_patient_general_practitioner_id", "general_practitioner_id"),
        Index("ix_patient_family_key", "family_key", "given_key"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    fhir_source: str | None = Field(default=None, max_length=120)
    fhir_id: str | None = Field(default=None, max_length=64)
    record_number: str = Field(default="", max_length=60, index=True)
    name: str = Field(max_length=300)
    family: str = Field(default="", max_length=200)
    given: str = Field(default="", max_length=200)
    # Folded for search (no accents, no case): see services/patients.py.
    family_key: str = Field(default="", max_length=200)
    given_key: str = Field(default="", max_length=200)
    birth_date: str = Field(default="", max_length=10)
    born_on: date | None = Field(default=None)
    gender: str = Field(default="unknown", max_length=10)
    phone: str = Field(default="", max_length=60)
    email: str = Field(default="", max_length=254)
    address: str = Field(default="", max_length=500)
    language: str = Field(default="", max_length=35)
    deceased: bool = Field(default=False)
    deceased_at: str = Field(default="", max_length=35)
    active: bool = Field(default=True)
    # The record that this one was joined with: nobody acts in this one any more.
    merged_into_id: str | None = Field(default=None, max_length=64)
    # By the patient's wish, only the care team opens it (models/requests.RestrictionRequest).
    care_team_only: bool = Field(default=False)
    general_practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id")


class RelatedPerson(Table, table=True):
    """Somebody who helps a patient. Access by helpers follows from here (security/helpers.py).

    `known` is one of whom the clinic merely knows (a next of kin): no help in the portal.
    """

    __table_args__ = (
        one_of("kind", HELP_KINDS, "kind"),
        one_of("status", HELP_STATES, "status"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    fhir_source: str | None = Field(default=None, max_length=120)
    fhir_id: str | None = Field(default=None, max_length=64)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    name: str = Field(max_length=300)
    relationship: str = Field(default="", max_length=100)
    phone: str = Field(default="", max_length=60)
    # The account of the helper, and the days on which it may be used for this patient.
    user_id: str | None = Field(default=None, foreign_key="user.id", index=True)
    email: str = Field(default="", max_length=254)
    kind: str = Field(default="", max_length=20)
    status: str = Field(default="known", max_length=20)
    # Why it is in that state: a code of services/family.
    reason: str = Field(default="", max_length=40)
    # What may be seen and done: "results:read messages:act …" (security/scopes.py).
    scopes: str = Field(default="", max_length=400)
    # What proved the right: a document, the patient's own word; and on which basis it rests.
    proof: str = Field(default="", max_length=40)
    basis: str = Field(default="", max_length=40)
    granted_by: str = Field(default="", max_length=300)
    granted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    starts_on: date | None = Field(default=None)
    ends_on: date | None = Field(default=None)
    # More than it covers, proposed by one member of staff, until a second one has decided.
    more_scopes: str = Field(default="", max_length=400)
    more_until: date | None = Field(default=None)
    more_by: str = Field(default="", max_length=64)
    more_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class User(Table, table=True):
    """Somebody who can sign in. The id is the identity; the sign-in name is only its handle."""

    __table_args__ = (
        UniqueConstraint("sign_in_name"),
        Index("ix_user_role", "role"),
        one_of("role", ROLES, "role"),
        CheckConstraint("(role = 'patient') = (patient_id IS NOT NULL)", name="patient_has_record"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    # NFKC-folded, lower case: two names that look the same are the same.
    sign_in_name: str = Field(max_length=254)
    name: str = Field(max_length=300)
    role: str = Field(max_length=20)
    patient_id: str | None = Field(default=None, foreign_key="patient.id", unique=True)
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id")
    password_hash: str = Field(default="", max_length=300)
    disabled: bool = Field(default=False)
    is_demo: bool = Field(default=False)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Where the portal writes to this person. It never says who they are: two may share one.
    email: str = Field(default="", max_length=254, index=True)
    email_verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When a mail server refused the address for good, since it was proven last.
    email_bounced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    phone: str = Field(default="", max_length=60)
    phone_verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When the service for texts refused the number for good, since it was proven last.
    phone_refused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # What a notice says: "bare" (that there is news) or "clinic" (and from which clinic).
    notices_carry: str = Field(default="clinic", max_length=10)
    # What is sent is written in it (words.LANGUAGES); empty for the clinic's own.
    language: str = Field(default="", max_length=10)
    # Wrong second factors in a row; after too many only a way back helps.
    factor_failures: int = Field(default=0, ge=0)


class SignIn(Table, table=True):
    """One signed-in browser. Only the SHA-256 of its secret is kept."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    digest: str = Field(sa_column=Column(String(64), unique=True, nullable=False))
    user_id: str = Field(sa_column=Column(ForeignKey("user.id"), nullable=False, index=True))
    # The record open in this browser: the patient's own, or one that they may help with.
    patient_id: str | None = Field(default=None, foreign_key="patient.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    end_reason: str = Field(default="", max_length=40)
    device: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=64)
    # How far in: "factor" (a second one is due), "enrol" (there is none yet), "agree" (a text to
    # agree to), "full". Only the last opens anything.
    stage: str = Field(default="full", max_length=10)
    # With what: password, totp, passkey, recovery, email, trusted.
    factor: str = Field(default="password", max_length=10)
    # When a factor was last entered anew, for what is sensitive.
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # At a computer that others use: ends sooner, is never trusted.
    is_shared: bool = Field(default=False)
    # Tries of the second factor in this sign-in.
    tries: int = Field(default=0, ge=0)


class OneTimeLink(Table, table=True):
    """A secret link that is good once: an invitation, a way back in, the proof of an address."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    digest: str = Field(sa_column=Column(String(64), unique=True, nullable=False))
    purpose: str = Field(max_length=40)
    user_id: str = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failures: int = Field(default=0, ge=0)
    # Keyed hash of the short code that travels apart from the link; empty where there is none.
    code: str = Field(default="", max_length=64)
    # Where it went (an e-mail address), or "paper"; what it is to prove.
    sent_to: str = Field(default="", max_length=254)
    # Before this moment it does not hold yet (a way back waits for a day).
    holds_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # What it belongs to: a registration, a way back, a help.
    subject_id: str = Field(default="", max_length=64)
    created_by: str = Field(default="", max_length=64)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Tries(Table, table=True):
    """How often a sign-in was tried: with a name, from an address, in all (security/throttle.py).

    The key is a keyed hash: what is typed as a name is now and then a password.
    """

    key: str = Field(primary_key=True, max_length=64)
    count: int = Field(default=0, ge=0)
    since: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    wait_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReadMark(Table, table=True):
    """That a user has read a record: read means read everywhere, on every device."""

    __table_args__ = (UniqueConstraint("user_id", "kind", "record_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user.id")
    kind: str = Field(max_length=20)
    record_id: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
