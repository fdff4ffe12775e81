"""Answering for a visit from a mail, and ending mails about news: without a sign-in, and no more.

Proves MSG-06 and MSG-07 for these links, and the second fact before a visit is given up.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import SQLModel, col

from portal.errors import NotAllowed, Refusal, TooMany
from portal.models.agreements import Agreement
from portal.models.appointments import Appointment, Claim
from portal.models.audit import AuditEvent, AuditHead, OutboxNotice
from portal.models.people import Patient, RelatedPerson, User
from portal.security import mailed_links
from portal.security.actor import system
from portal.services import agreements, appointments, board, news_links, notices, visit_links
from portal.services.appointments import freeing
from tests.support import clinic as cast
from tests.support.clinic import NOW, Clinic
from tests.support.letters import only

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Two hours ahead, on the same day.
STARTS = NOW + 2 * HOUR
BORN = date(1975, 5, 17)
SOURCE = "192.0.2.7"


@pytest.fixture
def people(the_clinic: Clinic) -> Clinic:
    """The cast; Alice has a visit with Dana today."""
    the_clinic.add(
        cast.appointment(
            the_clinic, id="visit", starts_at=STARTS, reason="MARKER reason", title="MARKER title"
        )
    )
    return the_clinic


def link(people: Clinic, name: str = "alice", about: datetime = STARTS) -> str:
    with people.base.transaction() as db:
        return mailed_links.to_visit(
            db,
            people.users[name].id,
            patient_id=people.patients["alice"].id,
            appointment_id="visit",
            about_at=about,
            now=NOW,
        )


def do(people: Clinic, act: Any, token: str, now: datetime = NOW, **given: Any) -> Any:
    with people.base.transaction() as db:
        return act(db, token=token, source=SOURCE, now=now, **given)


def visit(people: Clinic) -> Appointment:
    with people.base.reading() as db:
        return db.get_one(Appointment, "visit")


def change(people: Clinic, table: type[SQLModel], *which: Any, **values: Any) -> None:
    with people.base.transaction() as db:
        db.execute(update(table).where(*which).values(**values))


def counts(people: Clinic) -> dict[str, int]:
    """Returns how many rows each table has, but for the trace."""
    tables = SQLModel.metadata.tables
    with people.base.reading() as db:
        return {
            name: db.connection().execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables.items()
            if name not in {AuditEvent.__tablename__, AuditHead.__tablename__}
        }


def plain(said: str) -> str:
    return said.replace("\u00a0", " ")


def traces(people: Clinic) -> list[tuple[str, str, str]]:
    with people.base.reading() as db:
        found = db.scalars(select(AuditEvent).order_by(col(AuditEvent.seq)))
        return [(one.action, one.actor_name, one.reason) for one in found]


class TestLook:
    def test_says_when_it_is_and_changes_nothing(self, people: Clinic) -> None:
        """MSG-06: a mail scanner opens it ten times; one row of the trace each, and that is all."""
        token = link(people)
        before, was = counts(people), visit(people).model_dump()
        rows = [do(people, visit_links.look, token) for _look in range(10)]
        row = rows[-1]
        assert plain(row.when) == "Tuesday 3 March 2026, 11:00 am"
        assert "MARKER" not in repr(row)
        assert "Dana" not in repr(row)
        assert (counts(people), visit(people).model_dump()) == (before, was)
        assert traces(people) == [("R", "Alice Ash", "mailed link")] * 10

    @pytest.mark.parametrize("token", ["", "x", "A" * 43, "../" * 14 + "x", "é" * 43])
    def test_of_what_is_no_link_opens_nothing(self, people: Clinic, token: str) -> None:
        with pytest.raises(visit_links.LinkOver):
            do(people, visit_links.look, token)
        assert traces(people) == []

    def test_ends_when_the_visit_begins(self, people: Clinic) -> None:
        token = link(people)
        do(people, visit_links.look, token, STARTS - MINUTE)
        with pytest.raises(visit_links.LinkOver):
            do(people, visit_links.look, token, STARTS)

    @pytest.mark.parametrize(
        "values",
        [
            {"starts_at": STARTS + DAY, "ends_at": STARTS + DAY + HOUR},
            {"status": "cancelled"},
            {"status": "arrived"},
        ],
    )
    def test_of_a_visit_that_changed_says_so_and_does_nothing(
        self, people: Clinic, values: dict[str, Any]
    ) -> None:
        token = link(people)
        change(people, Appointment, col(Appointment.id) == "visit", **values)
        was = visit(people).model_dump()
        acts: list[tuple[Any, dict[str, Any]]] = [
            (visit_links.look, {}),
            (visit_links.confirm, {}),
            (visit_links.run_late, {"minutes": 10}),
            (visit_links.prove, {"born": BORN}),
            (visit_links.cancel, {"born": BORN, "code": ""}),
        ]
        for act, given in acts:
            with pytest.raises(visit_links.VisitChanged):
                do(people, act, token, **given)
        assert visit(people).model_dump() == was

    @pytest.mark.parametrize(
        ("table", "values"),
        [
            (User, {"disabled": True}),
            (Patient, {"deceased": True}),
            (Patient, {"merged_into_id": "another"}),
        ],
    )
    def test_opens_nothing_for_an_account_that_may_no_more(
        self, people: Clinic, table: Any, values: dict[str, Any]
    ) -> None:
        token = link(people)
        change(people, table, col(table.id).is_not(None), **values)
        with pytest.raises(visit_links.LinkOver):
            do(people, visit_links.look, token)

    def test_is_for_one_purpose(self, people: Clinic) -> None:
        """MSG-06: a link to a visit ends no mails, and the other way round."""
        with people.base.transaction() as db:
            other = mailed_links.to_end_news(db, people.users["alice"].id, now=NOW)
        with pytest.raises(visit_links.LinkOver):
            do(people, visit_links.confirm, other)
        with pytest.raises(news_links.LinkOver):
            do(people, news_links.end, link(people))

    def test_is_kept_as_its_digest_alone(self, people: Clinic) -> None:
        token = link(people)
        with people.base.reading() as db:
            found = mailed_links.found(db, token, purpose="visit", now=NOW)
            assert found
            assert token not in repr(found.model_dump())


class TestConfirm:
    def test_stands_with_its_trace_and_ends_the_reminders(self, people: Clinic) -> None:
        with people.base.transaction() as db:
            appointments.catch_up(db, system("housekeeping"), now=NOW - 10 * DAY)
        token = link(people)
        for _twice in range(2):
            assert do(people, visit_links.confirm, token).is_confirmed
        assert visit(people).confirmed_at == NOW
        assert traces(people) == [("U", "Alice Ash", "confirmed | mailed link")]
        with people.base.reading() as db:
            states = set(db.scalars(select(col(OutboxNotice.state))))
            assert states == {"withdrawn"}

    @pytest.mark.parametrize(
        ("scopes", "refusal"),
        [
            ("appointments:act", None),
            ("appointments:read", NotAllowed),
            ("results:read", visit_links.LinkOver),
        ],
    )
    def test_is_judged_as_the_account_is(
        self, people: Clinic, scopes: str, refusal: type[Refusal] | None
    ) -> None:
        """A helper's link does what the helper may do today, and it is said that it was they."""
        token = link(people, "bob")
        bobs = col(RelatedPerson.user_id) == people.users["bob"].id
        change(people, RelatedPerson, bobs, scopes=scopes)
        if refusal:
            with pytest.raises(refusal):
                do(people, visit_links.confirm, token)
            return
        do(people, visit_links.confirm, token)
        assert traces(people) == [("U", "Bob Ash", "confirmed | mailed link")]

    def test_of_a_help_that_ended_or_a_visit_kept_secret_is_nobodys(self, people: Clinic) -> None:
        token = link(people, "bob")
        change(people, Appointment, col(Appointment.id) == "visit", confidential=True)
        with pytest.raises(visit_links.LinkOver):
            do(people, visit_links.look, token)
        change(people, Appointment, col(Appointment.id) == "visit", confidential=False)
        bobs = col(RelatedPerson.user_id) == people.users["bob"].id
        change(people, RelatedPerson, bobs, status="ended")
        with pytest.raises(visit_links.LinkOver):
            do(people, visit_links.confirm, token)


