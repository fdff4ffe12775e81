"""Notices: who is told, in which words, once, and what becomes of each row of the outbox."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from portal import settings, words
from portal.errors import NotAllowed
from portal.integrations import sms
from portal.models.agreements import Agreement
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.clinical import Encounter
from portal.models.people import Patient, RelatedPerson, User
from portal.security import scopes
from portal.security.actor import system
from portal.services import notices, results
from portal.services.notices import leases, outbox, rendering
from portal.services.notices.texts import TEXTS
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic
from tests.support.letters import only

DELIVERY = system("delivery")
PORTAL = "https://portal.example.org"
HOUSE = notices.House("Juniper Test Clinic", "(406) 555-0100", PORTAL)
# What a notice may be filled with: none of it can say anything about anybody's health.
HARMLESS = {
    "count", "token", "messages", "others",
    "clinic", "phone", "portal", "until", "link", "code", "at", "device", "what", "left", "name",
    "names", "from_at", "seq", "hash", "answer",
}  # fmt: skip


def proven(clinic: Clinic, *names: str, **changes: Any) -> None:
    with clinic.base.transaction() as db:
        for name in names:
            values = {"email": f"{name}@mail.example", "email_verified_at": NOW} | changes
            db.execute(update(User).where(col(User.id) == clinic.users[name].id).values(**values))


def rows(clinic: Clinic) -> list[OutboxNotice]:
    with clinic.base.transaction() as db:
        return list(db.scalars(select(OutboxNotice).order_by(col(OutboxNotice.key))))


def given(clinic: Clinic) -> dict[str, str]:
    """Returns what the first notice is filled with."""
    with clinic.base.reading() as db:
        return notices.given_of(db, rows(clinic)[0])


def take(clinic: Clinic, worker: str = "one", now: Any = NOW, most: int = 1) -> notices.Taken:
    with clinic.base.transaction() as db:
        return notices.take(db, DELIVERY, worker=worker, portal=PORTAL, now=now, most=most)


def settle(
    clinic: Clinic, parcel: notices.Parcel, *outcome: Any, now: Any = NOW, **more: Any
) -> bool:
    with clinic.base.transaction() as db:
        said = notices.Outcome(*outcome)
        return notices.settle(db, DELIVERY, parcel=parcel, outcome=said, now=now, **more)


def send_all(clinic: Clinic, now: Any = NOW) -> list[notices.Parcel]:
    sent: list[notices.Parcel] = []
    while not (taken := take(clinic, now=now, most=20)).is_empty:
        for parcel in taken.parcels:
            sent.append(parcel)
            assert settle(clinic, parcel, "sent", now=now)
    return sent


def mail(clinic: Clinic, kind: str = "sign-in.code", key: str = "k", **given: str) -> None:
    with clinic.base.transaction() as db:
        notices.mail(
            db, kind, address="alice@mail.example", key=key, given=given or {"code": "482913"},
            now=NOW,
        )  # fmt: skip


class TestSealed:
    """KEY-03: what waits in the outbox opens for its own row alone, on both databases."""

    def test_no_code_stands_in_the_database(self, the_clinic: Clinic) -> None:
        mail(the_clinic, code="482913", link="https://x/activate/secret")
        with the_clinic.base.transaction() as db:
            stored = db.connection().execute(text("SELECT * FROM outbox_notice")).one()
        said = " ".join(str(bytes(one) if isinstance(one, memoryview) else one) for one in stored)
        assert "482913" not in said
        assert "activate" not in said
        assert given(the_clinic) == {"code": "482913", "link": "https://x/activate/secret"}

    def test_what_was_moved_to_another_row_never_goes_out(self, the_clinic: Clinic) -> None:
        """The swap test: somebody's code does not reach another's address; the rest goes on."""
        mail(the_clinic, key="a", code="111111")
        mail(the_clinic, key="b", code="222222")
        mail(the_clinic, key="c", code="333333")
        first, second, third = rows(the_clinic)
        with the_clinic.base.transaction() as db:
            for one, other in ((first, second), (second, first)):
                mine = col(OutboxNotice.id) == one.id
                db.execute(update(OutboxNotice).where(mine).values(given=other.given))
        sent = send_all(the_clinic)
        assert [parcel.notice_id for parcel in sent] == [third.id]
        kept = [(row.state, row.problem, row.given) for row in rows(the_clinic)]
        assert kept == [("dead", "damaged", b"")] * 2 + [("sent", "", b"")]

    @pytest.mark.parametrize("forged", [b'{"code": "111111"}', b"\x01", b"\x01" + b"x" * 40])
    def test_what_was_not_sealed_here_is_said_to_be_damaged(
        self, small_clinic: Clinic, forged: bytes
    ) -> None:
        mail(small_clinic)
        with small_clinic.base.transaction() as db:
            db.execute(update(OutboxNotice).values(given=forged, state="dead"))
        notice_id = rows(small_clinic)[0].id
        with small_clinic.base.transaction() as db:
            ada = small_clinic.actor("ada")
            shown = notices.letter(db, ada, notice_id=notice_id, now=NOW)
            assert not shown.notice.may_retry
            with pytest.raises(notices.CannotRetry):
                notices.retry(db, ada, notice_id=notice_id, now=NOW)

    def test_a_copy_for_somebody_is_sealed_for_itself(self, the_clinic: Clinic) -> None:
        proven(the_clinic, "alice")
        with the_clinic.base.transaction() as db:
            whose = the_clinic.patients["alice"].id
            notices.mail(
                db, "help.changed", address="", key="k", given={"at": "today"},
                patient_id=whose, now=NOW,
            )  # fmt: skip
        send_all(the_clinic)
        found = [row for row in rows(the_clinic) if row.given]
        assert len(found) > 1
        assert len({row.given for row in found}) == len(found)
        with the_clinic.base.reading() as db:
            assert all(notices.given_of(db, row) == {"at": "today"} for row in found)


class TestRecipients:
    """The patient, and helpers whose scopes cover it; for what is confidential no helper."""

    def _told(self, clinic: Clinic, kind: str, patient: str, record_id: str) -> set[str]:
        with clinic.base.transaction() as db:
            found = notices.recipients(
                db, kind, patient_id=clinic.patients[patient].id, record_id=record_id, now=NOW
            )
        return {to.address.partition("@")[0] for to in found}

    def _result(self, clinic: Clinic, patient: str = "alice", **changes: Any) -> str:
        report = cast.report(clinic, patient, **changes)
        clinic.add(report)
        return report.id

    def test_are_the_patient_and_their_helper(self, the_clinic: Clinic) -> None:
        proven(the_clinic, "alice", "bob", "charlie", "dana")
        found = self._result(the_clinic)
        assert self._told(the_clinic, "result.released", "alice", found) == {"alice", "bob"}

    def test_are_no_helper_for_what_is_confidential(self, the_clinic: Clinic) -> None:
        """AUTHZ-13: a confidential result, visit or message reaches the patient alone."""
        proven(the_clinic, "alice", "bob")
        visit, talk = (
            cast.appointment(the_clinic, confidential=True),
            cast.thread(the_clinic, confidential=True),
        )
        the_clinic.add(visit, talk)
        said = cast.message(talk)
        the_clinic.add(said)
        result = self._result(the_clinic, confidential=True)
        for kind, record in (
            ("result.released", result),
            ("appointment.booked", visit.id),
            ("appointment.cancelled", visit.id),
            ("message", said.id),
            ("help.changed", "whatever"),
        ):
            assert self._told(the_clinic, kind, "alice", record) == {"alice"}, kind

    def test_are_no_helper_for_a_result_of_a_confidential_visit(self, the_clinic: Clinic) -> None:
        """AUTHZ-13: what hangs on a confidential visit is as confidential as the visit."""
        proven(the_clinic, "alice", "bob")
        for kept, told in ((True, {"alice"}), (False, {"alice", "bob"})):
            visit = Encounter(
                patient_id=the_clinic.patients["alice"].id, status="finished", confidential=kept
            )
            the_clinic.add(visit)
            result = self._result(the_clinic, encounter_id=visit.id)
            assert self._told(the_clinic, "result.released", "alice", result) == told

    def test_are_nobody_for_what_is_not_there_or_not_released(self, the_clinic: Clinic) -> None:
        proven(the_clinic, "alice", "bob")
        held_back = self._result(the_clinic, released_at=None)
        for kind, record in (
            ("message", "gone"),
            ("result.released", held_back),
            ("appointment.booked", "gone"),
        ):
            assert not self._told(the_clinic, kind, "alice", record), kind

    def test_are_those_alone_who_agreed_to_news_by_mail(self, the_clinic: Clinic) -> None:
        """News needs a consent; what keeps an account safe is told in any case."""
        proven(the_clinic, "alice", "bob")
        with the_clinic.base.transaction() as db:
            mine = col(Agreement.user_id) == the_clinic.users["alice"].id
            db.execute(update(Agreement).where(mine).values(agreed=False))
        found = self._result(the_clinic)
        assert self._told(the_clinic, "result.released", "alice", found) == {"bob"}
        assert self._told(the_clinic, "help.changed", "alice", "") == {"alice"}

    @pytest.mark.parametrize(
        ("held", "is_told"), [("results:read", True), ("appointments:act messages:act", False)]
    )
    def test_are_helpers_as_far_as_their_scopes_go(
        self, the_clinic: Clinic, held: str, *, is_told: bool
    ) -> None:
        proven(the_clinic, "bob")
        with the_clinic.base.transaction() as db:
            db.execute(
                update(RelatedPerson)
                .where(col(RelatedPerson.user_id) == the_clinic.users["bob"].id)
                .values(scopes=scopes.write(scopes.parse(held)))
            )
        found = self._result(the_clinic)
        assert bool(self._told(the_clinic, "result.released", "alice", found)) is is_told

    def test_are_no_parents_of_a_teenager_for_results(self, the_clinic: Clinic) -> None:
        proven(the_clinic, "mia", "tess")
        found = self._result(the_clinic, "tess")
        assert self._told(the_clinic, "result.released", "tess", found) == {"tess"}

    def test_are_nobody_without_a_proven_address(self, the_clinic: Clinic) -> None:
        proven(the_clinic, "alice", email_verified_at=None)
        proven(the_clinic, "bob", disabled=True)
        assert not self._told(the_clinic, "result.released", "alice", self._result(the_clinic))

    @pytest.mark.parametrize("changes", [{"deceased": True}, {"merged_into_id": "another"}])
    def test_are_nobody_for_the_dead_and_the_joined(
        self, the_clinic: Clinic, changes: dict[str, Any]
    ) -> None:
        proven(the_clinic, "alice", "bob")
        found = self._result(the_clinic)
        with the_clinic.base.transaction() as db:
            mine = col(Patient.id) == the_clinic.patients["alice"].id
            db.execute(update(Patient).where(mine).values(**changes))
        assert not self._told(the_clinic, "result.released", "alice", found)

    def test_leave_out_who_wrote_the_message(self, the_clinic: Clinic) -> None:
        proven(the_clinic, "alice", "bob")
        talk = cast.thread(the_clinic)
        the_clinic.add(talk)
        said = cast.message(talk, sender_id=the_clinic.users["bob"].id, from_clinic=False)
        the_clinic.add(said)
        assert self._told(the_clinic, "message", "alice", said.id) == {"alice"}


class TestHandingOn:
    def test_writes_one_notice_for_each_account(self, the_clinic: Clinic) -> None:
        proven(the_clinic, "alice", "bob")
        report = cast.report(the_clinic, released_at=None)
        the_clinic.add(report)
        with the_clinic.base.transaction() as db:
            results.release(db, the_clinic.actor("dana"), report_id=report.id, now=NOW)
        assert {p.address for p in send_all(the_clinic)} == {
            "alice@mail.example",
            "bob@mail.example",
        }
        ends = [(row.state, row.problem) for row in rows(the_clinic)]
        assert sorted(ends) == [("sent", ""), ("sent", ""), ("sent", "handed-on")]

    def test_ends_in_the_portal_where_nobody_can_be_reached(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            whose = the_clinic.patients["alice"].id
            notices.write(db, "message", patient_id=whose, record_id="r", now=NOW)
        assert not send_all(the_clinic)
        (row,) = rows(the_clinic)
        assert (row.state, row.problem) == ("sent", "portal-only")

    def test_is_taken_back_where_a_right_ended_before_the_next_try(
        self, the_clinic: Clinic
    ) -> None:
        """SES-07: asked again with each try, not when the notice was written."""
        proven(the_clinic, "bob")
        report = cast.report(the_clinic)
        the_clinic.add(report)
        with the_clinic.base.transaction() as db:
            whose = the_clinic.patients["alice"].id
            notices.write(db, "result.released", patient_id=whose, record_id=report.id, now=NOW)
        take(the_clinic)
        parcel = only(take(the_clinic))
        assert parcel
        settle(the_clinic, parcel, "pending", "450")
        with the_clinic.base.transaction() as db:
            db.execute(update(RelatedPerson).values(status="ended"))
        assert not send_all(the_clinic, NOW + timedelta(hours=1))
        assert [row.state for row in rows(the_clinic)] == ["sent", "withdrawn"]


class TestTaking:
    def test_gives_each_row_to_one_of_many(self, the_clinic: Clinic) -> None:
        """JOB-02: leased where they are locked; eight at once, each row goes out once."""
        for number in range(20):
            mail(the_clinic, key=f"k{number}")

        def work(worker: int) -> list[str]:
            mine: list[str] = []
            while not (taken := take(the_clinic, f"worker {worker}", most=3)).is_empty:
                for parcel in taken.parcels:
                    mine.append(parcel.notice_id)
                    settle(the_clinic, parcel, "sent")
            return mine

        with ThreadPoolExecutor(8) as pool:
            found = [one for mine in pool.map(work, range(8)) for one in mine]
        assert len(found) == len(set(found)) == 20
        assert {(row.state, row.tries) for row in rows(the_clinic)} == {("sent", 1)}

    def test_again_what_somebody_died_with(self, the_clinic: Clinic) -> None:
        """JOB-05: a kill between sending and writing it down costs one copy, and is counted."""
        mail(the_clinic)
        first = only(take(the_clinic))
        assert first
        assert take(the_clinic, "two").is_empty
        later = NOW + leases.LEASE
        again = take(the_clinic, "two", later)
        parcel = only(again)
        assert parcel
        assert again.again == 1
        assert parcel.notice_id == first.notice_id
        assert not settle(the_clinic, first, "sent", now=later), "its lease was over"
        assert settle(the_clinic, parcel, "sent", now=later)
        assert take(the_clinic, now=later + leases.LEASE).is_empty

    def test_gives_back_what_was_not_tried_as_it_was(self, the_clinic: Clinic) -> None:
        for number in range(3):
            mail(the_clinic, key=f"k{number}")
        first, *untried = take(the_clinic, most=9).parcels
        assert len(untried) == 2
        assert take(the_clinic, "two").is_empty
        assert settle(the_clinic, first, "sent")
        with the_clinic.base.transaction() as db:
            notices.put_back(db, DELIVERY, untried=[first, *untried])
        assert sorted((row.state, row.tries) for row in rows(the_clinic)) == [
            ("pending", 0), ("pending", 0), ("sent", 1),
        ]  # fmt: skip
        again = take(the_clinic, "two", most=9)
        assert [one.notice_id for one in again.parcels] == [one.notice_id for one in untried]
        assert not settle(the_clinic, untried[0], "sent"), "another holds it by now"

    def test_holds_up_no_other_for_a_text_that_cannot_be_filled_in(
        self, the_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A translation with a broken brace, in a catalogue that a clinic has changed."""
        for number in range(3):
            mail(the_clinic, key=f"k{number}")
        real, broken = rendering.write_out, iter([True])

        def write_out(*given: Any, **more: Any) -> notices.Written:
            if next(broken, False):
                raise ValueError("Single '}' encountered in format string")
            return real(*given, **more)

        monkeypatch.setattr(rendering, "write_out", write_out)
        assert len(send_all(the_clinic)) == 2
        assert sorted((row.state, row.problem) for row in rows(the_clinic)) == [
            ("pending", "unforeseen"), ("sent", ""), ("sent", ""),
        ]  # fmt: skip
        assert len(send_all(the_clinic, NOW + timedelta(hours=1))) == 1

    def test_is_the_systems_alone(self, the_clinic: Clinic) -> None:
        for name in ("ada", "max", "alice"):
            with the_clinic.base.transaction() as db, pytest.raises(NotAllowed):
                notices.take(db, the_clinic.actor(name), worker="w", portal=PORTAL, now=NOW)

    def test_says_nothing_twice_for_one_key(self, the_clinic: Clinic) -> None:
        """JOB-01: the row is written with the change, its key is unique."""
        for _ in range(3):
            mail(the_clinic)
        assert len(send_all(the_clinic)) == 1


