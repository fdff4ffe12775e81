"""Limits that a patient asks for, and what staff keep from helpers: asked, answered, traced."""

from typing import Any

import pytest
from sqlmodel import col, select

from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.people import Patient, RelatedPerson, User
from portal.services import (
    appointments,
    confidential,
    family,
    messages,
    requests_queue,
    restrictions,
    results,
)
from tests.support.clinic import NOW, Clinic, appointment, report, thread


def ask(clinic: Clinic, who: str = "alice", *, helping: str = "") -> str:
    with clinic.base.transaction() as db:
        actor = clinic.actor(who, helping=helping)
        return restrictions.ask(db, actor, what="Do not call at home", now=NOW)


def answer(clinic: Clinic, request_id: str, status: str, who: str = "max", **more: bool) -> None:
    with clinic.base.transaction() as db:
        restrictions.answer(
            db,
            clinic.actor(who),
            request_id=request_id,
            status=status,
            said="We have noted it.",
            now=NOW,
            **more,
        )


def kept(clinic: Clinic) -> bool:
    with clinic.base.reading() as db:
        return db.get_one(Patient, clinic.patients["alice"].id).care_team_only


class TestRestrictions:
    def test_are_counted_in_the_queue_until_they_have_an_answer(self, the_clinic: Clinic) -> None:
        request_id = ask(the_clinic)

        def counted() -> dict[str, int]:
            with the_clinic.base.transaction() as db:
                return {
                    who: db.execute(
                        select(requests_queue.count(the_clinic.actor(who)))
                    ).scalar_one()
                    for who in ("max", "otto", "frank", "dana", "alice")
                }

        assert counted() == {"max": 1, "otto": 1, "frank": 0, "dana": 0, "alice": 0}
        answer(the_clinic, request_id, "accepted")
        assert set(counted().values()) == {0}
        with the_clinic.base.transaction() as db:
            seen = restrictions.waiting(db, the_clinic.actor("max"), now=NOW)
        assert (len(seen.rows), seen.waiting) == (1, 0)

    def test_are_asked_answered_and_seen_by_the_patient(self, the_clinic: Clinic) -> None:
        request_id = ask(the_clinic)
        answer(the_clinic, request_id, "accepted", care_team_only=True)
        assert kept(the_clinic)
        with the_clinic.base.transaction() as db:
            (row,) = restrictions.mine(db, the_clinic.actor("alice"), now=NOW).rows
            assert restrictions.mine(db, the_clinic.actor("charlie"), now=NOW).rows == []
            bob = the_clinic.actor("bob", helping="alice")
            assert restrictions.mine(db, bob, now=NOW).rows == []
        assert (row.state, row.answer) == ("accepted", "We have noted it.")
        answer(the_clinic, request_id, "ended")
        assert not kept(the_clinic)

    def test_are_the_patients_alone_to_ask(self, small_clinic: Clinic) -> None:
        with pytest.raises(NotAllowed):
            ask(small_clinic, "bob", helping="alice")

    @pytest.mark.parametrize("who", ["dana", "frank", "ada", "alice", "bob"])
    def test_are_hidden_from_who_may_not_answer(self, small_clinic: Clinic, who: str) -> None:
        request_id = ask(small_clinic)
        with pytest.raises(NotAllowed):
            answer(small_clinic, request_id, "accepted", who)
        with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            restrictions.waiting(db, small_clinic.actor(who), now=NOW)

    def test_are_answered_once_along_their_way(self, small_clinic: Clinic) -> None:
        request_id = ask(small_clinic)
        answer(small_clinic, request_id, "rejected", "otto")
        for status in ("accepted", "ended", "requested"):
            with pytest.raises(restrictions.Answered):
                answer(small_clinic, request_id, status)
        with pytest.raises(NotFound):
            answer(small_clinic, "nobodys", "accepted")


