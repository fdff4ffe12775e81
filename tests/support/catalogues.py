"""The catalogues of what is sent: what stands in the source, and what each language makes of it.

`python -m tests.support.catalogues` brings each catalogue to the texts of the source: what is new
comes in without a translation, what is gone goes. Then a person translates; the tests say what is
missing (tests/services/test_languages.py).
"""

from pathlib import Path

from babel.messages import extract, pofile
from babel.messages.catalog import Catalog

from portal.words import LANGUAGES, LOCALES, NOTICES, SOURCE
from tests.support.source import ROOT

# Every text that can stand in a notice is in one of these, and all their texts can.
FILES = (
    "portal/services/notices/texts.py",
    "portal/services/notices/rendering.py",
    "portal/services/notices/saying.py",
    "portal/services/browsers.py",
)
HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"

"""
TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE)


def texts() -> dict[str, str]:
    """Returns every text that can be sent, with the file that it stands in."""
    found: dict[str, str] = {}
    for file in FILES:
        with (ROOT / file).open("rb") as source:
            for _line, text, _comments, _context in extract.extract("python", source, {"_": None}):
                found.setdefault(str(text), file)
    return found


def path_of(language: str) -> Path:
    """Returns where the catalogue of a language is."""
    return LOCALES / language / "LC_MESSAGES" / f"{NOTICES}.po"


def of(language: str) -> Catalog:
    """Returns the catalogue of a language; an empty one where there is none yet."""
    if not path_of(language).exists():
        return Catalog(language)
    with path_of(language).open("rb") as text:
        return pofile.read_po(text, locale=language)


def brought_up_to_date(language: str) -> Catalog:
    """Returns a catalogue with the texts of the source, and the translations that it had."""
    had, new = of(language), Catalog(language, fuzzy=False)
    for text, file in texts().items():
        before = had.get(text)
        new.add(text, before.string if before else "", locations=[(file, 0)])
    return new


def write(language: str) -> None:
    """Writes a catalogue, laid out as ever: without the dates and lines that only change."""
    new = brought_up_to_date(language)
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language).open("wb") as text:
        text.write(HEADER.format(language=language).encode())
        pofile.write_po(text, new, width=100, omit_header=True, include_lineno=False)


if __name__ == "__main__":
    for one in TRANSLATED:
        write(one)
