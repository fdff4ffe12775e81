"""Insurance and balance: who enters, checks and sees them, and what the board flags of them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from portal import live
from portal.errors import Invalid, NotAllowed, NotFound
from portal.models.agreements import PolicyValue
from portal.models.audit import AuditEvent
from portal.models.coverage import Account, Coverage
from portal.services import board, coverage
from portal.services.coverage import Changed, CoverageRow, money
from portal.words import speak
from tests.support.clinic import NOW, Clinic, appointment

CARD: dict[str, Any] = {"version": 0, "payer": "Larkspur Mutual", "member_number": "LM 4471 902"}
OWED: dict[str, Any] = {"version": 0, "amount": "45.50", "currency": "usd"}
PAID: dict[str, Any] = {"version": 1, "amount": "0", "currency": "USD"}
UNSAID: dict[str, Any] = {"version": 0, "self_pay": True}
DAY = timedelta(days=1)
VISIT = NOW + 2 * DAY


def do(
    clinic: Clinic, use_case: Any, by: str = "frank", *, whose: str = "alice", **given: Any
) -> Any:
    with clinic.base.transaction() as db:
        arguments = {"patient_id": clinic.patients[whose].id, "now": NOW} | given
        return use_case(db, clinic.actor(by), **arguments)


def changed(given: dict[str, Any], **values: Any) -> dict[str, Any]:
    return given | values


def shown(clinic: Clinic, by: str = "frank", **given: Any) -> CoverageRow:
    return do(clinic, coverage.view, by, **given)


def flags(clinic: Clinic, by: str = "frank", at: Any = NOW) -> list[str]:
    """Returns the icons on the board of the visits of Thursday."""
    with clinic.base.transaction() as db:
        row = board.view(db, clinic.actor(by), day=VISIT.date(), now=at)
    strips = [one for column in row.columns for one in column.strips]
    return [flag.icon for one in strips for flag in one.flags]


def policy(clinic: Clinic, **values: str) -> None:
    clinic.add(
        *(
            PolicyValue(key=key, value=value, changed_at=NOW, changed_by="Max Moe")
            for key, value in values.items()
        )
    )


class TestEnter:
    def test_shows_what_was_entered_and_checked_and_by_whom(self, the_clinic: Clinic) -> None:
        do(the_clinic, coverage.enter, **CARD, starts_on=date(2026, 1, 1))
        row = shown(the_clinic)
        assert (row.payer, row.member_number) == ("Larkspur Mutual", "LM 4471 902")
        assert (row.period, row.said, row.tone) == ("From 1 Jan 2026", "Not checked yet", "warn")
        do(the_clinic, coverage.verify, "max", version=row.version)
        row = shown(the_clinic, "bill")
        assert (row.said, row.verified) == ("Checked", "3 Mar 2026, Max Moe")
        assert shown(the_clinic, now=NOW + 91 * DAY).said == "Check is old"

    def test_the_number_is_nowhere_in_plain(self, the_clinic: Clinic) -> None:
        """KEY-03."""
        do(the_clinic, coverage.enter, **CARD)
        with the_clinic.base.reading() as db:
            record = db.scalars(select(Coverage)).one()
            told = [row.reason + row.entity for row in db.scalars(select(AuditEvent))]
        assert b"4471" not in record.member_number
        assert len(record.member_number) > len(CARD["member_number"])
        assert not [text for text in told if "4471" in text or "Larkspur" in text]

    def test_another_insurer_is_checked_anew_and_the_old_one_stays_as_cancelled(
        self, the_clinic: Clinic
    ) -> None:
        do(the_clinic, coverage.enter, **CARD)
        do(the_clinic, coverage.verify, version=1)
        do(the_clinic, coverage.enter, **changed(CARD, version=2, member_number="LM 1"))
        assert (shown(the_clinic).member_number, shown(the_clinic).verified) == ("LM 1", "")
        with the_clinic.base.reading() as db:
            stands = sorted(row.status for row in db.scalars(select(Coverage)))
        assert stands == ["active", "cancelled"]

    def test_a_new_period_leaves_the_check(self, the_clinic: Clinic) -> None:
        do(the_clinic, coverage.enter, **CARD)
        do(the_clinic, coverage.verify, version=1)
        do(the_clinic, coverage.enter, **changed(CARD, version=2), ends_on=date(2026, 12, 31))
        row = shown(the_clinic)
        assert (row.version, row.said, row.period) == (3, "Checked", "Until 31 Dec 2026")

    def test_of_two_at_once_one_is_told(self, the_clinic: Clinic) -> None:
        do(the_clinic, coverage.enter, **CARD)
        with pytest.raises(Changed):
            do(the_clinic, coverage.enter, "max", **changed(CARD, payer="Heron Health"))
        do(the_clinic, coverage.verify, version=1)
        for use_case, more in ((coverage.verify, {}), (coverage.end, {"why": "ended"})):
            with pytest.raises(Changed):
                do(the_clinic, use_case, version=1, **more)
        assert shown(the_clinic).payer == "Larkspur Mutual"

    def test_the_database_takes_one_active_insurance_and_no_more(self, the_clinic: Clinic) -> None:
        do(the_clinic, coverage.enter, **CARD)
        other = Coverage(
            patient_id=the_clinic.patients["alice"].id, payer="Heron Health", entered_at=NOW
        )
        with pytest.raises(IntegrityError), the_clinic.base.transaction() as db:
            db.connection().execute(insert(Coverage), [other.model_dump()])

    @pytest.mark.parametrize(
        "wrong",
        [
            {"payer": " "},
            {"member_number": ""},
            {"payer": "x" * 201},
            {"member_number": "1" * 61},
            {"starts_on": date(2026, 2, 2), "ends_on": date(2026, 2, 1)},
            {"ends_on": date(1, 1, 1)},
        ],
    )
    def test_refuses_what_is_no_insurance(
        self, small_clinic: Clinic, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(Invalid):
            do(small_clinic, coverage.enter, **changed(CARD, **wrong))
        assert not shown(small_clinic).version

    def test_what_was_entered_by_mistake_is_no_more_known_and_what_ended_is(
        self, the_clinic: Clinic
    ) -> None:
        the_clinic.add(appointment(the_clinic, starts_at=VISIT))
        for why, flagged in (("error", False), ("ended", True)):
            do(the_clinic, coverage.enter, **CARD)
            do(the_clinic, coverage.end, version=1, why=why)
            assert (shown(the_clinic).said, shown(the_clinic).payer) == ("None entered", "")
            assert ("insurance" in flags(the_clinic)) == flagged
        with pytest.raises(NotFound):
            do(the_clinic, coverage.end, version=0, why="ended")
        with pytest.raises(NotFound):
            do(the_clinic, coverage.verify, version=0)

    def test_each_act_leaves_a_row_and_tells_the_staff_alone(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db:
            who, frank = small_clinic.patients["alice"].id, small_clinic.actor("frank")
            coverage.enter(db, frank, patient_id=who, **CARD, now=NOW)
            coverage.verify(db, frank, patient_id=who, version=1, now=NOW)
            coverage.settle(db, frank, patient_id=who, **OWED, now=NOW)
            assert live.pending(db) == (live.Change("coverage", live.STAFF),)
        shown(small_clinic)
        with small_clinic.base.reading() as db:
            rows = [
                (row.action, row.category, row.reason, row.patient_id == who)
                for row in db.scalars(select(AuditEvent).order_by(col(AuditEvent.seq)))
            ]
        assert rows == [
            ("C", "coverage", "entered", True),
            ("U", "coverage", "verified", True),
            ("C", "coverage", "balance", True),
            ("R", "coverage", "", True),
        ]


class TestWho:
    @pytest.mark.parametrize("by", ["dana", "erin", "nora", "ada", "otto", "alice", "bob"])
    def test_nobody_else_sees_or_enters_any_of_it(self, small_clinic: Clinic, by: str) -> None:
        do(small_clinic, coverage.enter, **CARD)
        acts: list[tuple[Any, dict[str, Any]]] = [
            (coverage.view, {}),
            (coverage.enter, {**CARD, "version": 1}),
            (coverage.verify, {"version": 1}),
            (coverage.end, {"version": 1, "why": "ended"}),
            (coverage.settle, OWED),
        ]
        for use_case, given in acts:
            with pytest.raises(NotAllowed):
                do(small_clinic, use_case, by, **given)
        assert shown(small_clinic).version == 1

    def test_whoever_does_sees_nothing_of_somebody_that_there_is_not(
        self, small_clinic: Clinic
    ) -> None:
        with pytest.raises(NotFound):
            do(small_clinic, coverage.view, patient_id="nobody")

    @pytest.mark.parametrize("by", ["dana", "nora"])
    def test_the_board_of_who_treats_shows_neither(self, small_clinic: Clinic, by: str) -> None:
        do(small_clinic, coverage.enter, **CARD)
        do(small_clinic, coverage.settle, **OWED)
        small_clinic.add(appointment(small_clinic, starts_at=VISIT))
        assert {"insurance", "balance"} <= set(flags(small_clinic))
        assert not {"insurance", "balance"} & set(flags(small_clinic, by))


class TestSettle:
    def test_says_amount_day_and_person(self, the_clinic: Clinic) -> None:
        do(the_clinic, coverage.settle, **OWED, as_of=date(2026, 2, 27))
        row = shown(the_clinic)
        assert (row.balance, row.amount, row.currency) == ("$45.50", "45.50", "USD")
        assert (row.as_of, row.settled) == ("27 Feb 2026", "3 Mar 2026, Frank Fox")
        do(the_clinic, coverage.settle, "bill", **PAID)
        assert (shown(the_clinic).balance, shown(the_clinic).owes) == ("$0.00", False)
        with pytest.raises(Changed):
            do(the_clinic, coverage.settle, **changed(OWED, version=1))
        with pytest.raises(Changed):
            do(the_clinic, coverage.settle, **OWED)
        with the_clinic.base.reading() as db:
            assert db.scalars(select(Account)).one().balance == 0

    @pytest.mark.parametrize(
        ("amount", "code", "units", "said"),
        [
            ("1,204.5", "USD", 120450, "$1,204.50"),
            ("4500", "JPY", 4500, "¥4,500"),
            ("12.345", "KWD", 12345, "KWD12.345"),
        ],
    )
    def test_each_currency_has_its_own_decimals(
        self, amount: str, code: str, units: int, said: str
    ) -> None:
        assert money.minor(amount, code) == units
        assert money.said(units, code) == said
        assert money.minor(money.plain(units, code), code) == units

    def test_amounts_are_read_as_people_write_them_where_they_are(self) -> None:
        speak("de", "Europe/Berlin")
        try:
            assert money.minor("45,50", "EUR") == 4550
            assert money.plain(4550, "EUR") == "45,50"
        finally:
            speak("en", "America/New_York")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"amount": "-1"},
            {"amount": "4.505"},
            {"amount": "1.5", "currency": "JPY"},
            {"amount": "much"},
            {"amount": "NaN"},
            {"amount": "1e3"},
            {"amount": "99999999999"},
            {"currency": "XQZ"},
            {"as_of": NOW.date() + DAY},
        ],
    )
    def test_refuses_what_nobody_owes(self, small_clinic: Clinic, wrong: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            do(small_clinic, coverage.settle, **changed(OWED, **wrong))
        assert not shown(small_clinic).account_version

    def test_the_form_offers_the_currency_that_the_clinic_entered_last(
        self, small_clinic: Clinic
    ) -> None:
        assert shown(small_clinic).currency == "USD"
        do(small_clinic, coverage.settle, **changed(OWED, currency="EUR"))
        assert shown(small_clinic, whose="charlie").currency == "EUR"


class TestFlags:
    def test_nobody_is_flagged_where_nothing_is_entered(self, the_clinic: Clinic) -> None:
        the_clinic.add(appointment(the_clinic, starts_at=VISIT))
        assert not {"insurance", "balance"} & set(flags(the_clinic))
        policy(the_clinic, insurance_for_all="yes")
        assert "insurance" in flags(the_clinic)
        do(the_clinic, coverage.enter, **UNSAID)
        assert "insurance" not in flags(the_clinic)

    def test_an_insurance_is_flagged_until_it_is_checked_for_the_visit(
        self, the_clinic: Clinic
    ) -> None:
        the_clinic.add(appointment(the_clinic, starts_at=VISIT))
        do(the_clinic, coverage.enter, **CARD)
        assert "insurance" in flags(the_clinic)
        do(the_clinic, coverage.verify, version=1, now=VISIT - 91 * DAY)
        assert "insurance" in flags(the_clinic)
        do(the_clinic, coverage.verify, version=2, now=VISIT - 90 * DAY)
        assert "insurance" not in flags(the_clinic)

    def test_the_period_must_hold_the_day_of_the_visit(self, the_clinic: Clinic) -> None:
        the_clinic.add(appointment(the_clinic, starts_at=VISIT))
        do(the_clinic, coverage.enter, **CARD, ends_on=VISIT.date())
        do(the_clinic, coverage.verify, version=1)
        assert "insurance" not in flags(the_clinic)
        do(the_clinic, coverage.enter, **changed(CARD, version=2), ends_on=(VISIT - DAY).date())
        assert "insurance" in flags(the_clinic)

    def test_a_balance_is_flagged_until_it_is_paid(self, the_clinic: Clinic) -> None:
        the_clinic.add(appointment(the_clinic, starts_at=VISIT))
        do(the_clinic, coverage.settle, **OWED)
        assert "balance" in flags(the_clinic)
        do(the_clinic, coverage.settle, **PAID)
        assert "balance" not in flags(the_clinic)

    def test_only_while_something_can_be_done_about_it(self, small_clinic: Clinic) -> None:
        do(small_clinic, coverage.enter, **CARD)
        do(small_clinic, coverage.settle, **OWED)
        visit = appointment(small_clinic, starts_at=VISIT)
        small_clinic.add(visit)
        due = VISIT - 7 * DAY
        assert not {"insurance", "balance"} & set(flags(small_clinic, at=due - DAY))
        assert {"insurance", "balance"} <= set(flags(small_clinic, at=due + DAY))
        policy(small_clinic, insurance_days="0")
        assert "insurance" not in flags(small_clinic)
