"""A form whose fields reach a handler as the browser itself would send them.

Reflex's own form lets a field's `id` decide: where two fields of a page share one (another one in a
closed dialog), or where rows repeat a form, it sends what stands in the other. Here `name` alone
counts, within this form alone. A box that is not ticked is not sent; a ticked one says "on".
"""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.forms import Form

from portal.components.kinds import Child


class NamedForm(Form):
    """A form that is read by its fields' names."""

    def _get_form_refs(self) -> dict[str, Any]:
        return {}


def of(*children: Child, **props: Any) -> rx.Component:
    """Sends its fields to `on_submit`, by their names."""
    return NamedForm.create(*children, **props)
