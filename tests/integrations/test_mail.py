"""Mail: what goes over the wire to a real server, over TLS, and what each failure means."""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from portal.integrations import mail
from portal.settings import Settings
from tests.support.mail import PASSWORD, USER, Post, certificate, serving
from tests.support.running import free_port

AT = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"


def letter(**changes: str) -> mail.Letter:
    values = {
        "to": "alice@example.org",
        "sender": "portal@clinic.example",
        "sender_name": "Juniper Test Clinic",
        "subject": "There is something new for you",
        "text": "There is something new in your portal.",
        "html": "<p>There is something new in your portal.</p>",
        "key": "row-1",
    }
    return mail.Letter(**(values | changes), at=AT)


def send(url: str, *letters: mail.Letter, letter_s: float = 5.0) -> None:
    async def go() -> None:
        way = mail.Smtp(mail.server_of(url), letter_s)
        try:
            for one in letters:
                await way.send(one)
        finally:
            await way.close()

    asyncio.run(go())


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


class TestEveryWay:
    """The real way and the offline one hold to the same protocol."""

    @pytest.fixture(params=["smtp", "offline"])
    def way(self, request: pytest.FixtureRequest) -> Iterator[mail.Mailer]:
        if request.param == "offline":
            yield mail.Offline()
            return
        with serving(Post()) as port:
            yield mail.Smtp(mail.server_of(f"smtp://127.0.0.1:{port}"))

    def test_takes_letters_and_can_be_tested_and_closed_twice(self, way: mail.Mailer) -> None:
        async def go() -> None:
            await way.test()
            await way.send(letter())
            await way.close()
            await way.send(letter(key="row-2"))
            await way.close()
            await way.close()

        asyncio.run(go())

    def test_never_takes_what_is_no_address(self, way: mail.Mailer) -> None:
        async def go() -> None:
            for address in (
                "nobody",
                "a@example.org, b@example.org",
                "a@example.org\r\nBcc: eve@example.com",
                "Alice <a@example.org>",
                "=?utf-8?q?=0D=0ABcc=3Aeve?=@example.org",
                "",
            ):
                with pytest.raises(mail.NotTaken) as told:
                    await way.send(letter(to=address))
                assert told.value.code == "not-an-address"
                assert told.value.is_address
            await way.close()

        asyncio.run(go())


