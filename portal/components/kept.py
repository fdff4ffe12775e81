"""What waits for a form while somebody confirmed that it is them: portal.js puts it back."""

from typing import Any

import reflex as rx


def waiting(act: Any, form: Any) -> rx.Component:
    """Carries what was entered to the form that bears `data_keeps` with the name of the act."""
    return rx.el.div(hidden=True, data_kept=act, data_form=form)
