"""The pages as they are built: what everybody gets before anything of anybody's is loaded."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from portal.api import site as serving


class _Outline(HTMLParser):
    """Reads the language, the title, the headings and the landmarks of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes an element."""
        self.seen.append(tag)
        if tag == "html":
            self.language = dict(attrs).get("lang") or ""


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, str]:
    """Every page that is built ahead, by its route; the ones with an id are made in the browser."""
    folder = serving.client_dir(site)
    routes = json.loads((site / "routes.json").read_text("utf8"))
    fixed = [route for route in routes if "[" not in route and route != "404"]
    return {route: (folder / f"{route}.html").read_text("utf8") for route in fixed}


def test_each_has_one_heading_one_main_a_title_and_a_language(pages: dict[str, str]) -> None:
    for route, text in pages.items():
        outline = _Outline(text)
        for tag in ("h1", "main", "title"):
            assert outline.seen.count(tag) == 1, f"{route}: {tag}"
        assert outline.language, route


def test_none_asks_another_origin_for_anything(pages: dict[str, str], site: Path) -> None:
    loads = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//([^"'/]+)""")
    for route, text in pages.items():
        assert not loads.findall(text), route
    for sheet in serving.client_dir(site).rglob("*.css"):
        assert not re.findall(r"url\(['\"]?(?:https?:)?//", sheet.read_text("utf8")), sheet.name


def test_no_source_map_and_no_address_of_the_build_is_served(site: Path) -> None:
    folder = serving.client_dir(site)
    assert not list(folder.rglob("*.map"))
    for script in folder.rglob("*.js"):
        text = script.read_text("utf8")
        assert "localhost:3000" not in text, script.name
        assert "sourceMappingURL" not in text, script.name


def test_no_element_handles_an_event_inline(pages: dict[str, str]) -> None:
    """The content security policy forbids it, so it would silently do nothing."""
    for route, text in pages.items():
        outside = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
        assert not re.findall(r"<[^>]+\son[a-z]+=", outside), route
        assert "javascript:" not in outside, route
