"""Push: sealed for the device alone, signed by the clinic, and sent to no private address."""

import asyncio
import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from portal.integrations import push
from portal.integrations.push import keys, places, sealing
from tests.support.mail import certificate
from tests.support.pushes import DEVICE, HOST, Service, key_of, name, opened, serving

AT = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
WORDS = b'{"title": "There is news at Juniper Test Clinic"}'
ONE = push.Push(DEVICE, WORDS, AT)


class TestSealing:
    def test_is_what_the_standard_says(self) -> None:
        """The example of RFC 8291, section 5."""
        number = sealing.unpacked("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
        sealed = sealing.seal(
            b"When I grow up, I want to be a watermelon",
            device=sealing.unpacked(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
            ),
            auth=sealing.unpacked("BTBZMqHH6r4Tts7J_aSIgg"),
            salt=sealing.unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
            key=key_of(int.from_bytes(number, "big")),
        )
        assert sealing.packed(sealed) == (
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY"
            "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS"
            "gSxsj_Qulcy4a-fN"
        )

    def test_opens_for_the_device_and_is_new_each_time(self) -> None:
        first, second = push.sealed(ONE), push.sealed(ONE)
        assert opened(first) == opened(second) == WORDS
        assert first[:16] != second[:16]
        assert WORDS not in first

    def test_fits_into_what_push_services_take(self) -> None:
        body = push.sealed(replace(ONE, text=b"x" * sealing.MOST))
        assert len(body) <= 4096
        with pytest.raises(push.NotTaken) as told:
            push.sealed(replace(ONE, text=b"x" * (sealing.MOST + 1)))
        assert not told.value.is_address


class TestKeys:
    def test_are_the_same_for_the_same_secret_alone(self) -> None:
        secret, other = bytes(32), bytes([1] * 32)
        assert keys.public(keys.of(secret)) == keys.public(keys.of(bytes(32)))
        assert keys.public(keys.of(secret)) != keys.public(keys.of(other))
        assert len(sealing.unpacked(keys.public(keys.of(secret)))) == 65

    def test_stay_the_same_with_the_next_version(self) -> None:
        """With another one, every device would have to say anew that it wants to be told."""
        assert keys.public(keys.of(bytes(32))).startswith(
            "BHflQjca2Z2Nq7JpUF_GCVkZyhkVRk1P0o4u19BD"
        )

    def test_sign_for_one_service_and_half_a_day(self) -> None:
        """RFC 8292: who sends, to whom, until when, in a signature that the service checks."""
        key = key_of(7)
        said = keys.authorization(
            key, endpoint=DEVICE.endpoint, contact="https://portal.example.org", now=AT
        )
        token = said.removeprefix("vapid t=").partition(", k=")[0]
        head, body, signature = token.split(".")
        assert json.loads(sealing.unpacked(body)) == {
            "aud": "https://push.example",
            "exp": int((AT + timedelta(hours=12)).timestamp()),
            "sub": "https://portal.example.org",
        }
        assert json.loads(sealing.unpacked(head))["alg"] == "ES256"
        raw = sealing.unpacked(signature)
        r, s = (int.from_bytes(part, "big") for part in (raw[:32], raw[32:]))
        signed = encode_dss_signature(r, s)
        key.public_key().verify(signed, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
        assert said.endswith(keys.public(key))


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Returns the service's side and ours."""
    served, authority = certificate(tmp_path_factory.mktemp("push"), HOST)
    return served, ssl.create_default_context(cafile=str(authority))


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def real(
    service: Service,
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[push.Services]:
    """The real way, to a service on this machine that its name leads to."""
    with serving(service, tls[0]) as port:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        name(monkeypatch, found)
        yield push.Services(
            lambda: key_of(7), "https://portal.example.org", trust=tls[1],
            may_reach=lambda address: address == "127.0.0.1",
        )  # fmt: skip


def send(way: push.Pusher, one: push.Push = ONE) -> None:
    async def go() -> None:
        try:
            await way.send(one)
        finally:
            await way.close()

    asyncio.run(go())


class TestEveryWay:
    """The real way and the offline one hold to the same protocol."""

    @pytest.fixture(params=["real", "offline"])
    def way(self, request: pytest.FixtureRequest) -> push.Pusher:
        found = push.Offline() if request.param == "offline" else request.getfixturevalue("real")
        assert found.is_real is (request.param == "real")
        return found

    def test_takes_messages_and_can_be_closed_twice(self, way: push.Pusher) -> None:
        async def go() -> None:
            await way.send(ONE)
            await way.send(ONE)
            await way.close()
            await way.close()

        asyncio.run(go())

    @pytest.mark.parametrize(
        "endpoint",
        [
            "", "http://push.example/a", "https://127.0.0.1/a", "https://[::1]/a", "https://10.1/a",
            "https://localhost/a", "https://0x7f000001/a", "https://2130706433/a",
            "https://push.example:8443/a", "https://user:pw@push.example/a",
            "https://push.example:x/",
            "https://push.example/a\r\nX: y", "file:///etc/passwd",
            "https://push.example/" + "a" * 600,
        ],
    )  # fmt: skip
    def test_never_goes_where_no_push_service_is(self, way: push.Pusher, endpoint: str) -> None:
        with pytest.raises(push.NotTaken) as told:
            send(way, replace(ONE, to=replace(DEVICE, endpoint=endpoint)))
        assert told.value.is_address

    @pytest.mark.parametrize(
        ("key", "auth"), [("", DEVICE.auth), (DEVICE.key, "AAAA"), ("BAAA" * 22, DEVICE.auth)]
    )
    def test_never_takes_keys_that_are_none(self, way: push.Pusher, key: str, auth: str) -> None:
        with pytest.raises(push.NotTaken) as told:
            send(way, replace(ONE, to=replace(DEVICE, key=key, auth=auth)))
        assert told.value.code == "push-no-device"


class TestServices:
    def test_get_what_the_device_alone_can_open(
        self, service: Service, real: push.Services
    ) -> None:
        send(real)
        ((path, headers, body),) = service.taken
        assert path == "/send/abc"
        assert opened(body) == WORDS
        assert headers["Host"] == HOST
        assert headers["Content-Encoding"] == "aes128gcm"
        assert headers["TTL"] == "86400"
        assert headers["Authorization"].startswith("vapid t=")

    @pytest.mark.parametrize(
        ("answer", "kind", "is_gone"),
        [
            (404, push.NotTaken, True),
            (410, push.NotTaken, True),
            (400, push.NotTaken, False),
            (302, push.NotTaken, False),
            (403, push.NotNow, None),
            (429, push.NotNow, None),
            (503, push.NotNow, None),
        ],
    )
    def test_that_refuse_are_told_apart(
        self, service: Service, real: push.Services, answer: int, kind: Any, is_gone: Any
    ) -> None:
        service.answer = answer
        with pytest.raises(kind) as told:
            send(real)
        assert getattr(told.value, "is_address", None) is is_gone
        assert len(service.taken) == 1, "it is followed nowhere"

    def test_that_hang_are_left(self, service: Service, real: push.Services) -> None:
        real._push_s = 0.3

        async def go() -> None:
            service.answers.clear()
            try:
                await real.send(ONE)
            finally:
                service.answers.set()
                await real.close()

        with pytest.raises(push.NotNow) as told:
            asyncio.run(go())
        assert told.value.code == "push-slow"

    def test_with_a_certificate_of_nobody_are_never_told(
        self,
        service: Service,
        tls: tuple[ssl.SSLContext, ssl.SSLContext],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """NET-07: whoever stands in between gets neither the message nor the signature."""
        with serving(service, tls[0]) as port:
            name(monkeypatch, [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))])
            key = key_of(7)
            with pytest.raises(push.NotNow) as told:
                send(push.Services(lambda: key, "https://a.example", may_reach=lambda _one: True))
        assert told.value.code == "push-no-answer"
        assert not service.taken

    @pytest.mark.parametrize(
        "addresses", [["127.0.0.1"], ["10.0.0.5"], ["93.184.215.14", "192.168.0.1"], ["::1"], []]
    )
    def test_of_a_private_address_are_never_spoken_to(
        self, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
    ) -> None:
        """SSRF: a public name that leads inside, or may do so with the next look."""
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]
        name(monkeypatch, found)
        with pytest.raises(push.NotNow) as told:
            send(push.Services(lambda: key_of(7), "https://portal.example.org"))
        assert told.value.code == "push-no-answer"

    @pytest.mark.parametrize(
        ("address", "is_public"),
        [
            ("93.184.215.14", True), ("2606:2800:21f:cb07::1", True), ("127.0.0.1", False),
            ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.1", False),
            ("::ffff:10.0.0.1", False), ("2002:7f00:1::", False), ("fe80::1%eth0", False),
            ("fd00::1", False), ("224.0.0.1", False),
        ],
    )  # fmt: skip
    def test_are_on_the_internet(self, address: str, *, is_public: bool) -> None:
        assert places.is_public(address) is is_public
