"""docs/security.md against the tests that it names and the permissions that there are."""

import re

from portal.security.permissions import HELD_BY, Permission
from tests.support.source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf8")
TESTS = ROOT / "tests"
ID = re.compile(
    r"\b(?:AUTHN|MFA|SES|AUTHZ|IN|UP|MSG|AUD|KEY|NET|WS|API|BK|JOB|LOG|DEP|OPS|R)-\d\d\b"
)


def rows() -> dict[str, str]:
    """Returns what the page says of each id."""
    found = re.findall(r"^\| ([A-Z]+-\d\d) \| .*? \| (.*) \|$", PAGE, re.MULTILINE)
    assert len(found) > 200
    assert len(dict(found)) == len(found)
    return dict(found)


def test_every_id_that_a_test_names_is_on_the_page() -> None:
    named = {
        one: path.name
        for path in TESTS.rglob("test_*.py")
        if path.name != "test_documented.py"
        for one in ID.findall(path.read_text("utf8"))
    }
    assert named
    assert not {one: name for one, name in named.items() if one not in rows()}


def test_every_test_that_the_page_names_names_the_id() -> None:
    wrong = [
        (one, name)
        for one, said in rows().items()
        for name in re.findall(r"`([\w/]+\.py)`", said)
        if one not in (TESTS / name).read_text("utf8")
    ]
    assert not wrong


def test_every_id_has_a_proof_or_a_reason() -> None:
    assert not [one for one, said in rows().items() if len(said) < 5]


def test_the_permissions_are_those_of_the_source() -> None:
    """AUTHZ-01."""
    said = dict(re.findall(r"^\| ([A-Z][^|]+) \| ([a-z ,]+) \|$", PAGE, re.MULTILINE))
    assert set(said) == {permission.value for permission in Permission}
    for permission in Permission:
        held = {
            role.replace("_", " ")
            for role, held in HELD_BY.items()
            if permission in held and role != "system"
        }
        assert set(said[permission.value].split(", ")) == (held or {"the system alone"})
