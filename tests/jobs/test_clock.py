"""The clock's work: tidying, and reading the trace."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from portal.jobs import clock
from portal.models.audit import LiveChange
from portal.models.people import OneTimeLink, SignIn
from portal.security import audit, signins
from portal.security.actor import system
from portal.services import acting, housekeeping
from portal.settings import Settings
from tests.support.clinic import NOW, Clinic


def _count(clinic: Clinic, table: type[SQLModel]) -> int:
    with clinic.base.transaction() as db:
        return db.connection().execute(select(func.count()).select_from(table)).scalar_one()


def _leave_things_about(clinic: Clinic) -> None:
    with clinic.base.transaction() as db:
        for name, age in (("alice", 91), ("charlie", 1)):
            signins.start(
                db,
                clinic.users[name],
                patient_id=None,
                device="",
                address="",
                now=NOW - timedelta(days=age),
            )
        for minutes in (1, 60):
            db.add(LiveChange(topic="results", at=NOW - timedelta(minutes=minutes)))
        for days in (-1, 40):
            at = NOW - timedelta(days=days)
            db.add(
                OneTimeLink(
                    digest=f"{days:064d}",
                    purpose="invitation",
                    user_id=clinic.users["alice"].id,
                    created_at=at,
                    expires_at=at,
                )
            )


class TestTidy:
    def test_takes_away_what_has_served_its_time_and_no_more(self, the_clinic: Clinic) -> None:
        _leave_things_about(the_clinic)
        with the_clinic.base.transaction() as db:
            assert housekeeping.tidy(db, system("housekeeping"), now=NOW) == 3
        assert [_count(the_clinic, table) for table in (SignIn, LiveChange, OneTimeLink)] == [1] * 3

    def test_twice_is_as_good_as_once(self, the_clinic: Clinic) -> None:
        _leave_things_about(the_clinic)
        for gone in (3, 0):
            with the_clinic.base.transaction() as db:
                assert housekeeping.tidy(db, system("housekeeping"), now=NOW) == gone


class TestTick:
    @pytest.fixture
    def rules(self, small_clinic: Clinic) -> Settings:
        return Settings.model_validate({"data_dir": small_clinic.base.path.parent})

    def test_tidies_and_reads_the_trace(self, small_clinic: Clinic, rules: Settings) -> None:
        _leave_things_about(small_clinic)
        with small_clinic.base.transaction() as db:
            audit.record(db, small_clinic.actor("alice"), "R", category="home", now=NOW)
        acting.open_desk(small_clinic.base, rules, clock=lambda: NOW)
        clock.heartbeat.trace_read_at = None
        try:
            asyncio.run(clock.tick())
        finally:
            acting.close_desk()
        assert clock.heartbeat.trace == audit.Verdict(1)
        assert clock.heartbeat.is_alive(NOW + timedelta(minutes=4))
        assert not clock.heartbeat.is_alive(NOW + timedelta(minutes=6))

    def test_says_that_the_trace_is_broken(
        self, small_clinic: Clinic, caplog: pytest.LogCaptureFixture
    ) -> None:
        with small_clinic.base.transaction() as db:
            audit.record(db, small_clinic.actor("alice"), "R", category="home", now=NOW)
        with small_clinic.base.transaction() as db:
            db.connection().exec_driver_sql("DROP TRIGGER audit_event_no_delete")
            db.connection().exec_driver_sql("DELETE FROM audit_event")
        assert not housekeeping.check_trace(small_clinic.base).is_whole
        assert "the trace is broken" in caplog.text


class TestStop:
    def test_in_the_middle_of_its_work_is_no_failure(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def go() -> None:
            begun = asyncio.Event()

            async def works() -> None:
                begun.set()
                await asyncio.Event().wait()

            monkeypatch.setattr(clock, "tick", works)
            async with clock.running():
                await begun.wait()
            # What ends with the server's loop is cancelled by it.
            ends = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
            for one in ends:
                one.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            await asyncio.sleep(0)

        asyncio.run(go())
        assert not [one for one in caplog.records if one.name == "portal.jobs"]

    def test_tells_of_work_that_failed(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def go() -> None:
            begun = asyncio.Event()

            async def fails() -> None:
                begun.set()
                raise ValueError("with words that stay here")

            monkeypatch.setattr(clock, "tick", fails)
            async with clock.running():
                await begun.wait()
                await asyncio.sleep(0)
                await asyncio.sleep(0)

        asyncio.run(go())
        said = [one.getMessage() for one in caplog.records if one.name == "portal.jobs"]
        assert said == ["the clock's work failed: ValueError"]
