"""Home's visits: the next one, those after it, and those that wait to be confirmed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session, col

from portal.models.appointments import STANDING, Appointment
from portal.models.people import Location, Practitioner, PractitionerRole
from portal.security import access
from portal.security.actor import Actor
from portal.security.permissions import Permission, has
from portal.services import asked
from portal.services.home.rows import NewsRow, VisitRow
from portal.words import _, _n, clock, how_far, local, midnight, short_month, weekday, when

VISITS = 4
# An appointment this near waits for its confirmation.
CONFIRM_WITHIN = timedelta(days=14)
WEEK, MONTH = 7, 30.4
WEEKS_SAID = 56


def coming(db: Session, actor: Actor, now: datetime) -> list[VisitRow]:
    """Returns the next visits, and after them what the clinic cancelled."""
    found = asked.rows(db, actor, _coming, now=now, midnight=midnight(now))
    may = has(actor, Permission.CHANGE_APPOINTMENTS)
    return [_visit(row, now, may=may) for row in found]


def _coming(actor: Actor) -> Any:
    title = (
        select(col(PractitionerRole.title))
        .where(
            col(PractitionerRole.practitioner_id) == col(Appointment.practitioner_id),
            col(PractitionerRole.active).is_(True),
        )
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            col(Appointment.id),
            col(Appointment.version),
            col(Appointment.title),
            col(Appointment.status),
            col(Appointment.preparation),
            col(Appointment.starts_at),
            col(Appointment.confirmed_at),
            col(Practitioner.name).label("who"),
            col(Practitioner.prefix),
            title.label("role"),
            col(Location.name).label("place"),
            col(Location.address),
        )
        .outerjoin(Practitioner, col(Practitioner.id) == col(Appointment.practitioner_id))
        .outerjoin(Location, col(Location.id) == col(Appointment.location_id))
        .where(
            col(Appointment.patient_id) == actor.patient_id,
            access.appointments(actor),
            col(Appointment.starts_at) >= bindparam("midnight"),
            col(Appointment.ends_at) > bindparam("now"),
            or_(col(Appointment.status).in_(STANDING), _taken_away()),
        )
        # What the clinic cancelled is said, but is nobody's next appointment.
        .order_by(col(Appointment.status) == "cancelled", col(Appointment.starts_at))
        .limit(VISITS)
    )


def _taken_away() -> Any:
    return (col(Appointment.status) == "cancelled") & (col(Appointment.cancelled_by) == "clinic")


def _visit(row: Any, now: datetime, *, may: bool) -> VisitRow:
    state, tone, icon = _state(row, now)
    is_open = row.status in {"proposed", "pending", "booked"} and row.starts_at > now
    return VisitRow(
        id=row.id,
        version=row.version,
        status=row.status,
        title=row.title,
        starts_at=row.starts_at.isoformat(),
        month=short_month(row.starts_at),
        day=str(local(row.starts_at).day),
        at=f"{weekday(row.starts_at)}, {clock(row.starts_at)}",
        when=when(row.starts_at, now),
        far=_far(row.starts_at, now),
        who=_who(row),
        where=", ".join(part for part in (row.place, row.address) if part),
        preparation=row.preparation,
        state=state,
        tone=tone,
        icon=icon,
        may_change=may and is_open,
        may_confirm=may and is_open and row.confirmed_at is None,
    )


def _far(at: datetime, now: datetime) -> str:
    """Says how far a visit is, in days, then weeks, then months: the leaf has the day itself."""
    days = (local(at).date() - local(now).date()).days
    if days <= WEEK:
        return how_far(at, now)
    if days < WEEKS_SAID:
        return _n("In {count} week", "In {count} weeks", round(days / WEEK))
    return _n("In {count} month", "In {count} months", round(days / MONTH))


def _state(row: Any, now: datetime) -> tuple[str, str, str]:
    if row.status == "cancelled":
        return _("Cancelled by the clinic"), "warn", "x"
    if row.status in {"arrived", "checked-in"}:
        return _("You are here"), "ok", "check"
    if row.starts_at <= now:
        return _("It is your turn about now"), "info", "clock"
    if row.confirmed_at is not None:
        return _("Confirmed by you"), "ok", "check"
    if row.status in {"proposed", "pending"}:
        return _("Not yet confirmed by us"), "info", "clock"
    return "", "", "clock"


def _who(row: Any) -> str:
    if not row.who:
        return ""
    name = row.who if row.who.startswith(row.prefix) else f"{row.prefix} {row.who}"
    role = row.role[:1].lower() + row.role[1:] if row.role else ""
    return f"{name}, {role}" if role and role not in name.lower() else name


def to_confirm(coming: list[VisitRow], now: datetime) -> list[NewsRow]:
    """Returns later visits that are near and not confirmed; the next one has its own button."""
    until = now + CONFIRM_WITHIN
    return [
        NewsRow(
            key=f"confirm:{visit.id}",
            kind="confirm",
            href=f"/appointments/{visit.id}",
            title=_("Confirm {title}").format(title=visit.title),
            under=visit.when,
            icon="calendar",
        )
        for visit in coming[1:]
        if visit.may_confirm and datetime.fromisoformat(visit.starts_at) <= until
    ]
