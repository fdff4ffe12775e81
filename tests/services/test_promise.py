"""Until when the clinic answers: by its own hours, holidays and closed days (WORKFLOWS 3.3)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from portal.models.agreements import PolicyValue
from portal.models.people import Location, Organization
from portal.models.schedules import ScheduleException
from portal.services import messages
from portal.words import zone
from tests.support.clinic import NOW, Clinic


def due(at: Clinic, sent: str) -> str:
    """Returns when an answer is due, on the clinic's clock."""
    moment = datetime.fromisoformat(sent).replace(tzinfo=zone()).astimezone(UTC)
    with at.base.reading() as db:
        return f"{messages.answer_by(db, moment).astimezone(zone()):%Y-%m-%dT%H:%M}"


def open_on(at: Clinic, hours: str) -> None:
    with at.base.transaction() as db:
        clinic = update(Organization).where(col(Organization.is_clinic).is_(True))
        db.connection().execute(clinic.values(hours=hours))


def closed(at: Clinic, first: str, last: str, **changes: Any) -> None:
    starts, ends = (datetime.fromisoformat(one).replace(tzinfo=zone()) for one in (first, last))
    given: dict[str, Any] = {"kind": "closure", "created_at": NOW}
    at.add(ScheduleException(starts_at=starts, ends_at=ends, **(given | changes)))


def keeps_holidays(at: Clinic, region: str) -> None:
    at.add(PolicyValue(key="holiday_region", value=region, changed_at=NOW, changed_by="Ada"))


class TestAnswerBy:
    @pytest.mark.parametrize(
        ("sent", "answer"),
        [
            ("2026-03-02T10:00", "2026-03-04T17:00"),  # Monday: Wednesday
            ("2026-03-05T10:00", "2026-03-09T17:00"),  # Thursday: Monday, an hour of summer time
            ("2026-03-07T10:00", "2026-03-10T17:00"),  # Saturday: Tuesday
            ("2026-03-02T23:00", "2026-03-04T17:00"),  # still Monday evening in New York
        ],
    )
    def test_is_two_working_days_on(self, small_clinic: Clinic, sent: str, answer: str) -> None:
        assert due(small_clinic, sent) == answer

    @pytest.mark.parametrize(
        ("hours", "answer"),
        [
            ("Tu-Fr 8-12, 13-16; Sa 9-12", "2026-03-07T12:00"),  # open on Saturday, not on Monday
            ("Mo 8-17:30", "2026-03-16T17:30"),  # two Mondays on
            ("Monday to Friday, 9 am to 4 pm", "2026-03-09T16:00"),
            ("whenever somebody is there", "2026-03-09T17:30"),  # nobody can tell: as is usual
            ("", "2026-03-09T17:30"),
        ],
    )
    def test_goes_by_the_clinics_hours(self, small_clinic: Clinic, hours: str, answer: str) -> None:
        open_on(small_clinic, hours)
        assert due(small_clinic, "2026-03-05T10:00") == answer

    def test_holidays_of_the_region_do_not_count(self, the_clinic: Clinic) -> None:
        # Thursday 2 July: Friday is kept for Independence Day, which is a Saturday in 2026.
        assert due(the_clinic, "2026-07-02T10:00") == "2026-07-06T17:00"
        keeps_holidays(the_clinic, "US")
        assert due(the_clinic, "2026-07-02T10:00") == "2026-07-07T17:00"

    def test_closed_days_do_not_count(self, the_clinic: Clinic) -> None:
        closed(the_clinic, "2026-03-03T00:00", "2026-03-05T00:00")
        assert due(the_clinic, "2026-03-02T10:00") == "2026-03-06T17:00"

    def test_a_day_that_closes_early_ends_early(self, the_clinic: Clinic) -> None:
        closed(the_clinic, "2026-03-04T15:00", "2026-03-05T00:00")
        closed(the_clinic, "2026-03-04T14:00", "2026-03-04T15:00")
        assert due(the_clinic, "2026-03-02T10:00") == "2026-03-04T14:00"

    def test_a_late_morning_changes_nothing(self, small_clinic: Clinic) -> None:
        closed(small_clinic, "2026-03-04T06:00", "2026-03-04T11:00")
        assert due(small_clinic, "2026-03-02T10:00") == "2026-03-04T17:00"

    def test_time_off_of_one_or_a_closed_room_is_no_closed_clinic(
        self, small_clinic: Clinic
    ) -> None:
        small_clinic.add(Location(id="room", name="Room"))
        whole = ("2026-03-03T00:00", "2026-03-05T00:00")
        closed(small_clinic, *whole, location_id="room")
        who = small_clinic.practitioners["dana"].id
        for kind in ("off", "closure", "block"):
            closed(small_clinic, *whole, kind=kind, practitioner_id=who)
        assert due(small_clinic, "2026-03-02T10:00") == "2026-03-04T17:00"

    def test_over_the_holidays_at_the_end_of_the_year(self, the_clinic: Clinic) -> None:
        keeps_holidays(the_clinic, "DE-BY")
        closed(the_clinic, "2026-12-24T00:00", "2027-01-02T00:00")
        # Sent on the 23rd. The 6th of January is Epiphany in Bavaria: the 4th and the 5th count.
        assert due(the_clinic, "2026-12-23T10:00") == "2027-01-05T17:00"

    def test_a_clinic_that_is_never_open_still_promises(self, small_clinic: Clinic) -> None:
        closed(small_clinic, "2026-03-01T00:00", "2028-03-01T00:00")
        assert date.fromisoformat(due(small_clinic, "2026-03-02T10:00")[:10]).year == 2027
