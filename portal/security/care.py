"""Care: whose record a practitioner or a nurse may open, and for which reason, as the day goes on.

A record is theirs while they care for the patient: as the doctor or in the care team, for a visit
today, for a message about health or a result that waits; or after a stated reason, for some hours.
Records that the patient keeps to the care team open for nobody else but in an emergency.
The condition is SQL, one element in a WHERE, asked with every query (SECURITY AUTHZ-03, AUTHZ-16).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, String, bindparam, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col

from portal.models.base import UtcDateTime
from portal.models.people import Patient
from portal.security.actor import Actor
from portal.words import local, midnight

CLINICAL = frozenset({"practitioner", "nurse"})
# So long a result that they ordered keeps the record open to them: it may want a word.
LATELY = timedelta(days=14)
# Why a record is open, the most telling first; what the trace keeps.
REASONS = ("visit", "emergency", "message", "result", "doctor", "team", "reason")
_KEY = "care_reasons"

_VISIT = (
    "EXISTS (SELECT 1 FROM appointment care_a WHERE care_a.patient_id = care_p.id{whose}"
    " AND care_a.starts_at >= {start} AND care_a.starts_at < {end}"
    " AND care_a.status NOT IN ('cancelled', 'entered-in-error', 'waitlist'))"
)
_OPENING = (
    "EXISTS (SELECT 1 FROM record_opening care_o WHERE care_o.user_id = {user}"
    " AND care_o.patient_id = care_p.id AND {kind}care_o.is_emergency"
    " AND care_o.opened_at <= {now} AND care_o.ends_at > {now})"
)
# Whom the patient chose or agreed to see.
_CLOSE = {
    "doctor": "care_p.general_practitioner_id = {me}",
    "team": (
        "EXISTS (SELECT 1 FROM care_team care_t JOIN care_team_participant care_m"
        " ON care_m.care_team_id = care_t.id WHERE care_t.patient_id = care_p.id"
        " AND care_m.practitioner_id = {me}"
        " AND care_t.status NOT IN ('inactive', 'entered-in-error')"
        " AND (care_t.period_end = '' OR care_t.period_end >="
        " substr({today}, 1, length(care_t.period_end))))"
    ),
    "visit": _VISIT.replace("{whose}", " AND care_a.practitioner_id = {me}"),
    "emergency": _OPENING.replace("{kind}", ""),
}
# Not for a record kept to the care team, unless there is nobody to keep it to.
_OPEN = "(NOT care_p.care_team_only OR care_p.general_practitioner_id IS NULL)"
_WIDER = {
    "message": (
        "EXISTS (SELECT 1 FROM thread care_c WHERE care_c.patient_id = care_p.id"
        " AND care_c.waiting_for = 'clinic' AND care_c.topic IN ('health', 'medicine'))"
    ),
    "result": (
        "EXISTS (SELECT 1 FROM diagnostic_report care_r WHERE care_r.patient_id = care_p.id"
        " AND (care_r.released_at IS NULL OR care_r.released_at > {lately})"
        " AND NOT care_r.is_history"
        " AND care_r.status NOT IN ('registered', 'cancelled', 'entered-in-error')"
        # What nobody ordered and nobody's patient has must not wait unseen.
        " AND (care_r.practitioner_id = {me} OR (care_r.practitioner_id IS NULL"
        " AND care_p.general_practitioner_id IS NULL AND care_r.released_at IS NULL)))"
    ),
    "reason": _OPENING.replace("{kind}", "NOT "),
}
# What was said when the record was opened, behind the code.
_WORDS = "'reason:' || care_o.reason || ' ' || care_o.note"
_WORDS_THEN = "'emergency:' || care_o.note"
_SAID = (
    "(SELECT {words} FROM record_opening care_o"
    " WHERE care_o.user_id = {user} AND care_o.patient_id = care_p.id AND {kind}care_o.is_emergency"
    " AND care_o.opened_at <= {now} AND care_o.ends_at > {now}"
    " ORDER BY care_o.ends_at DESC LIMIT 1)"
)
_NURSES_VISIT = _VISIT.replace("{whose}", "")


class Treats(FunctionElement[bool]):
    """That a patient column points to somebody whom the actor treats; kept by its shape alone."""

    name = "treats"
    type = Boolean()
    inherit_cache = True


class TreatsAsNurse(Treats):
    """The same for a nurse: every visit of the clinic today is theirs."""

    inherit_cache = True


class Unkept(FunctionElement[bool]):
    """That a patient column points to a record that is not kept to the care team."""

    name = "unkept"
    type = Boolean()
    inherit_cache = True


class _Why(FunctionElement[str]):
    name = "why"
    type = String()
    inherit_cache = True


class _WhyAsNurse(_Why):
    inherit_cache = True


def treats(actor: Actor, column: Any) -> Any:
    """Returns the condition that a practitioner or nurse treats a column's patient now."""
    if actor.at is None:
        msg = "whom somebody treats depends on the moment of the act"
        raise ValueError(msg)
    kind = TreatsAsNurse if actor.role == "nurse" else Treats
    return kind(column, *_given(actor, actor.at))


