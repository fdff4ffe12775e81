"""The texts that people agree to: open to all to read, and to somebody half in to answer."""

import reflex as rx
from reflex_base.event.context import EventContext

from portal.services import acting, agreements
from portal.services.agreements import TextRow
from portal.state import connections, events

# What each page shows: the privacy page also says what a yes to e-mails means.
SHOWN = {"/terms": ("terms",), "/privacy": ("privacy", "electronic")}


class Texts(rx.State):
    """The texts of one public page as they count now."""

    rows: list[TextRow] = []  # noqa: RUF012 - Reflex gives each state its own
    problem: str = ""
    is_loaded: bool = False

    @events.handler(events.PUBLIC)
    async def open(self) -> None:
        """Shows the texts of the page in the address."""
        kinds = SHOWN.get(self.router.url.path.rstrip("/"), ())
        self.rows = [row for row in await acting.look(agreements.current) if row.kind in kinds]
        self.is_loaded = True


class Agree(rx.State):
    """What somebody has to answer before they are in."""

    rows: list[TextRow] = []  # noqa: RUF012 - Reflex gives each state its own
    problem: str = ""
    is_loaded: bool = False

    @events.handler(events.HALFWAY)
    async def open(self) -> None:
        """Shows what is new since this account agreed."""
        digest = connections.digest_of(EventContext.get().token)
        self.rows = await acting.halfway(digest, agreements.to_agree)
        self.is_loaded = True
