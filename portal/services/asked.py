"""Asked: queries that a page asks again and again, built once for each kind of actor.

Building a query takes longer than asking it. So it is built with a stand-in of the same role, who
helps or does not, through the same scopes of `security/access.py`; and asked with the ids of the
actor who is there now. A place that were not filled would hold the stand-in's id, which nobody
has: it would find nothing.
"""

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from portal.security.actor import Actor

_USER, _PATIENT, _OWN = "\x01user", "\x01patient", "\x01own"

Build = Callable[..., Any]
Process = Callable[[Any], Any]
# The role, whether somebody else's record is open, and what of it was given.
Kind = tuple[str, bool, frozenset[str]]
# So many prepared queries are kept: helpers may be given many different things.
KEPT = 2000


@dataclass(frozen=True)
class Prepared:
    """A query as the driver takes it: no expression is walked and no result is wrapped again.

    `places` are the names to fill, in the driver's order where it knows no names.
    """

    text: str
    places: tuple[str, ...]
    is_positional: bool
    given: dict[str, Any]
    actors: tuple[tuple[str, str], ...]
    writes: dict[str, Process]
    reads: tuple[tuple[int, Process], ...]
    row: Callable[..., Any]

    def ask(self, connection: Connection, values: dict[str, Any]) -> list[Any]:
        """Returns the rows, with the columns as attributes."""
        filled = self.given | {
            name: self.writes[name](value) if name in self.writes else value
            for name, value in values.items()
        }
        cursor: Any = connection.connection.cursor()
        try:
            ordered = [filled[name] for name in self.places]
            asked = ordered if self.is_positional else dict(zip(self.places, ordered, strict=True))
            cursor.execute(self.text, asked)
            return [self._made(found) for found in cursor.fetchall()]
        finally:
            cursor.close()

    def _made(self, found: Any) -> Any:
        values = list(found)
        for at, process in self.reads:
            values[at] = process(values[at])
        return self.row(*values)


def rows(db: Session, actor: Actor, build: Build, *fixed: Any, **values: Any) -> list[Any]:
    """Asks the query that `build(actor, *fixed)` makes; `values` fill its named places.

    A place for a list (`IN`) is filled by SQLAlchemy itself, whose text depends on its length.
    """
    connection = db.connection()
    if actor.is_staff or actor.is_system or not actor.patient_id:
        return list(connection.execute(build(actor, *fixed), values))
    kind = (actor.role, bool(actor.acting_for), actor.scopes)
    statement, actors = _built(build, kind, fixed)
    ids = {_USER: actor.user_id, _PATIENT: actor.patient_id}
    filled = {name: ids[whose] for name, whose in actors} | values
    if any(isinstance(value, list) for value in values.values()):
        return list(connection.execute(statement, filled))
    key = (build, kind, fixed, connection.dialect)
    prepared = _ready.get(key)
    if prepared is None:
        if len(_ready) >= KEPT:
            _ready.clear()
        prepared = _ready[key] = _prepared(statement, actors, values, connection.dialect)
    return prepared.ask(connection, filled)


@lru_cache(maxsize=KEPT)
def _built(
    build: Build, kind: Kind, fixed: tuple[Any, ...]
) -> tuple[Any, tuple[tuple[str, str], ...]]:
    role, helps, scopes = kind
    own = _OWN if helps else _PATIENT
    stand_in = Actor(_USER, "", role, own_patient_id=own, patient_id=_PATIENT, scopes=scopes)
    statement = build(stand_in, *fixed)
    given = statement.compile().params
    return statement, tuple((name, value) for name, value in given.items() if _is_ours(value))


# One for each query and kind of actor.
_ready: dict[Any, Prepared] = {}


def _prepared(
    statement: Any, actors: tuple[tuple[str, str], ...], values: dict[str, Any], dialect: Any
) -> Prepared:
    """Compiles a query for the driver; `values` only lend their places, not what they hold."""
    statement = statement.params(**values)
    compiled = statement.compile(dialect=dialect)
    # Lists that the scopes hold (`IN`) become places of their own here.
    whole = compiled._process_parameters_for_postcompile(compiled.construct_params())  # noqa: SLF001
    names = whole.positiontup if compiled.positional else tuple(whole.parameters)
    processes = compiled._bind_processors | whole.processors  # noqa: SLF001
    writes = {name: write for name, write in processes.items() if callable(write)}
    given = {
        name: writes[name](value) if name in writes and value is not None else value
        for name, value in whole.parameters.items()
        if name not in values and not _is_ours(value)
    }
    columns = compiled._result_columns  # noqa: SLF001
    processes = [column.type._cached_result_processor(dialect, None) for column in columns]  # noqa: SLF001
    return Prepared(
        text=whole.statement,
        places=tuple(names or ()),
        is_positional=compiled.positional,
        given=given,
        actors=actors,
        writes=writes,
        reads=tuple((at, read) for at, read in enumerate(processes) if read is not None),
        row=namedtuple("Row", [column.keyname for column in columns], rename=True),  # noqa: PYI024
    )


def _is_ours(value: Any) -> bool:
    return isinstance(value, str) and value in {_USER, _PATIENT}
