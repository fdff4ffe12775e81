"""The trace: complete, in the same transaction, and tamper-evident (AUD-03, AUD-04)."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.database import Database
from portal.security import audit
from tests.support.clinic import NOW, Clinic


def _fill(clinic: Clinic, rows: int = 20) -> None:
    alice = clinic.actor("alice")
    for number in range(rows):
        with clinic.base.transaction() as db:
            audit.record(
                db,
                alice,
                "R",
                category="home",
                patient_id=alice.patient_id,
                entity=f"row/{number}",
                now=NOW,
            )


def _verdict(base: Database) -> audit.Verdict:
    with base.transaction() as db:
        return audit.verify(db, base.info["audit_key"])


def _without_refusal(base: Database, statement: str) -> None:
    """Changes the trace as somebody would who has the file, the key and all of SQL."""
    with base.transaction() as db:
        run = db.connection().exec_driver_sql
        if base.is_sqlite:
            run("DROP TRIGGER audit_event_no_update")
            run("DROP TRIGGER audit_event_no_delete")
        else:
            run("DROP TRIGGER audit_event_only_grows ON audit_event")
        run(statement)


class TestRecord:
    """Noting acts."""

    def test_chains_each_act_to_the_one_before(self, the_clinic: Clinic) -> None:
        """A whole chain is found whole, and counted."""
        _fill(the_clinic)
        verdict = _verdict(the_clinic.base)
        assert verdict.is_whole
        assert verdict.rows == 20

    def test_leaves_nothing_when_the_act_fails(self, the_clinic: Clinic) -> None:
        """A rolled back act leaves no trace, and the next one chains on."""
        alice = the_clinic.actor("alice")
        with pytest.raises(RuntimeError), the_clinic.base.transaction() as db:
            audit.record(db, alice, "R", category="home", now=NOW)
            raise RuntimeError
        _fill(the_clinic, 1)
        assert _verdict(the_clinic.base) == audit.Verdict(1)

    def test_undoes_the_act_when_the_trace_cannot_be_written(self, the_clinic: Clinic) -> None:
        """AUD-03: no act without its trace."""
        with the_clinic.base.transaction() as db:
            db.connection().exec_driver_sql("DELETE FROM audit_head")
        alice = the_clinic.actor("alice")
        with pytest.raises(Exception), the_clinic.base.transaction() as db:  # noqa: B017
            db.connection().execute(text("UPDATE patient SET name = 'Changed'"))
            audit.record(db, alice, "U", category="profile", now=NOW)
        with the_clinic.base.transaction() as db:
            found = db.connection().execute(
                text("SELECT count(*) FROM patient WHERE name='Changed'")
            )
            assert found.scalar_one() == 0


class TestVerify:
    """Finding what somebody did to the trace."""

    @pytest.mark.parametrize(
        "tamper",
        [
            lambda n: f"UPDATE audit_event SET actor_name = 'Nobody' WHERE seq = {n}",
            lambda n: f"UPDATE audit_event SET outcome = 'refused' WHERE seq = {n}",
            lambda n: f"DELETE FROM audit_event WHERE seq = {n}",
            lambda n: (
                "INSERT INTO audit_event SELECT 21, at, actor_id, actor_name, role, acting_for, "
                "patient_id, action, category, entity, outcome, reason, source, sign_in, hash "
                f"FROM audit_event WHERE seq = {n}"
            ),
            lambda n: (
                "UPDATE audit_event SET entity = CASE entity "
                f"WHEN 'row/{n - 1}' THEN 'row/{n}' ELSE 'row/{n - 1}' END "
                f"WHERE seq IN ({n}, {n + 1})"
            ),
        ],
        ids=["changed", "outcome", "deleted", "inserted", "reordered"],
    )
    @pytest.mark.parametrize("place", [1, 10, 19])
    def test_finds_a_row_that_was(
        self, the_clinic: Clinic, tamper: Callable[[int], str], place: int
    ) -> None:
        """R-37: a changed, deleted, inserted or reordered row is found, wherever it stands."""
        _fill(the_clinic)
        _without_refusal(the_clinic.base, tamper(place))
        verdict = _verdict(the_clinic.base)
        assert not verdict.is_whole

    def test_finds_an_end_that_was_cut_off(self, the_clinic: Clinic) -> None:
        """The last rows cannot go without the head saying so."""
        _fill(the_clinic)
        _without_refusal(the_clinic.base, "DELETE FROM audit_event WHERE seq > 17")
        assert _verdict(the_clinic.base).broken_at == 18

    @pytest.mark.parametrize(
        "act", ["UPDATE audit_event SET role = 'x'", "DELETE FROM audit_event"]
    )
    def test_is_spared_by_the_database_itself(self, the_clinic: Clinic, act: str) -> None:
        """AUD-04: the database refuses to alter the trace."""
        _fill(the_clinic, 1)
        with pytest.raises(DBAPIError, match="only grows"), the_clinic.base.transaction() as db:
            db.connection().exec_driver_sql(act)
