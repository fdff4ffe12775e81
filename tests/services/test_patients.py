"""Finding patients: any order, any script, slips, birth dates, numbers; who may, and the trace."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlmodel import Session, col, select

from portal.errors import NotAllowed
from portal.models.audit import AuditEvent
from portal.models.base import new_id
from portal.models.finding import PatientChanged, PatientKey
from portal.models.people import Patient
from portal.services import patients
from portal.services.patients import finding, spelling
from tests.support.clinic import NOW, Clinic

NAMES = {
    "silva": ("Marta", "Silva", "1971-06-14", "JC-000042", "(406) 555-0148"),
    "leon": ("Leon Eric", "Albers", "1975-05-17", "JC-000043", "+1 406 555 0199"),
    "lea": ("Léa", "Müller-Sørensen", "1988-12-03", "JC-000044", ""),
    "obrien": ("Siobhán", "O’Brien", "2017-02-28", "JC-000045", ""),
    "strasse": ("Jürgen", "Straßmann", "1950", "JC-000046", ""),
    "cruz": ("José Luis", "de la Cruz", "1962-01", "JC-000047", ""),
    "wang": ("小明", "王", "1990-10-10", "JC-000048", ""),
    "kim": ("민준", "김", "1991-10-10", "JC-000049", ""),
    "sato": ("さくら", "佐藤", "1992-10-10", "JC-000050", ""),
    "ivanova": ("Анна", "Ивановa", "1993-10-10", "JC-000051", ""),
    "papas": ("Γιώργος", "Παππάς", "1994-10-10", "JC-000052", ""),
    "ahmad": ("مُحَمَّد", "الأحمد", "1995-10-10", "JC-000053", ""),
    "priya": ("प्रिया", "शर्मा", "1996-10-10", "JC-000054", ""),
    "dickens": ("Aaron697", "Dickens475", "1944-04-04", "6f3c7f0e-11", ""),
    "gonzalez": ("Ximena", "González", "1983-08-08", "JC-000055", ""),
    "whole": ("王小红", "", "1999-10-10", "JC-000056", ""),
}


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "id": key,
            "name": f"{given} {family}".strip(),
            "family": family,
            "given": given,
            "birth_date": born,
            "born_on": date.fromisoformat(born) if len(born) == 10 else None,
            "record_number": number,
            "phone": phone,
        }
        for key, (given, family, born, number, phone) in NAMES.items()
    ]


@pytest.fixture
def known(the_clinic: Clinic) -> Clinic:
    """The cast and the people above, written in bulk, as an import does."""
    with the_clinic.base.transaction() as db:
        db.connection().execute(insert(Patient), _rows())
    return the_clinic


def ids(clinic: Clinic, words: str, who: str = "frank") -> list[str]:
    """Returns whom a search finds."""
    with clinic.base.transaction() as db:
        found = patients.find(db, clinic.actor(who), words=words, now=NOW)
    return [hit.patient_id for hit in found.hits]


class TestFind:
    @pytest.mark.parametrize(
        ("words", "whom"),
        [
            ("sil", "silva"),
            ("SILVA", "silva"),
            ("silva marta", "silva"),
            ("mar sil", "silva"),
            ("l e al", "leon"),
            ("al le", "leon"),
            ("lea muller", "lea"),
            ("lea sorensen", "lea"),
            ("Sørensen Léa", "lea"),
            ("obrien", "obrien"),
            ("O'Brien", "obrien"),
            ("o brien", "obrien"),
            ("brien siob", "obrien"),
            ("strassmann", "strasse"),
            ("STRAẞMANN", "strasse"),
            ("de la cruz", "cruz"),
            ("delacruz", "cruz"),
            ("cruz jose", "cruz"),
            ("Mr. José Cruz", "cruz"),
            ("王", "wang"),
            ("王小明", "wang"),
            ("小明", "wang"),
            ("小红", "whole"),
            ("红", "whole"),
            ("김", "kim"),
            ("김 민", "kim"),
            ("佐藤", "sato"),
            ("さく", "sato"),
            ("анна ив", "ivanova"),
            ("γιωργος", "papas"),
            ("ΠΑΠΠΑΣ", "papas"),
            ("محمد", "ahmad"),
            ("प्रिया", "priya"),
            ("शर्", "priya"),
            ("aaron dickens", "dickens"),
            ("dickens475", "dickens"),
        ],
    )
    def test_finds_by_letters_of_names_in_any_order_and_script(
        self, known: Clinic, words: str, whom: str
    ) -> None:
        assert whom in ids(known, words)

    @pytest.mark.parametrize(
        ("words", "whom"),
        [
            ("gonzales", "gonzalez"),
            ("gonsalez", "gonzalez"),
            ("gnozalez", "gonzalez"),
            ("gonzlez", "gonzalez"),
            ("gozalez xim", "gonzalez"),
            ("ximean gonz", "gonzalez"),
            ("alberts", "leon"),
            ("ablers leon", "leon"),
            ("slva marta", "silva"),
            ("silca 1971", "silva"),
        ],
    )
    def test_forgives_a_slip(self, known: Clinic, words: str, whom: str) -> None:
        assert ids(known, words) == [whom]

    def test_says_that_a_hit_is_only_close(self, known: Clinic) -> None:
        with known.base.transaction() as db:
            close = patients.find(db, known.actor("frank"), words="gonzales", now=NOW)
            exact = patients.find(db, known.actor("frank"), words="gonzalez", now=NOW)
        assert close.is_close
        assert not exact.is_close

    @pytest.mark.parametrize(
        "words",
        [
            "1975-05-17",
            "17 5 1975",
            "17.05.1975",
            "5/17/1975",
            "05171975",
            "19750517",
            "17 May 1975",
            "May 17, 1975",
            "17/5/75",
            "5 1975 albers",
            "albers 1975",
            "1975 leon",
            "1975-05 al",
        ],
    )
    def test_finds_by_birth_date_however_it_is_typed(self, known: Clinic, words: str) -> None:
        assert "leon" in ids(known, words)

    @pytest.mark.parametrize(("words", "whom"), [("1950", "strasse"), ("cruz 1 1962", "cruz")])
    def test_finds_by_a_birth_date_of_which_only_a_part_is_known(
        self, known: Clinic, words: str, whom: str
    ) -> None:
        assert whom in ids(known, words)

    @pytest.mark.parametrize(
        "words",
        ["JC-000042", "jc000042", "000042", "42", "(406) 555-0148", "4065550148", "555 0148",
         "555-0148", "0148", "0148 silva"],
    )  # fmt: skip
    def test_finds_by_record_number_or_phone(self, known: Clinic, words: str) -> None:
        assert "silva" in ids(known, words)

    def test_finds_a_phone_number_with_or_without_its_country(self, known: Clinic) -> None:
        assert ids(known, "406 555 0199") == ids(known, "+1 (406) 555-0199") == ["leon"]

    @pytest.mark.parametrize(
        "words",
        ["", "   ", "%", "_", "'; DROP TABLE patient; --", "zzqx", "*", '"', "\\", "\x00",
         "silva zzz", "a" * 5000, "1 " * 3000, "31 2 1975", "99999999999999999999", "١٩٧٥"],
    )  # fmt: skip
    def test_finds_nobody_for_what_fits_nobody(self, known: Clinic, words: str) -> None:
        assert ids(known, words) == []

    def test_puts_family_names_first_and_in_order(self, known: Clinic) -> None:
        people = [("Ann", "James"), ("James", "Aal"), ("Zoe", "James")]
        known.add(*(Patient(id=new_id(), name=f"{g} {f}", family=f, given=g) for g, f in people))
        with known.base.transaction() as db:
            hits = patients.find(db, known.actor("frank"), words="james", now=NOW).hits
        assert [hit.name for hit in hits] == ["Ann James", "Zoe James", "James Aal"]

    def test_shows_twelve_and_says_that_there_are_more(self, known: Clinic) -> None:
        known.add(*(Patient(name=f"Ann Many{n}", family="Many", given="Ann") for n in range(30)))
        with known.base.transaction() as db:
            found = patients.find(db, known.actor("frank"), words="many an", now=NOW)
        assert len(found.hits) == 12
        assert len({hit.patient_id for hit in found.hits}) == 12
        assert found.has_more

    def test_shows_what_tells_two_people_apart(self, known: Clinic) -> None:
        with known.base.transaction() as db:
            (hit,) = patients.find(db, known.actor("frank"), words="silva", now=NOW).hits
        said = (hit.name, hit.born, hit.age, hit.record_number, hit.phone_end)
        assert said == ("Marta Silva", "14 Jun 1971", "54", "JC-000042", "0148")


class TestIndex:
    def test_finds_a_patient_under_the_new_name_alone(self, known: Clinic) -> None:
        assert ids(known, "albers") == ["leon"]
        with known.base.transaction() as db:
            changed = update(Patient).where(col(Patient.id) == "leon")
            db.connection().execute(changed.values(family="Quist", name="Leon Quist"))
        assert ids(known, "quist") == ["leon"]
        assert ids(known, "albers") == []

    def test_follows_a_change_by_plain_sql_or_by_record(self, known: Clinic) -> None:
        assert ids(known, "marta") == ["silva"]
        with known.base.transaction() as db:
            db.connection().execute(text("UPDATE patient SET phone = '7771234' WHERE id = 'silva'"))
            leon = db.get_one(Patient, "leon")
            leon.birth_date = "2001-01-01"
            db.add(leon)
        assert ids(known, "7771234") == ["silva"]
        assert ids(known, "0148") == []
        assert ids(known, "1 1 2001") == ["leon"]

    def test_forgets_a_patient_who_went(self, known: Clinic) -> None:
        ids(known, "silva")
        with known.base.transaction() as db:
            db.connection().execute(text("DELETE FROM patient WHERE id = 'silva'"))
        assert ids(known, "silva") == []
        with known.base.transaction() as db:
            left = [row for row in db.exec(select(PatientKey)) if row.patient_id == "silva"]
        assert left == []

    def test_finds_nobody_of_a_change_that_was_taken_back(self, known: Clinic) -> None:
        with pytest.raises(ZeroDivisionError), known.base.transaction() as db:
            db.add(Patient(id="ghost", name="Ghost Ghastly", family="Ghastly", given="Ghost"))
            db.flush()
            assert 1 // 0
        assert ids(known, "ghastly") == []

    def test_a_rebuilt_index_is_the_same(self, known: Clinic) -> None:
        def keys(db: Session) -> set[tuple[str, str]]:
            return {(row.key, row.patient_id) for row in db.exec(select(PatientKey))}

        ids(known, "silva")
        with known.base.transaction() as db:
            before = keys(db)
            patients.rebuild(db)
            assert keys(db) == before
            assert not list(db.exec(select(PatientChanged)))

    def test_says_how_many_cannot_be_found_yet(
        self, known: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(finding, "CATCH_UP", 5)
        with known.base.transaction() as db:
            found = patients.find(db, known.actor("frank"), words="silva", now=NOW)
        assert found.behind == len(NAMES) + 4 - 5

    def test_looks_where_an_index_leads(self, small_clinic: Clinic) -> None:
        with small_clinic.base.transaction() as db:
            patients.catch_up(db)
            plan = db.connection().execute(
                text(
                    "EXPLAIN QUERY PLAN SELECT patient_id FROM patient_key WHERE key >= 'fal' "
                    "AND key < 'fam' AND key LIKE '% le%' ORDER BY key LIMIT 48"
                )
            )
            steps = " / ".join(row.detail for row in plan)
        assert "SCAN" not in steps
        assert "TEMP B-TREE" not in steps


class TestWho:
    @pytest.mark.parametrize("who", ["dana", "erin", "nora", "frank", "max", "bill"])
    def test_staff_with_the_right_find_anybody(self, known: Clinic, who: str) -> None:
        assert ids(known, "silva", who) == ["silva"]

    @pytest.mark.parametrize("who", ["alice", "bob", "charlie", "tess", "mia", "ada", "otto"])
    def test_others_find_nobody_not_even_themselves(self, known: Clinic, who: str) -> None:
        with known.base.transaction() as db, pytest.raises(NotAllowed):
            patients.find(db, known.actor(who), words="ash", now=NOW)
        with known.base.transaction() as db, pytest.raises(NotAllowed):
            patients.recent(db, known.actor(who), now=NOW)

    def test_leaves_one_row_with_the_number_and_without_the_words(self, known: Clinic) -> None:
        ids(known, "silva marta")
        with known.base.transaction() as db:
            (row,) = db.exec(select(AuditEvent)).all()
        assert (row.action, row.category, row.entity) == ("E", "search", "1 patients")
        assert "silva" not in str(row.model_dump()).lower()

    def test_recent_are_the_charts_that_this_person_opened(self, known: Clinic) -> None:
        from portal.security import audit

        with known.base.transaction() as db:
            for who, whom in (("frank", "leon"), ("dana", "lea"), ("frank", "silva")):
                actor = known.actor(who)
                audit.record(db, actor, "R", category="chart", patient_id=whom, now=NOW)
        with known.base.transaction() as db:
            hits = patients.recent(db, known.actor("frank"), now=NOW)
        assert {hit.patient_id for hit in hits} == {"leon", "silva"}


class TestSpelling:
    @pytest.mark.parametrize(
        ("typed", "name", "count"),
        [
            ("smith", "smith", 0),
            ("simth", "smith", 1),
            ("smth", "smith", 1),
            ("smiith", "smith", 1),
            ("smi", "smith", 0),
            ("gonsalse", "gonzalez", 2),
            ("jones", "smith", None),
        ],
    )
    def test_counts_slips_to_the_beginning_of_a_name(
        self, typed: str, name: str, count: int | None
    ) -> None:
        assert spelling.slips(typed, name) == count