class TestMarking:
    """AUTHZ-13: staff keep a visit, a conversation or a result between patient and clinic."""

    @pytest.mark.parametrize("kind", ["appointment", "thread", "result"])
    def test_hides_it_from_helpers_and_can_be_undone(self, the_clinic: Clinic, kind: str) -> None:
        make = {"appointment": appointment, "thread": thread, "result": report}[kind]
        record = make(the_clinic, "alice")
        the_clinic.add(record)
        bob, dana = the_clinic.actor("bob", helping="alice"), the_clinic.actor("dana")
        look = {
            "appointment": lambda db: appointments.upcoming(db, bob, now=NOW).rows,
            "thread": lambda db: messages.threads(db, bob, now=NOW).threads,
            "result": lambda db: results.view(db, bob, now=NOW).reports,
        }[kind]
        with the_clinic.base.transaction() as db:
            db.add(self._treats(the_clinic))
            for secret, count in ((True, 0), (False, 1)):
                confidential.mark(
                    db, dana, kind=kind, record_id=record.id, confidential=secret, now=NOW
                )
                db.expire_all()
                assert len(look(db)) == count
        with the_clinic.base.reading() as db:
            reasons = set(db.exec(select(AuditEvent.reason)))
        for said in ("confidential", "no longer confidential"):
            assert any(reason.endswith(said) for reason in reasons)

    @staticmethod
    def _treats(clinic: Clinic) -> object:
        return appointment(clinic, "alice", starts_at=NOW, confidential=True)

    @pytest.mark.parametrize("who", ["alice", "bob", "charlie", "otto", "ada"])
    def test_is_for_the_clinic_alone(self, small_clinic: Clinic, who: str) -> None:
        visit = appointment(small_clinic)
        small_clinic.add(visit)
        helping = "alice" if who == "bob" else ""
        with small_clinic.base.transaction() as db, pytest.raises((NotAllowed, NotFound)):
            confidential.mark(
                db,
                small_clinic.actor(who, helping=helping),
                kind="appointment",
                record_id=visit.id,
                confidential=True,
                now=NOW,
            )

    def test_knows_its_kinds(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(Invalid):
            confidential.mark(
                db,
                small_clinic.actor("dana"),
                kind="patient",
                record_id="x",
                confidential=True,
                now=NOW,
            )


class TestOnlyBetweenUs:
    def test_a_teenager_begins_what_no_parent_sees_and_a_helper_cannot(
        self, the_clinic: Clinic
    ) -> None:
        said: dict[str, Any] = {"subject": "Private", "topic": "health", "body": "x"}
        said["confidential"] = True
        with the_clinic.base.transaction() as db:
            tess, mia = the_clinic.actor("tess"), the_clinic.actor("mia", helping="tess")
            messages.start(db, tess, client_key="a", now=NOW, **said)
            assert messages.threads(db, mia, now=NOW).threads == []
            messages.start(db, mia, client_key="b", now=NOW, **said)
            assert len(messages.threads(db, mia, now=NOW).threads) == 1


class TestCollisions:
    def test_names_the_parent_whose_address_a_young_account_carries(
        self, the_clinic: Clinic
    ) -> None:
        """AUTHZ-14."""
        tess = the_clinic.patients["tess"].id
        with the_clinic.base.transaction() as db:
            own = db.get_one(User, the_clinic.users["tess"].id)
            mother = db.get_one(User, the_clinic.users["mia"].id)
            own.email = mother.email = "family@example.org"
            own.phone = "+14065550101"
            help_ = db.exec(
                select(RelatedPerson).where(col(RelatedPerson.patient_id) == tess)
            ).one()
            help_.phone = "(406) 555-0101"
            db.add_all([own, mother, help_])
        with the_clinic.base.transaction() as db:
            frank = the_clinic.actor("frank")
            said = family.staff.collisions(db, frank, patient_id=tess, now=NOW)
            assert len(said) == 2
            assert all("Mia Tran" in one for one in said)
            alice = the_clinic.patients["alice"].id
            assert family.staff.collisions(db, frank, patient_id=alice, now=NOW) == []
            with pytest.raises(NotAllowed):
                family.staff.collisions(db, the_clinic.actor("mia"), patient_id=tess, now=NOW)


class TestStaffSide:
    def test_lists_what_waits_and_one_patients_helpers(self, the_clinic: Clinic) -> None:
        tess = the_clinic.patients["tess"].id
        with the_clinic.base.transaction() as db:
            frank, dana = the_clinic.actor("frank"), the_clinic.actor("dana")
            family.deciding.apply(
                db,
                frank,
                patient_id=tess,
                applied=family.deciding.Applied("Ned", "parent"),
                now=NOW,
            )
            assert [one.row.name for one in family.staff.queue(db, frank, now=NOW).helps] == ["Ned"]
            row = family.staff.of_patient(db, frank, patient_id=tess, now=NOW)
            assert {one.row.name for one in row.helps} == {"Ned", "Mia Tran"}
            # Who may not decide sees what may be marked, and nobody's helpers.
            assert family.staff.of_patient(db, dana, patient_id=tess, now=NOW).helps == []
            with pytest.raises(NotAllowed):
                family.staff.queue(db, dana, now=NOW)
            with pytest.raises(NotAllowed):
                family.staff.of_patient(db, the_clinic.actor("mia"), patient_id=tess, now=NOW)
