"""Pushing: from the row of the outbox to the push services of an account's devices, and its end."""

import asyncio
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from portal.integrations import mail, push
from portal.jobs import deliver
from portal.models.audit import OutboxNotice
from portal.models.people import User
from portal.models.telling import NoticeChoice
from portal.security import subscribed
from portal.services import acting, notices
from portal.settings import Settings
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic
from tests.support.mail import certificate
from tests.support.pushes import DEVICE, HOST, Service, name, opened, serving

PORTAL = "https://portal.example.org"
PHONE, LAPTOP = "/send/phone", "/send/laptop"


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


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Returns the service's side and ours."""
    served, authority = certificate(tmp_path_factory.mktemp("push"), HOST)
    return served, ssl.create_default_context(cafile=str(authority))


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def here(
    clock: Clock,
    service: Service,
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[deliver.Desk]:
    """A desk whose pushes go to a service on this machine, and whose mails are kept."""
    del clock
    with serving(service, tls[0]) as port:
        name(monkeypatch, [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))])
        services = push.Services(
            deliver._push_key, PORTAL, trust=tls[1], may_reach=lambda one: one == "127.0.0.1"
        )
        yield deliver.Desk(mail.Offline(), "portal@clinic.example", PORTAL, pusher=services)


@pytest.fixture
def devices(the_clinic: Clinic) -> list[str]:
    """Alice's phone and laptop, where she wants to be told of results; Bob wants nothing."""
    with the_clinic.base.transaction() as db:
        alice, bob = the_clinic.users["alice"].id, the_clinic.users["bob"].id
        proven = {"email": "alice@mail.example", "email_verified_at": NOW}
        db.execute(update(User).where(col(User.id) == alice).values(**proven))
        db.add(NoticeChoice(user_id=alice, kind="results", way="push"))
        db.add(NoticeChoice(user_id=bob, kind="results", way="portal"))
        return [
            subscribed.begin(
                db,
                alice,
                subscribed.Keys(f"https://{HOST}{path}", DEVICE.key, DEVICE.auth),
                sign_in_id="s",
                device="",
                now=NOW,
            )
            for path in (PHONE, LAPTOP)
        ]


def result(clinic: Clinic) -> None:
    report = cast.report(clinic)
    clinic.add(report)
    with clinic.base.transaction() as db:
        whose = clinic.patients["alice"].id
        notices.write(db, "result.released", patient_id=whose, record_id=report.id, now=NOW)


def end(clinic: Clinic) -> tuple[str, str, str, int]:
    """Returns how Alice's own row of the outbox stands."""
    with clinic.base.reading() as db:
        mine = col(OutboxNotice.user_id) == clinic.users["alice"].id
        row = db.scalars(select(OutboxNotice).where(mine)).one()
        return row.channel, row.state, row.problem, row.tries


def left(clinic: Clinic) -> set[str]:
    with clinic.base.reading() as db:
        return {one.id for one in subscribed.of(db, clinic.users["alice"].id)}


def drain(here: deliver.Desk) -> int:
    return asyncio.run(deliver.drain(here))


class TestPushing:
    def test_reaches_every_device_with_no_more_than_it_may_say(
        self, the_clinic: Clinic, here: deliver.Desk, service: Service, devices: list[str]
    ) -> None:
        result(the_clinic)
        assert drain(here) == 1
        assert {path for path, _headers, _body in service.taken} == {PHONE, LAPTOP}
        for _path, headers, body in service.taken:
            said = json.loads(opened(body))
            assert said.pop("key")
            assert said == {
                "title": "Juniper Test Clinic",
                "body": "There is something new for you",
                "path": "/home",
            }
            assert headers["TTL"] == "86400"
        assert end(the_clinic) == ("push", "sent", "", 1)
        assert left(the_clinic) == set(devices)

    def test_is_kept_here_in_a_demo_and_where_the_clinic_wants_none(
        self, the_clinic: Clinic, clock: Clock, devices: list[str]
    ) -> None:
        del clock, devices
        for rules in ({"demo": True}, {"push": False}):
            desk = deliver.desk_for(Settings.model_validate({"data_dir": "/nowhere"} | rules))
            assert not desk.pusher.is_real
        assert deliver.desk_for(Settings.model_validate({})).pusher.is_real
        result(the_clinic)
        assert drain(deliver.Desk(mail.Offline(), "a@clinic.example", PORTAL)) == 1
        assert end(the_clinic) == ("push", "sent", "kept-here", 1)

    def test_ends_a_device_that_is_gone_and_is_told_on_the_other(
        self, the_clinic: Clinic, here: deliver.Desk, service: Service, devices: list[str]
    ) -> None:
        service.answers_for[PHONE] = 410
        result(the_clinic)
        assert drain(here) == 1
        assert end(the_clinic) == ("push", "sent", "", 1)
        assert left(the_clinic) == {devices[1]}

    def test_goes_by_e_mail_at_once_where_all_are_gone(
        self, the_clinic: Clinic, here: deliver.Desk, service: Service, devices: list[str]
    ) -> None:
        del devices
        service.answer = 404
        result(the_clinic)
        assert drain(here) == 1
        assert end(the_clinic) == ("email", "sent", "kept-here", 2)
        assert not left(the_clinic)
        assert len(service.taken) == 2, "never written to again"

    def test_is_tried_again_where_no_service_takes_it_now(
        self,
        the_clinic: Clinic,
        here: deliver.Desk,
        service: Service,
        clock: Clock,
        devices: list[str],
    ) -> None:
        service.answer = 503
        result(the_clinic)
        assert drain(here) == 0
        assert end(the_clinic) == ("push", "pending", "push-503", 1)
        service.answer = 201
        assert drain(here) == 0, "not before its pause is over"
        clock.now += timedelta(minutes=2)
        assert drain(here) == 1
        assert end(the_clinic) == ("push", "sent", "", 2)
        assert left(the_clinic) == set(devices)

    def test_is_not_tried_again_where_it_is_refused(
        self, the_clinic: Clinic, here: deliver.Desk, service: Service, devices: list[str]
    ) -> None:
        service.answer = 400
        result(the_clinic)
        assert drain(here) == 0
        assert end(the_clinic) == ("push", "dead", "push-400", 1)
        assert left(the_clinic) == set(devices)

    def test_of_a_service_that_fails_holds_up_no_mail(
        self, the_clinic: Clinic, here: deliver.Desk, service: Service, devices: list[str]
    ) -> None:
        del devices
        service.answer = 503
        result(the_clinic)
        with the_clinic.base.transaction() as db:
            notices.mail(
                db, "sign-in.code", address="bob@mail.example", key="k", given={"code": "1"},
                now=NOW,
            )  # fmt: skip
        assert drain(here) == 1
        assert not here.rests
