"""A PostgreSQL database that tests use in turn is as its template was, whatever a test did."""

import psycopg
import pytest

from tests.support import postgres
from tests.support.bases import *  # noqa: F403
from tests.support.clinic import Clinic
from tests.support.lent import InUse, Lent


@pytest.fixture
def lent(postgres_server: str, cast_server: tuple[str, Clinic]) -> Lent:
    """Returns what lends the cast's database, new."""
    return Lent(postgres_server, cast_server[0])


def held(address: str) -> dict[str, list[str]]:
    """Returns all rows and triggers of a database, and where its sequences stand."""
    with psycopg.connect(postgres.plain(address)) as line:
        tables = line.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {
            name: sorted(row for (row,) in line.execute(f'SELECT t::text FROM "{name}" t'.encode()))
            for (name,) in tables.fetchall()
        }
        others = (
            "SELECT tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT last_value || is_called::text FROM live_change_id_seq",
        )
        for query in others:
            found[query] = sorted(str(row) for (row,) in line.execute(query.encode()))
        return found


@pytest.mark.parametrize(
    ("does", "is_kept"),
    [
        ("SELECT 1", True),
        ("INSERT INTO policy_value SELECT 'a', 'b', now(), 'c' WHERE false", True),
        ("UPDATE patient SET email = 'x@example.org' WHERE record_number = 'T-0001'", True),
        ("DELETE FROM agreement", True),
        ("INSERT INTO audit_head (id, seq, hash) SELECT 2, seq, hash FROM audit_head", True),
        ("SELECT nextval('live_change_id_seq')", True),
        ("UPDATE patient SET email = email", True),
        ("DROP TRIGGER audit_event_only_grows ON audit_event", False),
        ("ALTER TABLE audit_event DISABLE TRIGGER ALL", False),
        ("CREATE TABLE more (id integer)", False),
        ("ALTER TABLE patient DROP COLUMN email", False),
        ("TRUNCATE agreement", False),
    ],
)
def test_is_as_it_was(lent: Lent, does: str, *, is_kept: bool) -> None:
    with lent:
        before, name = held(lent.address()), lent.name
        with psycopg.connect(postgres.plain(lent.address())) as line:
            line.execute(does.encode())
        lent.give_back()
        assert (lent.name == name) == is_kept
        assert held(lent.address()) == before


def test_notices_who_has_not_left(lent: Lent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.lent.GONE_WITHIN_S", 0.1)
    with lent, psycopg.connect(postgres.plain(lent.address())) as line:
        with pytest.raises(InUse):
            lent.give_back()
        assert not lent.name
        line.close()