class TestEnds:
    def test_wait_longer_after_each_try_and_give_up_after_a_day(self, the_clinic: Clinic) -> None:
        """JOB-03: 1, 2, 4 … 60 minutes with jitter, for a day."""
        mail(the_clinic)
        now, waits = NOW, list[timedelta]()
        while parcel := only(take(the_clinic, now=now)):
            settle(the_clinic, parcel, "pending", "451", now=now)
            waits.append(rows(the_clinic)[0].due_at - now)
            now += waits[-1]
        assert [round(wait / timedelta(minutes=1)) for wait in waits[:1]] == [1]
        for wait, usual in zip(waits, [*outbox.PAUSES, *[outbox.PAUSES[-1]] * 99], strict=False):
            assert usual * 0.79 < wait < usual * 1.21
        (row,) = rows(the_clinic)
        assert (row.state, row.problem) == ("dead", "given-up")
        assert timedelta(hours=22) < now - NOW < timedelta(hours=26)
        assert not row.given

    def test_too_late_are_said_to_be_so(self, the_clinic: Clinic) -> None:
        """JOB-06: what is of no use any more is closed and listed, never sent, never dropped."""
        mail(the_clinic)
        assert not send_all(the_clinic, NOW + timedelta(hours=25))
        (row,) = rows(the_clinic)
        assert (row.state, row.problem) == ("dead", "too-late")

    def test_of_an_outage_keep_the_pauses_short(self) -> None:
        assert outbox.pause(20, is_outage=True) < timedelta(minutes=6.1)
        assert outbox.pause(20, is_outage=False) > timedelta(minutes=40)

    @pytest.mark.parametrize("state", ["sent", "dead"])
    def test_wipe_codes_and_links(self, the_clinic: Clinic, state: str) -> None:
        mail(the_clinic, "password.reset", link="https://x/reset/abc", name="alice")
        parcel = only(take(the_clinic))
        assert parcel
        settle(the_clinic, parcel, state, "550")
        assert given(the_clinic) == {"name": "alice"}

    def test_keep_them_in_demo_mode_alone(self, the_clinic: Clinic) -> None:
        mail(the_clinic)
        parcel = only(take(the_clinic))
        assert parcel
        settle(the_clinic, parcel, "sent", keeps_secrets=True)
        assert given(the_clinic) == {"code": "482913"}

    def test_of_a_kind_that_nobody_knows_are_dead(self, the_clinic: Clinic) -> None:
        mail(the_clinic, "no.such.kind")
        assert not send_all(the_clinic)
        (row,) = rows(the_clinic)
        assert (row.state, row.problem, row.given) == ("dead", "unknown-kind", b"")


