"""The page of an invitation to help: whether its link can be used; nothing of whom it concerns."""

import re

import reflex as rx

from portal.services import acting, family
from portal.state import events

# What may have gone wrong: the end of the address says it.
TROUBLES = ("wrong", "own", "staff", "signed-out", "wait")
_TOKEN = re.compile(r"[\w-]{20,100}", re.ASCII)


class Helping(rx.State):
    """What the page of an invitation shows."""

    token: str = ""
    trouble: str = ""
    problem: str = ""
    is_open: bool = False
    is_loaded: bool = False

    @events.handler(events.PUBLIC)
    async def open(self) -> None:
        """Looks whether the link can be used, without using it up."""
        self.problem = ""
        address = self.router.url
        self.trouble = address.fragment if address.fragment in TROUBLES else ""
        token = address.path.rpartition("/")[2]
        self.token = token if _TOKEN.fullmatch(token) else ""
        self.is_open = await acting.look(family.is_open, secret=self.token)
        self.is_loaded = True
