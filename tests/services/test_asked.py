"""Queries that are built once: each actor is answered with their own ids, and nobody else's."""

from datetime import timedelta

import pytest

from portal.services import frame, home, results
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic


@pytest.mark.parametrize("order", [("alice", "charlie"), ("charlie", "alice")])
def test_two_people_who_ask_in_turn_get_what_is_theirs(
    the_clinic: Clinic, order: tuple[str, str]
) -> None:
    for at, name in enumerate(order):
        report, thread = (
            cast.report(the_clinic, name, plain=f"Report of {name}"),
            cast.thread(the_clinic, name, subject=f"Thread of {name}"),
        )
        visit = cast.appointment(
            the_clinic, name, title=f"For {name}", starts_at=NOW + timedelta(days=2, hours=at)
        )
        the_clinic.add(report, thread, visit)
        the_clinic.add(cast.value(report), cast.message(thread))
    for name in (*order, *order):
        with the_clinic.base.transaction() as db:
            actor = the_clinic.actor(name)
            row = home.view(db, actor, now=NOW)
            around = frame.view(db, actor, now=NOW)
            listed = results.view(db, actor, now=NOW)
        other = next(each for each in order if each != name)
        assert row.visit.title == f"For {name}"
        assert [line.title for line in row.news[:1]] == [f"Report of {name}"]
        assert row.news[1].say == f"Thread of {name}"
        assert (around.unread_results, around.unread_messages) == (1, 1)
        assert other not in repr((row, listed))


def test_a_helper_is_not_answered_as_the_patient_was(the_clinic: Clinic) -> None:
    the_clinic.add(cast.report(the_clinic, confidential=True))
    for name, helping, count in (("alice", "", 1), ("bob", "alice", 0), ("alice", "", 1)):
        with the_clinic.base.transaction() as db:
            row = home.view(db, the_clinic.actor(name, helping=helping), now=NOW)
        assert len(row.news) == count
