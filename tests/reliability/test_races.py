"""Many want one time at once: one has it, all others are told so, nobody sees an error (R-03)."""

from portal.services import appointments
from tests.reliability import racing, standing
from tests.support.clinic import Clinic

ROUNDS = 2


class TestRace:
    def test_two_hundred_book_hold_and_move_into_one_time_and_one_wins_each_round(
        self, the_clinic: Clinic
    ) -> None:
        race = racing.run(the_clinic, ROUNDS)
        assert race.wrong == []
        everybody = racing.PROCESSES * racing.EACH * ROUNDS
        taken = race.answers[appointments.TimeTaken().words]
        assert (race.answers["won"], taken) == (ROUNDS, everybody - ROUNDS)
        assert standing.damage(the_clinic.base) == []
