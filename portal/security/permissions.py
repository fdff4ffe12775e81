"""The whole vocabulary of what may be done, and who holds what.

Words for a privacy officer: each permission has its sentence. Patients and helpers hold their
rights for the record that is open to them alone; staff hold theirs for the clinic's patients.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.errors import NotAllowed
from portal.security import scopes
from portal.security.actor import Actor
from portal.words import _


class NotLent(NotAllowed):
    """The record is open to a helper, but this part of it is not."""

    sentence = _("This part of the record was not lent to you. Ask the person whom you help.")


class OnlyToRead(NotAllowed):
    """A helper may look at a part of the record, but not act in it."""

    sentence = _("You may look at this, but not do it for somebody else. Ask them, or call us.")


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
    INVITE = "Invite a patient, decide on requests for accounts and helpers"
    OPEN_WITH_REASON = "Open the record of somebody whom they do not treat, with a reason"
    SET_POLICIES = "Change the clinic's policies, texts, forms and rules of check-ups"
    KEEP_COVERAGE = "See, enter and check insurance, and enter the open balance"
    SET_SCHEDULE = "Change visit types, hours, closed days and rooms"
    ANSWER_PRIVACY = "Answer as privacy officer: questions about who looked, limits on a use"


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
        Permission.INVITE,
        Permission.KEEP_COVERAGE,
    }
)
_CLINICAL = (_DESK - {Permission.INVITE, Permission.KEEP_COVERAGE}) | {
    Permission.SEE_CLINICAL,
    Permission.SEE_HEALTH_MESSAGES,
    Permission.OPEN_WITH_REASON,
}

HELD_BY: dict[str, frozenset[Permission]] = {
    "patient": _OWN,
    "helper": _OWN,
    "practitioner": _CLINICAL | {Permission.RELEASE_RESULTS, Permission.PUBLISH},
    "nurse": _CLINICAL,
    "front_desk": _DESK,
    "billing": frozenset(
        {Permission.SEE_CONTACT, Permission.FIND_PATIENTS, Permission.KEEP_COVERAGE}
    ),
    "manager": _DESK
    | {
        Permission.PUBLISH,
        Permission.MANAGE_PEOPLE,
        Permission.SET_POLICIES,
        Permission.SET_SCHEDULE,
        Permission.ANSWER_PRIVACY,
        # Who is told of emergency access can look at it.
        Permission.SEE_TRACE,
    },
    "administrator": frozenset(
        {
            Permission.MANAGE_PEOPLE,
            Permission.PUBLISH,
            Permission.SET_POLICIES,
            Permission.SET_SCHEDULE,
        }
    ),
    "auditor": frozenset({Permission.SEE_TRACE, Permission.ANSWER_PRIVACY}),
    "system": frozenset(Permission),
}


@dataclass(frozen=True)
class Role:
    """A role in words: what it is for, of whose records it sees what, and what never."""

    work: str
    sees: str
    never: str


ROLES: dict[str, Role] = {
    "patient": Role(
        "Looks after their own health and appointments.",
        "The own record: all that was released, and who looked at it.",
        "Anybody else's record; results that are not released yet; notes among staff.",
    ),
    "helper": Role(
        "Helps somebody who lent them a part of their record, or whose parent they are.",
        "Of the open record the areas that were lent, to read or also to act, today.",
        "What is confidential; other areas; anything before the start or after the end.",
    ),
    "practitioner": Role(
        "Treats patients, releases results, answers messages.",
        "Names and contact of all; the record of patients in their care (doctor or care team, own "
        "visit today, a message that waits, a result they ordered), of others with a reason.",
        "A record without one of these; one kept to the care team but in an emergency; insurance "
        "and balance.",
    ),
    "nurse": Role(
        "Prepares visits, answers messages, measures.",
        "Names and contact of all; the record of patients in their care team, with a visit at the "
        "clinic today or a message that waits; of others with a reason.",
        "Releasing results; a record without one of these; insurance and balance.",
    ),
    "front_desk": Role(
        "Runs the day: appointments, contact, letters, invitations.",
        "Names, contact, appointments, insurance and open balance, messages about appointments, "
        "bills, forms, this website.",
        "The medical record and messages about health, unless the clinic's policy grants it; then "
        "still no record that is kept to the care team.",
    ),
    "billing": Role(
        "Writes bills.",
        "Names, record numbers and contact, insurance and open balance.",
        "Appointments, messages and the medical record.",
    ),
    "manager": Role(
        "Answers for the clinic: people, policies, hours, privacy; is told of emergency access.",
        "What the front desk sees, messages to the privacy officer, and the report of who looked.",
        "The medical record and messages about health.",
    ),
    "administrator": Role(
        "Keeps the system running: accounts, policies, texts, hours and rooms.",
        "Accounts and settings; whether the trace is whole.",
        "Patients, their records and messages; the rows of the trace.",
    ),
    "auditor": Role(
        "Checks who looked at what, and answers requests about privacy.",
        "The report of who looked at what, and messages to the privacy officer, with the names.",
        "Contact, appointments, other messages and the medical record.",
    ),
    "system": Role(
        "Imports, jobs and commands of the operator.",
        "What its one task needs; each act stands in the trace under its name.",
        "Nobody signs in as the system.",
    ),
}
# What a helper must have been given for it: one of these is enough. What is not named here, a
# helper has for every record that they may open at all.
SCOPES_FOR: dict[Permission, frozenset[str]] = {
    Permission.SEE_APPOINTMENTS: frozenset({"appointments:read"}),
    Permission.CHANGE_APPOINTMENTS: frozenset({"appointments:act"}),
    Permission.SEE_CLINICAL: frozenset(f"{area}:read" for area in scopes.CLINICAL),
    Permission.SEE_MESSAGES: frozenset({"messages:read"}),
    Permission.SEE_HEALTH_MESSAGES: frozenset({"messages:read"}),
    Permission.WRITE_MESSAGES: frozenset({"messages:act"}),
}


def has(actor: Actor, permission: Permission) -> bool:
    """Says whether the actor holds a permission: by role, by the clinic's grant, by scope."""
    if permission not in HELD_BY.get(actor.role, frozenset()):
        return permission.name in actor.granted
    needed = SCOPES_FOR.get(permission)
    return needed is None or not actor.acting_for or bool(needed & actor.scopes)


def sees_area(actor: Actor, area: str) -> bool:
    """Says whether an area of the record is open to the actor: to a helper, if it was given."""
    return not actor.acting_for or f"{area}:read" in actor.scopes


def acts_in(actor: Actor, area: str) -> bool:
    """Says whether the actor may do something in an area, not only look at it."""
    return not actor.acting_for or f"{area}:act" in actor.scopes


def require_acts_in(actor: Actor, areas: tuple[str, ...]) -> None:
    """Raises `OnlyToRead` where a helper may look at these areas, but not act in all of them."""
    if not all(acts_in(actor, area) for area in areas):
        raise OnlyToRead


def require(actor: Actor, permission: Permission) -> None:
    """Raises `NotAllowed` unless the actor holds the permission; tells a helper what is missing."""
    if has(actor, permission):
        return
    if not actor.acting_for or permission not in HELD_BY.get(actor.role, frozenset()):
        raise NotAllowed
    areas = {scope.partition(":")[0] for scope in SCOPES_FOR[permission]}
    raise OnlyToRead if any(sees_area(actor, area) for area in areas) else NotLent


def require_area(actor: Actor, area: str) -> None:
    """Raises `NotLent` where a helper was not given an area at all."""
    if not sees_area(actor, area):
        raise NotLent
