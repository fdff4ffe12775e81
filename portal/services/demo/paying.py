"""Who pays at the demo clinic: invented insurers, some checks that are old, two open balances."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from portal.models.coverage import Account, Coverage
from portal.services.coverage import insurance
from portal.services.demo.people import Town

DESK, BILLS = "Kim Doyle", "Bo Pennyworth-Lind"
# Whose, with whom, the number, and how many days ago it was checked; none: not yet.
INSURED: tuple[tuple[str, str, str, int | None], ...] = (
    ("delgada", "Larkspur Mutual", "LM 0047 1902", 12),
    ("marcus", "Heron Health Plan", "HHP-552-08", 200),
    ("walter", "Heron Health Plan", "HHP-318-77", 20),
    ("priscilla", "Larkspur Mutual", "LM 0102 4466", 45),
    ("farah", "Copper Creek Benefit", "CC 90 31 7", None),
    ("beatriz", "Copper Creek Benefit", "CC 14 08 2", None),
    ("zofia", "Larkspur Mutual", "LM 0033 7120", 8),
    ("gideon", "Heron Health Plan", "HHP-901-40", 130),
    ("marta", "Larkspur Mutual", "LM 0020 4180", 30),
)
ALONE = ("soren", "wren")
# Whose, and how many cents.
OWED = (("gus", 4500), ("gideon", 1280), ("zofia", 0))


def enter(db: Session, town: Town) -> None:
    """Enters what the desk and whoever writes the bills have entered by now."""
    now = town.sheet.now
    entered_at = now - timedelta(days=210)
    for who, payer, number, checked in INSURED:
        row = Coverage(
            patient_id=town.patients[who],
            payer=payer,
            verified_at=None if checked is None else now - timedelta(days=checked),
            verified_by="" if checked is None else DESK,
            entered_at=entered_at,
            entered_by=DESK,
        )
        row.member_number = insurance.sealed_number(db, row, number)
        db.add(row)
    for who in ALONE:
        whose: dict[str, Any] = {"patient_id": town.patients[who], "self_pay": True}
        db.add(Coverage(**whose, entered_at=entered_at, entered_by=DESK))
    for who, cents in OWED:
        owed: dict[str, Any] = {
            "patient_id": town.patients[who],
            "balance": cents,
            "currency": "USD",
        }
        when: dict[str, Any] = {"as_of": town.sheet.day(-6), "entered_at": now - timedelta(days=5)}
        db.add(Account(**owed, **when, entered_by=BILLS))
    db.flush()
