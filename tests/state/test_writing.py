"""Who is writing: told to the pages where the same conversation is open, and to no other."""

from collections.abc import Iterator

import pytest

from portal import live
from portal.live import Change, Presence, Tab


def tab(token: str, who: str, *, is_staff: bool = True, refresh: str = "inbox") -> Tab:
    patient = "" if is_staff else "alice"
    return Tab(token, who, patient, is_staff, refresh, name=who.title())


@pytest.fixture
def told() -> Iterator[list[Change]]:
    """Returns what is told, as it comes."""
    heard: list[Change] = []
    stop = live.listen(heard.extend)
    yield heard
    stop()


@pytest.fixture
def here() -> Presence:
    """Three of the staff and a patient: two have the same conversation open."""
    presence = Presence()
    for token, who in (("one", "erin"), ("two", "dana"), ("three", "nora")):
        presence.enter(tab(token, who))
    presence.enter(tab("hers", "alice", is_staff=False))
    presence.read("one", "thread")
    presence.read("two", "thread")
    presence.read("three", "another")
    return presence


class TestWriting:
    def test_is_told_once_to_who_has_it_open(self, here: Presence, told: list[Change]) -> None:
        here.write("one", is_writing=True)
        here.write("one", is_writing=True)
        (change,) = told
        assert here.concerned(change) == {"one", "two"}
        assert here.writers("two") == ["Erin"]
        # Not to oneself, nor where something else is open, nor on a patient's page.
        assert here.writers("one") == here.writers("three") == here.writers("hers") == []

    @pytest.mark.parametrize("how", ["stops", "another", "page", "leaves"])
    def test_ends_however_it_ends(self, here: Presence, told: list[Change], how: str) -> None:
        here.write("one", is_writing=True)
        told.clear()
        if how == "stops":
            here.write("one", is_writing=False)
        elif how == "another":
            here.read("one", "another")
        elif how == "page":
            here.enter(tab("one", "erin", refresh="today"))
        else:
            here.leave("one")
        assert here.writers("two") == []
        assert here.concerned(told[0]) >= {"two"}

    def test_goes_on_while_the_page_asks_again(self, here: Presence, told: list[Change]) -> None:
        here.write("one", is_writing=True)
        here.enter(tab("one", "erin"))
        here.read("one", "thread")
        assert here.writers("two") == ["Erin"]
        assert len(told) == 1

    def test_a_page_without_a_conversation_writes_nowhere(
        self, here: Presence, told: list[Change]
    ) -> None:
        here.write("hers", is_writing=True)
        assert not told
