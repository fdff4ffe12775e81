"""The ways in: each is on the page, with what proves it (AUTHN-16)."""

import re

from starlette.routing import Route

from portal import portal
from tests.support.source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf8")
SECTION = PAGE.partition("## Ways in\n")[2].partition("\n## ")[0]


def documented() -> dict[str, str]:
    """Returns what proves it on each path that the page lists."""
    return dict(re.findall(r"^\| `(/auth/[\w/-]+)` \| .*? \| (.+) \|$", SECTION, re.MULTILINE))


def registered() -> set[str]:
    """Returns every path by which a browser could become somebody."""
    routes = [route for route in portal.forms.routes if isinstance(route, Route)]
    return {route.path for route in routes if route.path.startswith("/auth/")}


def test_every_way_in_is_declared() -> None:
    """AUTHN-16: a new route under /auth/ without a line fails here."""
    assert len(registered()) > 10
    assert not registered() - documented().keys()


def test_each_says_what_proves_it() -> None:
    """AUTHN-16."""
    assert not [path for path, proof in documented().items() if len(proof) < 5]


def test_nothing_else_gives_the_cookie() -> None:
    """AUTHN-16: a sign-in is begun in one place, and its cookie is set in one place."""
    sources = list((ROOT / "portal").rglob("*.py"))
    begins = [path.name for path in sources if "signins.start(" in path.read_text("utf8")]
    gives = [path.name for path in sources if "cookie_name(is_https" in path.read_text("utf8")]
    assert begins == ["entry.py"]
    assert set(gives) <= {
        "auth.py",
        "connections.py",
        "sockets.py",
        "cookies.py",
        "trusted.py",
        "devices.py",
    }
