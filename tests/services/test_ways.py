"""Ways: who is told of which news by which way, as they chose when it goes out (MSG-07)."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from portal import settings
from portal.errors import Invalid
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import User
from portal.security.actor import system
from portal.services import agreements, chart, contact, notices, today
from tests.support import clinic as cast
from tests.support import doors
from tests.support.clinic import NOW, Clinic
from tests.support.letters import only

DELIVERY = system("delivery")
PHONE = "+14065550199"
BY_MAIL = {"visits": "email", "messages": "email", "results": "email"}


@pytest.fixture
def clinic(the_clinic: Clinic) -> Clinic:
    """Returns the cast: Alice and Bob have proven an address and a phone."""
    with the_clinic.base.transaction() as db:
        for name in ("alice", "bob"):
            proven = {"email": f"{name}@mail.example", "email_verified_at": NOW}
            phone = {"phone": PHONE, "phone_verified_at": NOW}
            mine = col(User.id) == the_clinic.users[name].id
            db.execute(update(User).where(mine).values(**proven, **phone))
    return the_clinic


@pytest.fixture
def texting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic that can send text messages."""
    with_sms = settings.current().model_copy(update={"sms_url": "json://sms.example.org"})
    monkeypatch.setattr(settings, "current", lambda: with_sms)


def choose(clinic: Clinic, who: str = "alice", **ways: str) -> None:
    with clinic.base.transaction() as db:
        contact.choose(db, clinic.actor(who), **(BY_MAIL | ways), now=NOW)


def shown(clinic: Clinic, who: str = "alice") -> contact.TellingRow:
    with clinic.base.transaction() as db:
        return contact.telling(db, clinic.actor(who), now=NOW)


def change(clinic: Clinic, who: str = "alice", **values: Any) -> None:
    with clinic.base.transaction() as db:
        mine = col(User.id) == clinic.users[who].id
        db.execute(update(User).where(mine).values(**values))


def result(clinic: Clinic) -> str:
    report = cast.report(clinic)
    clinic.add(report)
    with clinic.base.transaction() as db:
        whose = clinic.patients["alice"].id
        notices.write(db, "result.released", patient_id=whose, record_id=report.id, now=NOW)
    return report.id


def told(clinic: Clinic, kind: str, record_id: str) -> set[tuple[str, str]]:
    with clinic.base.transaction() as db:
        found = notices.recipients(
            db, kind, patient_id=clinic.patients["alice"].id, record_id=record_id, now=NOW
        )
    return {(to.channel, to.address) for to in found}


def take(clinic: Clinic, channels: tuple[str, ...] = notices.CHANNELS) -> notices.Taken:
    with clinic.base.transaction() as db:
        portal = "https://portal.example.org"
        return notices.take(db, DELIVERY, worker="one", portal=portal, channels=channels, now=NOW)


def alices(clinic: Clinic) -> tuple[str, str, str, str]:
    """Returns how Alice's own row of the outbox stands."""
    with clinic.base.reading() as db:
        mine = col(OutboxNotice.user_id) == clinic.users["alice"].id
        row = db.scalars(select(OutboxNotice).where(mine)).one()
        return row.channel, row.address, row.state, row.problem


MAILED = {("email", "alice@mail.example"), ("email", "bob@mail.example")}


