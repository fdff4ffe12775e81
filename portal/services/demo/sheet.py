"""The sheet on which the demo clinic is drawn up, before it is written in one go."""

import base64
import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from portal.models.base import ID_BYTES
from portal.words import local, zone

SEED = "48 Juniper Street"
WHOLE_DATE = 3


class Sheet:
    """Rows by table, in the order in which tables were first used: targets before who points.

    The same `now` gives the same rows, ids included.
    """

    def __init__(self, now: datetime) -> None:
        """`now` is the moment around which everything is dated."""
        self.now = now
        self.today = local(now).date()
        # Chosen to repeat, not to be hard to guess.
        self.chance = random.Random(SEED)  # noqa: S311
        self.rows: dict[type[SQLModel], list[dict[str, Any]]] = {}
        self._defaults: dict[type[SQLModel], dict[str, Any]] = {}

    def put(self, table: type[SQLModel], **values: Any) -> str:
        """Adds a row and returns its id."""
        row = {**self._default(table), **values}
        if "id" in table.model_fields:
            row.setdefault("id", self.new_id())
        if table not in self.rows:
            self.rows[table] = []
        self.rows[table].append(row)
        return row.get("id", "")

    def new_id(self) -> str:
        """Returns an id like those of real records, the same in every demo."""
        return base64.urlsafe_b64encode(self.chance.randbytes(ID_BYTES)).decode()

    def day(self, days: int) -> date:
        """Returns the day so many days from today; negative lies in the past."""
        return self.today + timedelta(days=days)

    def at(self, day: int | date, clock: str) -> datetime:
        """Returns a time of day at the clinic ("9:40") as a moment in UTC."""
        on = self.day(day) if isinstance(day, int) else day
        hour, _, minute = clock.partition(":")
        return datetime.combine(on, time(int(hour), int(minute)), zone()).astimezone(UTC)

    def moment(self, given: date | datetime | str) -> datetime:
        """Returns where a date of any precision stands in the order of time."""
        if isinstance(given, datetime):
            return given
        if isinstance(given, date):
            return self.at(given, "9:00")
        parts = [int(part) for part in given[:10].split("-")]
        return self.at(date(*[*parts, 1, 1][:WHOLE_DATE]), "9:00")

    def write(self, db: Session) -> int:
        """Writes every row; returns how many there were."""
        for table, rows in self.rows.items():
            db.connection().execute(insert(table), rows)
        return sum(len(rows) for rows in self.rows.values())

    def _default(self, table: type[SQLModel]) -> dict[str, Any]:
        if table not in self._defaults:
            self._defaults[table] = {
                name: field.get_default()
                for name, field in table.model_fields.items()
                if name != "id" and not field.is_required()
            }
        return self._defaults[table]


def text_of(given: date | datetime | str) -> str:
    """Returns a moment as FHIR writes it."""
    if isinstance(given, str):
        return given
    if isinstance(given, datetime):
        return local(given).isoformat(timespec="seconds")
    return given.isoformat()
