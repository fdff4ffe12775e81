"""Delivery: from the row to a real mail server, through what goes wrong on the way."""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from portal.integrations import mail, sms
from portal.jobs import deliver
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.services import acting, notices
from portal.settings import Settings
from tests.support.clinic import NOW, Clinic, appointment
from tests.support.mail import Post, serving
from tests.support.running import free_port
from tests.support.texts import Service
from tests.support.texts import serving as texting


class Clock:
    """A clock that tests move."""

    now = NOW


@pytest.fixture
def clock(the_clinic: Clinic) -> Iterator[Clock]:
    moved = Clock()
    rules = Settings.model_validate({"data_dir": "/nowhere"})
    acting.open_desk(the_clinic.base, rules, clock=lambda: moved.now)
    yield moved
    acting.close_desk()


def write(clinic: Clinic, *keys: str, address: str = "alice@mail.example") -> None:
    with clinic.base.transaction() as db:
        for key in keys:
            notices.mail(
                db, "sign-in.code", address=address, key=key, given={"code": "482913"}, now=NOW
            )


def ends(clinic: Clinic) -> list[tuple[str, str, int]]:
    with clinic.base.transaction() as db:
        found = db.scalars(select(OutboxNotice).order_by(col(OutboxNotice.key)))
        return [(row.state, row.problem, row.tries) for row in found]


def desk(port: int, letter_s: float = 30.0) -> deliver.Desk:
    way = mail.Smtp(mail.server_of(f"smtp://127.0.0.1:{port}"), letter_s)
    return deliver.Desk(way, "portal@clinic.example", "https://portal.example.org")


def drain(here: deliver.Desk) -> int:
    here.rests.clear()
    return asyncio.run(deliver.drain(here))


