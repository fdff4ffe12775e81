"""What an operator can set and say stands in docs/, and so do the roles (AUTHZ-01)."""

import re

import pytest

from portal.settings import Settings
from tests.support import documented, source


@pytest.mark.parametrize("name", documented.TABLES)
def test_tables_are_those_of_the_source(name: str) -> None:
    path, _ = documented.TABLES[name]
    assert path.read_text("utf8") == documented.written(name), "run `make format`"


def test_every_setting_says_what_it_decides() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert not silent


def test_every_command_says_what_it_does() -> None:
    rows = documented.commands_table().splitlines()[2:]
    assert rows
    assert not [row for row in rows if row.endswith("|  |")]


def test_no_page_speaks_of_a_setting_that_does_not_exist() -> None:
    known = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    tests_own = {"PORTAL_TEST_DATABASE_URL", "PORTAL_TEST_SHARED"}
    pages = [path for path in source.kept_files() if path.suffix == ".md"]
    unknown = {
        f"{source.place(path)} {name}"
        for path in pages
        for name in re.findall(r"PORTAL_[A-Z][A-Z_]*[A-Z]", path.read_text("utf8"))
        if name.removesuffix("_FILE") not in known and name not in known | tests_own
    }
    assert not unknown


def test_every_chore_says_what_it_does() -> None:
    makefile = (source.ROOT / "Makefile").read_text("utf8")
    chores = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) - {"fences", "beside"}
    explained = set(re.findall(r"^([a-z]+):.*## .+\.$", makefile, re.MULTILINE))
    assert chores == explained
    assert {"demo", "serve", "test", "check", "format", "migrate", "bench", "help"} <= chores
