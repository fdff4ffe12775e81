"""Finding: the few patients that fit a few letters, among a hundred thousand, in a few ms.

The rarest part of what was asked picks a range of keys; the other parts are compared within the
same key, so that nothing is read twice. Where nothing fits, names one slip apart are tried.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session, col

from portal.models.audit import AuditEvent
from portal.models.finding import NameVariant, PatientKey
from portal.models.people import Patient
from portal.security import access, audit
from portal.security.actor import Actor
from portal.security.permissions import Permission, require
from portal.services.patients import asked, spelling
from portal.services.patients.index import catch_up
from portal.words import age, local, partial_day

SHOWN = 12
# A search writes at most so many keys that are still to be written; the rest it names.
CATCH_UP = 2000
# How far a part is counted to find the rarest.
_PROBE = 300
# One patient may fit by several keys of one range.
_PER_RANGE = 4 * SHOWN
_CLOSE_MOST = 8
# How far back in the own acts recent charts are looked for.
_RECENT_ACTS = 500
_LAST = "\U0010ffff"
_key = col(PatientKey.key)
_whose = col(PatientKey.patient_id)

_LIKE = select(col(NameVariant.word)).where(
    col(NameVariant.variant).in_(bindparam("forms", expanding=True))
)


@dataclass(frozen=True)
class PatientHit:
    """A patient who fits."""

    patient_id: str
    name: str
    born: str
    age: str
    record_number: str
    # The last four digits: enough to ask "the number ending in 0148?".
    phone_end: str
    deceased: bool


@dataclass(frozen=True)
class Found:
    """Who was found. `is_close`: nobody fits exactly, these are one slip away."""

    hits: list[PatientHit] = field(default_factory=list)
    has_more: bool = False
    is_close: bool = False
    # Records that came so lately that they cannot be found yet.
    behind: int = 0


@dataclass(frozen=True)
class _Plan:
    """Where to look, one range after the other, and what must stand in the same key."""

    ranges: tuple[str, ...]
    checks: tuple[tuple[str, ...], ...] = ()


def find(db: Session, actor: Actor, *, words: str, now: datetime) -> Found:
    """Returns the patients who fit what was typed; leaves one row in the trace, without it."""
    require(actor, Permission.FIND_PATIENTS)
    behind = catch_up(db, most=CATCH_UP)
    parts = asked.read(words, local(now).date())
    if parts.is_empty:
        return Found(behind=behind)
    ids = _look(db, _plan(db, parts))
    close = not ids and bool(parts.names)
    if close:
        ids = _look_close(db, parts)
    hits = _hits(db, actor, ids[:SHOWN], now)
    audit.record(db, actor, "E", category="search", entity=f"{len(hits)} patients", now=now)
    return Found(hits, has_more=len(ids) > SHOWN, is_close=close and bool(hits), behind=behind)


def recent(db: Session, actor: Actor, *, now: datetime) -> list[PatientHit]:
    """Returns the patients whose charts the actor opened last, newest first."""
    require(actor, Permission.FIND_PATIENTS)
    query = (
        select(col(AuditEvent.patient_id), col(AuditEvent.category))
        .where(col(AuditEvent.actor_id) == actor.user_id)
        .order_by(col(AuditEvent.at).desc())
        .limit(_RECENT_ACTS)
    )
    acts = db.connection().execute(query)
    ids = list(dict.fromkeys(row.patient_id for row in acts if row.category == "chart"))[:SHOWN]
    hits = _hits(db, actor, ids, now)
    audit.record(db, actor, "R", category="search", entity=f"{len(hits)} recent patients", now=now)
    return hits


def _plan(db: Session, parts: asked.Asked) -> _Plan:
    names = tuple((name,) for name in parts.names)
    days = tuple(number.days or (number.digits,) for number in parts.numbers)
    if parts.codes:
        code = parts.codes[0]
        return _Plan((f"r{code}", f"f{code}", f"g{code}"), names + days)
    if parts.numbers:
        number = parts.numbers[0]
        ranges = (*(f"d{day}" for day in number.days), f"r{number.digits}", *_phone(number.digits))
        return _Plan(ranges, names + days[1:])
    rarest = _rarest(db, parts.names)
    rest = tuple((name,) for name in parts.names if name != rarest)
    return _Plan((f"f{rarest}", f"g{rarest}"), rest)


def _phone(digits: str) -> tuple[str, ...]:
    return (f"p{digits[-10:]}",) if len(digits) >= 4 else ()  # noqa: PLR2004 - the shortest end


def _rarest(db: Session, names: tuple[str, ...]) -> str:
    """Returns the name that the fewest have, counted up to a limit."""
    if len(names) == 1:
        return names[0]
    counts: dict[str, int] = {}
    for name in sorted(names, key=len, reverse=True):
        counts[name] = sum(len(_ids(db, f"{kind}{name}", (), _PROBE)) for kind in "fg")
        if counts[name] < SHOWN:
            break
    return min(counts, key=lambda name: counts[name])


def _look(db: Session, plan: _Plan) -> list[str]:
    found: dict[str, None] = {}
    for start in plan.ranges:
        found.update(dict.fromkeys(_ids(db, start, plan.checks, _PER_RANGE)))
        if len(found) > SHOWN:
            break
    return list(found)


def _ids(db: Session, start: str, checks: tuple[tuple[str, ...], ...], most: int) -> list[str]:
    """Returns whose keys begin so and hold one choice of each check, in order."""
    # What was typed holds letters and digits alone, so that nothing in it is a wildcard.
    words = {
        f"check_{at}_{to}": f"% {choice}%"
        for at, choices in enumerate(checks)
        for to, choice in enumerate(choices)
    }
    query = _range(tuple(len(choices) for choices in checks), most)
    values = {"start": start, "end": start + _LAST, **words}
    return list(db.connection().execute(query, values).scalars())


@lru_cache
def _range(shape: tuple[int, ...], most: int) -> Any:
    """Returns the query for a range of keys; made once, for making it costs more than asking."""
    checks = [
        or_(*(_key.like(bindparam(f"check_{at}_{to}")) for to in range(choices)))
        for at, choices in enumerate(shape)
    ]
    within = (_key >= bindparam("start"), _key < bindparam("end"))
    return select(_whose).where(*within, *checks).order_by(_key).limit(most)


def _look_close(db: Session, parts: asked.Asked) -> list[str]:
    """Looks again with the names that are one slip apart from what was typed."""
    close = {name: _close(db, name) for name in parts.names}
    if not any(close.values()):
        return []
    choices = {name: (name, *close[name]) for name in parts.names}
    if parts.numbers or parts.codes:
        exact = _plan(db, parts)
        checks = tuple(choices.get(check[0], check) for check in exact.checks)
        return _look(db, _Plan(exact.ranges, checks))
    driver = max((name for name in close if close[name]), key=len)
    rest = tuple(choices[name] for name in parts.names if name != driver)
    # First the names as they are close, each whole; then what was typed, with the others close.
    whole = tuple(f"{kind}{name} " for name in close[driver] for kind in "fg")
    return _look(db, _Plan((*whole, f"f{driver}", f"g{driver}"), rest))


def _close(db: Session, typed: str) -> tuple[str, ...]:
    """Returns the names that are one slip apart from what was typed, the closest first."""
    if not spelling.may_slip(typed):
        return ()
    forms = sorted(spelling.variants(typed))
    judged = [
        (count, abs(len(word) - len(typed)), word)
        for word in set(db.connection().execute(_LIKE, {"forms": forms}).scalars())
        if word != typed and (count := spelling.slips(typed, word)) is not None
    ]
    return tuple(word for _, _, word in sorted(judged)[:_CLOSE_MOST])


def _hits(db: Session, actor: Actor, ids: list[str], now: datetime) -> list[PatientHit]:
    if not ids:
        return []
    rows = db.connection().execute(
        select(
            col(Patient.id),
            col(Patient.name),
            col(Patient.birth_date),
            col(Patient.born_on),
            col(Patient.record_number),
            col(Patient.phone),
            col(Patient.deceased),
        ).where(
            col(Patient.id).in_(ids),
            access.whose(actor, Permission.SEE_CONTACT, col(Patient.id)),
        )
    )
    hits = {row.id: _hit(row, now) for row in rows}
    return [hits[patient_id] for patient_id in ids if patient_id in hits]


def _hit(row: Any, now: datetime) -> PatientHit:
    digits = "".join(sign for sign in row.phone if sign.isdigit())
    return PatientHit(
        patient_id=row.id,
        name=row.name,
        born=partial_day(row.birth_date),
        age=str(age(row.born_on, now)) if row.born_on and not row.deceased else "",
        record_number=row.record_number,
        phone_end=digits[-4:],
        deceased=row.deceased,
    )
