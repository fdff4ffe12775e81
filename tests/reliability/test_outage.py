"""R-14: a mail server that is away for two hours, slow, refusing, or not the one it should be.

Everything arrives afterwards, once; what never can is shown with its reason; and while it lasts the
portal asks the server again and again, but never letter by letter.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from portal.integrations import mail
from portal.jobs import deliver
from portal.services import acting, notices
from portal.settings import Settings
from tests.jobs.test_deliver import Clock, drain, ends, write
from tests.support.clinic import NOW, Clinic
from tests.support.mail import Post, certificate, serving
from tests.support.running import free_port

LETTERS = 40
HOURS = timedelta(hours=2)
# Coarser than the portal's own, which ticks twice a minute.
TICK = timedelta(minutes=2)
KEYS = [f"{number:03}" for number in range(LETTERS)]


@contextmanager
def clocked(clinic: Clinic) -> Iterator[Clock]:
    moved = Clock()
    rules = Settings.model_validate({"data_dir": "/nowhere"})
    acting.open_desk(clinic.base, rules, clock=lambda: moved.now)
    yield moved
    acting.close_desk()


class Counted(mail.Smtp):
    """The real way out, which counts how often somebody knocks."""

    knocks = 0

    async def send(self, letter: mail.Letter) -> None:
        self.knocks += 1
        await super().send(letter)


def outgoing(url: str, letter_s: float = 30.0) -> tuple[deliver.Desk, Counted]:
    way = Counted(mail.server_of(url), letter_s)
    return deliver.Desk(way, "portal@clinic.example", "https://portal.example.org"), way


def states(clinic: Clinic) -> set[str]:
    return {state for state, _problem, _tries in ends(clinic)}


def go_through(here: deliver.Desk, clock: Clock, until: timedelta) -> None:
    """Lets the clock tick, as often as it does, for so long."""
    end = clock.now + until
    while clock.now < end:
        clock.now += TICK
        assert drain(here) == 0


def catch_up(here: deliver.Desk, clock: Clock, clinic: Clinic) -> timedelta:
    """Returns how long it takes, from now on, until no letter waits."""
    begun = clock.now
    while clock.now - begun < timedelta(hours=1):
        drain(here)
        if "pending" not in states(clinic):
            return clock.now - begun
        clock.now += TICK
    raise AssertionError("letters still wait")


def arrived(post: Post) -> list[str]:
    return [str(letter["Message-ID"]) for letter in post.taken]


class TestOutage:
    def test_of_two_hours_loses_nothing_and_never_goes_letter_by_letter(
        self, the_clinic: Clinic
    ) -> None:
        port, post = free_port(), Post()
        with clocked(the_clinic) as clock:
            write(the_clinic, *KEYS)
            here, way = outgoing(f"smtp://127.0.0.1:{port}")
            go_through(here, clock, HOURS)
            assert states(the_clinic) == {"pending"}
            # One try for each tick, however many letters wait.
            assert way.knocks <= HOURS / TICK
            with serving(post, port=port):
                # Within the longest pause of an outage.
                assert catch_up(here, clock, the_clinic) <= timedelta(minutes=8)
        assert len(arrived(post)) == len(set(arrived(post))) == LETTERS
        assert states(the_clinic) == {"sent"}

    def test_of_a_server_that_puts_off_ends_with_all_letters_there_once(
        self, small_clinic: Clinic
    ) -> None:
        """4xx: greylisting, a full queue. Each letter is put off by itself, with growing pauses."""
        post = Post(recipient_answer="451 4.7.1 greylisted, try later")
        with clocked(small_clinic) as clock, serving(post) as port:
            write(small_clinic, *KEYS[:20])
            here, _way = outgoing(f"smtp://127.0.0.1:{port}")
            go_through(here, clock, timedelta(minutes=20))
            assert {problem for _state, problem, _tries in ends(small_clinic)} == {"451"}
            assert max(tries for _state, _problem, tries in ends(small_clinic)) <= 6
            post.recipient_answer = ""
            catch_up(here, clock, small_clinic)
        assert len(arrived(post)) == len(set(arrived(post))) == 20

    def test_of_an_address_that_is_refused_is_shown_and_holds_up_no_other(
        self, small_clinic: Clinic
    ) -> None:
        """5xx."""
        post = Post(recipient_answer="550 5.1.1 no such mailbox")
        with clocked(small_clinic) as clock, serving(post) as port:
            write(small_clinic, "gone")
            here, _way = outgoing(f"smtp://127.0.0.1:{port}")
            drain(here)
            post.recipient_answer = ""
            write(small_clinic, "next")
            assert drain(here) == 1
            clock.now += timedelta(days=1)
            assert drain(here) == 0
        assert ends(small_clinic) == [("dead", "550", 1), ("sent", "", 1)]
        with small_clinic.base.transaction() as db:
            shown = notices.view(db, small_clinic.actor("max"), shown="dead", now=NOW)
        (row,) = shown.notices
        assert "550" in row.problem

    def test_of_a_slow_server_keeps_the_letters(self, small_clinic: Clinic) -> None:
        post = Post(slow_s=10)
        with clocked(small_clinic) as clock, serving(post) as port:
            write(small_clinic, *KEYS[:5])
            here, way = outgoing(f"smtp://127.0.0.1:{port}", letter_s=0.2)
            assert drain(here) == 0
            assert way.knocks == 1, "the others would only wait as long"
            assert states(small_clinic) == {"pending"}
            post.slow_s = 0
            patient, _way = outgoing(f"smtp://127.0.0.1:{port}")
            catch_up(patient, clock, small_clinic)
        assert states(small_clinic) == {"sent"}

    def test_with_tls_that_nobody_vouches_for_sends_not_a_word(
        self, small_clinic: Clinic, tmp_path: Path
    ) -> None:
        context, authority = certificate(tmp_path)
        post = Post()
        with clocked(small_clinic) as clock, serving(post, tls=context) as port:
            write(small_clinic, *KEYS[:5])
            here, _way = outgoing(f"smtps://127.0.0.1:{port}")
            go_through(here, clock, timedelta(minutes=5))
            assert not post.begun.is_set()
            assert states(small_clinic) == {"pending"}
            # The operator names the authority, and starts again.
            mended, _way = outgoing(f"smtps://127.0.0.1:{port}?ca={authority}")
            catch_up(mended, clock, small_clinic)
        assert len(set(arrived(post))) == 5
