"""Paths of our own: where somebody may be led to by what an address says (SECURITY NET-08)."""

import re

# Letters, digits, hyphens and underscores between single slashes: no host, no scheme, no "..".
_OWN = re.compile(r"/(?:[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)?", re.ASCII)
MOST = 300
# What is called by forms and scripts is no page.
NO_PAGES = ("auth", "files", "calendar", "confirm", "second-step")


def own(asked: str, *, otherwise: str = "/") -> str:
    """Returns a path of ours as it was asked for; `otherwise` for anything that is none."""
    if len(asked) > MOST or not _OWN.fullmatch(asked):
        return otherwise
    return otherwise if asked.split("/")[1] in NO_PAGES else asked
