"""Text messages: what reaches a real service, and what each failure means."""

import asyncio
from collections.abc import Iterator

import pytest

from portal.integrations import failures, sms
from portal.integrations.sms import gateway
from portal.settings import Settings
from tests.support.running import free_port
from tests.support.texts import Service, serving

PHONE = "+14065550100"
WORDS = "Juniper Test Clinic: There is a new message for you."


def send(way: sms.Texter, to: str = PHONE, text: str = WORDS) -> None:
    asyncio.run(way.send(sms.Message(to, text)))


class TestEveryWay:
    """The real way and the offline one hold to the same protocol."""

    @pytest.fixture(params=["gateway", "offline"])
    def way(self, request: pytest.FixtureRequest) -> Iterator[sms.Texter]:
        if request.param == "offline":
            yield sms.Offline()
            return
        with serving(Service()) as port:
            yield sms.Gateway(f"json://127.0.0.1:{port}/sms")

    def test_takes_texts_and_can_be_tested(self, way: sms.Texter) -> None:
        asyncio.run(way.test())
        send(way)
        send(way, text="x" * sms.MOST)

    @pytest.mark.parametrize(
        "to",
        ["", "4065550100", "+1", "+1406555010a", "+14065550100,+14065550101", "+1 406"],
    )
    def test_never_takes_what_is_no_number(self, way: sms.Texter, to: str) -> None:
        with pytest.raises(sms.NotTaken) as told:
            send(way, to=to)
        assert told.value.code == "not-a-number"
        assert told.value.is_address

    @pytest.mark.parametrize("text", ["", "x" * (sms.MOST + 1), "one\ntwo", "a\x00b"])
    def test_never_takes_what_is_no_single_text(self, way: sms.Texter, text: str) -> None:
        with pytest.raises(sms.NotTaken) as told:
            send(way, text=text)
        assert told.value.code == "not-a-text"
        assert not told.value.is_address


class TestPlain:
    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            ("¿Vendrá mañana, José?", "¿Vendra mañana, José?"),
            ("Grüße – „bis später“", 'Grüße - "bis später"'),
            ("Ärztehaus Łódź", "Ärztehaus Łodz"),
            ("«José»", '"José"'),
            ("one\ntwo\u202fthree", "one two three"),
        ],
    )
    def test_go_without_the_accents_that_would_halve_them(self, text: str, plain: str) -> None:
        assert sms.plain(text) == plain
        assert sms.plain(plain) == plain


class TestGateway:
    @pytest.mark.parametrize(("answer", "is_address"), [(400, True), (422, True), (403, None)])
    def test_tells_a_number_that_is_none(self, answer: int, is_address: object) -> None:
        service = Service(answer)
        with serving(service) as port, pytest.raises(failures.Failed) as told:
            send(sms.Gateway(f"json://127.0.0.1:{port}"))
        assert getattr(told.value, "is_address", None) is is_address

    def test_hands_over_the_phone_and_the_words(self) -> None:
        service = Service()
        with serving(service) as port:
            send(sms.Gateway(f"json://127.0.0.1:{port}/sms/"))
        assert service.taken == [(PHONE, WORDS)]

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (400, failures.NotTaken),
            (302, failures.NotTaken),
            (401, failures.Unreachable),
            (429, failures.Unreachable),
            (500, failures.NotNow),
            (503, failures.Unreachable),
        ],
    )
    def test_tells_apart_never_later_and_nobody(
        self, answer: int, kind: type[failures.Failed]
    ) -> None:
        """A redirect is followed nowhere: it would take a number along."""
        service = Service(answer)
        with serving(service) as port, pytest.raises(kind) as told:
            send(sms.Gateway(f"json://127.0.0.1:{port}"))
        assert told.value.code == f"sms-{answer}"
        assert service.taken == []

    def test_says_that_nobody_answers(self) -> None:
        with pytest.raises(sms.Unreachable) as told:
            send(sms.Gateway(f"json://127.0.0.1:{free_port()}"))
        assert told.value.code == "sms-no-answer"

    def test_leaves_a_service_that_hangs(self) -> None:
        service = Service()
        with serving(service) as port:
            service.answers.clear()
            with pytest.raises(sms.Unreachable) as told:
                asyncio.run(_impatient(service, port))
        assert told.value.code == "sms-slow"

    def test_says_that_an_address_is_none(self) -> None:
        for url in ("nosuchservice://host", "twilio://"):
            with pytest.raises(sms.Unreachable) as told:
                asyncio.run(sms.Gateway(url).test())
            assert told.value.code == "sms-address"

    def test_writes_the_phone_where_it_belongs(self) -> None:
        phone = "%2B14065550100"
        assert gateway.address("twilio://s:t@f", PHONE) == f"twilio://s:t@f/{phone}"
        assert gateway.address("jsons://h/a/?x=1", PHONE) == f"jsons://h/a/{phone}?x=1"
        assert gateway.address("jsons://h/?-to={phone}", PHONE) == f"jsons://h/?-to={phone}"


async def _impatient(service: Service, port: int) -> None:
    """Asks a service that hangs, and lets it answer once nobody waits, for its thread to end."""
    try:
        await sms.Gateway(f"json://127.0.0.1:{port}", 0.2).send(sms.Message(PHONE, WORDS))
    finally:
        service.answers.set()


class TestSetting:
    @pytest.mark.parametrize(
        "url", ["json://gateway.example", "twilio:", "whatever", "jsons://h/?verify=no"]
    )
    def test_refuses_what_is_not_safe(self, url: str) -> None:
        with pytest.raises(ValueError, match=r"TLS|Apprise|certificate"):
            Settings.model_validate({"sms_url": url})

    @pytest.mark.parametrize("url", ["json://localhost:8080", "twilio://s:t@1", "jsons://u:p@h/"])
    def test_takes_what_is(self, url: str) -> None:
        assert Settings.model_validate({"sms_url": url}).sms_url == url
