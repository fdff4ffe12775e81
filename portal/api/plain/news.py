"""The pages of a link that ends mails about news."""

from starlette.responses import Response

from portal.api.plain import fields
from portal.api.plain.frame import note, page, phone_link
from portal.api.plain.markup import el
from portal.services.front_door import DoorRow
from portal.words import _


def ask(door: DoorRow) -> Response:
    """Asks, because opening a link ends nothing."""
    form = el("form", fields.submit(_("No more mails about news")), method="post")
    return page(
        door,
        _("Mails about news"),
        el("div", form, class_="card door"),
        lead=_(
            "We write to you when there is something new, and to remind you of visits. Shall that "
            "end? About your account’s safety we go on writing."
        ),
    )


def ended(door: DoorRow) -> Response:
    """Says that they have ended, and how they begin again."""
    inside = note(
        "ok",
        _("We write to you about news no longer"),
        _("What is new you find in the portal. Reminders of visits end as well."),
        _("To be written to again, sign in and look under Settings, Notices and agreements."),
    )
    return page(door, _("Mails about news"), inside)


def over(door: DoorRow) -> Response:
    """Says that a link ends nothing: the same words whether it is old or never was."""
    call = el("p", _("Sign in and look under Settings, or call us:"), " ", phone_link(door), ".")
    inside = note("bad", _("This link does not work any more"), call)
    return page(door, _("Mails about news"), inside, status=404)
