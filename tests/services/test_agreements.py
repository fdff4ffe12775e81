"""What people agree to: versions that stay, answers that are kept, a new version asks again."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from portal.errors import Invalid, NotAllowed
from portal.models.agreements import TEXTS, Agreement, LegalText
from portal.models.audit import AuditEvent
from portal.models.people import User
from portal.security.actor import system
from portal.services import agreements, organization
from tests.support.clinic import NOW, Clinic

BODY = "# New\n\nThis text is long enough to be published.\n\n- one\n- two"
LATER = NOW + timedelta(days=1)
ALL: dict[str, bool] = dict.fromkeys(TEXTS, True)


def publish(db: Session, clinic: Clinic, kind: str = "terms", after: int = 1) -> None:
    agreements.publish(
        db,
        clinic.actor("ada"),
        kind=kind,
        body=BODY,
        changed="One thing is new.",
        after=after,
        now=NOW,
    )


def due(clinic: Clinic, who: str) -> list[str]:
    with clinic.base.transaction() as db:
        return [one.kind for one in agreements.due(db, clinic.users[who].id, now=LATER)]


def answer(clinic: Clinic, who: str, versions: dict[str, int], agreed: dict[str, bool]) -> None:
    with clinic.base.transaction() as db:
        answers = agreements.Answers(versions, agreed)
        agreements.agree(db, clinic.actor(who), answers=answers, now=LATER)


class TestDue:
    def test_nothing_where_all_was_agreed_to(self, the_clinic: Clinic) -> None:
        assert due(the_clinic, "alice") == []

    @pytest.mark.parametrize("kind", TEXTS)
    def test_a_new_version_asks_again(self, the_clinic: Clinic, kind: str) -> None:
        with the_clinic.base.transaction() as db:
            publish(db, the_clinic, kind)
        assert due(the_clinic, "alice") == [kind]
        assert due(the_clinic, "bob") == [kind]

    @pytest.mark.parametrize("who", ["dana", "frank", "ada", "otto"])
    def test_nothing_for_staff(self, small_clinic: Clinic, who: str) -> None:
        with small_clinic.base.transaction() as db:
            publish(db, small_clinic)
        assert due(small_clinic, who) == []

    def test_all_for_a_new_account(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            user = User(sign_in_name="new", name="New", role="helper", created_at=NOW)
            db.add(user)
            db.flush()
            found = agreements.due(db, user.id, now=NOW)
        assert [(one.kind, one.is_needed) for one in found] == [
            ("terms", True),
            ("privacy", True),
            ("electronic", False),
        ]

    def test_nothing_for_an_account_that_is_none(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db:
            assert agreements.due(db, "nobody", now=NOW) == []


class TestAgree:
    def test_is_kept_with_version_and_moment(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            publish(db, the_clinic)
        answer(the_clinic, "alice", {"terms": 2}, {"terms": True})
        assert due(the_clinic, "alice") == []
        with the_clinic.base.transaction() as db:
            row = agreements.history(db, the_clinic.actor("alice"), now=LATER)[0]
            assert (row.kind, row.version, row.agreed) == ("terms", 2, True)
            assert row.said.startswith("4 Mar 2026")
            traced = db.scalars(
                select(AuditEvent).where(col(AuditEvent.category) == "agreement")
            ).one()
            assert (traced.entity, traced.reason) == ("Text/terms/2", "agreed")

    @pytest.mark.parametrize("kind", ["terms", "privacy"])
    def test_what_is_needed_cannot_be_declined(self, the_clinic: Clinic, kind: str) -> None:
        with the_clinic.base.transaction() as db:
            publish(db, the_clinic, kind)
        with pytest.raises(Invalid):
            answer(the_clinic, "alice", {kind: 2}, {kind: False})
        with pytest.raises(Invalid):
            answer(the_clinic, "alice", {}, {})
        assert due(the_clinic, "alice") == [kind]

    def test_mails_may_be_declined_and_are_not_asked_for_again(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            publish(db, the_clinic, "electronic")
        answer(the_clinic, "alice", {"electronic": 2}, {"electronic": False})
        assert due(the_clinic, "alice") == []
        with the_clinic.base.transaction() as db:
            assert not agreements.may_write_to(db, the_clinic.users["alice"].id)

    def test_an_older_version_is_not_enough(self, the_clinic: Clinic) -> None:
        """Somebody read version 2 while version 3 was published."""
        with the_clinic.base.transaction() as db:
            publish(db, the_clinic)
            publish(db, the_clinic, after=2)
        with pytest.raises(agreements.TextChanged):
            answer(the_clinic, "alice", {"terms": 2}, {"terms": True})
        assert due(the_clinic, "alice") == ["terms"]

    def test_says_nothing_of_anybody_else(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            publish(db, the_clinic)
        answer(the_clinic, "alice", {"terms": 2}, {"terms": True})
        assert due(the_clinic, "charlie") == ["terms"]
        with the_clinic.base.transaction() as db:
            rows = agreements.history(db, the_clinic.actor("charlie"), now=LATER)
        assert {row.version for row in rows} == {1}

    def test_twice_is_kept_once(self, the_clinic: Clinic) -> None:
        for _ in range(2):
            answer(the_clinic, "alice", dict.fromkeys(TEXTS, 1), ALL)
        with the_clinic.base.transaction() as db:
            mine = col(Agreement.user_id) == the_clinic.users["alice"].id
            assert len(db.scalars(select(Agreement).where(mine)).all()) == len(TEXTS)


class TestMails:
    def test_can_be_taken_back_and_agreed_to_again(self, the_clinic: Clinic) -> None:
        alice, her = the_clinic.actor("alice"), the_clinic.users["alice"].id
        with the_clinic.base.transaction() as db:
            assert agreements.may_write_to(db, her)
            agreements.take_back(db, alice, now=NOW)
            assert not agreements.may_write_to(db, her)
            first = agreements.history(db, alice, now=NOW)[0]
            assert (first.kind, first.agreed, first.may_take_back) == ("electronic", False, False)
            agreements.start_anew(db, alice, now=LATER)
            assert agreements.may_write_to(db, her)
            assert agreements.history(db, alice, now=LATER)[0].may_take_back
        assert due(the_clinic, "alice") == []

    def test_are_not_taken_back_twice(self, small_clinic: Clinic) -> None:
        alice = small_clinic.actor("alice")
        with small_clinic.base.transaction() as db:
            agreements.take_back(db, alice, now=NOW)
            with pytest.raises(agreements.NotAgreed):
                agreements.take_back(db, alice, now=LATER)

    def test_are_not_written_to_who_never_said(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db:
            assert not agreements.may_write_to(db, small_clinic.users["frank"].id)


class TestPublish:
    def test_leaves_the_old_version_as_it_was(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            before = _body(db, 1)
            publish(db, the_clinic)
        with the_clinic.base.transaction() as db:
            assert (_body(db, 1), _body(db, 2)) == (before, BODY)
            shown = agreements.one(db, kind="terms", now=NOW)
            assert (shown.version, shown.changed) == (2, "One thing is new.")
            assert shown.parts[0].title == "New"
            assert shown.parts[0].blocks[1].points == ["one", "two"]

    @pytest.mark.parametrize("who", ["alice", "bob", "dana", "frank", "otto"])
    def test_is_for_those_who_set_the_policies(self, small_clinic: Clinic, who: str) -> None:
        actor = small_clinic.actor(who)
        with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            agreements.publish(db, actor, kind="terms", body=BODY, changed="New", after=1, now=NOW)
        with small_clinic.base.transaction() as db, pytest.raises(NotAllowed):
            agreements.published(db, actor, now=NOW)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"kind": "other"},
            {"body": "short"},
            {"body": "x" * 50_001},
            {"changed": " "},
            {"changed": "x" * 1001},
        ],
    )
    def test_refuses_what_is_no_text(self, small_clinic: Clinic, wrong: dict[str, str]) -> None:
        given = {"kind": "terms", "body": BODY, "changed": "New", **wrong}
        with small_clinic.base.transaction() as db, pytest.raises(Invalid):
            agreements.publish(db, small_clinic.actor("ada"), **given, after=1, now=NOW)

    def test_loses_nobody_elses_version(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            publish(db, the_clinic)
        with the_clinic.base.transaction() as db, pytest.raises(agreements.PublishedMeanwhile):
            publish(db, the_clinic)

    def test_tells_how_many_agreed(self, the_clinic: Clinic) -> None:
        with the_clinic.base.transaction() as db:
            publish(db, the_clinic)
        answer(the_clinic, "alice", {"terms": 2}, {"terms": True})
        with the_clinic.base.transaction() as db:
            rows = agreements.published(db, the_clinic.actor("max"), now=LATER)
        counted = {(row.kind, row.version): row.agreed for row in rows}
        assert counted["terms", 2] == 1
        assert counted["terms", 1] == 5


class TestFirstTexts:
    def test_come_with_the_clinic_and_bear_its_name(self, base: object) -> None:
        with base.transaction() as db:  # type: ignore[attr-defined]
            organization.found(db, system("operator"), name="Bay Clinic", now=NOW)
        with base.transaction() as db:  # type: ignore[attr-defined]
            shown = agreements.current(db, now=NOW)
            agreements.begin(db, system("start"), now=LATER)
            assert len(db.scalars(select(LegalText)).all()) == len(TEXTS)
        assert [(row.kind, row.version) for row in shown] == [(kind, 1) for kind in TEXTS]
        said = " ".join(block.words for row in shown for part in row.parts for block in part.blocks)
        assert "Bay Clinic" in said
        assert "{" not in said

    def test_wait_for_the_clinic(self, sqlite_base: object) -> None:
        with sqlite_base.transaction() as db:  # type: ignore[attr-defined]
            agreements.begin(db, system("start"), now=NOW)
            assert agreements.current(db, now=NOW) == []

    @pytest.mark.parametrize("kind", TEXTS)
    def test_are_words_that_people_of_eleven_read(self, kind: str) -> None:
        """Flesch-Kincaid grade 8 at most, counted roughly: short sentences, short words."""
        text = agreements.first_texts("Bay Clinic")[kind]
        sentences = [one for one in _sentences(text) if one.strip()]
        words = text.replace("#", " ").replace("- ", " ").split()
        syllables = sum(_syllables(word) for word in words)
        grade = 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
        assert grade < 8, grade


def _body(db: Session, version: int) -> str:
    query = select(col(LegalText.body)).where(
        col(LegalText.kind) == "terms", col(LegalText.version) == version
    )
    return db.connection().execute(query).scalar_one()


def _sentences(text: str) -> list[str]:
    import re

    return re.split(r"[.!?:;]\s|\n\n|\n- ", text)


def _syllables(word: str) -> int:
    import re

    found = len(re.findall(r"[aeiouy]+", word.lower()))
    return max(1, found - (word.lower().rstrip(".,;").endswith("e") and found > 1))
