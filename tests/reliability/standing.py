"""What must stand after a death, a stop, a full disk: asked of the database itself."""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from portal.database import Database
from portal.security import audit
from tests.reliability.working import Log

STEPS = 8  # twenty minutes of a practitioner and of a patient, five each

# Each names rows that are only half there.
HALVES = {
    "a message without its trace": """
        SELECT m.id FROM communication m LEFT JOIN audit_event a
        ON a.entity = m.id AND a.action = 'C' AND a.category = 'messages' WHERE a.seq IS NULL""",
    "a message of the clinic without its notice": """
        SELECT m.id FROM communication m LEFT JOIN outbox_notice n ON n.record_id = m.id
        WHERE m.from_clinic AND n.id IS NULL""",
    "a trace of a message that is not there": """
        SELECT a.entity FROM audit_event a LEFT JOIN communication m ON m.id = a.entity
        WHERE a.action = 'C' AND a.category = 'messages' AND m.id IS NULL""",
    "a notice of nothing": """
        SELECT n.key FROM outbox_notice n LEFT JOIN communication m ON m.id = n.record_id
        LEFT JOIN appointment p ON p.id = n.record_id WHERE m.id IS NULL AND p.id IS NULL""",
    "a visit without its trace": """
        SELECT p.id FROM appointment p LEFT JOIN audit_event a
        ON a.entity = p.id AND a.action = 'C' WHERE a.seq IS NULL""",
    "a visit without its notice": """
        SELECT p.id FROM appointment p LEFT JOIN outbox_notice n ON n.record_id = p.id
        WHERE n.id IS NULL""",
    "a visit that does not hold its time": f"""
        SELECT p.id FROM appointment p LEFT JOIN claim c ON c.appointment_id = p.id
        GROUP BY p.id HAVING count(c.step) <> {STEPS}""",
    "a time held for no visit": """
        SELECT c.step FROM claim c LEFT JOIN appointment p ON p.id = c.appointment_id
        WHERE p.id IS NULL""",
    "a visit confirmed without a trace": """
        SELECT p.id FROM appointment p LEFT JOIN audit_event a
        ON a.entity = p.id AND a.action = 'U' WHERE p.confirmed_at IS NOT NULL AND a.seq IS NULL""",
    "a visit confirmed twice in the trace": """
        SELECT a.entity FROM audit_event a WHERE a.action = 'U' AND a.category = 'appointments'
        GROUP BY a.entity HAVING count(*) > 1""",
    "the same message twice": """
        SELECT body FROM communication GROUP BY body HAVING count(*) > 1""",
}


def lost(base: Database, log: Log) -> list[str]:
    """Returns every acknowledged act that does not stand."""
    with base.reading() as db:
        return [
            *(f"message {one}" for one in set(log.messages.values()) - _ids(db, "communication")),
            *(f"visit {one}" for one in set(log.booked.values()) - _ids(db, "appointment")),
            *(f"confirmed {one}" for one in log.confirmed - _confirmed(db)),
            *(f"read {one}" for one in log.read - _read(db)),
            *_lost_draft(db, log),
        ]


def halves(base: Database) -> list[str]:
    """Returns every act of which only a part stands."""
    with base.reading() as db:
        found = {what: _column(db, query) for what, query in HALVES.items()}
    return [f"{what}: {sorted(rows)[:3]}" for what, rows in found.items() if rows]


def damage(base: Database) -> list[str]:
    """Returns what is wrong with the file and with the trace."""
    with base.reading() as db:
        said = [] if not base.is_sqlite else list(_column(db, "PRAGMA integrity_check"))
        verdict = audit.verify(db, base.info["audit_key"])
    wrong = [one for one in said if one != "ok"]
    return wrong if verdict.is_whole else [*wrong, f"{verdict.problem} at {verdict.broken_at}"]


def check(base: Database, log: Log) -> None:
    """Fails when anything acknowledged is lost, half there, or damaged."""
    assert lost(base, log) == []
    assert halves(base) == []
    assert damage(base) == []


def _column(db: Session, query: str) -> set[Any]:
    return set(db.connection().execute(text(query)).scalars())


def _ids(db: Session, table: str) -> set[str]:
    return _column(db, f"SELECT id FROM {table}")


def _confirmed(db: Session) -> set[str]:
    return _column(db, "SELECT id FROM appointment WHERE confirmed_at IS NOT NULL")


def _read(db: Session) -> set[str]:
    """Returns what has been read, and what needs no reading: the patient's own words."""
    own = "SELECT id FROM communication WHERE NOT from_clinic"
    return _column(db, "SELECT record_id FROM read_mark WHERE kind = 'message'") | _column(db, own)


def _lost_draft(db: Session, log: Log) -> list[str]:
    if log.newest_draft < 0:
        return []
    newest = max((int(body[2:]) for body in _column(db, "SELECT body FROM draft")), default=-1)
    return [f"draft {log.newest_draft}: {newest} stands"] * (newest < log.newest_draft)