class TestWords:
    """MSG-01: no e-mail carries anything about anybody's health."""

    @pytest.mark.parametrize("kind", TEXTS)
    def test_are_filled_with_harmless_things_alone(self, kind: str) -> None:
        """Every template: what may stand in it is on a short list, and none of it is a record's."""
        assert rendering.placeholders(TEXTS[kind]) <= HARMLESS

    @pytest.mark.parametrize("kind", TEXTS)
    @pytest.mark.parametrize("carry", ["clinic", "bare"])
    @pytest.mark.parametrize("language", words.LANGUAGES)
    def test_take_no_more_than_they_ask_for(self, kind: str, carry: str, language: str) -> None:
        """Marker data under every other name that a use case might give by mistake."""
        asked = rendering.placeholders(TEXTS[kind], carry=carry)
        marked = {
            name: f"MARKER-{name}"
            for name in ("patient", "title", "subject", "body", "result", "reason", "doctor")
        }
        given = marked | {name: f"given-{name}" for name in asked}
        with words.speaking(language):
            written = notices.write_out(kind, given, HOUSE, carry=carry)
        said = notices.as_text(written) + notices.as_page(written)
        said += written.subject + written.sender
        assert "MARKER" not in said
        assert "{" not in said
        for name in asked - {"clinic", "phone", "portal"}:
            assert f"given-{name}" in said
        if carry == "bare":
            assert "Juniper" not in said
            assert "555-0100" not in said

    @pytest.mark.parametrize("kind", TEXTS)
    @pytest.mark.parametrize("carry", ["clinic", "bare"])
    @pytest.mark.parametrize("language", words.LANGUAGES)
    def test_of_a_text_message_are_as_harmless_and_short(
        self, kind: str, carry: str, language: str
    ) -> None:
        """MSG-01: marker data under every name that it does not ask for; the link stays whole."""
        asked = rendering.placeholders(TEXTS[kind])
        marked = dict.fromkeys(("patient", "title", "body", "result", "reason"), "MARKER")
        given = marked | dict.fromkeys(asked, "given") | {"token": "t" * 43, "news": "MARKER"}
        at = datetime(2026, 9, 23, 16, 40, tzinfo=UTC)
        house = notices.House("Juniper Test Clinic " * 3, "(406) 555-0100", PORTAL)
        with words.speaking(language):
            given |= {"at": f"{words.day(at)}, {words.clock(at)}", "link": f"{PORTAL}/a"}
            written = notices.write_out(kind, given, house, carry=carry)
        said = notices.as_sms(written)
        assert len(said) <= 160
        assert "MARKER" not in said
        assert "{" not in said
        assert set(said) <= sms.ALPHABET, "else 70 characters would be all"
        assert said.endswith(written.link)
        assert ("Juniper" in said) is (carry == "clinic")

    @pytest.mark.parametrize("kind", TEXTS)
    @pytest.mark.parametrize("carry", ["clinic", "bare"])
    @pytest.mark.parametrize("language", words.LANGUAGES)
    def test_on_a_device_are_as_harmless_and_lead_to_our_own_pages(
        self, kind: str, carry: str, language: str
    ) -> None:
        """MSG-01: a clinic's name, a sentence, a path; whoever sees the locked screen reads it."""
        asked = rendering.placeholders(TEXTS[kind])
        marked = dict.fromkeys(("patient", "title", "body", "result", "reason"), "MARKER")
        given = marked | dict.fromkeys(asked, "given") | {"token": "t" * 43, "news": "MARKER"}
        given |= {"at": "Wednesday 23 September 2026, 12:40 pm", "link": f"{PORTAL}/a"}
        with words.speaking(language):
            written = notices.write_out(kind, given, HOUSE, carry=carry)
            nameless = words._("Patient portal")
        said = json.loads(notices.as_push(written, PORTAL, key="k"))
        assert set(said) == {"title", "body", "path", "key"}
        assert said["title"] == ("Juniper Test Clinic" if carry == "clinic" else nameless)
        assert "MARKER" not in str(said)
        assert "{" not in said["body"]
        assert PORTAL not in str(said)
        assert said["path"].startswith("/")
        assert not said["path"].startswith("//")
        assert len(str(said)) < 400
        if carry == "bare":
            assert "Juniper" not in str(said)

    @pytest.mark.parametrize("link", ["https://evil.example/a", f"{PORTAL}.evil.example/a", ""])
    def test_on_a_device_lead_nowhere_else(self, link: str) -> None:
        written = replace(notices.write_out("message", {}, HOUSE), link=link)
        assert json.loads(notices.as_push(written, PORTAL, key="k"))["path"] == "/"

    def test_of_a_text_message_leave_out_all_but_a_long_link(self) -> None:
        house = notices.House("Juniper Test Clinic", "", "https://" + "portal." * 12 + "org")
        written = notices.write_out("appointment.reminder", {"token": "t" * 43, "at": "x"}, house)
        assert notices.as_sms(written) == written.link

    def test_of_real_acts_hold_nothing_of_the_record(self, the_clinic: Clinic) -> None:
        """A release and a booking with markers in every text of the record: none comes through."""
        proven(the_clinic, "alice", "bob")
        marks = {"title": "MARKER one", "plain": "MARKER two", "source": "MARKER three"}
        report = cast.report(the_clinic, released_at=None, **marks)
        the_clinic.add(report)
        with the_clinic.base.transaction() as db:
            mine = col(Patient.id) == the_clinic.patients["alice"].id
            db.execute(update(Patient).where(mine).values(name="MARKER four"))
            results.release(db, the_clinic.actor("dana"), report_id=report.id, now=NOW)
        sent = send_all(the_clinic)
        assert len(sent) == 2
        for parcel in sent:
            whole = notices.as_text(parcel.written) + notices.as_page(parcel.written)
            assert "MARKER" not in whole + parcel.written.subject
            assert parcel.written.sender == "Juniper Test Clinic"

    def test_name_nobody_for_whoever_wants_it_bare(self, the_clinic: Clinic) -> None:
        proven(the_clinic, "alice", notices_carry="bare")
        with the_clinic.base.transaction() as db:
            user_id = the_clinic.users["alice"].id
            notices.to_user(
                db, "password.changed", user_id, key="k", given={"at": "today"}, now=NOW
            )
        (parcel,) = send_all(the_clinic)
        assert parcel.written.sender == "Patient portal"
        assert "Juniper" not in notices.as_text(parcel.written)

    def test_of_strangers_are_escaped_and_no_templates(self) -> None:
        """IN-11: a name with markup, braces or line ends stays a name."""
        nasty = "<script>x</script> {link} {clinic}\r\nBcc: e"
        written = notices.write_out("sign-in-name", {"names": nasty}, HOUSE)
        page = notices.as_page(written)
        assert "<script>" not in page
        assert "{link} {clinic} Bcc: e" in notices.as_text(written)

    def test_lead_only_to_web_addresses(self) -> None:
        written = notices.write_out("invitation", {"link": "javascript:alert(1)"}, HOUSE)
        assert "href" not in notices.as_page(written)


