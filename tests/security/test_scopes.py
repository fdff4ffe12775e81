"""Scopes: a helper has exactly what was lent, on every page, in every count, on paper too.

AUTHZ-07, AUTHZ-09: asserted on what leaves the server, whatever a page would show of it.
"""

from dataclasses import asdict, is_dataclass
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext

from portal import live, portal
from portal.errors import NotAllowed, NotFound, Refusal
from portal.security import permissions, scopes
from portal.security.permissions import NotLent, OnlyToRead
from portal.services import appointments, frame, messages
from portal.state import events
from tests.support.clinic import NOW, Clinic
from tests.support.marked import Marked, mark, views

AREAS = tuple(scopes.AREAS)
# Where marks of an area must be found by who has it: else this test could not fail.
WHERE = {
    "appointments": {"home", "appointments", "one appointment"},
    "messages": {"home", "threads", "one thread", "search messages", "forms", "one form"},
    "results": {"home", "results", "one result", "search results", "record, vitals", "export"},
    "notes": {"record, conditions", "record, visits", "record, team", "search record", "export"},
    "medicines": {
        *{"home", "record, medicines", "record, allergies", "record, vaccines", "export"},
        "check-ups",
    },
    "documents": {"record, documents", "export"},
}
# Every screen of patients, and the views above that fill it.
SCREENS = {
    "home": {"home"},
    "appointments": {"appointments", "past appointments"},
    "visit": {"one appointment"},
    "booking": {"booking", "moving a visit"},
    "own_calendar": {"own calendar"},
    "waitlist": {"waiting list"},
    "messages": {"threads", "search messages"},
    "new_message": {"new message"},
    "conversation": {"one thread"},
    "results": {"results", "search results"},
    "result": {"one result"},
    "record": {"record", "search record"},
    "check_ups": {"check-ups"},
    "forms": {"forms"},
    "one_form": {"one form"},
    "family": {"family"},
    "closed": {"closed record"},
    "looks": {"access log"},
}


def left_the_server(clinic: Clinic, actor: Any, asked: dict[str, Any]) -> dict[str, str]:
    """Returns everything that each view gives out, rows and refusals alike."""
    found: dict[str, str] = {}
    for name, one in asked.items():
        view, arguments = one if isinstance(one, tuple) else (one, {})
        with clinic.base.transaction() as db:
            try:
                row = view(db, actor, now=NOW, **arguments)
            except Refusal as refusal:
                found[name] = f"refused: {refusal.words}"
                continue
        found[name] = (
            repr(asdict(row)) if is_dataclass(row) and not isinstance(row, type) else repr(row)
        )
    return found


@pytest.fixture
def marked(the_clinic: Clinic) -> Marked:
    return Marked(the_clinic, "alice").fill()


class TestEachScopeAlone:
    @pytest.mark.parametrize("scope", sorted(scopes.ALL))
    def test_lets_nothing_of_another_area_out(self, small_clinic: Clinic, scope: str) -> None:
        marked = Marked(small_clinic, "alice").fill()
        bob = small_clinic.actor("bob", helping="alice", held=scope)
        said = left_the_server(small_clinic, bob, views(marked))
        area = scope.partition(":")[0]
        for name, text in said.items():
            for other in AREAS:
                assert other == area or mark(other) not in text, (name, other)
        for name in WHERE.get(area, set()):
            assert mark(area) in said[name], name

    def test_on_both_databases_all_of_it_is_everything(
        self, the_clinic: Clinic, marked: Marked
    ) -> None:
        for who, helping in (("alice", ""), ("bob", "alice")):
            actor = the_clinic.actor(who, helping=helping)
            said = left_the_server(the_clinic, actor, views(marked))
            for area, places in WHERE.items():
                for name in places:
                    assert mark(area) in said[name], (who, name)

    def test_counts_only_what_was_lent(self, the_clinic: Clinic, marked: Marked) -> None:
        del marked
        for held, counted in (
            ("messages:read", (1, 0)),
            ("results:read", (0, 1)),
            ("bills:act profile:act", (0, 0)),
        ):
            with the_clinic.base.transaction() as db:
                bob = the_clinic.actor("bob", helping="alice", held=held)
                row = frame.view(db, bob, now=NOW)
            assert (row.unread_messages, row.unread_results) == counted


