"""Letters read back: what stands on them, for eyes, for screen readers and for cameras."""

import io
from datetime import datetime
from typing import Any

import pytest
from pypdf import PdfReader

from portal.api import letters
from portal.integrations import pdf
from portal.services.invitations import LetterRow
from tests.support.clinic import NOW

SECRET = "aB3-" * 10 + "xyz"
LINK = f"https://portal.example.org/activate/{SECRET}"


def row(**changes: str) -> LetterRow:
    values = {
        "clinic": "Juniper Test Clinic",
        "address": "48 Juniper Street, Millbrook",
        "phone": "(406) 555-0100",
        "name": "Łucja O’Brien-Šmíd",
        "until": "Tuesday 17 March 2026",
        "date": "Tuesday 3 March 2026",
        "site": "portal.example.org",
        "record_address": "1 Mill Lane, Millbrook",
        **changes,
    }
    return LetterRow(**values)


def letter(**changes: str) -> PdfReader:
    return read(letters._letter(row(link=LINK, **changes)), NOW.replace(microsecond=7))


def code_sheet(**changes: str) -> PdfReader:
    return read(letters._code(row(code="ACDE-3467", **changes)))


def read(sheet: pdf.Sheet, now: datetime = NOW) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.make(sheet, now=now)))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


class TestLetter:
    def test_says_how_to_get_in_and_whom_to_call(self) -> None:
        said = text_of(letter())
        for part in ("Łucja O’Brien-Šmíd", "1 Mill Lane", "48 Juniper Street", "(406) 555-0100"):
            assert part in said
        assert "until Tuesday 17 March 2026" in said

    def test_bears_the_link_in_large_type_and_not_the_code(self) -> None:
        """AUTHN-10."""
        said = text_of(letter())
        assert SECRET in said.replace(" ", "")
        assert "ACDE" not in said

    def test_is_tagged_titled_and_speaks_its_language(self) -> None:
        """PDF/UA-1: a screen reader finds title, language, structure and the picture's words."""
        reader = letter()
        root: Any = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"].value
        assert root["/Lang"] == "en"
        assert "/StructTreeRoot" in root
        assert reader.metadata is not None
        assert reader.metadata.title == "Your account at Juniper Test Clinic"
        assert "pdfuaid" in root["/Metadata"].get_data().decode()

    def test_fits_on_one_sheet_also_with_the_longest_names(self) -> None:
        long = {"name": "N" * 40 + " " + "M" * 40, "record_address": "A" * 60 + ", " + "B" * 60}
        assert len(letter(**long).pages) == 1
        assert len(letter().pages) == 1

    @pytest.mark.parametrize(
        "name",
        ['#read("/etc/passwd")', "$x$ *bold* _it_ `raw` \\u{41}", "@ref <label> = Heading", '"]#('],
    )
    def test_takes_a_name_for_a_name(self, name: str) -> None:
        """IN-01: values are data; nothing that was typed is a command of the template."""
        assert " ".join(name.split()) in text_of(letter(name=name))

    @pytest.mark.parametrize("name", ["Жанна Дарк", "Ελένη Παππά", "Nguyễn Thị Ánh", "Ærø Þórsson"])
    def test_has_the_letters_of_many_names(self, name: str) -> None:
        assert name in text_of(letter(name=name))

    @pytest.mark.parametrize(
        "name", ["小川星 雪", "ليلى النجمي", "김별빛 하늘", "शिरा", "שירה כוכבי"]
    )
    def test_is_of_use_also_where_the_machine_has_no_font_for_a_name(self, name: str) -> None:
        said = text_of(letter(name=name))
        assert SECRET in said.replace(" ", "")
        assert "Scan the picture" in said


class TestCodeSheet:
    def test_bears_the_code_and_not_the_link(self) -> None:
        """AUTHN-10: another file, another sheet, another way."""
        reader = code_sheet()
        said = text_of(reader)
        assert "ACDE-3467" in said
        assert "activate" not in said
        assert len(reader.pages) == 1


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(ValueError, match="other"):
        pdf.make(pdf.Sheet("other", "en"), now=NOW)