class TestRunLate:
    def test_is_on_the_board_at_once(self, people: Clinic) -> None:
        row = do(people, visit_links.run_late, link(people), minutes=15)
        assert plain(row.expected) == "11:15 am"
        assert row.is_confirmed
        with people.base.transaction() as db:
            frank, today = people.actor("frank"), date(2026, 3, 3)
            strips = [
                strip
                for column in board.view(db, frank, day=today, now=NOW).columns
                for strip in column.strips
            ]
            assert [(flag.icon, flag.words) for flag in strips[0].flags][:1] == [
                ("late", "15 min late")
            ]
            assert strips[0].due == int((STARTS + 15 * MINUTE).timestamp())
            sheet = board.one(db, frank, appointment_id="visit", now=NOW)
            assert sheet.flags[0].words == "15 min late"
            assert sheet.history[0].words == "Running late: Alice Ash"

    def test_of_another_length_counts_and_a_move_forgets_it(self, people: Clinic) -> None:
        token = link(people)
        for minutes in (10, 30, 30):
            do(people, visit_links.run_late, token, minutes=minutes)
        assert visit(people).expected_at == STARTS + 30 * MINUTE
        assert visit(people).version == 3
        with people.base.transaction() as db:
            appointments.reschedule(
                db, people.actor("frank"), appointment_id="visit", version=3,
                starts_at=STARTS + HOUR, now=NOW,
            )  # fmt: skip
        assert visit(people).expected_at is None

    @pytest.mark.parametrize("minutes", [0, 7, -5, 999])
    def test_takes_no_other_length(self, people: Clinic, minutes: int) -> None:
        with pytest.raises(Refusal):
            do(people, visit_links.run_late, link(people), minutes=minutes)
        assert visit(people).expected_at is None

    def test_is_for_the_day_of_the_visit(self, people: Clinic) -> None:
        token = link(people)
        assert not do(people, visit_links.look, token, NOW - DAY).late
        with pytest.raises(appointments.NotLateYet):
            do(people, visit_links.run_late, token, NOW - DAY, minutes=10)


