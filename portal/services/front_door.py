"""The front door: what everybody may see of the clinic, before anybody signed in."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal import settings
from portal.models.people import Organization, User
from portal.services import clinic_hours, demo

# A patient, a doctor and the front desk show most of it.
FIRST = ("marta", "okafor", "kim")


@dataclass(frozen=True)
class HoursRow:
    """When the clinic is open on some days; `today` is "today" or empty."""

    days: str = ""
    times: str = ""
    today: str = ""


@dataclass(frozen=True)
class DemoRow:
    """Somebody whom a visitor of the demo may be."""

    sign_in_name: str = ""
    name: str = ""
    shows: str = ""


@dataclass(frozen=True)
class DoorRow:
    """The clinic's card; in demo mode also who may sign in, and with which password."""

    name: str = ""
    phone: str = ""
    address: str = ""
    open_now: str = ""
    closed_now: str = ""
    hours: list[HoursRow] = field(default_factory=list)
    hours_said: str = ""
    # Of the demo's people: whom to look at first, and the others.
    first: list[DemoRow] = field(default_factory=list)
    patients: list[DemoRow] = field(default_factory=list)
    staff: list[DemoRow] = field(default_factory=list)
    password: str = ""


def view(db: Session, *, now: datetime) -> DoorRow:
    """Returns the clinic's card; nothing of any patient's is in it."""
    query = select(
        col(Organization.name),
        col(Organization.phone),
        col(Organization.address),
        col(Organization.hours),
    ).where(col(Organization.is_clinic).is_(True))
    clinic = db.connection().execute(query).first()
    if clinic is None:
        return DoorRow()
    shown = _demo(db)
    return DoorRow(
        name=clinic.name,
        phone=clinic.phone,
        address=clinic.address,
        open_now=clinic_hours.open_now(clinic.hours, now),
        closed_now=clinic_hours.closed_now(clinic.hours, now),
        hours=_hours(clinic.hours, now),
        hours_said=clinic_hours.said(clinic.hours),
        first=[row for account, row in shown if account.key in FIRST],
        patients=[row for account, row in shown if _is_patient(account)],
        staff=[row for account, row in shown if not _is_patient(account)],
        password=demo.PASSWORD if shown else "",
    )


def _is_patient(account: demo.Account) -> bool:
    return account.role in {"patient", "helper"}


def _hours(text: str, now: datetime) -> list[HoursRow]:
    rows: list[HoursRow] = []
    for rule in filter(None, map(str.strip, re.split(r"[;\n]", text))):
        days, comma, times = clinic_hours.said(rule).partition(", ")
        is_today = bool(comma) and bool(clinic_hours.open_now(rule, now))
        rows.append(HoursRow(days, times, "today" if is_today else ""))
    return rows


def _demo(db: Session) -> list[tuple[demo.Account, DemoRow]]:
    """Returns the demo's accounts, where this is a demo and they are there."""
    if not settings.current().demo:
        return []
    query = select(col(User.sign_in_name), col(User.name)).where(
        col(User.is_demo).is_(True), col(User.disabled).is_(False)
    )
    names = {row.sign_in_name: row.name for row in db.connection().execute(query)}
    return [
        (account, DemoRow(account.key, names[account.key], account.shows))
        for account in demo.ACCOUNTS
        if account.key in names
    ]
