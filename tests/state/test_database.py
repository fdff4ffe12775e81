"""The promise of one writer: who begins to read does not lose the right to write."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from portal.database import Database


def test_two_processes_count_to_the_sum(sqlite_base: Database) -> None:
    """D2, R-03: two open one file, as two processes do; a deferred start would be refused."""
    other = Database(sqlite_base.path.parent, bytes(range(32)))
    with sqlite_base.transaction() as db:
        db.connection().execute(text("UPDATE audit_head SET seq = 0"))

    def count(base: Database) -> None:
        for _ in range(60):
            with base.transaction() as db:
                seen = db.connection().execute(text("SELECT seq FROM audit_head")).scalar_one()
                db.connection().execute(text("UPDATE audit_head SET seq = :n"), {"n": seen + 1})

    with ThreadPoolExecutor(2) as both:
        list(both.map(count, (sqlite_base, other)))
    with sqlite_base.reading() as db:
        assert db.connection().execute(text("SELECT seq FROM audit_head")).scalar_one() == 120
    other.close()
