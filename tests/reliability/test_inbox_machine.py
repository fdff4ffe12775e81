"""Whatever happens in the inbox: nothing without a pool, nothing late unlisted (AUTHZ-07)."""

from tests.reliability import inbox_machine
from tests.support.clinic import Clinic


class TestInbox:
    def test_of_everything_in_any_order(self, the_clinic: Clinic) -> None:
        inbox_machine.run(the_clinic, inbox_machine.STEPS)
