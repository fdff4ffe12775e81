"""Home's medicines: those that are being taken, what is to be known of them first."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.models.clinical import MedicationRequest
from portal.security import access
from portal.security.actor import Actor
from portal.services import asked
from portal.services.home.rows import MedicineRow
from portal.words import _, how_far, local, short_day

MEDICINES = 5
MEDICINES_READ = 60
# A medicine is new, changed or ending for so long.
RECENT = timedelta(days=14)
TAKEN = ("active", "on-hold")
ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")


def taken(db: Session, actor: Actor, now: datetime) -> list[MedicineRow]:
    """Returns medicines that are being taken; new, changed and ending ones stand first."""
    by_name: dict[str, list[Any]] = defaultdict(list)
    for row in asked.rows(db, actor, _known):
        by_name[row.title.casefold()].append(row)
    current = [(rows[0], rows[1:]) for rows in by_name.values() if _is_taken(rows[0], now)]
    shown = [_medicine(row, older, now) for row, older in current]
    return sorted(shown, key=lambda medicine: not medicine.note)


def _known(actor: Actor) -> Any:
    return (
        select(
            col(MedicationRequest.id),
            col(MedicationRequest.title),
            col(MedicationRequest.plain),
            col(MedicationRequest.status),
            col(MedicationRequest.dosage),
            col(MedicationRequest.as_needed),
            col(MedicationRequest.authored_on),
            col(MedicationRequest.ends),
            col(MedicationRequest.reason),
            col(MedicationRequest.sort_at),
        )
        .where(
            col(MedicationRequest.patient_id) == actor.patient_id,
            access.entries(actor, MedicationRequest),
            col(MedicationRequest.status).in_((*TAKEN, "stopped", "completed")),
            col(MedicationRequest.intent).in_(ORDERS),
        )
        .order_by(
            col(MedicationRequest.status).not_in(TAKEN),
            col(MedicationRequest.sort_at).desc().nulls_last(),
            col(MedicationRequest.id),
        )
        .limit(MEDICINES_READ)
    )


def _is_taken(row: Any, now: datetime) -> bool:
    ends = _date(row.ends)
    over = ends is not None and ends < local(now).date()
    return row.status in TAKEN and not over


def _medicine(row: Any, older: list[Any], now: datetime) -> MedicineRow:
    note, tone, icon = _notable(row, older, now)
    how = row.dosage or (_("When you need it") if row.as_needed else "")
    return MedicineRow(
        key=f"medicine:{row.id}",
        title=row.title,
        what=row.plain if row.plain != row.title else "",
        how=how or _("Ask us how to take it if you are not sure"),
        note=note,
        tone=tone,
        icon=icon,
    )


def _notable(row: Any, older: list[Any], now: datetime) -> tuple[str, str, str]:
    """Returns what is to be known of a medicine: on hold, ending, changed or new."""
    today = local(now).date()
    ends, begun = _date(row.ends), _date(row.authored_on)
    if row.status == "on-hold":
        return _("On hold: do not take it for now"), "warn", "warn"
    if ends is not None and ends - today <= RECENT:
        return _("Ends {day}").format(day=how_far(ends, now).lower()), "info", "clock"
    if begun is None or today - begun > RECENT or begun > today:
        return "", "", "info"
    if any(other.dosage != row.dosage for other in older):
        return _("Changed {day}").format(day=how_far(begun, now).lower()), "info", "pencil"
    return (
        ("", "", "info")
        if older
        else (_("New since {day}").format(day=short_day(begun)), "info", "plus")
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
