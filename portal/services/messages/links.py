"""Links in letters: addresses of this very portal, offered below the words that name them.

Any other address stays the words that it is: a letter leads nobody elsewhere.
"""

import re
from dataclasses import dataclass

from portal import settings
from portal.words import _

BOOK, RECORD, DOCUMENTS = "/appointments/book", "/record", "/record?section=documents"
_PAGES = {
    BOOK: _("Book an appointment"),
    RECORD: _("Open the health record"),
    DOCUMENTS: _("See the documents"),
}
_RESULT = re.compile(r"/results/[A-Za-z0-9_-]{1,64}", re.ASCII)
_FORM = re.compile(r"/forms/[A-Za-z0-9_-]{1,64}", re.ASCII)
_ADDRESS = re.compile(r"(?<![^\s(])(https?://[^\s)]{1,300})")
MOST = 10


@dataclass(frozen=True)
class LinkRow:
    """Where a letter leads within this portal, in words."""

    href: str = ""
    said: str = ""


def address(path: str) -> str:
    """Returns the whole address of one of our pages, as it stands in a letter."""
    return f"{settings.current().public_url.rstrip('/')}{path}"


def of(body: str) -> list[LinkRow]:
    """Returns the links to our own pages that stand in a letter, each once, in their order."""
    ours = address("")
    found = {
        whole[len(ours) :]: None
        for whole in (one.rstrip(".,;:!?") for one in _ADDRESS.findall(body))
        if whole.startswith(f"{ours}/")
    }
    rows = [LinkRow(path, _said(path)) for path in found if _said(path)]
    return rows[:MOST]


def _said(path: str) -> str:
    if path in _PAGES:
        return _(_PAGES[path])
    if _FORM.fullmatch(path):
        return _("Fill in the form")
    return _("See this result") if _RESULT.fullmatch(path) else ""
