"""Devices that are told: whose they are, when they end, what goes there (MSG-01, MSG-07)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from portal import settings
from portal.errors import NotAllowed, NotFound
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import User
from portal.security import signins, subscribed
from portal.security.actor import Actor, system
from portal.services import (
    administration,
    agreements,
    contact,
    devices,
    housekeeping,
    new_password,
    notices,
    users,
)
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic
from tests.support.letters import only
from tests.support.pushes import DEVICE

DELIVERY = system("delivery")
PORTAL = "https://portal.example.org"
PHONE, LAPTOP = "https://push.example/send/phone", "https://push.example/send/laptop"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36"
BY_MAIL = {"visits": "email", "messages": "email", "results": "email"}
SIX_PM, EVENING = "1080", datetime.fromisoformat("2026-03-03T23:00:00+00:00")


@pytest.fixture
def clinic(the_clinic: Clinic) -> Clinic:
    """Returns the cast: Alice and Bob have proven an address."""
    with the_clinic.base.transaction() as db:
        for name in ("alice", "bob"):
            mine = col(User.id) == the_clinic.users[name].id
            proven = {"email": f"{name}@mail.example", "email_verified_at": NOW}
            db.execute(update(User).where(mine).values(**proven))
    return the_clinic


def signed_in(
    clinic: Clinic, who: str = "alice", *, device: str = IPHONE, is_shared: bool = False
) -> Actor:
    with clinic.base.transaction() as db:
        user = clinic.users[who]
        _secret, record = signins.start(
            db, user, patient_id=user.patient_id, device=device, address="198.51.100.7", now=NOW,
            is_shared=is_shared,
        )  # fmt: skip
    return replace(clinic.actor(who), sign_in_id=record.id)


def turn_on(
    clinic: Clinic, who: str | Actor = "alice", endpoint: str = PHONE, now: datetime = NOW
) -> Actor:
    actor = signed_in(clinic, who) if isinstance(who, str) else who
    with clinic.base.transaction() as db:
        contact.tell_here(db, actor, endpoint=endpoint, key=DEVICE.key, auth=DEVICE.auth, now=now)
    return actor


def told_on(clinic: Clinic, who: str | Actor = "alice") -> contact.DevicesToldRow:
    actor = clinic.actor(who) if isinstance(who, str) else who
    with clinic.base.transaction() as db:
        return contact.telling(db, actor, now=NOW).told_on


def ids(clinic: Clinic, who: str = "alice") -> list[str]:
    return [row.id for row in told_on(clinic, who).devices]


def choose(clinic: Clinic, who: str = "alice", **ways: str) -> None:
    with clinic.base.transaction() as db:
        contact.choose(db, clinic.actor(who), **(BY_MAIL | ways), now=NOW)


def result(clinic: Clinic) -> None:
    """Writes that Alice has a result; of those who are told, Bob wants nothing."""
    choose(clinic, "bob", results="portal", messages="portal", visits="portal")
    report = cast.report(clinic)
    clinic.add(report)
    with clinic.base.transaction() as db:
        whose = clinic.patients["alice"].id
        notices.write(db, "result.released", patient_id=whose, record_id=report.id, now=NOW)


def take(clinic: Clinic, now: datetime = NOW) -> notices.Parcel | None:
    with clinic.base.transaction() as db:
        while True:
            taken = notices.take(db, DELIVERY, worker="one", portal=PORTAL, now=now)
            parcel = only(taken)
            if parcel or taken.is_empty:
                return parcel


def settle(clinic: Clinic, parcel: notices.Parcel, outcome: notices.Outcome) -> None:
    with clinic.base.transaction() as db:
        assert notices.settle(db, DELIVERY, parcel=parcel, outcome=outcome, now=NOW)


def alices(clinic: Clinic) -> list[tuple[str, str, str]]:
    with clinic.base.reading() as db:
        mine = col(OutboxNotice.user_id) == clinic.users["alice"].id
        rows = db.scalars(select(OutboxNotice).where(mine).order_by(col(OutboxNotice.id)))
        return [(row.channel, row.state, row.problem) for row in rows]


class TestDevices:
    def test_are_listed_for_their_owner_alone(self, clinic: Clinic) -> None:
        turn_on(clinic)
        (row,) = told_on(clinic).devices
        assert (row.device, row.icon) == ("Safari on an iPhone", "mobile")
        assert row.said == "Since 3 Mar 2026. Nothing has gone there yet."
        assert row.mark == subscribed.digest_of(PHONE)
        for who in ("bob", "charlie", "dana", "max"):
            assert not told_on(clinic, who).devices, who

    def test_are_ended_by_their_owner_alone(self, clinic: Clinic) -> None:
        turn_on(clinic)
        (device_id,) = ids(clinic)
        for who in ("bob", "charlie", "dana", "ada"):
            with clinic.base.transaction() as db, pytest.raises(NotFound):
                contact.end_device(db, clinic.actor(who), device_id=device_id, now=NOW)
        with clinic.base.transaction() as db:
            contact.end_device(db, clinic.actor("alice"), device_id=device_id, now=NOW)
        assert not ids(clinic)

    def test_are_sealed_and_leave_a_trace_without_a_place(self, clinic: Clinic) -> None:
        """KEY-03: who reads the database cannot write to anybody's device."""
        actor = turn_on(clinic)
        with clinic.base.transaction() as db:
            stored = db.connection().execute(text("SELECT * FROM push_subscription")).one()
            event = db.scalars(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
        said = " ".join(str(bytes(one) if isinstance(one, memoryview) else one) for one in stored)
        assert "push.example" not in said
        assert DEVICE.key not in said
        assert DEVICE.auth not in said
        assert event
        (device_id,) = ids(clinic)
        assert (event.action, event.category) == ("C", "account")
        assert (event.entity, event.actor_id) == (f"PushSubscription/{device_id}", actor.user_id)

    def test_of_one_browser_are_those_of_who_asked_last(self, clinic: Clinic) -> None:
        """A shared computer never tells two."""
        turn_on(clinic)
        turn_on(clinic)
        assert len(ids(clinic)) == 1
        turn_on(clinic, "bob")
        assert not ids(clinic)
        assert len(ids(clinic, "bob")) == 1

    def test_end_where_they_are_asked_for(self, clinic: Clinic) -> None:
        actor = turn_on(clinic)
        turn_on(clinic, actor, LAPTOP)
        with clinic.base.transaction() as db:
            contact.tell_no_more_here(db, clinic.actor("bob"), endpoint=PHONE, now=NOW)
            contact.tell_no_more_here(db, actor, endpoint=LAPTOP, now=NOW)
        assert [row.mark for row in told_on(clinic).devices] == [subscribed.digest_of(PHONE)]

    def test_are_ten_at_most(self, clinic: Clinic) -> None:
        actor = signed_in(clinic)
        for number in range(10):
            turn_on(clinic, actor, f"{PHONE}{number}")
        with pytest.raises(contact.TooManyDevices):
            turn_on(clinic, actor)
        turn_on(clinic, actor, f"{PHONE}3")
        assert len(ids(clinic)) == 10

    def test_are_none_at_a_computer_that_others_use(self, clinic: Clinic) -> None:
        actor = signed_in(clinic, is_shared=True)
        shown = told_on(clinic, actor)
        assert (shown.is_shared, shown.key) == (True, "")
        with pytest.raises(contact.NotHere):
            turn_on(clinic, actor)

    def test_are_none_for_who_works_here(self, clinic: Clinic) -> None:
        assert told_on(clinic, "dana") == contact.DevicesToldRow()
        with pytest.raises(NotAllowed):
            turn_on(clinic, "dana")

    def test_are_none_where_the_clinic_wants_none(
        self, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turn_on(clinic)
        choose(clinic, results="push")
        without = settings.current().model_copy(update={"push": False})
        monkeypatch.setattr(settings, "current", lambda: without)
        assert told_on(clinic) == contact.DevicesToldRow()
        with pytest.raises(contact.NotSent):
            turn_on(clinic)
        result(clinic)
        parcel = take(clinic)
        assert parcel
        assert parcel.channel == "email"

    @pytest.mark.parametrize(
        ("endpoint", "key", "auth"),
        [
            ("https://10.0.0.1/send", DEVICE.key, DEVICE.auth),
            ("http://push.example/send", DEVICE.key, DEVICE.auth),
            ("https://localhost/send", DEVICE.key, DEVICE.auth),
            (PHONE, "", DEVICE.auth),
            (PHONE, DEVICE.key, "short"),
        ],
    )
    def test_are_none_where_no_push_service_can_be(
        self, small_clinic: Clinic, endpoint: str, key: str, auth: str
    ) -> None:
        """SSRF: nothing inside is ever written to, nor kept."""
        actor = signed_in(small_clinic)
        with small_clinic.base.transaction() as db, pytest.raises(contact.NoPlace):
            contact.tell_here(db, actor, endpoint=endpoint, key=key, auth=auth, now=NOW)
        assert not ids(small_clinic)


class TestEnds:
    """What ends a device besides its owner's tap."""

    def test_with_the_sign_in_that_is_ended_from_elsewhere(self, clinic: Clinic) -> None:
        """A lost phone: also if it was turned on in a sign-in of before."""
        turn_on(clinic)
        later = signed_in(clinic)
        here = signed_in(clinic, device=WINDOWS)
        turn_on(clinic, here, LAPTOP)
        with clinic.base.transaction() as db:
            devices.end(db, here, sign_in_id=later.sign_in_id, now=NOW)
        assert [row.device for row in told_on(clinic).devices] == ["Chrome on Windows"]

    def test_not_with_an_ordinary_end(self, clinic: Clinic) -> None:
        """Nobody is told only while they are signed in."""
        actor = turn_on(clinic)
        with clinic.base.transaction() as db:
            signins.end(db, actor.sign_in_id, reason="signed out", now=NOW)
        assert ids(clinic)

    def test_with_all_others_but_here(self, clinic: Clinic) -> None:
        turn_on(clinic)
        turn_on(clinic, "bob", f"{PHONE}-bobs")
        here = turn_on(clinic, signed_in(clinic, device=WINDOWS), LAPTOP)
        with clinic.base.transaction() as db:
            devices.end_others(db, here, now=NOW)
        assert [row.device for row in told_on(clinic).devices] == ["Chrome on Windows"]
        assert len(ids(clinic, "bob")) == 1

    def test_with_a_new_password_but_here(self, clinic: Clinic) -> None:
        """Who had taken the account over may have asked for it."""
        turn_on(clinic)
        here = turn_on(clinic, signed_in(clinic, device=WINDOWS), LAPTOP)
        with clinic.base.transaction() as db:
            user = db.get_one(User, here.user_id)
            new_password.put(
                db, here, user, hashed="another", way="changed", now=NOW, but=here.sign_in_id
            )
        assert [row.device for row in told_on(clinic).devices] == ["Chrome on Windows"]

    def test_with_the_account(self, clinic: Clinic) -> None:
        turn_on(clinic)
        turn_on(clinic, "bob", LAPTOP)
        with clinic.base.transaction() as db:
            ada = replace(clinic.actor("ada"), confirmed_at=NOW)
            alice, bob = clinic.users["alice"], clinic.users["bob"]
            users.disable(db, ada, sign_in_name=alice.sign_in_name, now=NOW)
            administration.disable(db, ada, user_id=bob.id, now=NOW)
        assert not ids(clinic)
        assert not ids(clinic, "bob")

    def test_after_a_break_in(self, clinic: Clinic) -> None:
        turn_on(clinic)
        with clinic.base.transaction() as db:
            ada = replace(clinic.actor("ada"), confirmed_at=NOW, sign_in_id="adas")
            administration.end_everybody(db, ada, now=NOW)
        assert not ids(clinic)

    def test_after_a_year_without_anything(self, clinic: Clinic) -> None:
        actor = turn_on(clinic)
        turn_on(clinic, actor, LAPTOP)
        used = next(
            row.id for row in told_on(clinic).devices if row.mark == subscribed.digest_of(LAPTOP)
        )
        year = timedelta(days=365, minutes=1)
        with clinic.base.transaction() as db:
            subscribed.note_use(db, (used,), now=NOW + timedelta(days=1))
            housekeeping.tidy(db, system("housekeeping"), now=NOW + year)
        assert ids(clinic) == [used]


class TestPushes:
    def test_go_to_every_device_of_who_chose_them(self, clinic: Clinic) -> None:
        actor = turn_on(clinic)
        turn_on(clinic, actor, LAPTOP)
        choose(clinic, results="push")
        result(clinic)
        parcel = take(clinic)
        assert parcel
        assert (parcel.channel, parcel.address) == ("push", actor.user_id)
        assert {one.device.endpoint for one in parcel.devices} == {PHONE, LAPTOP}
        assert json.loads(notices.as_push(parcel.written, PORTAL, key=parcel.notice_id)) == {
            "title": "Juniper Test Clinic",
            "body": "There is something new for you",
            "path": "/home",
            "key": parcel.notice_id,
        }
        told = tuple(one.id for one in parcel.devices)
        settle(clinic, parcel, notices.Outcome("sent", told=told))
        assert alices(clinic) == [("push", "sent", "")]
        assert {row.said for row in told_on(clinic).devices} == {
            "Since 3 Mar 2026. Last told Tuesday 3 March, 9:00 am."
        }

    def test_can_be_chosen_where_a_device_is(self, clinic: Clinic) -> None:
        with pytest.raises(contact.NoDeviceYet):
            choose(clinic, results="push")
        actor = turn_on(clinic)
        with clinic.base.transaction() as db:
            assert contact.telling(db, actor, now=NOW).on_devices_for_nothing
        choose(clinic, results="push")
        with clinic.base.transaction() as db:
            row = contact.telling(db, actor, now=NOW)
        assert (row.results, row.messages) == ("push", "email")
        assert not row.on_devices_for_nothing
        assert [way.value for way in row.ways] == ["email", "push", "portal"]

    def test_are_e_mails_where_no_device_is_left(self, clinic: Clinic) -> None:
        """A way that is not there is no reason to tell nobody."""
        turn_on(clinic)
        choose(clinic, results="push")
        result(clinic)
        parcel = take(clinic)
        assert parcel
        gone = tuple(one.id for one in parcel.devices)
        settle(clinic, parcel, notices.Outcome("pending", notices.GONE, gone=gone))
        assert not ids(clinic), "what its push service calls gone is never asked again"
        parcel = take(clinic)
        assert parcel
        assert (parcel.channel, parcel.address) == ("email", "alice@mail.example")
        with clinic.base.transaction() as db:
            assert contact.telling(db, clinic.actor("alice"), now=NOW).results == "email"

    def test_end_with_the_consent(self, clinic: Clinic) -> None:
        turn_on(clinic)
        choose(clinic, results="push")
        with clinic.base.transaction() as db:
            agreements.take_back(db, clinic.actor("alice"), now=NOW)
        result(clinic)
        assert take(clinic) is None

    def test_wait_for_the_quiet_hours_and_for_the_hour_of_the_day(self, clinic: Clinic) -> None:
        turn_on(clinic)
        choose(clinic, results="push", messages="push")
        with clinic.base.transaction() as db:
            contact.choose_hours(
                db, clinic.actor("alice"), quiet_from="480", quiet_to="660", daily_at=SIX_PM,
                now=NOW,
            )  # fmt: skip
        result(clinic)
        assert take(clinic) is None
        assert alices(clinic) == [("push", "pending", "for-the-daily-mail")]
        parcel = take(clinic, EVENING)
        assert parcel
        assert (parcel.channel, len(parcel.devices)) == ("push", 1)
        assert parcel.written.short == "What is new for you today"

    def test_of_the_day_are_e_mails_where_no_device_is_left(self, clinic: Clinic) -> None:
        turn_on(clinic)
        choose(clinic, results="push")
        with clinic.base.transaction() as db:
            contact.choose_hours(
                db, clinic.actor("alice"), quiet_from="", quiet_to="", daily_at=SIX_PM, now=NOW
            )
        result(clinic)
        assert take(clinic) is None
        parcel = take(clinic, EVENING)
        assert parcel
        with clinic.base.transaction() as db:
            gone = tuple(one.id for one in parcel.devices)
            outcome = notices.Outcome("pending", notices.GONE, gone=gone)
            notices.settle(db, DELIVERY, parcel=parcel, outcome=outcome, now=EVENING)
        parcel = take(clinic, EVENING)
        assert parcel
        assert (parcel.channel, parcel.address) == ("email", "alice@mail.example")
        assert parcel.written.subject == "What is new for you today"

    def test_of_damaged_keys_go_nowhere(self, clinic: Clinic) -> None:
        """The swap test: another row's keys do not open."""
        actor = turn_on(clinic)
        turn_on(clinic, actor, LAPTOP)
        with clinic.base.transaction() as db:
            first, second = subscribed.of(db, actor.user_id)
            first.secret = second.secret
        choose(clinic, results="push")
        result(clinic)
        parcel = take(clinic)
        assert parcel
        assert not min(one.device.endpoint for one in parcel.devices)
        assert len({one.device.endpoint for one in parcel.devices}) == 2


class TestTrying:
    def test_shows_something_on_every_device_once_a_minute(self, clinic: Clinic) -> None:
        actor = turn_on(clinic)
        with clinic.base.transaction() as db:
            contact.try_devices(db, actor, now=NOW)
            contact.try_devices(db, actor, now=NOW)
        parcel = take(clinic)
        assert parcel
        assert (parcel.channel, parcel.written.short) == (
            "push", "This is only a test: notices reach this device.",
        )  # fmt: skip
        assert take(clinic) is None

    def test_needs_a_device(self, clinic: Clinic) -> None:
        with clinic.base.transaction() as db, pytest.raises(contact.NoDevice):
            contact.try_devices(db, clinic.actor("alice"), now=NOW)

    def test_ends_with_the_device(self, clinic: Clinic) -> None:
        actor = turn_on(clinic)
        with clinic.base.transaction() as db:
            contact.try_devices(db, actor, now=NOW)
            subscribed.end_all(db, actor.user_id)
        assert take(clinic) is None
        assert alices(clinic) == [("push", "withdrawn", "no-longer")]


class TestStaff:
    def test_see_what_a_device_showed(self, clinic: Clinic) -> None:
        turn_on(clinic)
        choose(clinic, results="push")
        result(clinic)
        assert take(clinic)
        with clinic.base.reading() as db:
            mine = col(OutboxNotice.user_id) == clinic.users["alice"].id
            notice = db.scalars(select(OutboxNotice).where(mine)).one()
        with clinic.base.transaction() as db:
            letter = notices.letter(db, clinic.actor("ada"), notice_id=notice.id, now=NOW)
        assert letter.subject == "On their devices"
        with clinic.base.transaction() as db:
            whose = clinic.patients["alice"].id
            rows = notices.of_patient(db, clinic.actor("dana"), patient_id=whose, now=NOW)
        assert [row.whom for row in rows] == [f"{clinic.users['alice'].name}, on their devices"]
        assert letter.lines == ["Juniper Test Clinic", "There is something new for you"]

    @pytest.mark.parametrize(
        ("state", "code", "status", "said"),
        [
            ("pending", "quiet-hours", "Waiting", "quiet hours"),
            ("pending", "for-the-daily-mail", "Waiting", "one notice a day"),
            ("pending", "push-503", "Waiting", "push service of their browser answered 503."),
            ("pending", "push-no-answer", "Waiting", "does not answer"),
            ("pending", "push-slow", "Waiting", "too slow"),
            ("pending", "push-gone", "Waiting", "No device of theirs"),
            ("claimed", "", "Going out", ""),
            ("sent", "", "Sent", ""),
            ("sent", "kept-here", "Would have gone out", "Nothing leaves this machine"),
            ("dead", "push-400", "Not sent", "push service of their browser answered 400."),
            ("dead", "too-late", "Too late", "while it was of use"),
            ("withdrawn", "no-longer", "Taken back", "has ended meanwhile"),
        ],
    )
    def test_read_how_each_stands(
        self, small_clinic: Clinic, state: str, code: str, status: str, said: str
    ) -> None:
        user_id = small_clinic.users["alice"].id
        with small_clinic.base.transaction() as db:
            notices.mail(
                db, "device.test", address=user_id, user_id=user_id, channel="push", key="k",
                now=NOW,
            )  # fmt: skip
            db.execute(update(OutboxNotice).values(state=state, problem=code))
        with small_clinic.base.transaction() as db:
            (row,) = notices.view(db, small_clinic.actor("ada"), now=NOW).notices
        assert row.status == status
        assert said in row.problem
        assert bool(said) is bool(row.problem)
        assert user_id not in row.whom
