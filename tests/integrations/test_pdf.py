"""Letters read back: what stands on them, for eyes, for screen readers and for cameras."""

import io
from datetime import datetime
from typing import Any

import pytest
from pypdf import PdfReader

from portal.api import daysheet, letters
from portal.integrations import pdf
from portal.services.board import SheetRow
from portal.services.board.rows import ClosedRow, ColumnRow, FlagRow, StripRow
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


class TestDaySheet:
    def sheet(self, *, has_names: bool = True, visits: int = 2) -> PdfReader:
        strips = [
            StripRow(id=str(at), grid_row=f"{at * 4 + 1} / span 4", at=f"9:{at % 3 * 20:02}",
                     name="Łucja O’Brien-Šmíd", letters="ŁO", words="Booked", kind="Follow-up",
                     minutes=20, flags=[FlagRow("first", "First visit")])
            for at in range(visits)
        ]  # fmt: skip
        lunch = ClosedRow(grid_row="5 / span 2", at="9:20", words="Team meeting", shape="block")
        off = ClosedRow(grid_row="1 / span 2", at="8:00", words="Off")
        row = SheetRow(
            clinic="Juniper Test Clinic", said="Tuesday 3 March 2026",
            printed="Printed Tue 3 Mar, 9:00, by Frank Fox",
            columns=[
                ColumnRow(key="dana", name="Dr Dana Diaz", place="Room 1", total=visits,
                          strips=strips, closed=[off, lunch]),
                ColumnRow(key="erin", name="Dr Erin Egan"),
            ],
        )  # fmt: skip
        return read(daysheet.printed(row, has_names=has_names))

    def test_has_a_page_for_each_with_who_comes_when(self) -> None:
        reader = self.sheet()
        assert len(reader.pages) == 2
        said = text_of(reader)
        for part in ("Dr Dana Diaz", "Tuesday 3 March 2026, Room 1, 2 visits", "9:00",
                     "Łucja O’Brien-Šmíd", "Follow-up, 20 min", "First visit", "Team meeting",
                     "Patient data: shred after use", "Page 1 of 2", "by Frank Fox"):  # fmt: skip
            assert part in said
        assert "Off" not in said
        assert said.index("9:00") < said.index("Team meeting")

    def test_bears_initials_alone_where_names_are_hidden(self) -> None:
        said = text_of(self.sheet(has_names=False))
        assert "Łucja" not in said
        assert "ŁO" in said

    def test_a_full_day_goes_on_over_the_page_with_its_heads(self) -> None:
        reader = self.sheet(visits=40)
        assert len(reader.pages) == 3
        assert all("Notes" in page.extract_text() for page in reader.pages)

    def test_a_day_on_which_nobody_works_is_a_page_too(self) -> None:
        empty = daysheet.printed(SheetRow(said="Sunday 1 March 2026"), has_names=True)
        assert "Nobody works on this day" in text_of(read(empty))
