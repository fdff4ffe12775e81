"""Whatever is done to a calendar, in any order: no step twice, nothing lost (R-05)."""

from tests.reliability import calendar_machine
from tests.support.clinic import Clinic


class TestCalendar:
    def test_three_hundred_steps_of_everything(self, small_clinic: Clinic) -> None:
        calendar_machine.run(small_clinic, 300)
