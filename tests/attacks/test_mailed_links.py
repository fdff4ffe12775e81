"""Attacks on links in mails (MSG-06): scanners, guesses, other sites, what pages give away."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlmodel import SQLModel, col

from portal.models.agreements import Agreement
from portal.models.appointments import Appointment
from portal.security import mailed_links
from portal.services import acting
from tests.support import clinic as cast
from tests.support.attacked import Attacked
from tests.support.patience import PATIENCE_S

BORN = {"day": "17", "month": "5", "year": "1975"}
OVER = "This link does not work any more"
# What comes with any request, and what the portal's own clock does beside.
BESIDE = {"audit_event", "audit_head", "live_change", "outbox_notice", "tries"}


@pytest.fixture(scope="module")
def portal(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Returns a portal of this module's own: tries are counted."""
    folder = tmp_path_factory.mktemp("mailed")
    own = Attacked(folder / "data", folder / "log")
    own.fill(empty_file)
    try:
        own.begin()
        yield own
    finally:
        own.close()


@pytest.fixture
def visit(portal: Attacked) -> str:
    """Returns a link of Alice's to a visit of hers in two days; nothing is counted."""
    assert portal.base
    now = acting.now()
    starts = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    with portal.base.transaction() as db:
        for table in ("mailed_link", "appointment_change", "outbox_notice", "appointment", "tries"):
            db.connection().execute(text(f"DELETE FROM {table}"))
        made = cast.appointment(
            portal.people, id="visit", starts_at=starts, title="QZMARK title", reason="QZMARK why"
        )
        db.add(made)
        db.flush()
        return mailed_links.to_visit(
            db,
            portal.people.users["alice"].id,
            patient_id=made.patient_id,
            appointment_id=made.id,
            about_at=starts,
            now=now,
        )


def status(portal: Attacked) -> tuple[str, bool]:
    assert portal.base
    with portal.base.reading() as db:
        query = select(col(Appointment.status), col(Appointment.confirmed_at))
        row = db.connection().execute(query).one()
        return row.status, row.confirmed_at is not None


def send(portal: Attacked, token: str, **form: str) -> httpx.Response:
    with portal.web() as web:
        return web.post(f"/reminder/{token}", data=form)


def words(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def rows(portal: Attacked) -> dict[str, int]:
    assert portal.base
    with portal.base.reading() as db:
        return {
            name: db.connection().execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
            if name not in BESIDE
        }


class TestVisit:
    def test_is_shown_without_anything_of_it_and_changes_nothing(
        self, portal: Attacked, visit: str
    ) -> None:
        before = rows(portal)
        with portal.web() as web:
            answers = [web.get(f"/reminder/{visit}") for _ in range(5)]
            answers.append(web.head(f"/reminder/{visit}"))
        page = answers[0]
        assert {one.status_code for one in answers} == {200}
        for secret in ("QZMARK", "Diaz", "Alice", "Ash", visit):
            assert secret not in page.text
        assert "action=" not in page.text
        assert page.headers["cache-control"] == "no-store"
        assert rows(portal) == before
        assert status(portal) == ("booked", False)

    def test_is_confirmed_and_given_up_by_forms_alone(self, portal: Attacked, visit: str) -> None:
        assert "Thank you, we expect you" in words(send(portal, visit, step="confirm"))
        assert status(portal) == ("booked", True)
        asked = send(portal, visit, step="prove", **BORN)
        assert "With Dr Dana Diaz" in words(asked)
        assert "QZMARK" not in asked.text
        assert status(portal) == ("booked", True)
        done = send(portal, visit, step="cancel", code="none", **BORN)
        assert "Your visit is cancelled" in words(done)
        assert status(portal)[0] == "cancelled"
        after = words(send(portal, visit, step="confirm"))
        assert "was changed since we wrote to you" in after
        assert "Diaz" not in after

    @pytest.mark.parametrize("step", ["prove", "cancel"])
    @pytest.mark.parametrize(
        "born",
        [
            {},
            {"day": "18", "month": "5", "year": "1975"},
            {"day": "31", "month": "2", "year": "1975"},
            {"day": "٣", "month": "5", "year": "99999999999999999999"},
        ],
    )
    def test_is_not_given_up_without_the_birth_date(
        self, portal: Attacked, visit: str, step: str, born: dict[str, str]
    ) -> None:
        answer = send(portal, visit, step=step, **born)
        assert answer.status_code == 422
        assert "Diaz" not in answer.text
        assert status(portal) == ("booked", False)

    def test_lets_nobody_guess_the_birth_date(self, portal: Attacked, visit: str) -> None:
        for _try in range(5):
            send(portal, visit, step="prove", day="1", month="1", year="1990")
        assert send(portal, visit, step="cancel", **BORN).status_code == 429
        assert status(portal) == ("booked", False)

    @pytest.mark.parametrize("minutes", ["", "x", "-5", "7", "1e3", "٥"])
    def test_takes_no_other_answer(self, portal: Attacked, visit: str, minutes: str) -> None:
        answer = send(portal, visit, step="late", minutes=minutes)
        assert (answer.status_code, "Nothing was changed" in answer.text) == (422, True)
        assert send(portal, visit, step="else").status_code == 200
        assert status(portal) == ("booked", False)

    @pytest.mark.parametrize("token", ["x", "a" * 43, "<script>alert(1)<script>", "a" * 999])
    def test_that_never_was_says_what_an_ended_one_says(
        self, portal: Attacked, visit: str, token: str
    ) -> None:
        assert portal.base
        with portal.base.transaction() as db:
            db.connection().execute(text("UPDATE mailed_link SET expires_at = created_at"))
        with portal.web() as web:
            ended, none = web.get(f"/reminder/{visit}"), web.get(f"/reminder/{token}")
        assert (none.status_code, none.text) == (ended.status_code, ended.text)
        assert OVER in ended.text

    def test_of_another_site_is_refused(self, portal: Attacked, visit: str) -> None:
        """CSRF."""
        where = f"{portal.url}/reminder/{visit}"
        for origin in ({"origin": "https://evil.example"}, {}):
            answer = httpx.post(where, data={"step": "confirm"}, headers=origin, timeout=PATIENCE_S)
            assert answer.status_code == 403
        assert status(portal) == ("booked", False)


class TestNews:
    def test_end_by_one_click_of_a_mail_program_and_by_no_look(self, portal: Attacked) -> None:
        """RFC 8058: a POST without an Origin, in either way of writing a form."""
        assert portal.base
        alice = portal.people.users["alice"].id
        with portal.base.transaction() as db:
            token = mailed_links.to_end_news(db, alice, now=acting.now())
        where = f"{portal.url}/no-news/{token}"
        page = httpx.get(where, timeout=PATIENCE_S)
        assert page.status_code == 200
        assert "Alice" not in page.text
        assert token not in page.text
        off = select(col(Agreement.user_id)).where(col(Agreement.agreed).is_(False))
        with portal.base.reading() as db:
            assert db.connection().execute(off).first() is None
        one_click = {"List-Unsubscribe": "One-Click"}
        assert httpx.post(where, data=one_click, timeout=PATIENCE_S).status_code == 200
        assert (
            httpx.post(
                where, files={"List-Unsubscribe": (None, "One-Click")}, timeout=PATIENCE_S
            ).status_code
            == 200
        )
        with portal.base.reading() as db:
            assert db.connection().execute(off).scalars().all() == [alice]
        assert "no longer" in words(httpx.get(where, timeout=PATIENCE_S))
        assert httpx.post(f"{portal.url}/no-news/{'a' * 43}", timeout=PATIENCE_S).status_code == 404
