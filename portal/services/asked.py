"""Asked: queries that a page asks again and again, built once for each kind of actor.

Building a query takes longer than asking it. So it is built with a stand-in of the same role, who
helps or does not, through the same scopes of `security/access.py`; and asked with the ids of the
actor who is there now. A place that were not filled would hold the stand-in's id, which nobody
has: it would find nothing.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from portal.security.actor import Actor

_USER, _PATIENT, _OWN = "\x01user", "\x01patient", "\x01own"

Build = Callable[..., Any]


def rows(db: Session, actor: Actor, build: Build, *fixed: Any, **values: Any) -> Any:
    """Asks the query that `build(actor, *fixed)` makes; `values` fill its named places."""
    connection = db.connection()
    if actor.is_staff or actor.is_system or not actor.patient_id:
        return connection.execute(build(actor, *fixed), values)
    kind = (actor.role, bool(actor.acting_for))
    statement, places = _built(build, kind, fixed, connection.dialect.name)
    ids = {_USER: actor.user_id, _PATIENT: actor.patient_id}
    return connection.execute(statement, {name: ids[whose] for name, whose in places} | values)


@lru_cache(maxsize=256)
def _built(
    build: Build, kind: tuple[str, bool], fixed: tuple[Any, ...], dialect: str
) -> tuple[Any, tuple[tuple[str, str], ...]]:
    del dialect
    role, helps = kind
    own = _OWN if helps else _PATIENT
    stand_in = Actor(_USER, "", role, own_patient_id=own, patient_id=_PATIENT)
    statement = build(stand_in, *fixed)
    given = statement.compile().params
    return statement, tuple((name, value) for name, value in given.items() if _is_ours(value))


def _is_ours(value: Any) -> bool:
    return isinstance(value, str) and value in {_USER, _PATIENT}