class TestLetters:
    def test_arrive_as_text_and_as_a_page_with_a_name_of_their_own(self) -> None:
        """JOB-05: the Message-ID follows from the row alone."""
        post = Post()
        with serving(post) as port:
            send(f"smtp://127.0.0.1:{port}", letter(), letter())
        first, second = post.taken
        assert first["Message-ID"] == second["Message-ID"] == "<row-1@clinic.example>"
        assert first["To"] == "alice@example.org"
        assert first["From"] == "Juniper Test Clinic <portal@clinic.example>"
        assert first["Auto-Submitted"] == "auto-generated"
        plain, page = first.get_body(("plain",)), first.get_body(("html",))
        assert plain is not None
        assert page is not None
        assert "something new" in plain.get_content()
        assert "<p>There is" in page.get_content()

    @pytest.mark.parametrize(
        "nasty",
        [
            "\r\nBcc: eve@example.com",
            "\nX-Evil: 1",
            "\u2028Bcc: e@e",
            " =?utf-8?q?=0D=0ABcc=3A_eve=40example=2Ecom?=",
        ],
    )
    def test_keep_a_foreign_name_inside_its_header(self, nasty: str) -> None:
        """IN-11: no line end from a name or a subject reaches the headers."""
        post = Post()
        with serving(post) as port:
            name = f"Clinic{nasty}"
            send(f"smtp://127.0.0.1:{port}", letter(sender_name=name, subject=f"News{nasty}"))
        (taken,), (reached,) = post.taken, post.envelopes
        assert reached == ["alice@example.org"]
        assert not {"bcc", "x-evil"} & {header.lower() for header in taken}
        assert taken["Subject"].startswith("News ")

    def test_say_to_mail_programs_how_they_are_ended(self) -> None:
        """RFC 8058: one POST to an https address; other letters and addresses say nothing."""
        place = f"https://portal.of-a-clinic-with-a-long-name.example.org/no-news/{'x' * 43}"
        ending = mail.written(letter(ends=place))
        assert ending["List-Unsubscribe"] == f"<{place}>"
        # As it goes over the wire: no mail program looks for an address in an encoded word.
        assert f"\r\nList-Unsubscribe: <{place}>\r\n".encode() in ending.as_bytes(policy=SMTP)
        assert ending["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for other in ("", "http://portal.example.org/no-news/x", "javascript:alert(1)"):
            assert "List-Unsubscribe" not in mail.written(letter(ends=other))

    def test_carry_names_of_all_languages(self) -> None:
        post = Post()
        with serving(post) as port:
            send(f"smtp://127.0.0.1:{port}", letter(sender_name="Praxis Wacholderstraße"))
        assert str(post.taken[0]["From"]).startswith("Praxis Wacholderstraße")


class TestTls:
    """NET-07: certificates are verified, and nothing falls back to plain text."""

    @pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
    def test_is_spoken_with_a_server_whose_certificate_holds(
        self, scheme: str, tls: tuple[ssl.SSLContext, Path]
    ) -> None:
        context, authority = tls
        post = Post()
        kinds: dict[str, Any] = {"tls": context} if scheme == "smtps" else {"starttls": context}
        with serving(post, with_password=True, **kinds) as port:
            send(f"{scheme}://{LOGIN}@127.0.0.1:{port}?ca={authority}", letter())
        assert len(post.taken) == 1

    @pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
    def test_ends_where_nobody_vouches_for_the_certificate(
        self, scheme: str, tls: tuple[ssl.SSLContext, Path]
    ) -> None:
        post = Post()
        kinds: dict[str, Any] = {"tls": tls[0]} if scheme == "smtps" else {"starttls": tls[0]}
        with serving(post, **kinds) as port, pytest.raises(mail.Unreachable) as told:
            send(f"{scheme}://127.0.0.1:{port}", letter())
        assert told.value.code == "tls"
        assert not post.taken

    def test_ends_where_the_certificate_is_anothers(self, tmp_path: Path) -> None:
        context, authority = certificate(tmp_path, "mail.other.example")
        post = Post()
        with serving(post, tls=context) as port, pytest.raises(mail.Unreachable) as told:
            send(f"smtps://127.0.0.1:{port}?ca={authority}", letter())
        assert told.value.code == "tls"

    def test_ends_where_the_server_knows_no_starttls(self) -> None:
        """A server, or somebody in between, that takes STARTTLS away gets no letter."""
        post = Post()
        with serving(post) as port, pytest.raises(mail.Unreachable):
            send(f"smtp+starttls://127.0.0.1:{port}", letter())
        assert not post.taken

    @pytest.mark.parametrize(
        "url",
        [
            "smtp://mail.clinic.example",
            "mail.clinic.example",
            "http://mail.clinic.example",
            "smtps://",
        ],
    )
    def test_is_asked_for_by_the_settings(self, url: str) -> None:
        with pytest.raises(ValueError, match="smtps://"):
            Settings.model_validate({"smtp_url": url, "mail_from": "a@clinic.example"})

    def test_a_server_shows_no_password(self) -> None:
        assert "hush" not in repr(mail.server_of("smtps://me:hush@mail.clinic.example"))


class TestFailures:
    @pytest.mark.parametrize(
        ("answers", "kind", "code"),
        [
            ({"answer": "451 try later"}, mail.NotNow, "451"),
            ({"answer": "554 no"}, mail.NotTaken, "554"),
            ({"recipient_answer": "450 busy"}, mail.NotNow, "450"),
            ({"recipient_answer": "550 nobody here"}, mail.NotTaken, "550"),
            ({"recipient_answer": "421 going down"}, mail.Unreachable, "421"),
        ],
    )
    def test_say_whether_to_try_again(
        self, answers: dict[str, str], kind: type[Exception], code: str
    ) -> None:
        with serving(Post(**answers)) as port, pytest.raises(kind) as told:  # pyright: ignore[reportArgumentType]
            send(f"smtp://127.0.0.1:{port}", letter())
        assert str(told.value) == code

    def test_of_a_server_that_is_down_blame_no_letter(self) -> None:
        with pytest.raises(mail.Unreachable) as told:
            send(f"smtp://127.0.0.1:{free_port()}", letter())
        assert told.value.code == "no-answer"

    def test_of_a_slow_server_end_in_time(self) -> None:
        with serving(Post(slow_s=1)) as port, pytest.raises(mail.Unreachable) as told:
            send(f"smtp://127.0.0.1:{port}", letter(), letter_s=0.2)
        assert told.value.code == "slow"

    def test_of_a_wrong_password_blame_no_letter(self, tls: tuple[ssl.SSLContext, Path]) -> None:
        with (
            serving(Post(), tls=tls[0], with_password=True) as port,
            pytest.raises(mail.Unreachable) as told,
        ):
            send(f"smtps://{LOGIN}x@127.0.0.1:{port}?ca={tls[1]}", letter())
        assert told.value.code == "535"

    def test_leave_a_way_that_works_again(self) -> None:
        post = Post(answer="451 later")

        async def go(port: int) -> None:
            way = mail.Smtp(mail.server_of(f"smtp://127.0.0.1:{port}"))
            with pytest.raises(mail.NotNow):
                await way.send(letter())
            post.answer = "250 OK"
            await way.send(letter())
            await way.close()

        with serving(post) as port:
            asyncio.run(go(port))
        assert len(post.taken) == 1