def unkept(column: Any) -> Any:
    """Returns the condition that a column's patient does not keep the record to the care team."""
    return Unkept(column)


def why(db: Session, actor: Actor, patient_id: str, *, now: datetime) -> str:
    """Returns why a record is open to a practitioner or nurse; empty where it is not.

    A code of `REASONS`; where a reason was stated, `reason:covering in words`.
    """
    if actor.role not in CLINICAL or not patient_id:
        return ""
    known: dict[Any, str] = db.info.setdefault(_KEY, {})
    asked = (actor.user_id, patient_id, now)
    if asked not in known:
        kind = _WhyAsNurse if actor.role == "nurse" else _Why
        found = kind(col(Patient.id), *_given(actor, now))
        # The reason is only said here; whether the record opens is asked with each query.
        query = select(found).where(col(Patient.id) == patient_id)
        known[asked] = (db.connection().execute(query).scalar_one_or_none() or "").strip()
    return known[asked]


def code_of(reason: str) -> str:
    """Returns the code at the beginning of a reason."""
    return reason.partition(":")[0]


def changed(db: Session) -> None:
    """Forgets the reasons known in this transaction: a record was opened or closed in it."""
    db.info.pop(_KEY, None)


def _given(actor: Actor, now: datetime) -> list[Any]:
    moments = (midnight(now), midnight(now, 1), now, now - LATELY)
    texts = (actor.practitioner_id, actor.user_id, local(now).date().isoformat())
    return [
        *(bindparam(None, text, type_=String()) for text in texts),
        *(bindparam(None, moment, type_=UtcDateTime()) for moment in moments),
    ]


def _parts(
    element: Any, compiler: Any, **options: Any
) -> tuple[str, dict[str, str], dict[str, str]]:
    """Returns the column, the condition of each reason, and how each is said."""
    column, *given = (str(compiler.process(one, **options)) for one in element.clauses)
    names: tuple[str, ...] = ("me", "user", "today", "start", "end", "now", "lately")
    places: dict[str, str] = dict(zip(names, given, strict=True))
    parts = {code: _filled(text, places) for code, text in (_CLOSE | _WIDER).items()}
    if isinstance(element, (TreatsAsNurse, _WhyAsNurse)):
        parts["visit"] += f" OR {_OPEN} AND {_filled(_NURSES_VISIT, places)}"
    for code in _WIDER:
        parts[code] = f"{_OPEN} AND {parts[code]}"
    said = {code: f"'{code}'" for code in parts}
    said["reason"] = _filled(_SAID, places | {"kind": "NOT ", "words": _WORDS})
    said["emergency"] = _filled(_SAID, places | {"kind": "", "words": _WORDS_THEN})
    return column, parts, said


def _filled(text: str, places: dict[str, str]) -> str:
    for name, place in places.items():
        text = text.replace(f"{{{name}}}", place)
    return text


@compiles(Treats)
@compiles(TreatsAsNurse)
def _condition(element: Any, compiler: Any, **options: Any) -> str:
    column, parts, _said = _parts(element, compiler, **options)
    whole = " OR ".join(f"({part})" for part in parts.values())
    return f"EXISTS (SELECT 1 FROM patient care_p WHERE care_p.id = {column} AND ({whole}))"  # noqa: S608 - our own text and bound values


@compiles(_Why)
@compiles(_WhyAsNurse)
def _reason(element: Any, compiler: Any, **options: Any) -> str:
    column, parts, said = _parts(element, compiler, **options)
    cases = " ".join(f"WHEN {parts[code]} THEN {said[code]}" for code in REASONS)
    whole = f"SELECT CASE {cases} ELSE '' END FROM patient care_p WHERE care_p.id = {column}"  # noqa: S608 - our own text and bound values
    return f"({whole})"


@compiles(Unkept)
def _not_kept(element: Any, compiler: Any, **options: Any) -> str:
    (column,) = (compiler.process(one, **options) for one in element.clauses)
    return f"EXISTS (SELECT 1 FROM patient care_p WHERE care_p.id = {column} AND {_OPEN})"  # noqa: S608 - our own text and bound values