class TestDelivery:
    def test_reaches_the_mail_server_in_the_clinics_name(
        self, the_clinic: Clinic, clock: Clock
    ) -> None:
        del clock
        post = Post()
        write(the_clinic, "a", "b")
        with serving(post) as port:
            assert drain(desk(port)) == 2
        assert len({message["Message-ID"] for message in post.taken}) == 2
        assert post.taken[0]["From"] == "Juniper Test Clinic <portal@clinic.example>"
        body = post.taken[0].get_body(("plain",))
        assert body is not None
        assert "482913" in body.get_content()
        assert ends(the_clinic) == [("sent", "", 1)] * 2

    def test_is_in_the_readers_language_as_text_and_as_a_page(
        self, the_clinic: Clinic, clock: Clock
    ) -> None:
        """MSG-07: one after the other, none speaks on for the next."""
        del clock
        for name, language in (("alice", "de"), ("bob", ""), ("charlie", "es")):
            with the_clinic.base.transaction() as db:
                user = db.get_one(User, the_clinic.users[name].id)
                user.language = language
                notices.mail(
                    db, "password.changed", address=f"{name}@mail.example", key=name,
                    given={"at": notices.moment(NOW)}, user_id=user.id, now=NOW,
                )  # fmt: skip
        post = Post()
        with serving(post) as port:
            assert drain(desk(port)) == 3
        found = {str(one["To"]).partition("@")[0]: one for one in post.taken}
        for name, language, subject, at in (
            ("alice", "de", "Ihr Passwort wurde geändert", "Dienstag, 3. März, 9:00 Uhr."),
            ("bob", "en", "Your password was changed", "Tuesday 3 March, 9:00 am."),
            ("charlie", "es", "Se cambió su contraseña", "martes, 3 de marzo, 9:00."),
        ):
            text, page = (found[name].get_body((kind,)) for kind in ("plain", "html"))
            assert text is not None
            assert page is not None
            assert str(found[name]["Subject"]) == subject
            assert at in text.get_content()
            assert at in page.get_content()
            assert f'<html lang="{language}">' in page.get_content()

    def test_keeps_what_would_have_gone_out_where_nothing_is_set_up(
        self, the_clinic: Clinic, clock: Clock
    ) -> None:
        del clock
        write(the_clinic, "a")
        rules = Settings.model_validate({"data_dir": "/nowhere"})
        assert drain(deliver.desk_for(rules)) == 1
        assert ends(the_clinic) == [("sent", "kept-here", 1)]

    def test_sends_nothing_out_of_a_demo(self) -> None:
        here = deliver.desk_for(
            Settings.model_validate(
                {"demo": True, "smtp_url": "smtps://a%40b.example:c@mail.example"}
            )
        )
        assert not here.mailer.is_real

    def test_waits_out_a_server_that_is_down(self, the_clinic: Clinic, clock: Clock) -> None:
        """Two hours without a server, down while inviting: all of it arrives after."""
        write(the_clinic, "a", "b", "c")
        port, post = free_port(), Post()
        here = desk(port)
        for _minute in range(0, 120, 10):
            assert drain(here) == 0
            clock.now += timedelta(minutes=10)
        with serving(post, port=port):
            assert drain(here) == 3
        assert len(post.taken) == 3
        assert {(state, code) for state, code, _tries in ends(the_clinic)} == {("sent", "")}

    def test_of_a_server_that_is_down_asks_once_and_rests(
        self, the_clinic: Clinic, clock: Clock
    ) -> None:
        del clock
        write(the_clinic, "a", "b", "c")
        here = desk(free_port())
        assert drain(here) == 0
        assert max(ends(the_clinic)) == ("pending", "no-answer", 1)
        assert sum(tries for _state, _code, tries in ends(the_clinic)) == 1
        assert asyncio.run(deliver.drain(here)) == 0, "it rests, whatever is written"
        assert sum(tries for _state, _code, tries in ends(the_clinic)) == 1

    def test_tries_again_after_4xx_and_not_after_5xx(
        self, the_clinic: Clinic, clock: Clock
    ) -> None:
        post = Post(answer="451 later")
        write(the_clinic, "a")
        with serving(post) as port:
            here = desk(port)
            drain(here)
            assert ends(the_clinic) == [("pending", "451", 1)]
            post.answer = "250 OK"
            assert drain(here) == 0, "not before its pause is over"
            clock.now += timedelta(minutes=2)
            assert drain(here) == 1
            post.recipient_answer = "550 5.1.1 nobody here by that name: alice@mail.example"
            write(the_clinic, "b")
            drain(here)
        assert ends(the_clinic) == [("sent", "", 2), ("dead", "550", 1)]

    def test_lets_no_other_wait_for_one_that_fails_in_a_new_way(
        self, the_clinic: Clinic, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del clock
        write(the_clinic, "a", "b", "c")
        real, failing = mail.Smtp.send, iter([True])

        async def send(self: mail.Smtp, letter: mail.Letter) -> None:
            if next(failing, False):
                raise RuntimeError("something new about alice@mail.example")
            await real(self, letter)

        monkeypatch.setattr(mail.Smtp, "send", send)
        with serving(Post()) as port:
            assert drain(desk(port)) == 2
        assert sorted(ends(the_clinic)) == [
            ("pending", "unforeseen", 1), ("sent", "", 1), ("sent", "", 1),
        ]  # fmt: skip

    def test_asks_again_about_what_is_in_hand_for_long(
        self, the_clinic: Clinic, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was true of a letter when it was taken may not be when its turn comes."""
        del clock
        monkeypatch.setattr(deliver, "IN_HAND_S", -1.0)
        write(the_clinic, "a", "b", "c")
        post = Post()
        with serving(post) as port:
            assert drain(desk(port)) == 3
        assert len(post.taken) == 3
        assert ends(the_clinic) == [("sent", "", 1)] * 3

    def test_asks_again_after_an_address_was_refused(
        self, the_clinic: Clinic, clock: Clock
    ) -> None:
        """The others in hand may go to the same one: of news nobody is told there any more."""
        del clock
        alice = the_clinic.users["alice"].id
        whose = the_clinic.patients["alice"].id
        visits = [appointment(the_clinic, starts_at=NOW + timedelta(days=day)) for day in (2, 3, 4)]
        the_clinic.add(*visits)
        with the_clinic.base.transaction() as db:
            values = {"email": "alice@mail.example", "email_verified_at": NOW}
            db.execute(update(User).where(col(User.id) == alice).values(**values))
            for one in visits:
                notices.write(db, "appointment.booked", patient_id=whose, record_id=one.id, now=NOW)
        with serving(Post(recipient_answer="550 5.1.1 nobody here by that name")) as port:
            drain(desk(port))
        with the_clinic.base.reading() as db:
            to_her = db.scalars(select(OutboxNotice).where(col(OutboxNotice.user_id) == alice))
            assert sorted((row.state, row.problem) for row in to_her) == [
                ("dead", "550"), ("withdrawn", "no-longer"), ("withdrawn", "no-longer"),
            ]  # fmt: skip

    def test_leaves_a_slow_server_in_time_and_keeps_the_letter(
        self, the_clinic: Clinic, clock: Clock
    ) -> None:
        del clock
        write(the_clinic, "a", "b")
        with serving(Post(slow_s=60)) as port:
            began = time.monotonic()
            assert drain(desk(port, letter_s=1.0)) == 0
            assert time.monotonic() - began < 60
        assert sorted(ends(the_clinic)) == [("pending", "", 0), ("pending", "slow", 1)]

    def test_copies_at_most_the_one_on_its_way_when_it_died(
        self, the_clinic: Clinic, clock: Clock
    ) -> None:
        """JOB-05: killed between the server's 250 and the commit."""
        post = Post()
        write(the_clinic, "a", "b", "c")

        async def die_after_sending(here: deliver.Desk) -> None:
            taken = await deliver._take(here)
            await deliver._sent(here, taken.parcels[0])
            await here.mailer.close()

        with serving(post) as port:
            asyncio.run(die_after_sending(desk(port)))
            other = desk(port)
            assert drain(other) == 0
            clock.now += timedelta(minutes=2)
            assert drain(other) == 3
            assert other.again == 3
        named = [message["Message-ID"] for message in post.taken]
        assert (len(named), len(set(named))) == (4, 3)


class TestTexts:
    """Text messages go out by a way of their own."""

    def _write(self, clinic: Clinic, key: str = "t") -> None:
        with clinic.base.transaction() as db:
            notices.mail(
                db, "address.code", address="+14065550100", channel="sms", key=key,
                given={"code": "482913"}, now=NOW,
            )  # fmt: skip

    def _desk(self, mail_port: int, sms_port: int) -> deliver.Desk:
        here = desk(mail_port, 30.0)
        here.texter = sms.Gateway(f"json://127.0.0.1:{sms_port}")
        return here

    def test_reach_the_service(self, the_clinic: Clinic, clock: Clock) -> None:
        del clock
        self._write(the_clinic)
        service = Service()
        with texting(service) as port:
            assert drain(self._desk(free_port(), port)) == 1
        ((phone, words),) = service.taken
        assert phone == "+14065550100"
        assert words.startswith("Juniper Test Clinic: Your code is 482913.")
        assert ends(the_clinic) == [("sent", "", 1)]

    def test_that_do_not_go_out_hold_up_no_mail(self, the_clinic: Clinic, clock: Clock) -> None:
        del clock
        post = Post()
        self._write(the_clinic)
        write(the_clinic, "a", "b")
        with serving(post) as port:
            assert drain(self._desk(port, free_port())) == 2
        assert ends(the_clinic) == [
            ("pending", "sms-no-answer", 1), ("sent", "", 1), ("sent", "", 1),
        ]  # fmt: skip

    def test_go_out_while_mail_does_not(self, the_clinic: Clinic, clock: Clock) -> None:
        del clock
        write(the_clinic, "a", "b")
        self._write(the_clinic)
        service = Service()
        with texting(service) as port:
            assert drain(self._desk(free_port(), port)) == 1
        assert len(service.taken) == 1
        assert sum(tries for state, _code, tries in ends(the_clinic) if state == "pending") == 1

    def test_are_kept_here_where_no_service_is_set_up_and_in_a_demo(
        self, the_clinic: Clinic, clock: Clock
    ) -> None:
        del clock
        url = {"sms_url": "twilio://sid:token@14065550100"}
        for rules in ({}, url | {"demo": True}):
            here = deliver.desk_for(Settings.model_validate({"data_dir": "/nowhere"} | rules))
            assert not here.texter.is_real
        assert deliver.desk_for(Settings.model_validate(url)).texter.is_real
        self._write(the_clinic)
        assert drain(here) == 1
        assert ends(the_clinic) == [("sent", "kept-here", 1)]


class TestRunning:
    def test_delivers_at_the_commit(
        self, the_clinic: Clinic, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A code is there without any tick: the minute's clock does not run here."""
        del clock
        post = Post()

        async def go(port: int) -> bool:
            monkeypatch.setattr(deliver, "desk_for", lambda _rules: desk(port))
            async with deliver.running():
                await asyncio.sleep(0)
                await asyncio.to_thread(write, the_clinic, "a")
                return await asyncio.to_thread(post.arrived.wait, 30)

        with serving(post) as port:
            assert asyncio.run(go(port))
        assert ends(the_clinic) == [("sent", "", 1)]

    def test_finishes_the_letter_in_hand_when_the_server_stops(
        self, the_clinic: Clinic, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del clock
        post = Post(slow_s=0.4)

        async def go(port: int) -> None:
            monkeypatch.setattr(deliver, "desk_for", lambda _rules: desk(port))
            async with deliver.running():
                await asyncio.to_thread(write, the_clinic, "a", "b")
                await asyncio.to_thread(post.begun.wait, 10)

        with serving(post) as port:
            asyncio.run(go(port))
        assert sorted(ends(the_clinic)) == [("pending", "", 0), ("sent", "", 1)]

    def test_hears_of_no_notice_that_was_rolled_back(self, the_clinic: Clinic) -> None:
        heard: list[int] = []
        stop = notices.listen(lambda _after: heard.append(1))
        try:
            with pytest.raises(ZeroDivisionError), the_clinic.base.transaction() as db:
                notices.mail(db, "sign-in.code", address="a@b.example", key="k", now=NOW)
                _ = 1 / 0
            assert not heard
            write(the_clinic, "a")
            assert heard == [1]
        finally:
            stop()
