"""Files at a message: chosen, on their way and there; assets/attach.js sends them one by one."""

from typing import Any

import reflex as rx

from portal.components import icon, link
from portal.components.kinds import Event, Text
from portal.integrations import files
from portal.words import _

SCRIPT = "/attach.js"
FIELD = "files"


def field(listed: Any, *, to: Text, on_remove: Any) -> rx.Component:
    """Lets files be added to a draft and taken away: `listed` are rows of id, name and said.

    `to` is where they go, see api/attachments.py; `on_remove` gets the id of one.
    """
    picker = rx.el.input(
        type="file",
        id=FIELD,
        multiple=True,
        accept=",".join(files.ACCEPTED),
        aria_describedby=f"{FIELD}-hint",
    )
    chosen = rx.el.label(
        picker,
        rx.el.span(icon.show("clip"), _("Add photos or documents"), class_name="btn"),
        html_for=FIELD,
        class_name="drop slim",
    )
    hint = rx.el.p(
        _(
            "Photos (JPEG, PNG, HEIC), PDF or text, 20 MB each, 10 for a message. They wait with "
            "your draft for a day."
        ),
        id=f"{FIELD}-hint",
        class_name="hint",
    )
    return rx.el.div(
        chosen,
        hint,
        rx.cond(listed.length() > 0, _list(listed, on_remove), rx.fragment()),
        rx.el.ul(class_name="files coming", custom_attrs={"data-attach-coming": "true"}),
        rx.el.p(role="status", class_name="small", custom_attrs={"data-attach-said": "true"}),
        class_name="attach",
        custom_attrs={"data-attach": to, "data-most": str(files.MOST_BYTES), **_words()},
    )


def _words() -> dict[str, str]:
    return {
        "data-waits": _("Waits"),
        "data-sent": _("{done} of {all} MB"),
        "data-checked": _("Being checked"),
        "data-added": _("{name} is added."),
        "data-cancel": _("Cancel"),
        "data-called-off": _("{name} was not added."),
        "data-close": _("Close"),
        "data-large": _(files.TooLarge.sentence),
        "data-failed": _("This file did not arrive. Check the connection, then add it again."),
        "data-wait": _("A file is still on its way. Wait for it or cancel it, then send."),
    }


def _list(listed: Any, on_remove: Any) -> rx.Component:
    def one(row: Any) -> rx.Component:
        return rx.el.li(_named(row), _remove(row, on_remove(row.id)), key=row.id)

    return rx.el.ul(rx.foreach(listed, one), class_name="files", aria_label=_("Added files"))


def _remove(row: Any, act: Event) -> rx.Component:
    """Names what it takes away, also to those who do not see beside what it stands."""
    words = _("Remove")
    return rx.el.button(
        words,
        type="button",
        aria_label=f"{words}: {row.name}",
        class_name="btn sm",
        on_click=act,
    )


def listed(rows: Any) -> rx.Component:
    """Lists what came with a message; each is saved, never opened within the portal."""

    def one(row: Any) -> rx.Component:
        return rx.el.li(_named(row), key=row.id)

    there = rx.el.ul(rx.foreach(rows, one), class_name="files", aria_label=_("Attached files"))
    return rx.cond(rows.length() > 0, there, rx.fragment())


def _named(row: Any) -> rx.Component:
    # Without `download` the browser takes it for leaving: Reflex would close the page's socket, and
    # nothing new would show any more. The name is the one that the answer's header gives.
    name = link.anchored(row.name, href=f"/files/attachment/{row.id}", download=True)
    return rx.el.p(
        icon.show("clip", small=True), name, rx.el.span(" ", row.said, class_name="quiet")
    )