class TestGiveUp:
    def test_shows_more_only_for_the_birth_date(self, people: Clinic) -> None:
        token = link(people)
        for born in (None, date(1975, 5, 18), date(1988, 1, 2)):
            assert do(people, visit_links.prove, token, born=born) is None
        shown = do(people, visit_links.prove, token, born=BORN)
        assert shown.who == "Dr Dana Diaz"
        assert shown.late == "It is less than a day away."
        assert visit(people).status == "booked"
        assert traces(people)[0] == ("E", "", "birth date")
        assert traces(people)[-1] == ("R", "Alice Ash", "mailed link")

    def test_frees_the_time_for_the_waiting_list(self, people: Clinic) -> None:
        token = link(people)
        assert not do(people, visit_links.cancel, token, born=date(1975, 5, 18), code="pat")
        assert visit(people).status == "booked"
        assert do(people, visit_links.cancel, token, born=BORN, code="pat")
        gone = visit(people)
        assert (gone.status, gone.cancelled_by, gone.cancel_code) == ("cancelled", "patient", "pat")
        with people.base.transaction() as db:
            freeing.clear(db, now=NOW)
            assert db.scalars(select(Claim)).first() is None
            kinds = set(db.scalars(select(col(OutboxNotice.kind))))
            assert kinds == {"appointment.cancelled"}
        assert traces(people)[-1] == ("U", "Alice Ash", "cancelled | mailed link")

    def test_asks_a_helper_for_the_patients_birth_date(self, people: Clinic) -> None:
        token = link(people, "bob")
        assert not do(people, visit_links.look, token).is_own
        assert do(people, visit_links.prove, token, born=BORN)

    def test_lets_nobody_guess(self, people: Clinic) -> None:
        """Five tries, then each waits longer; a new link to the same visit forgives none."""
        token = link(people)
        for _try in range(5):
            assert do(people, visit_links.prove, token, born=date(1990, 1, 1)) is None
        for again in (token, link(people)):
            with pytest.raises(TooMany):
                do(people, visit_links.cancel, again, born=BORN, code="")
        assert visit(people).status == "booked"
        assert do(people, visit_links.look, token)
        assert do(people, visit_links.prove, token, NOW + HOUR, born=BORN)


class TestNews:
    def link(self, people: Clinic) -> str:
        with people.base.transaction() as db:
            return mailed_links.to_end_news(db, people.users["alice"].id, now=NOW)

    def is_on(self, people: Clinic) -> bool:
        with people.base.reading() as db:
            return agreements.may_write_to(db, people.users["alice"].id)

    def test_end_by_the_link_and_not_by_opening_it(self, people: Clinic) -> None:
        """MSG-06: to look ends nothing; to end twice is once; it stands in the trace."""
        token = self.link(people)
        before = counts(people)
        assert do(people, news_links.look, token)
        assert self.is_on(people)
        assert counts(people) == before
        for _twice in range(2):
            do(people, news_links.end, token)
        assert not self.is_on(people)
        assert not do(people, news_links.look, token)
        assert traces(people) == [("C", "Alice Ash", "taken back | mailed link")]

    def test_of_one_account_end_nobody_elses(self, people: Clinic) -> None:
        do(people, news_links.end, self.link(people))
        with people.base.reading() as db:
            off = select(col(Agreement.user_id)).where(col(Agreement.agreed).is_(False))
            assert set(db.scalars(off)) == {people.users["alice"].id}

    def test_end_with_the_account_and_with_time(self, people: Clinic) -> None:
        token = self.link(people)
        with pytest.raises(news_links.LinkOver):
            do(people, news_links.end, token, NOW + mailed_links.NEWS_LIFE)
        change(people, User, col(User.id) == people.users["alice"].id, disabled=True)
        with pytest.raises(news_links.LinkOver):
            do(people, news_links.end, token)

    def test_stand_in_each_mail_that_may_be_ended_and_in_no_other(self, people: Clinic) -> None:
        alice = people.users["alice"].id
        change(people, User, col(User.id) == alice, email="a@mail.example", email_verified_at=NOW)
        with people.base.transaction() as db:
            whose = people.patients["alice"].id
            notices.write(db, "appointment.booked", patient_id=whose, record_id="visit", now=NOW)
            given = {"at": "today"}
            notices.to_user(db, "password.changed", alice, key="k", given=given, now=NOW)
        found: dict[str, str] = {}
        for _each in range(4):
            with people.base.transaction() as db:
                taken = notices.take(
                    db, system("delivery"), worker="w", portal="https://p.example", now=NOW
                )
                if parcel := only(taken):
                    written = parcel.written
                    whole = notices.as_text(written) + notices.as_page(written)
                    found[written.subject] = written.ends_news
                    assert (
                        whole.count(written.ends_news or "no-news") == bool(written.ends_news) * 2
                    )
        assert found["Your password was changed"] == ""
        token = found["About your visit"].removeprefix("https://p.example/no-news/")
        do(people, news_links.end, token)
        assert not self.is_on(people)
