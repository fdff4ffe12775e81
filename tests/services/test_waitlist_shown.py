"""The waiting list as it is shown to the patient, a helper and the desk; and who hears of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from portal.errors import NotAllowed, NotFound
from portal.models.appointments import Appointment
from portal.models.people import RelatedPerson, User
from portal.models.schedules import Schedule, VisitType
from portal.models.waitlist import WaitlistOffer
from portal.security.actor import system
from portal.services import home, notices, waitlist
from portal.services.waitlist import DeskRow, Wishes
from tests.support.clinic import NOW, Clinic, appointment

NEXT = NOW + timedelta(minutes=1)


@pytest.fixture
def listed(the_clinic: Clinic) -> Clinic:
    """Alice waits to have her visit of Friday week earlier; Dana is free tomorrow from 9 to 10."""
    the_clinic.add(
        VisitType(id="check", name="Check-up", minutes=20, grid=20, position=1),
        VisitType(id="cut", name="Small procedure", minutes=20, who_books="staff", position=2),
    )
    dana = the_clinic.practitioners["dana"].id
    the_clinic.add(
        Schedule(practitioner_id=dana, weekday=2, from_minute=540, to_minute=600),
        appointment(the_clinic, id="mine", visit_type_id="check",
                    starts_at=NOW + timedelta(days=10)),
    )  # fmt: skip
    with the_clinic.base.transaction() as db:
        waitlist.join(
            db, the_clinic.actor("alice"), visit_type_id="", appointment_id="mine", now=NOW,
            wishes=Wishes(weekdays=(2,), windows=((0, 600),)),
        )  # fmt: skip
    return the_clinic


def offered(clinic: Clinic) -> None:
    with clinic.base.transaction() as db:
        assert waitlist.turn(db, system("waitlist"), now=NOW) == 1


def seen(
    clinic: Clinic, who: str = "alice", helping: str = "", held: str = "", **wanted: str
) -> Any:
    with clinic.base.transaction() as db:
        actor = clinic.actor(who, helping=helping, held=held)
        return waitlist.view(db, actor, now=NEXT, **wanted)


def at_the_desk(clinic: Clinic, who: str = "frank", patient_id: str = "") -> DeskRow:
    with clinic.base.transaction() as db:
        return waitlist.desk(db, clinic.actor(who), patient_id=patient_id, now=NEXT)


class TestView:
    def test_says_what_one_waits_for_and_what_suits(self, listed: Clinic) -> None:
        row = seen(listed)
        (entry,) = row.waits
        assert (entry.title, entry.status_words) == ("Check-up", "Waiting")
        assert entry.moves.startswith("Friday 13 March")
        assert entry.wishes == [
            "With anybody", "Until 13 Mar 2026", "On Wednesday", "Before 10",
            "Known 2 hours before",
        ]  # fmt: skip
        # Nobody waits twice for the same, and not for what only staff book.
        assert row.kinds == []

    def test_the_form_holds_what_was_wished(self, listed: Clinic) -> None:
        for wanted in ({"moves": "mine"}, {"kind": "check"}, {"entry": seen(listed).waits[0].id}):
            form = seen(listed, **wanted).form
            assert (form.is_open, form.title, form.last) == (True, "Check-up", "2026-03-13")
            assert [one.words for one in form.weekdays if one.is_ticked] == ["Wednesday"]
            assert form.moves.startswith("Friday 13 March") or "kind" in wanted

    def test_hours_that_stand_in_no_list_are_said_by_the_clock(self, listed: Clinic) -> None:
        entry = seen(listed).waits[0]
        with listed.base.transaction() as db:
            wishes = Wishes(windows=((0, 540), (630, 780)), until_on=date(2026, 3, 10))
            waitlist.change(
                db, listed.actor("alice"), entry_id=entry.id, version=1, wishes=wishes, now=NOW
            )
        said = seen(listed).waits[0].wishes_said
        assert "Before 9:00 am or From 10:30 am to 1:00 pm" in said.replace("\u202f", " ")

    def test_a_stranger_finds_nothing_behind_the_address(self, listed: Clinic) -> None:
        entry = seen(listed).waits[0].id
        for wanted in ({"entry": entry}, {"moves": "mine"}, {"kind": "cut"}):
            with pytest.raises(NotFound):
                seen(listed, "charlie", **wanted)
        assert seen(listed, "charlie").waits == []

    def test_a_helper_who_only_looks_sees_no_way_to_act(self, listed: Clinic) -> None:
        offered(listed)
        row = seen(listed, "bob", helping="alice", held="appointments:read")
        assert (row.may_change, row.offers[0].may_answer) == (False, False)
        with pytest.raises(NotAllowed):
            seen(listed, "bob", helping="alice", held="results:read")

    def test_what_is_kept_stands_on_home_and_above_the_visits_until_it_ends(
        self, listed: Clinic
    ) -> None:
        offered(listed)
        with listed.base.transaction() as db:
            alice = listed.actor("alice")
            (offer,) = home.view(db, alice, now=NEXT).offers
            assert offer == waitlist.upcoming(db, alice, now=NEXT)[1][0]
            assert waitlist.past(db, alice, now=NEXT)[1] == []
            assert offer.when.startswith("Wednesday 4 March")
            assert offer.moves.startswith("Friday 13 March")
            assert offer.kept.replace("\u202f", " ") == "Kept until 10:00 am"
            assert home.view(db, alice, now=NOW + timedelta(hours=1)).offers == []
            assert home.view(db, listed.actor("charlie"), now=NEXT).offers == []


class TestDesk:
    def test_shows_who_waits_what_is_out_and_what_was_filled(self, listed: Clinic) -> None:
        row = at_the_desk(listed)
        assert [(one.name, one.status_words) for one in row.waits] == [("Alice Ash", "Waiting")]
        assert (row.waiting, row.offers, row.filled, row.share) == (1, [], [], "")
        offered(listed)
        (offer,) = at_the_desk(listed).offers
        assert (offer.name, offer.who) == ("Alice Ash", "Dr Dana Diaz")
        with listed.base.transaction() as db:
            waitlist.accept(db, listed.actor("alice"), offer_id=offer.id, now=NEXT)
        row = at_the_desk(listed)
        assert (row.waits, row.offers, row.filled_total) == ([], [], 1)
        assert row.filled[0].what.startswith("Check-up, Wednesday 4 March")
        assert row.share == "1 of 1 times that were offered in 30 days"

    def test_names_whom_to_add_and_leaves_that_in_the_trace(self, listed: Clinic) -> None:
        charlie = listed.patients["charlie"]
        row = at_the_desk(listed, patient_id=charlie.id)
        assert (row.patient_id, row.patient_name) == (charlie.id, "Charlie Cole")
        assert [one.words for one in row.kinds] == ["Check-up", "Small procedure"]
        # Dana alone has hours: whoever signed an imported record cannot be chosen.
        assert [one.words for one in row.people] == ["Dr Dana Diaz"]
        assert row.channels[0].value == "in-person"

    def test_says_how_whoever_is_added_hears_of_an_offer(self, listed: Clinic) -> None:
        charlie = listed.patients["charlie"].id
        assert at_the_desk(listed, patient_id=charlie).told.startswith("No e-mail reaches them")
        with listed.base.transaction() as db:
            user = db.get_one(User, listed.users["charlie"].id)
            user.email, user.email_verified_at = "charlie@example.org", NEXT
        assert at_the_desk(listed, patient_id=charlie).told.startswith("They are told by e-mail")

    def test_is_for_who_books(self, listed: Clinic) -> None:
        for name in ("bill", "ada", "otto", "alice"):
            with pytest.raises(NotAllowed):
                at_the_desk(listed, name)

    def test_a_confidential_visit_is_nothing_a_helper_is_told_of(self, listed: Clinic) -> None:
        with listed.base.transaction() as db:
            record = db.get_one(Appointment, "mine")
            record.confidential = True
        offered(listed)
        row = seen(listed, "bob", helping="alice")
        assert (row.waits, row.offers) == ([], [])
        assert len(seen(listed).offers) == 1


class TestNotice:
    def heard_by(self, clinic: Clinic, held: str) -> set[str]:
        offered(clinic)
        with clinic.base.transaction() as db:
            proven = {"email": "somebody@example.org", "email_verified_at": NOW}
            for name in ("alice", "bob"):
                own = col(User.id) == clinic.users[name].id
                values = proven | {"email": f"{name}@example.org"}
                db.connection().execute(update(User).where(own).values(**values))
            theirs = col(RelatedPerson.user_id) == clinic.users["bob"].id
            db.connection().execute(update(RelatedPerson).where(theirs).values(scopes=held))
        with clinic.base.transaction() as db:
            offer = db.exec(select(WaitlistOffer)).one()
            found = notices.recipients(
                db, "waitlist.offered", patient_id=clinic.patients["alice"].id,
                record_id=offer.id, now=NOW,
            )  # fmt: skip
        return {one.address.partition("@")[0] for one in found}

    def test_goes_to_the_patient_and_to_who_helps_with_appointments(self, listed: Clinic) -> None:
        assert self.heard_by(listed, "appointments:read") == {"alice", "bob"}

    def test_goes_to_no_helper_of_another_area(self, listed: Clinic) -> None:
        assert self.heard_by(listed, "results:act") == {"alice"}
