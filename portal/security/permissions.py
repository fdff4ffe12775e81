"""The whole vocabulary of what may be done, and who holds what.

Words for a privacy officer: each permission has its sentence. Patients and helpers hold their
rights for the record that is open to them alone; staff hold theirs for the clinic's patients.
"""

from enum import StrEnum

from portal.errors import NotAllowed
from portal.security.actor import Actor


class Permission(StrEnum):
    """What may be done. docs/security.md lists these words, and a test compares."""

    SEE_CONTACT = "See name, birth date, record number and contact of a patient"
    FIND_PATIENTS = "Find patients by name or birth date"
    SEE_APPOINTMENTS = "See appointments"
    CHANGE_APPOINTMENTS = "Confirm and cancel appointments"
    BOOK_APPOINTMENTS = "Book appointments and say who has arrived"
    SEE_CLINICAL = "See conditions, medicines, results and the rest of the medical record"
    SEE_MESSAGES = "Read messages about appointments, bills, forms and technical questions"
    SEE_HEALTH_MESSAGES = "Read messages about health and medicines"
    WRITE_MESSAGES = "Write messages"
    RELEASE_RESULTS = "Release a result to the patient"
    PUBLISH = "Publish an announcement"
    IMPORT = "Import records"
    MANAGE_PEOPLE = "Create, invite and disable accounts"
    SEE_TRACE = "Read who looked at which record"


_OWN = frozenset(
    {
        Permission.SEE_CONTACT,
        Permission.SEE_APPOINTMENTS,
        Permission.CHANGE_APPOINTMENTS,
        Permission.SEE_CLINICAL,
        Permission.SEE_MESSAGES,
        Permission.SEE_HEALTH_MESSAGES,
        Permission.WRITE_MESSAGES,
    }
)
_DESK = frozenset(
    {
        Permission.SEE_CONTACT,
        Permission.FIND_PATIENTS,
        Permission.SEE_APPOINTMENTS,
        Permission.CHANGE_APPOINTMENTS,
        Permission.BOOK_APPOINTMENTS,
        Permission.SEE_MESSAGES,
        Permission.WRITE_MESSAGES,
    }
)
_CLINICAL = _DESK | {Permission.SEE_CLINICAL, Permission.SEE_HEALTH_MESSAGES}

HELD_BY: dict[str, frozenset[Permission]] = {
    "patient": _OWN,
    "helper": _OWN,
    "practitioner": _CLINICAL | {Permission.RELEASE_RESULTS, Permission.PUBLISH},
    "nurse": _CLINICAL,
    "front_desk": _DESK,
    "billing": frozenset({Permission.SEE_CONTACT, Permission.FIND_PATIENTS}),
    "manager": _DESK | {Permission.PUBLISH, Permission.MANAGE_PEOPLE},
    "administrator": frozenset({Permission.MANAGE_PEOPLE, Permission.PUBLISH}),
    "auditor": frozenset({Permission.SEE_TRACE}),
    "system": frozenset(Permission),
}


def has(actor: Actor, permission: Permission) -> bool:
    """Says whether the actor's role holds a permission."""
    return permission in HELD_BY.get(actor.role, frozenset())


def require(actor: Actor, permission: Permission) -> None:
    """Raises `NotAllowed` unless the actor's role holds the permission."""
    if not has(actor, permission):
        raise NotAllowed
