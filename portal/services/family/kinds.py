"""Kinds of help, in words: who it is, what proves it, what is usual, how long it may last.

The law asks for proof of a parent, a guardian, a foster parent and an agent: the clinic decides on
them. Whom a grown-up chooses, they choose by themselves (WORKFLOWS 3.7).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.models.people import Patient
from portal.security import helpers, scopes
from portal.security.policies import Policies
from portal.words import _, local

_ALL = scopes.write(scopes.ALL)
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Kind:
    """One kind of help. `longest` empty: as long as the age rules let it."""

    key: str
    words: str
    who: str
    proof: str
    proofs: tuple[str, ...]
    usual: str
    longest: timedelta | None
    # Whether it is for children alone, and follows their age.
    by_age: bool = False

    @property
    def by_staff(self) -> bool:
        """Whether staff decide; else the patient does, alone."""
        return self.key in helpers.BY_CLINIC


# What proved the right.
PROOFS: dict[str, str] = {
    "photo-id-and-birth": _("Photo ID, and a birth certificate or our own record of the birth"),
    "court-order": _("Photo ID, and the court’s order"),
    "placement-letter": _("Photo ID, and the placement letter of the agency"),
    "power-of-attorney": _("Photo ID, and the signed power of attorney or the court’s order"),
    "own-word": _("The patient’s own word, and a code passed on by the patient"),
    "home-letter": _("The patient’s own word, and a letter of the care home"),
}
# On what the help rests.
BASES: dict[str, str] = {
    "consent": _("The patient agrees"),
    "parent": _("Parental rights"),
    "court": _("A court’s decision"),
    "agency": _("A placement by the agency"),
    "attorney": _("A power of attorney"),
}

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "parent",
            _("Parent"),
            _("Mother or father of a child, with the right to decide for them."),
            PROOFS["photo-id-and-birth"],
            ("photo-id-and-birth",),
            _ALL,
            None,
            by_age=True,
        ),
        Kind(
            "guardian",
            _("Guardian of a child"),
            _("Somebody whom a court has given the care of a child."),
            PROOFS["court-order"],
            ("court-order",),
            _ALL,
            5 * _YEAR,
            by_age=True,
        ),
        Kind(
            "foster",
            _("Foster parent"),
            _("Somebody with whom an agency has placed a child."),
            PROOFS["placement-letter"],
            ("placement-letter", "court-order"),
            "appointments:act messages:act results:read notes:read medicines:read profile:read",
            _YEAR,
            by_age=True,
        ),
        Kind(
            "agent",
            _("Health care agent"),
            _("Somebody who may decide for a grown-up: by a power of attorney, or by a court."),
            PROOFS["power-of-attorney"],
            ("power-of-attorney", "court-order"),
            _ALL,
            5 * _YEAR,
        ),
        Kind(
            "adult",
            _("Somebody you choose"),
            _("A husband or wife, a daughter, a friend: anybody whom you trust."),
            PROOFS["own-word"],
            ("own-word",),
            "appointments:act messages:read results:read medicines:read",
            3 * _YEAR,
        ),
        Kind(
            "care-worker",
            _("Care-home worker"),
            _("Somebody who looks after you as their work."),
            PROOFS["home-letter"],
            ("home-letter", "own-word"),
            "appointments:act messages:act medicines:read",
            _YEAR,
        ),
    )
}


def words_of(kind: str, relationship: str) -> str:
    """Says what kind of help it is, with the relationship where one was given."""
    known = KINDS.get(kind)
    said = _(known.words) if known else _("Helper")
    if kind == "adult":
        said = _("Helper")
    return f"{said}, {relationship}" if relationship and relationship != kind else said


def last_day(kind: Kind, starts_on: date) -> date | None:
    """Returns the last day on which a help of this kind may end; None: the age decides."""
    return starts_on + kind.longest if kind.longest else None


def latest_birth(text: str, born_on: date | None) -> date | None:
    """Returns the latest day that a birth date of any precision can mean.

    Where only the year is known, somebody is grown-up when they surely are.
    """
    if born_on is not None:
        return born_on
    parts = [int(part) for part in text.split("-") if part.isdigit()]
    if not parts:
        return None
    month = parts[1] if len(parts) > 1 else 12
    following = date(parts[0] + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def is_grown_up(patient: Patient, rules: Policies, now: datetime) -> bool:
    """Says whether a patient decides alone, surely; not where no birth date is known."""
    born = latest_birth(patient.birth_date, patient.born_on)
    return born is not None and local(now).date() >= helpers.birthday(born, rules.adult_from)


def is_teenager(patient: Patient, rules: Policies, now: datetime) -> bool:
    """Says whether a patient is between the two ages of the clinic's policies."""
    born = helpers.earliest_birth(patient.birth_date, patient.born_on)
    if born is None or is_grown_up(patient, rules, now):
        return False
    return local(now).date() >= helpers.birthday(born, rules.teen_from)
