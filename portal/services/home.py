"""Home: what is next, what is new, what waits for the patient, in one look."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from portal.security import access, audit
from portal.security.actor import Actor


@dataclass(frozen=True)
class HomeRow:
    """What Home shows."""

    name: str = ""
    lines: list[str] = field(default_factory=list)


def view(db: Session, actor: Actor, *, now: datetime) -> HomeRow:
    """Returns the patient's Home."""
    patient = access.open_patient(db, actor)
    audit.record(db, actor, "R", category="home", patient_id=patient.id, now=now)
    return HomeRow(name=patient.name)
