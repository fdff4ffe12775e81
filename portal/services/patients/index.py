"""The index: writes the keys by which patients are found, for all whose record changed.

Triggers note who changed, whichever way the record was written, so that nobody can forget it; a
search first catches up with what was noted since the last one.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from portal.models.finding import (
    KEY_MAX,
    WORD_MAX,
    NameVariant,
    PatientChanged,
    PatientFindable,
    PatientKey,
)
from portal.models.people import Patient
from portal.services.patients import spelling

BATCH = 1000
_BODY_MAX = 200
_NAMES_MAX = 8
_SHORT_NUMBER = 20
_PHONE_ENDS = (10, 7, 4)
_LEAST_DIGITS = 4
_keys: Any = PatientKey.__table__  # pyright: ignore[reportAttributeAccessIssue]
_findable: Any = PatientFindable.__table__  # pyright: ignore[reportAttributeAccessIssue]
_changed: Any = PatientChanged.__table__  # pyright: ignore[reportAttributeAccessIssue]
_variants: Any = NameVariant.__table__  # pyright: ignore[reportAttributeAccessIssue]


_NOTED = select(_changed.c.patient_id).limit(bindparam("most"))


def catch_up(db: Session, *, most: int | None = None) -> int:
    """Writes the keys of those who changed, `most` of them; returns how many are left.

    Whoever writes many patients at once calls it at the end, so that the next search need not.
    """
    done = 0
    while ids := _claim(db, min(BATCH, (most or BATCH) - (done if most else 0))):
        _take_away(db, ids)
        _write(db, ids)
        done += len(ids)
        if most and done >= most:
            return db.connection().execute(select(func.count()).select_from(_changed)).scalar_one()
    return 0


def rebuild(db: Session) -> None:
    """Notes every patient as changed: the keys are written anew from the records."""
    everybody = select(col(Patient.id)).where(true())
    noted = _insert(db, _changed).from_select(["patient_id"], everybody)
    db.connection().execute(noted.on_conflict_do_nothing())
    catch_up(db)


def _claim(db: Session, most: int) -> list[str]:
    if most <= 0:
        return []
    here = list(db.connection().execute(_NOTED, {"most": most}).scalars())
    if not here:
        return []
    # Deleting first makes whoever changes one of them now wait, so that no change is passed over.
    query = delete(_changed).where(_changed.c.patient_id.in_(here)).returning(_changed.c.patient_id)
    return list(db.connection().execute(query).scalars())


def _take_away(db: Session, ids: Sequence[str]) -> None:
    connection = db.connection()
    old = connection.execute(select(_findable).where(_findable.c.patient_id.in_(ids))).all()
    if not old:
        return
    gone = [
        {"old_key": key, "old_id": row.patient_id}
        for row in old
        for key in _keys_of(row.heads.split(), row.body)
    ]
    connection.execute(
        delete(_keys).where(
            _keys.c.key == bindparam("old_key"), _keys.c.patient_id == bindparam("old_id")
        ),
        gone,
    )
    connection.execute(delete(_findable).where(_findable.c.patient_id.in_(ids)))


def _write(db: Session, ids: Sequence[str]) -> None:
    connection = db.connection()
    people = connection.execute(
        select(
            col(Patient.id),
            col(Patient.name),
            col(Patient.family),
            col(Patient.given),
            col(Patient.birth_date),
            col(Patient.record_number),
            col(Patient.phone),
        ).where(col(Patient.id).in_(ids))
    ).all()
    if not people:
        return
    made = [(person.id, *_parts(person)) for person in people]
    connection.execute(
        insert(_findable),
        [{"patient_id": id_, "body": body, "heads": " ".join(heads)} for id_, body, heads in made],
    )
    connection.execute(
        insert(_keys),
        [
            {"key": key, "patient_id": id_}
            for id_, body, heads in made
            for key in _keys_of(heads, body)
        ],
    )
    _learn(db, {head[1:] for _, _, heads in made for head in heads if head[0] in "fg"})


def _learn(db: Session, names: Iterable[str]) -> None:
    """Notes the forms of names one letter short of them; known ones stay."""
    rows = [
        {"variant": variant, "word": name}
        for name in names
        if spelling.may_slip(name) or len(name) == 3  # noqa: PLR2004 - `lee` typed `leee`
        for variant in spelling.variants(name)
    ]
    if rows:
        query = _insert(db, _variants).on_conflict_do_nothing()
        db.connection().execute(query, rows)


def _keys_of(heads: Iterable[str], body: str) -> list[str]:
    return [f"{head} {body}"[:KEY_MAX] for head in heads]


def _parts(person: Any) -> tuple[str, list[str]]:
    """Returns what is compared in every key of a patient, and the heads of the keys."""
    family = spelling.heads(person.family)[:_NAMES_MAX]
    other = [
        word
        for word in spelling.heads(f"{person.given} {person.name}")
        if word not in family and word not in {"mr", "mrs", "ms", "dr"}
    ][:_NAMES_MAX]
    family.extend(_in_one(person.family, person.given))
    day = re.sub(r"\D", "", person.birth_date)[:8]
    body = " ".join([*family, *other])[:_BODY_MAX] + (f" {day}" if day else "")
    heads = [
        *(f"f{word}" for word in family),
        *(f"g{word}" for word in other),
        *([f"d{day}"] if day else []),
        *(f"r{word}" for word in _record_words(person.record_number)),
        *(f"p{end}" for end in _phone_ends(person.phone)),
    ]
    return body, list(dict.fromkeys(heads))


def _in_one(family: str, given: str) -> list[str]:
    """Returns names as they are also typed: `delacruz`, and without a space where none is usual."""
    parts = spelling.words(family)
    joined = ["".join(parts)[:WORD_MAX]] if len(parts) > 1 else []
    if parts and given and spelling.is_unspaced(family):
        joined.append("".join([*parts, *spelling.words(given)])[:WORD_MAX])
    return joined


def _record_words(number: str) -> list[str]:
    parts = spelling.words(number)
    found = dict.fromkeys(["".join(parts)] if parts else [])
    if len(number) <= _SHORT_NUMBER:
        found.update(dict.fromkeys(parts))
        found.update(dict.fromkeys(bare for part in parts if (bare := part.lstrip("0"))))
    return list(found)


def _phone_ends(phone: str) -> list[str]:
    digits = re.sub(r"\D", "", phone)[:20]
    if len(digits) < _LEAST_DIGITS:
        return []
    return list(dict.fromkeys([digits, *(digits[-end:] for end in _PHONE_ENDS)]))


def _insert(db: Session, table: Any) -> Any:
    """Returns an INSERT that can pass over what is there already."""
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)
