"""Searching the whole record by words, without regard to case and accents."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from portal.security import audit
from portal.security.actor import Actor
from portal.services import pages
from portal.services.patients import fold
from portal.services.record import vitals
from portal.services.record.reading import RecordRow, entries, index, readable
from portal.services.record.rows import EntryRow, GroupRow
from portal.services.record.sections import BY_KEY, LATEST, Section, scope, seen_by
from portal.words import _

QUERY_MAX = 60
# Letters and digits that are written in one way alone, in the alphabets of our languages.
_PLAIN = "bfjmpqvwx0-9"


def search(
    db: Session, actor: Actor, *, query: str, now: datetime, page: int = 1, patient_id: str = ""
) -> RecordRow:
    """Returns one page of the entries, of all sections, that hold every word of the query."""
    patient = readable(db, actor, patient_id)
    audit.record(db, actor, "R", category="record", patient_id=patient.id, now=now)
    words = fold(query[:QUERY_MAX]).split()
    found = _found(db, actor, patient.id, words) if words else []
    first = pages.first_row(page)
    around = index(db, actor, patient, "")
    return RecordRow(
        patient_name=around.patient_name,
        sections=around.sections,
        has_empty=around.has_empty,
        allergies=around.allergies,
        title=_("Found in your record"),
        groups=_rows(db, actor, patient.id, found[first : first + pages.SIZE]),
        leaf=pages.leaf(page, len(found)),
        nothing="" if found else _("Nothing in this record has these words. Try fewer letters."),
        query=query[:QUERY_MAX],
    )


def _found(db: Session, actor: Actor, patient_id: str, words: list[str]) -> list[tuple[str, str]]:
    """Returns section and id of each match, in the order of the sections and within them."""
    found: list[tuple[str, str]] = []
    holds: dict[tuple[str, str], bool] = {}
    for section in seen_by(actor):
        for key, plain, title in _candidates(db, actor, patient_id, section, words):
            said = (plain, title)
            # The same words come again and again in a long record: they are compared once.
            if said not in holds:
                holds[said] = _holds(words, f"{plain} {title}")
            if holds[said]:
                found.append((section.key, key))
    return found


def _candidates(
    db: Session, actor: Actor, patient_id: str, section: Section, words: list[str]
) -> Any:
    if section.key in LATEST:
        found = vitals.latest(db, actor, patient_id, section)
        return [(value.id, value.title, value.term) for value in found]
    table: Any = section.table.__table__  # pyright: ignore[reportAttributeAccessIssue]
    query = (
        select(table.c.id, table.c.plain, table.c.title)
        .where(*scope(actor, patient_id, section), *_likely(table, words))
        .order_by(table.c.sort_at.desc().nulls_last(), table.c.id)
    )
    return db.connection().execute(query).all()


def _likely(table: Any, words: list[str]) -> list[Any]:
    """Returns conditions that hold at least for every match; `_holds` decides.

    The database compares no accents: a letter that may bear one may stand for anything.
    """
    patterns = ["%" + "%".join(re.findall(f"[{_PLAIN}]+", word)) + "%" for word in words]
    return [
        or_(table.c.plain.ilike(pattern), table.c.title.ilike(pattern))
        for pattern in patterns
        if pattern != "%%"
    ]


def _holds(words: list[str], text: str) -> bool:
    said = text.lower() if text.isascii() else fold(text)
    return all(word in said for word in words)


def _rows(
    db: Session, actor: Actor, patient_id: str, found: list[tuple[str, str]]
) -> list[GroupRow]:
    groups: dict[str, list[str]] = {}
    for key, record_id in found:
        groups.setdefault(key, []).append(record_id)
    return [
        GroupRow(BY_KEY[key].words(), _entries(db, actor, patient_id, BY_KEY[key], ids))
        for key, ids in groups.items()
    ]


def _entries(
    db: Session, actor: Actor, patient_id: str, section: Section, ids: list[str]
) -> list[EntryRow]:
    if section.key in LATEST:
        found = vitals.latest(db, actor, patient_id, section)
        return [value for value in found if value.id in ids]
    table: Any = section.table.__table__  # pyright: ignore[reportAttributeAccessIssue]
    query = select(table).where(table.c.id.in_(ids), *scope(actor, patient_id, section))
    rows = {row.id: row for row in db.connection().execute(query)}
    return entries(db, [rows[one] for one in ids if one in rows], section)
