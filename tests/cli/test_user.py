"""`user …` and `check --mail`: the operator's acts on accounts, and a look at the mail server."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from portal import database
from portal.cli import clinic, post
from portal.models.people import SignIn, User
from portal.security import signins
from portal.settings import Settings
from tests.support import running
from tests.support.mail import Post, certificate, serving


@pytest.fixture
def installed(tmp_path: Path) -> Settings:
    chosen = Settings(data_dir=tmp_path / "data")
    clinic.made(chosen)
    base = database.open_from(chosen)
    with base.transaction() as db:
        for name in ("ann", "ben"):
            user = User(sign_in_name=name, name=name, role="nurse", created_at=datetime.now(UTC))
            db.add(user)
            db.flush()
            signins.start(db, user, patient_id=None, device="", address="", now=datetime.now(UTC))
    base.close()
    return chosen


def still_in(chosen: Settings) -> set[str]:
    base = database.open_from(chosen)
    query = select(col(User.name)).join(SignIn, col(SignIn.user_id) == col(User.id))
    with base.transaction() as db:
        found = set(db.scalars(query.where(col(SignIn.ended_at).is_(None))))
    base.close()
    return found


class TestEndSignIns:
    """OPS-05, SES-08: one command each."""

    def test_of_one_user(self, installed: Settings) -> None:
        done = running.run("user", "end-sign-ins", "ann", data_dir=installed.data_dir)
        assert done.returncode == 0, done.stderr
        assert still_in(installed) == {"ben"}

    def test_of_everybody(self, installed: Settings) -> None:
        done = running.run("user", "end-sign-ins", data_dir=installed.data_dir)
        assert "2 sign-ins were ended" in done.stdout
        assert still_in(installed) == set()

    def test_of_nobody_known_is_a_sentence(self, installed: Settings) -> None:
        done = running.run("user", "end-sign-ins", "zoe", data_dir=installed.data_dir)
        assert done.returncode == 1
        assert "Nobody signs in with that name" in done.stdout + done.stderr


class TestMailServer:
    """NET-07: what `check --mail` says, with the server's own certificate and without."""

    def _looked(self, url: str) -> post.Finding:
        return post.server(Settings(smtp_url=url, mail_from="portal@clinic.example"))

    def test_that_takes_letters_is_well(self, tmp_path: Path) -> None:
        context, authority = certificate(tmp_path)
        with serving(Post(), tls=context) as port:
            found = self._looked(f"smtps://127.0.0.1:{port}?ca={authority}")
            assert found.is_fine, found.words
            wrong = self._looked(f"smtps://127.0.0.1:{port}")
        assert not wrong.is_fine
        assert "certificate" in wrong.words

    def test_that_is_not_there_says_what_to_look_at(self) -> None:
        found = self._looked(f"smtp://127.0.0.1:{running.free_port()}")
        assert not found.is_fine
        assert "host, port and firewall" in found.words

    def test_that_is_not_set_is_fine(self) -> None:
        assert post.server(Settings()).is_fine

    def test_beside_it_the_service_for_texts_is_looked_at(self) -> None:
        assert post.texts(Settings()).is_fine
        known = post.texts(Settings(sms_url="jsons://user:secret@gateway.example/sms"))
        wrong = post.texts(Settings(sms_url="nosuchservice://user:secret@gateway.example"))
        assert (known.is_fine, wrong.is_fine) == (True, False)
        assert "secret" not in known.words + wrong.words

    def test_is_asked_on_request_and_sent_nothing(self, installed: Settings) -> None:
        mailbox = Post()
        with serving(mailbox) as port:
            more = {"smtp_url": f"smtp://127.0.0.1:{port}", "mail_from": "portal@clinic.example"}
            done = running.run("check", "--mail", data_dir=installed.data_dir, **more)
        assert "takes letters without TLS" in done.stdout, json.dumps(done.stdout + done.stderr)
        assert not mailbox.taken
