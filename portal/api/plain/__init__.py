"""Plain pages: whole pages of HTML made by the server, which work before any script has run.

For where a page's address carries a secret (a link that is good once): nothing of it is in a
built file, in a socket or in a state; the form goes to the page's own address.
"""

from portal.api.plain.fields import agree_box, birth_date, hidden, line, new_password, submit
from portal.api.plain.frame import note, page, problems
from portal.api.plain.markup import Html, el, joined
from portal.api.plain.texts import folded, unfolded

__all__ = [
    "Html",
    "agree_box",
    "birth_date",
    "el",
    "folded",
    "hidden",
    "joined",
    "line",
    "new_password",
    "note",
    "page",
    "problems",
    "submit",
    "unfolded",
]
