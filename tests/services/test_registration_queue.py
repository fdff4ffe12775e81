"""The front desk decides on requests: side by side, once, and never by the mail alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import col, select

from portal.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from portal.models.audit import AuditEvent, OutboxNotice
from portal.models.people import OneTimeLink, Patient, User
from portal.models.requests import Registration
from portal.services import invitations, registrations, requests_queue
from portal.services.registrations import Accepted
from tests.services.test_registrations import add_patient
from tests.support import outbox
from tests.support.clinic import NOW, Clinic


def request_of(clinic: Clinic, **changes: Any) -> str:
    """Adds a request that waits; returns its id."""
    values: dict[str, Any] = {
        "status": "waiting",
        "given": "Lena",
        "family": "Moor",
        "birth_date": "1990-04-05",
        "email": "new@example.org",
        "created_at": NOW,
    }
    row = Registration(**(values | changes))
    clinic.add(row)
    return row.id


def accept(clinic: Clinic, request_id: str, patient: Patient, by: str = "email") -> Accepted:
    with clinic.base.transaction() as db:
        return registrations.accept(
            db,
            clinic.actor("frank"),
            request_id=request_id,
            patient_id=patient.id,
            by=by,
            now=NOW,
        )


def reject(clinic: Clinic, request_id: str, reason: str = "not-sure", who: str = "frank") -> None:
    with clinic.base.transaction() as db:
        registrations.reject(db, clinic.actor(who), request_id=request_id, reason=reason, now=NOW)


def mails(clinic: Clinic) -> list[OutboxNotice]:
    with clinic.base.reading() as db:
        return list(db.exec(select(OutboxNotice)))


class TestLooking:
    def test_sees_what_was_typed_beside_what_is_on_file(self, the_clinic: Clinic) -> None:
        add_patient(the_clinic, phone="(406) 555-0199", address="")
        request_id = request_of(the_clinic, given="Léna", phone="+1 406 5550199")
        with the_clinic.base.transaction() as db:
            one = registrations.one(db, the_clinic.actor("frank"), request_id=request_id, now=NOW)
        (likely,) = one.likely
        verdicts = {fact.kind: (fact.words, fact.icon) for fact in likely.facts}
        assert verdicts == {
            "Name": ("the same", "check"),
            "Birth date": ("the same", "check"),
            "E-mail": ("differs", "stop"),
            "Phone": ("the same", "check"),
        }
        assert (likely.may_invite, likely.by_mail, likely.account) == (
            True,
            True,
            "No account yet",
        )

    def test_sees_the_likeliest_first(self, the_clinic: Clinic) -> None:
        add_patient(the_clinic, given="Lena", given_key="lena", record_number="T-1")
        add_patient(the_clinic, birth_date="1991-04-05", born_on=None, record_number="T-2")
        request_id = request_of(the_clinic)
        with the_clinic.base.transaction() as db:
            one = registrations.one(db, the_clinic.actor("max"), request_id=request_id, now=NOW)
        assert [row.facts[1].words for row in one.likely] == ["the same", "differs"]

    def test_of_somebody_with_an_account_offers_no_invitation(self, the_clinic: Clinic) -> None:
        request_id = request_of(the_clinic, given="Alice", family="Ash", birth_date="1975-05-17")
        with the_clinic.base.transaction() as db:
            one = registrations.one(db, the_clinic.actor("frank"), request_id=request_id, now=NOW)
        (likely,) = one.likely
        assert not likely.may_invite
        assert likely.account == "Has an account already"

    @pytest.mark.parametrize("who", ["alice", "bob", "dana", "nora", "bill", "ada", "otto"])
    def test_is_for_those_who_invite(self, the_clinic: Clinic, who: str) -> None:
        request_id = request_of(the_clinic)
        actor = the_clinic.actor(who)
        with the_clinic.base.transaction() as db:
            for use_case in (
                lambda: registrations.waiting(db, actor, now=NOW),
                lambda: registrations.one(db, actor, request_id=request_id, now=NOW),
            ):
                with pytest.raises(NotAllowed):
                    use_case()
            assert db.execute(select(requests_queue.count(actor))).scalar_one() == 0
        with pytest.raises(NotAllowed):
            reject(the_clinic, request_id, who=who)

    def test_counts_what_waits_alone(self, the_clinic: Clinic) -> None:
        request_of(the_clinic)
        request_of(the_clinic, status="code-sent")
        with the_clinic.base.transaction() as db:
            frank = the_clinic.actor("frank")
            assert len(registrations.waiting(db, frank, now=NOW)) == 1
            assert db.execute(select(requests_queue.count(frank))).scalar_one() == 1

    def test_is_in_the_trace_of_each_patient_shown(self, the_clinic: Clinic) -> None:
        lena = add_patient(the_clinic)
        request_id = request_of(the_clinic)
        with the_clinic.base.transaction() as db:
            registrations.one(db, the_clinic.actor("frank"), request_id=request_id, now=NOW)
        with the_clinic.base.reading() as db:
            acts = db.exec(select(AuditEvent).where(col(AuditEvent.patient_id) == lena.id)).all()
            assert [(act.category, act.reason) for act in acts] == [("registration", "compared")]


class TestAccepting:
    def test_mails_the_link_to_the_address_on_file_and_tells_the_code_here(
        self, the_clinic: Clinic
    ) -> None:
        """AUTHN-10: never both in one channel, never to what a stranger typed."""
        lena = add_patient(the_clinic)
        accepted = accept(the_clinic, request_of(the_clinic), lena)
        (mail,) = mails(the_clinic)
        assert (mail.kind, mail.address) == ("invitation", "lena@example.org")
        assert accepted.code
        said = str(outbox.given(the_clinic.base, mail))
        assert accepted.code not in said
        assert accepted.code.replace("-", "") not in said

    def test_opens_nothing_with_the_mail_alone(self, the_clinic: Clinic) -> None:
        lena = add_patient(the_clinic)
        accept(the_clinic, request_of(the_clinic), lena)
        (mail,) = mails(the_clinic)
        token = outbox.given(the_clinic.base, mail)["link"].rpartition("/")[2]
        given = invitations.Given(token=token, code="", birth_date=lena.born_on)
        with the_clinic.base.transaction() as db:
            assert invitations.prove(db, given=given, now=NOW).outcome == "wrong"

    def test_by_letter_mails_nothing(self, the_clinic: Clinic) -> None:
        lena = add_patient(the_clinic, email="")
        accepted = accept(the_clinic, request_of(the_clinic), lena, by="letter")
        assert not mails(the_clinic)
        assert accepted.href == f"/staff/patients/{lena.id}"

    def test_of_somebody_with_an_account_changes_nothing(self, the_clinic: Clinic) -> None:
        request_id = request_of(the_clinic)
        with pytest.raises(Conflict):
            accept(the_clinic, request_id, the_clinic.patients["alice"])
        with the_clinic.base.reading() as db:
            assert db.get_one(Registration, request_id).status == "waiting"
            alice = db.get_one(User, the_clinic.users["alice"].id)
            assert alice.password_hash == the_clinic.users["alice"].password_hash

    def test_happens_once_of_fifty_at_the_same_moment(self, the_clinic: Clinic) -> None:
        """R-35: the others read that somebody was faster."""
        lena = add_patient(the_clinic)
        request_id = request_of(the_clinic)

        def try_it(number: int) -> str:
            del number
            try:
                accept(the_clinic, request_id, lena)
            except Refusal as refusal:
                return refusal.words
            return ""

        with ThreadPoolExecutor(10) as crowd:
            said = list(crowd.map(try_it, range(50)))
        assert said.count("") == 1
        assert {words for words in said if words} == {
            "Frank Fox has decided this meanwhile. There is nothing left to do."
        }
        with the_clinic.base.reading() as db:
            assert len(db.exec(select(OneTimeLink)).all()) == 1


class TestTurningDown:
    @pytest.mark.parametrize("reason", ["not-sure", "no-patient", "has-account", "not-reached"])
    def test_tells_everybody_the_same(self, the_clinic: Clinic, reason: str) -> None:
        """AUTHN-08: the reason stays here; the answer tells nobody who is known."""
        request_id = request_of(the_clinic)
        reject(the_clinic, request_id, reason)
        (mail,) = mails(the_clinic)
        assert (mail.kind, mail.address) == ("registration.answered", "new@example.org")
        assert outbox.given(the_clinic.base, mail) == {"answer": "no-account"}
        with the_clinic.base.reading() as db:
            row = db.get_one(Registration, request_id)
            assert (row.status, row.reason, row.decided_by) == ("rejected", reason, "Frank Fox")

    def test_of_what_was_not_meant_writes_to_nobody(self, the_clinic: Clinic) -> None:
        reject(the_clinic, request_of(the_clinic), "not-meant")
        assert not mails(the_clinic)

    def test_needs_a_reason_that_is_known(self, the_clinic: Clinic) -> None:
        with pytest.raises(Invalid):
            reject(the_clinic, request_of(the_clinic), "because")

    def test_of_what_is_not_there_or_not_proved_finds_nothing(self, the_clinic: Clinic) -> None:
        with pytest.raises(NotFound):
            reject(the_clinic, "nothing")
        with pytest.raises(Conflict):
            reject(the_clinic, request_of(the_clinic, status="code-sent"))
