"""What a page is: its address, its title, who it is for, what it loads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx


@dataclass(frozen=True)
class Page:
    """One address of the portal. `is_public` pages show nothing of anybody's."""

    route: str
    title: Any
    build: Callable[[], rx.Component]
    on_load: Any = None
    is_public: bool = False

    def add_to(self, app: rx.App) -> None:
        """Adds the page to the app."""
        app.add_page(self.build, route=self.route, title=self.title, on_load=self.on_load)
