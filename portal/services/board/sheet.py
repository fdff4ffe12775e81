"""The day sheet: the day on paper, for the desk and for when the power is cut."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.errors import NotAllowed
from portal.models.people import Organization
from portal.security import audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.board.rows import ColumnRow
from portal.services.board.view import Found, printed
from portal.words import day as day_said


@dataclass(frozen=True)
class SheetRow:
    """A day by practitioner, as it is printed: a page for each."""

    clinic: str = ""
    said: str = ""
    printed: str = ""
    columns: list[ColumnRow] = field(default_factory=list)


def sheet(db: Session, actor: Actor, *, day: date, now: datetime) -> SheetRow:
    """Returns a day to be printed; that it was, stands in the trace."""
    if not actor.is_staff:
        raise NotAllowed
    require(actor, Permission.SEE_APPOINTMENTS)
    found = Found(db, actor, day, day, "", now)
    columns = found.practitioners(may_book=False)
    counted = f"{day} day sheet, {len(found.visits)} visits"
    audit.record(db, actor, "E", category="appointments", entity=counted, now=now)
    query = select(col(Organization.name)).where(col(Organization.is_clinic).is_(True))
    return SheetRow(
        clinic=db.connection().execute(query.limit(1)).scalar() or "",
        said=day_said(day),
        printed=printed(actor, now),
        columns=columns,
    )
