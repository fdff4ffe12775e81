"""The clinic itself: its name, as people see it everywhere."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import Invalid
from portal.models.people import Organization
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services import agreements, prevention
from portal.words import _

NAME_MOST = 300
MOST = {"phone": 60, "address": 500, "hours": 2000}


@dataclass(frozen=True)
class Facts:
    """What people read of the clinic, beside its name."""

    phone: str = ""
    address: str = ""
    hours: str = ""


def found(
    db: Session, actor: Actor, *, name: str, now: datetime, facts: Facts | None = None
) -> Organization:
    """Founds the clinic, with its first texts and rules; one that stands already keeps its name."""
    require(actor, Permission.MANAGE_PEOPLE)
    clinic = db.scalars(select(Organization).where(col(Organization.is_clinic))).first()
    if clinic is not None:
        return clinic
    if not name.strip() or len(name) > NAME_MOST:
        raise Invalid(_("Give the clinic a name of at most 300 letters."))
    clinic = Organization(name=name.strip(), is_clinic=True, **_checked(facts or Facts()))
    db.add(clinic)
    audit.record(db, actor, "C", category="clinic", entity=f"Organization/{clinic.id}", now=now)
    db.flush()
    agreements.begin(db, actor, now=now)
    prevention.begin(db, actor, now=now)
    return clinic


def _checked(facts: Facts) -> dict[str, str]:
    given = {name: text.strip() for name, text in asdict(facts).items()}
    for name, text in given.items():
        if len(text) > MOST[name]:
            raise Invalid(_("That is too long for the clinic’s {name}.").format(name=name))
    return given
