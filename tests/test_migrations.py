"""The database's layout: each step goes up and down, and ends at what the models say (R-30)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portal import migrations
from portal.database import Database
from portal.models.audit import OutboxNotice
from portal.services import notices
from tests.support import bases, source

STEPS = sorted(path.stem for path in (source.ROOT / "alembic" / "versions").glob("*.py"))


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    base = Database(tmp_path, bases.KEY, url)
    yield base
    base.close()


def _layout(base: Database) -> dict[str, list[str]]:
    seen = inspect(base.engine)
    return {
        table: sorted(
            [
                *(f"{column['name']} {column['type']}" for column in seen.get_columns(table)),
                *(f"index {index['name']}" for index in seen.get_indexes(table)),
                *(f"unique {one['name']}" for one in seen.get_unique_constraints(table)),
                *(f"check {one['name']}" for one in seen.get_check_constraints(table)),
                *(f"foreign {one['constrained_columns']}" for one in seen.get_foreign_keys(table)),
            ]
        )
        for table in seen.get_table_names()
    }


def test_ends_at_what_the_models_say(empty: Database) -> None:
    migrations.upgrade(empty)
    assert migrations.current(empty) == migrations.head()
    assert not migrations.difference(empty)


def test_each_step_goes_down_and_up_again(empty: Database) -> None:
    migrations.upgrade(empty)
    whole = _layout(empty)
    for _ in STEPS:
        migrations.downgrade(empty, "-1")
    assert migrations.current(empty) is None
    assert set(_layout(empty)) <= {"alembic_version"}
    for number, _ in enumerate(STEPS, 1):
        migrations.upgrade(empty, "+1")
        assert migrations.current(empty) is not None, number
    migrations.upgrade(empty)
    assert _layout(empty) == whole


def test_what_waits_in_the_outbox_is_sealed_and_opened_again(empty: Database) -> None:
    """KEY-03: going down, the version before can still send it."""
    migrations.upgrade(empty, "0004")
    waits = (
        "INSERT INTO outbox_notice (id, key, kind, record_id, state, due_at, created_at, given) "
        "VALUES (:id, :id, 'sign-in.code', '', 'pending', :at, :at, :given)"
    )
    given = {"one": '{"code": "482913"}', "two": "{}"}
    with empty.engine.begin() as connection:
        for name, value in given.items():
            row = {"id": name, "given": value, "at": "2026-03-03 12:00:00"}
            connection.execute(text(waits), row)
    migrations.upgrade(empty)
    with empty.transaction() as db:
        found = {row.id: row for row in db.exec(select(OutboxNotice)).all()}
        assert b"482913" not in found["one"].given
        assert notices.given_of(db, found["one"]) == {"code": "482913"}
        assert notices.given_of(db, found["two"]) == {}
    migrations.downgrade(empty, "0004")
    with empty.engine.connect() as connection:
        kept = {
            row.id: row.given
            for row in connection.execute(text("SELECT id, given FROM outbox_notice"))
        }
    assert kept == {"one": '{"code": "482913"}', "two": ""}


def test_who_was_told_on_a_device_is_told_by_e_mail_going_down(empty: Database) -> None:
    """What has not gone out by then is taken back: it has no address."""
    migrations.upgrade(empty)
    row: dict[str, object] = {
        "kind": "message",
        "record_id": "",
        "created_at": _AT,
        "due_at": _AT,
        "given": b"",
    }
    row |= {"tries": 0, "claimed_by": "", "problem": "", "channel": "push", "address": "a"}
    with empty.engine.begin() as connection:
        _put(connection, "user", **_USER)
        _put(connection, "notice_choice", user_id="a", kind="visits", way="push")
        for state in ("pending", "sent"):
            its = row | {"id": state, "key": state, "state": state}
            _put(connection, "outbox_notice", **its)
    migrations.downgrade(empty, "0020")
    with empty.engine.connect() as connection:
        kept = connection.execute(text("SELECT id, channel, state FROM outbox_notice ORDER BY id"))
        assert kept.all() == [("pending", "email", "withdrawn"), ("sent", "email", "sent")]
        assert connection.execute(text("SELECT way FROM notice_choice")).all() == []
    with pytest.raises(IntegrityError), empty.engine.begin() as connection:
        connection.execute(text("UPDATE outbox_notice SET channel = 'push'"))
    migrations.upgrade(empty)


def test_questions_about_the_access_log_leave_the_front_desks_inbox(empty: Database) -> None:
    """With rows that point at the conversations, and back again."""
    migrations.upgrade(empty, "0004")
    said = {
        "asked": "To the privacy officer. About this line of my access log (no. 3): x.",
        "website": "The page forgets my tablets list.",
    }
    with empty.engine.begin() as connection:
        _put(connection, "patient", **_PATIENT)
        for key, body in said.items():
            _put(connection, "thread", **_THREAD | {"id": key})
            _put(connection, "communication", **_SAID | {"id": key, "thread_id": key, "body": body})
    migrations.upgrade(empty)
    assert _topics(empty) == {"asked": "privacy", "website": "technical"}
    migrations.downgrade(empty, "0004")
    assert _topics(empty) == {"asked": "technical", "website": "technical"}
    with pytest.raises(IntegrityError), empty.engine.begin() as connection:
        connection.execute(text("UPDATE thread SET topic = 'privacy'"))


_AT = "2026-03-03 10:00:00"
_WORDS = "record_number family given family_key given_key birth_date phone email address language"
_PATIENT = dict.fromkeys((*_WORDS.split(), "deceased_at"), "") | {
    "id": "p",
    "name": "Alice Ash",
    "gender": "unknown",
    "deceased": False,
    "active": True,
    "care_team_only": False,
}
_THREAD = {
    "patient_id": "p",
    "subject": "Who?",
    "topic": "technical",
    "waiting_for": "clinic",
    "confidential": False,
    "last_at": _AT,
    "created_at": _AT,
}
_USER = dict.fromkeys(("password_hash", "email", "phone"), "") | {
    "id": "a",
    "sign_in_name": "alice",
    "name": "Alice Ash",
    "role": "helper",
    "disabled": False,
    "is_demo": False,
    "created_at": _AT,
    "notices_carry": "clinic",
    "factor_failures": 0,
}
_SAID = {
    "patient_id": "p",
    "sender_name": "Alice Ash",
    "from_clinic": False,
    "sent_at": _AT,
    "client_key": "k",
}


def _put(connection: Connection, table: str, **values: object) -> None:
    connection.execute(insert(Table(table, MetaData(), *map(Column, values))), values)


def _topics(base: Database) -> dict[str, str]:
    with base.engine.begin() as connection:
        return {row.id: row.topic for row in connection.execute(text("SELECT * FROM thread"))}


def test_again_changes_nothing(empty: Database) -> None:
    migrations.upgrade(empty)
    before = _layout(empty)
    migrations.upgrade(empty)
    assert _layout(empty) == before


def test_steps_form_one_line() -> None:
    numbers = [name.split("_")[0] for name in STEPS]
    assert numbers == [f"{number:04d}" for number in range(1, len(STEPS) + 1)]
    assert migrations.head() == numbers[-1]


def test_every_table_says_when_a_value_must_be_there(empty: Database) -> None:
    migrations.upgrade(empty)
    keyless = [
        table
        for table in inspect(empty.engine).get_table_names()
        if not inspect(empty.engine).get_pk_constraint(table)["constrained_columns"]
    ]
    assert not keyless


def test_a_step_that_fails_leaves_the_layout_as_it_was(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations.upgrade(empty, "0001")
    before = _layout(empty)

    def fail(db: object) -> None:
        raise RuntimeError(db)

    monkeypatch.setattr(migrations.audit, "begin", fail)
    with pytest.raises(RuntimeError):
        migrations.upgrade(empty)
    assert _layout(empty) == before
    assert migrations.current(empty) == "0001"
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_event")).scalar() == 0