class TestChoice:
    def test_is_e_mail_for_whoever_has_not_chosen(self, clinic: Clinic) -> None:
        assert told(clinic, "result.released", result(clinic)) == MAILED
        row = shown(clinic)
        assert (row.visits, row.messages, row.results) == ("email", "email", "email")
        assert row.has_email

    def test_counts_for_its_kind_of_news_and_its_account_alone(self, clinic: Clinic) -> None:
        visit, talk = cast.appointment(clinic), cast.thread(clinic)
        clinic.add(visit, talk)
        said = cast.message(talk)
        clinic.add(said)
        choose(clinic, results="portal")
        choose(clinic, "bob", messages="portal")
        alice, bob = sorted(MAILED)
        assert told(clinic, "result.released", result(clinic)) == {bob}
        assert told(clinic, "message", said.id) == {alice}
        assert told(clinic, "appointment.booked", visit.id) == MAILED
        assert shown(clinic).results == "portal"
        assert shown(clinic, "bob").results == "email"

    def test_never_ends_what_keeps_an_account_safe(self, clinic: Clinic) -> None:
        choose(clinic, visits="portal", messages="portal", results="portal")
        assert told(clinic, "help.changed", "whatever") == {("email", "alice@mail.example")}

    def test_of_nothing_outside_is_known_to_the_waiting_list(self, clinic: Clinic) -> None:
        whose = clinic.patients["alice"].id
        choose(clinic, visits="portal")
        with clinic.base.transaction() as db:
            assert notices.is_written_to(db, "waitlist.offered", whose), "Bob helps"
        choose(clinic, "bob", visits="portal")
        with clinic.base.transaction() as db:
            assert not notices.is_written_to(db, "waitlist.offered", whose)

    @pytest.mark.parametrize("way", ["", "fax", "sms"])
    def test_refuses_a_way_that_is_not_there(self, clinic: Clinic, way: str) -> None:
        """This clinic sends no text messages."""
        with pytest.raises(Invalid):
            choose(clinic, visits=way)
        assert shown(clinic).visits == "email"

    def test_leaves_a_trace(self, clinic: Clinic) -> None:
        choose(clinic, visits="portal")
        with clinic.base.reading() as db:
            event = db.scalars(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
        assert event
        entity = f"User/{clinic.users['alice'].id}"
        assert (event.action, event.entity, event.reason) == ("U", entity, "how told")


@pytest.mark.usefixtures("texting")
class TestTexts:
    def test_go_to_the_proven_phone_of_who_chose_them(self, clinic: Clinic) -> None:
        choose(clinic, results="sms")
        found = told(clinic, "result.released", result(clinic))
        assert found == {("sms", PHONE), ("email", "bob@mail.example")}
        assert [way.value for way in shown(clinic).ways] == ["email", "sms", "portal"]

    def test_go_out_without_any_e_mail_address(self, clinic: Clinic) -> None:
        choose(clinic, results="sms")
        change(clinic, email="", email_verified_at=None)
        assert ("sms", PHONE) in told(clinic, "result.released", result(clinic))

    @pytest.mark.parametrize("change_to", [{"phone_verified_at": None}, {"phone": ""}])
    def test_never_go_to_an_unproven_phone(self, clinic: Clinic, change_to: dict[str, Any]) -> None:
        """Rather than nobody, the e-mail address is told."""
        choose(clinic, results="sms")
        change(clinic, **change_to)
        assert told(clinic, "result.released", result(clinic)) == MAILED
        assert shown(clinic).results == "email"
        assert shown(clinic).needs_phone
        with pytest.raises(contact.NoSuchWay):
            choose(clinic, results="sms")

    def test_end_with_the_consent(self, clinic: Clinic) -> None:
        choose(clinic, results="sms")
        with clinic.base.transaction() as db:
            agreements.take_back(db, clinic.actor("alice"), now=NOW)
        assert told(clinic, "result.released", result(clinic)) == {("email", "bob@mail.example")}


class TestMeanwhile:
    """What was chosen after the notice was written, and before it went out, holds."""

    def test_before_it_was_handed_on(self, clinic: Clinic) -> None:
        result(clinic)
        choose(clinic, results="portal")
        assert only(take(clinic)) is None
        parcel = only(take(clinic))
        assert parcel
        assert parcel.address == "bob@mail.example"

    def test_after_it_was_handed_on(self, clinic: Clinic) -> None:
        choose(clinic, "bob", results="portal")
        result(clinic)
        take(clinic)
        choose(clinic, results="portal")
        assert only(take(clinic)) is None
        assert take(clinic).is_empty
        assert alices(clinic)[2:] == ("withdrawn", "no-longer")

    @pytest.mark.usefixtures("texting")
    def test_it_goes_by_the_new_way(self, clinic: Clinic) -> None:
        choose(clinic, "bob", results="portal")
        result(clinic)
        take(clinic)
        assert alices(clinic)[:3] == ("email", "alice@mail.example", "pending")
        choose(clinic, results="sms")
        parcel = only(take(clinic))
        assert parcel
        assert (parcel.channel, parcel.address) == ("sms", PHONE)
        assert alices(clinic)[:2] == ("sms", PHONE)

    @pytest.mark.usefixtures("texting")
    def test_it_waits_where_the_new_way_does_not_work(self, clinic: Clinic) -> None:
        choose(clinic, "bob", results="portal")
        result(clinic)
        take(clinic)
        choose(clinic, results="sms")
        assert only(take(clinic, ("email",))) is None
        assert take(clinic, ("email",)).is_empty
        assert only(take(clinic))


@pytest.mark.usefixtures("texting")
class TestRefusedNumber:
    """MSG-07: a number that the service refuses is flagged, told to the desk, and used no more."""

    def refuse(self, clinic: Clinic, *, arrived: str = "") -> None:
        """Lets the text of a result to Alice be refused; `arrived`: how an earlier one ended."""
        choose(clinic, "bob", results="portal")
        choose(clinic, results="sms")
        clinic.add(
            OutboxNotice(
                key="earlier", kind="sign-in.code", channel="sms", address="+14065550111",
                state="sent", problem=arrived, due_at=NOW, created_at=NOW,
            )
        )  # fmt: skip
        result(clinic)
        take(clinic)
        parcel = only(take(clinic))
        assert parcel
        assert parcel.channel == "sms"
        with clinic.base.transaction() as db:
            end = notices.Outcome("dead", "sms-400", is_bounce=True)
            assert notices.settle(db, DELIVERY, parcel=parcel, outcome=end, now=NOW)

    def test_sends_this_and_the_next_by_mail(self, clinic: Clinic) -> None:
        self.refuse(clinic)
        parcel = only(take(clinic))
        assert parcel
        assert (parcel.channel, parcel.address) == ("email", "alice@mail.example")
        assert parcel.written.ends_news, "it is whole: what it is filled with was kept"
        assert told(clinic, "result.released", result(clinic)) == {("email", "alice@mail.example")}
        assert [row.value for row in shown(clinic).ways] == ["email", "portal"]

    def test_is_told_to_the_desk_and_on_the_chart(self, clinic: Clinic) -> None:
        self.refuse(clinic)
        with clinic.base.transaction() as db:
            frank = clinic.actor("frank")
            (row,) = today.view(db, frank, now=NOW).bounced
            assert (row.name, row.what, row.since) == ("Alice Ash", "phone", "since 3 Mar 2026")
            said = chart.view(db, frank, patient_id=clinic.patients["alice"].id, now=NOW).bounced
            assert said == (
                "Texts to the account are refused since 3 Mar 2026. Ask for the right number."
            )
            assert PHONE not in repr(row) + said
            trace = select(AuditEvent).where(col(AuditEvent.reason) == "number refused")
            assert len(list(db.scalars(trace))) == 1

    def test_is_for_its_owner_to_mend(self, clinic: Clinic) -> None:
        self.refuse(clinic)
        with clinic.base.transaction() as db:
            note = contact.view(db, clinic.actor("alice"), now=NOW).phone_note
        assert note.startswith("Texts to it are refused.")
        alice = clinic.actor("alice")
        with clinic.base.transaction() as db:
            contact.change_phone(db, alice, phone=PHONE, now=NOW)
        (code,) = doors.mails(clinic, "address.code")
        with clinic.base.transaction() as db:
            assert contact.prove(db, alice, kind="new-phone", code=code["code"], now=NOW)
        assert told(clinic, "result.released", result(clinic)) == {("sms", PHONE)}

    def test_is_not_to_blame_where_no_text_ever_arrived(self, clinic: Clinic) -> None:
        """A service that was set up wrongly would flag everybody."""
        self.refuse(clinic, arrived=notices.KEPT_HERE)
        assert alices(clinic)[2:] == ("dead", "sms-400")
        with clinic.base.reading() as db:
            assert db.get_one(User, clinic.users["alice"].id).phone_refused_at is None
