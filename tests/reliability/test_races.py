"""Many want one time at once: one has it, all others are told so, nobody sees an error (R-03)."""

from portal.errors import Busy
from portal.services import appointments
from tests.reliability import racing, standing
from tests.support.clinic import Clinic

# Fifty are run by the command of racing.py.
ROUNDS = 1


class TestRace:
    def test_two_hundred_book_hold_and_move_into_one_time_and_one_wins_each_round(
        self, the_clinic: Clinic
    ) -> None:
        race = racing.run(the_clinic, ROUNDS)
        assert race.wrong == []
        everybody = racing.PROCESSES * racing.EACH * ROUNDS
        # On a machine that has other work, a turn may not come in time: that is said, too.
        told = race.answers[appointments.TimeTaken().words] + race.answers[Busy().words]
        assert (race.answers["won"], told) == (ROUNDS, everybody - ROUNDS)
        assert standing.damage(the_clinic.base) == []
