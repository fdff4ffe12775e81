"""Announcements: published and ended by who may, told to everybody, with a trace."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from portal import live
from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.audit import AuditEvent
from portal.models.messages import Announcement
from portal.services import announcements
from portal.words import local
from tests.support.clinic import NOW, Clinic

TODAY = local(NOW).date()


def publish(clinic: Clinic, who: str = "dana", last_day: date | None = None) -> str:
    with clinic.base.transaction() as db:
        return announcements.publish(
            db,
            clinic.actor(who),
            title="  Closed on Friday ",
            body="We are back on Monday.",
            last_day=last_day,
            now=NOW,
        )


class TestPublish:
    def test_tells_everybody(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            announcements.publish(
                db, the_clinic.actor("dana"), title="Closed", body="", last_day=None, now=NOW
            )
            assert live.pending(db) == (live.Change("announcements", live.EVERYBODY),)
        with the_clinic.base.transaction() as db:
            (row,) = announcements.standing(db, the_clinic.actor("dana"), now=NOW)
            (trace,) = db.exec(select(AuditEvent)).all()
        assert (row.title, row.until) == ("Closed", "Until you end it")
        assert (trace.action, trace.category, trace.patient_id) == ("C", "announcements", "")

    def test_holds_to_the_end_of_the_last_day(self, the_clinic: Clinic) -> None:
        publish(the_clinic, last_day=TODAY)
        last = NOW.replace(hour=4, minute=59) + timedelta(days=1)
        with the_clinic.base.transaction() as db:
            actor = the_clinic.actor("dana")
            (row,) = announcements.standing(db, actor, now=last)
            assert row.until == "Until 3 Mar 2026"
            assert announcements.standing(db, actor, now=last + timedelta(minutes=1)) == []

    @pytest.mark.parametrize(
        ("title", "body", "last_day"),
        [
            ("", "x", None),
            ("   ", "x", None),
            ("x" * 201, "", None),
            ("x", "y" * 2001, None),
            ("x", "", TODAY - timedelta(days=1)),
        ],
    )
    def test_refuses_what_says_nothing_or_too_much(
        self, small_clinic: Clinic, title: str, body: str, last_day: date | None
    ) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(Invalid):
            announcements.publish(
                db,
                small_clinic.actor("dana"),
                title=title,
                body=body,
                last_day=last_day,
                now=NOW,
            )

    @pytest.mark.parametrize("who", ["dana", "max", "ada"])
    def test_is_for_who_may(self, small_clinic: Clinic, who: str) -> None:
        assert publish(small_clinic, who)

    @pytest.mark.parametrize(
        "who", ["alice", "bob", "charlie", "tess", "nora", "frank", "bill", "otto"]
    )
    def test_is_refused_to_others(self, small_clinic: Clinic, who: str) -> None:
        with pytest.raises(NotAllowed):
            publish(small_clinic, who)
        with small_clinic.base.transaction() as db:
            assert db.exec(select(Announcement)).all() == []


class TestEnd:
    def test_takes_it_back_once(self, the_clinic: Clinic) -> None:
        made = publish(the_clinic)
        for _ in range(2):
            with the_clinic.base.transaction() as db:
                announcements.end(db, the_clinic.actor("max"), announcement_id=made, now=NOW)
        with the_clinic.base.transaction() as db:
            assert announcements.standing(db, the_clinic.actor("max"), now=NOW) == []
            acts = [row.action for row in db.exec(select(AuditEvent)).all()]
        assert sorted(acts) == ["C", "U"]

    def test_finds_only_what_there_is(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db, pytest.raises(NotFound):
            announcements.end(db, small_clinic.actor("max"), announcement_id="none", now=NOW)

    @pytest.mark.parametrize("who", ["alice", "frank", "nora", "otto"])
    def test_is_refused_to_others(self, small_clinic: Clinic, who: str) -> None:
        made = publish(small_clinic)
        with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            announcements.end(db, small_clinic.actor(who), announcement_id=made, now=NOW)