class TestViewer:
    """The outbox as staff see it: what, to whom, how it stands; never what would open something."""

    def _view(self, clinic: Clinic, who: str = "ada", **given: Any) -> notices.OutboxRow:
        with clinic.base.transaction() as db:
            return notices.view(db, clinic.actor(who), now=NOW, **given)

    def _letter(self, clinic: Clinic) -> notices.LetterRow:
        (row,) = rows(clinic)
        with clinic.base.transaction() as db:
            return notices.letter(db, clinic.actor("max"), notice_id=row.id, now=NOW)

    def test_hides_codes_and_links(self, the_clinic: Clinic) -> None:
        mail(the_clinic, "invitation", link="https://x/activate/secret", until="Friday")
        letter = self._letter(the_clinic)
        assert letter.is_masked
        assert "secret" not in repr(letter) + repr(self._view(the_clinic))
        assert "Friday" in " ".join(letter.lines)

    def test_shows_them_in_a_demo(
        self, the_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mail(the_clinic, "sign-in.code")
        demo = settings.Settings.model_validate({"demo": True})
        monkeypatch.setattr(settings, "current", lambda: demo)
        letter = self._letter(the_clinic)
        assert not letter.is_masked
        assert "482913" in " ".join(letter.lines)

    def test_shows_a_text_message_as_the_phone_would(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            notices.mail(
                db, "address.code", address="+14065550100", key="k", channel="sms",
                given={"code": "482913"}, now=NOW,
            )  # fmt: skip
        letter = self._letter(the_clinic)
        assert letter.subject == "Text message"
        assert letter.lines[0].startswith("Juniper Test Clinic: Your code is ••••••.")
        assert letter.notice.whom == "+14065550100, by text message"

    def test_says_how_each_stands_and_what_is_in_the_way(self, the_clinic: Clinic) -> None:
        for key, end in (("a", ("sent",)), ("b", ("dead", "550")), ("c", ("pending", "tls"))):
            mail(the_clinic, key=key)
            parcel = only(take(the_clinic))
            assert parcel
            settle(the_clinic, parcel, *end)
        found = {row.status: row for row in self._view(the_clinic).notices}
        assert set(found) == {"Sent", "Not sent", "Waiting"}
        assert found["Not sent"].problem == "The mail server answered 550."
        assert "certificate" in found["Waiting"].problem
        assert found["Waiting"].next_try
        assert [len(self._view(the_clinic, shown=one).notices) for one in ("dead", "waiting")] == [
            1,
            1,
        ]
        assert self._view(the_clinic).dead == 1

    def test_leaves_a_trace_of_who_read_it(self, the_clinic: Clinic) -> None:
        mail(the_clinic)
        self._view(the_clinic)
        self._letter(the_clinic)
        with the_clinic.base.transaction() as db:
            found = db.scalars(select(AuditEvent).order_by(col(AuditEvent.seq)))
            assert [(one.actor_name, one.category) for one in found] == [
                ("Ada Abel", "outbox"),
                ("Max Moe", "outbox"),
            ]

    def test_tries_again_what_still_can_go_out(self, the_clinic: Clinic) -> None:
        mail(the_clinic, "password.changed", at="today")
        parcel = only(take(the_clinic))
        assert parcel
        settle(the_clinic, parcel, "dead", "550")
        heard: list[int] = []
        stop = notices.listen(lambda _after: heard.append(1))
        with the_clinic.base.transaction() as db:
            later = NOW + timedelta(days=3)
            notices.retry(db, the_clinic.actor("ada"), notice_id=parcel.notice_id, now=later)
        stop()
        assert heard
        assert len(send_all(the_clinic, later)) == 1

    @pytest.mark.parametrize("end", [("sent",), ("dead", "550")])
    def test_tries_nothing_again_that_went_out_or_lost_its_code(
        self, the_clinic: Clinic, end: tuple[str, ...]
    ) -> None:
        mail(the_clinic)
        parcel = only(take(the_clinic))
        assert parcel
        settle(the_clinic, parcel, *end)
        with the_clinic.base.transaction() as db, pytest.raises(notices.CannotRetry):
            notices.retry(db, the_clinic.actor("ada"), notice_id=parcel.notice_id, now=NOW)

    @pytest.mark.parametrize("who", ["alice", "bob", "dana", "nora", "frank", "bill", "otto"])
    def test_is_for_managers_and_administrators(self, small_clinic: Clinic, who: str) -> None:
        mail(small_clinic)
        actor, (row,) = small_clinic.actor(who), rows(small_clinic)
        with small_clinic.base.transaction() as db:
            for act in (notices.letter, notices.retry):
                with pytest.raises(NotAllowed):
                    act(db, actor, notice_id=row.id, now=NOW)
            with pytest.raises(NotAllowed):
                notices.view(db, actor, now=NOW)