class TestWhatIsNotLent:
    def test_has_no_place_in_the_frame(self, small_clinic: Clinic) -> None:
        bob = small_clinic.actor("bob", helping="alice", held="appointments:read")
        with small_clinic.base.transaction() as db:
            row = frame.view(db, bob, now=NOW)
        shown = (row.sees_appointments, row.sees_messages, row.sees_results, row.sees_record)
        assert shown == (True, False, False, False)
        assert not row.writes_messages

    def test_has_no_section_in_the_record(self, small_clinic: Clinic) -> None:
        from portal.services import record

        bob = small_clinic.actor("bob", helping="alice", held="medicines:read")
        with small_clinic.base.transaction() as db:
            row = record.view(db, bob, now=NOW)
            assert [one.key for one in row.sections] == ["allergies", "medicines", "vaccines"]
            with pytest.raises(NotFound):
                record.view(db, bob, section="conditions", now=NOW)

    def test_is_refused_in_words_and_so_is_acting_without_the_right(
        self, small_clinic: Clinic
    ) -> None:
        marked = Marked(small_clinic, "alice").fill()
        reads = small_clinic.actor("bob", helping="alice", held="appointments:read messages:read")
        bills = small_clinic.actor("bob", helping="alice", held="bills:act")
        visit: dict[str, Any] = {"appointment_id": marked.ids["next"], "version": 1}
        with small_clinic.base.transaction() as db:
            with pytest.raises(OnlyToRead):
                appointments.confirm(db, reads, **visit, now=NOW)
            with pytest.raises(OnlyToRead):
                appointments.cancel(db, reads, **visit, reason="", now=NOW)
            with pytest.raises(OnlyToRead):
                messages.save_draft(db, reads, place="new", client_key="k", body="x", now=NOW)
            for actor, refusal in ((reads, OnlyToRead), (bills, NotLent)):
                with pytest.raises(refusal):
                    messages.start(
                        db, actor, subject="x", topic="health", body="x", client_key="k", now=NOW
                    )
            with pytest.raises(NotFound):
                appointments.confirm(db, bills, **visit, now=NOW)

    def test_shows_no_button_that_would_be_refused(self, small_clinic: Clinic) -> None:
        marked = Marked(small_clinic, "alice").fill()
        bob = small_clinic.actor("bob", helping="alice", held="appointments:read messages:read")
        with small_clinic.base.transaction() as db:
            one = appointments.view(db, bob, appointment_id=marked.ids["next"], now=NOW)
            assert not one.may_confirm
            assert not one.may_cancel
            assert not messages.threads(db, bob, now=NOW).may_write

    def test_a_permission_has_an_area_or_is_for_all_helpers(self) -> None:
        """A new permission of helpers needs its scope, or its name here."""
        held = permissions.HELD_BY["helper"] - permissions.SCOPES_FOR.keys()
        assert {permission.name for permission in held} == {"SEE_CONTACT"}


class TestLive:
    """Nobody hears that something happened where they may not look."""

    def tab(self, areas: frozenset[str] | None) -> live.Tab:
        return live.Tab("t", "bob", "alice", is_staff=False, refresh="x", areas=areas)

    def test_tells_a_helper_of_lent_areas_alone(self) -> None:
        presence = live.Presence()
        presence.enter(self.tab(frozenset({"appointments", "medicines"})))
        for topic, heard in (
            ("appointments", True),
            ("medicines", True),
            ("record", True),
            ("people", True),
            ("messages", False),
            ("results", False),
            ("private appointments", False),
        ):
            assert bool(presence.concerned(live.Change(topic, "alice"))) is heard, topic

    def test_tells_the_patient_what_is_private(self) -> None:
        presence = live.Presence()
        presence.enter(self.tab(None))
        assert presence.concerned(live.Change("private messages", "alice")) == {"t"}

    def test_every_topic_of_a_record_has_its_area(self) -> None:
        # What a helper's page hears of whatever was lent; of who pays only staff are told at all.
        told = {"announcements", "people", "account", "outbox", "coverage"}
        assert live.TOPICS - live.AREA_OF.keys() == told


def test_every_screen_of_patients_is_looked_at() -> None:
    """A new page for patients needs its views in tests/support/marked.py."""
    assert portal.app
    found: set[str] = set()
    for name in RegistrationContext.get().event_handlers:
        policy = events.policy_of(name)
        if policy is events.PATIENTS and name.endswith(".open"):
            found.add(name.split(".")[-2].rpartition("____")[2])
    assert found == set(SCREENS)


def test_refusals_say_what_to_do() -> None:
    for refusal in (NotLent, OnlyToRead):
        assert issubclass(refusal, NotAllowed)
        assert "Ask" in refusal.sentence
