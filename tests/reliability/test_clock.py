"""A clock that is set while the portal runs, and days of 23, 24½ and 25 hours (R-18)."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal import words
from portal.errors import NotSignedIn
from portal.jobs import clock as ticking
from portal.models.appointments import Appointment
from portal.security import audit, signins
from portal.services import acting, home
from portal.settings import Settings
from tests.support import clinic
from tests.support.clinic import NOW, Clinic

STEPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]


@dataclass
class Machine:
    """What a machine's clock says, and the time that has truly passed."""

    says: datetime = NOW
    passed: float = 0.0

    def set_by(self, step: timedelta) -> None:
        """Sets the clock, as NTP does."""
        self.says += step

    def wait(self, span: timedelta) -> None:
        """Lets time pass."""
        self.says += span
        self.passed += span.total_seconds()


@pytest.fixture
def machine(the_clinic: Clinic, tmp_path: Path) -> Iterator[Machine]:
    """Returns the machine that the desk stands on."""
    made = Machine()
    rules = Settings.model_construct(
        data_dir=tmp_path / "data",
        witness_dir=tmp_path / "witness",
        zone="America/New_York",
        language="en",
        idle_minutes=15,
        session_hours=12,
    )
    acting.open_desk(the_clinic.base, rules, lambda: made.says, lambda: made.passed)
    yield made
    acting._desk = None


def _enter(people: Clinic, machine: Machine, name: str) -> str:
    with people.base.transaction() as db:
        user = people.users[name]
        secret, _ = signins.start(
            db, user, patient_id=user.patient_id, device="", address="", now=machine.says
        )
    return signins.digest_of(secret)


def _is_in(digest: str) -> bool:
    seated = asyncio.run(acting.seat(digest)) is not None
    try:
        asyncio.run(acting.glance(digest, home.view))
    except NotSignedIn:
        assert not seated, "the two ways to ask must agree"
        return False
    return seated


class TestClockIsSet:
    @pytest.mark.parametrize("step", STEPS, ids=str)
    def test_ends_no_sign_in_and_revives_none(
        self, the_clinic: Clinic, machine: Machine, step: timedelta
    ) -> None:
        idle = _enter(the_clinic, machine, "alice")
        machine.wait(timedelta(minutes=16))
        assert not _is_in(idle)
        fresh = _enter(the_clinic, machine, "charlie")
        machine.wait(timedelta(minutes=10))
        machine.set_by(step)
        assert (_is_in(fresh), _is_in(idle)) == (True, False)
        machine.wait(timedelta(minutes=6))
        assert (_is_in(fresh), _is_in(idle)) == (False, False)
        later = _enter(the_clinic, machine, "mia")
        assert _is_in(later)
        machine.set_by(-step)
        assert [_is_in(one) for one in (later, fresh, idle)] == [True, False, False]

    def test_what_timed_out_stays_ended_when_the_portal_was_down_meanwhile(
        self, the_clinic: Clinic, machine: Machine
    ) -> None:
        idle = _enter(the_clinic, machine, "alice")
        machine.wait(timedelta(minutes=16))
        asyncio.run(ticking.tick())
        with the_clinic.base.transaction() as db:
            back = NOW + timedelta(minutes=5)
            assert signins.actor_of(db, idle, clinic.LIMITS, now=back) is None

    @pytest.mark.parametrize("step", STEPS, ids=str)
    def test_keeps_the_trace_whole_and_shifts_nothing(
        self, the_clinic: Clinic, machine: Machine, step: timedelta
    ) -> None:
        planned = clinic.appointment(the_clinic)
        the_clinic.add(planned)
        alice = _enter(the_clinic, machine, "alice")
        for _ in range(3):
            assert _is_in(alice)
            machine.set_by(step)
        with the_clinic.base.reading() as db:
            verdict = audit.verify(db, the_clinic.base.info["audit_key"])
            assert (verdict.is_whole, verdict.rows) == (True, 3)
            assert db.get_one(Appointment, planned.id).starts_at == NOW + timedelta(days=2)


# The days on which clocks change: as dates; the zone is put to them below.
CHANGES = [
    ("America/New_York", datetime(2026, 3, 8, 9, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 9, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, 9, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 9, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 5, 9, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 4, 9, tzinfo=UTC)),
    ("Australia/Sydney", datetime(2026, 4, 5, 9, tzinfo=UTC)),
    ("Australia/Sydney", datetime(2026, 10, 4, 9, tzinfo=UTC)),
]


class TestDaysOfOtherLengths:
    @pytest.fixture(autouse=True)
    @staticmethod
    def _put_back() -> Iterator[None]:
        yield
        words.settle("en", "America/New_York")

    @pytest.mark.parametrize(("zone", "visit"), CHANGES, ids=str)
    @pytest.mark.parametrize("after", [0, 1])
    def test_home_counts_days_as_people_do(
        self, small_clinic: Clinic, zone: str, visit: datetime, after: int
    ) -> None:
        words.settle("en", zone)
        here, day = ZoneInfo(zone), visit + timedelta(days=after)
        starts = day.replace(hour=23, minute=30, tzinfo=here).astimezone(UTC)
        small_clinic.add(clinic.appointment(small_clinic, starts_at=starts))
        for hour in (0, 1, 4, 12, 23):
            said = list[str]()
            for ahead in (2, 1, 0):
                at = (day - timedelta(days=ahead)).replace(hour=hour, minute=5, tzinfo=here)
                with small_clinic.base.transaction() as db:
                    row = home.view(db, small_clinic.actor("alice"), now=at.astimezone(UTC))
                said.append(row.visit.far)
            assert said == ["In 2 days", "Tomorrow", "Today"], f"at {hour}:05"
