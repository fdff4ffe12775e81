"""The form for an account once more, where something in it cannot be: with all that was typed.

It goes back in the answer itself: nothing of it is kept here, in an address or in a cookie.
"""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from portal.api.plain import fields
from portal.api.plain.frame import note, page, problems
from portal.api.plain.markup import Html, el
from portal.services.front_door import DoorRow
from portal.words import _

Values = Mapping[str, str]
ACTION = "/auth/register"


def once_more(door: DoorRow, values: Values, faults: tuple[str, ...]) -> Response:
    """Asks again, each field that cannot be so named and explained."""
    errors = {name: _(_FAULTS[name]) for name in faults}
    return _page(door, values, problems(list(errors.items())), errors=errors, status=422)


def wait(door: DoorRow, values: Values) -> Response:
    """Says that it has to wait; what was typed stays where it is."""
    said = note(
        "warn",
        _("Too many requests came from your network today"),
        _("Try again tomorrow, or call us: the front desk makes your account in two minutes."),
    )
    return _page(door, values, said, errors={}, status=429)


def _page(
    door: DoorRow, values: Values, said: Html, *, errors: Mapping[str, str], status: int
) -> Response:
    form = el("form", *_fields(values, errors), method="post", action=ACTION)
    return page(
        door,
        _("Get an account"),
        said,
        el("div", form, class_="card door"),
        el("p", el("a", _("Back to sign in"), href="/", class_="btn")),
        lead=_("What you typed is still there. Nothing was sent yet."),
        status=status,
    )


def _fields(values: Values, errors: Mapping[str, str]) -> list[Html]:
    def line(name: str, label: str, hint: str = "", **props: Any) -> Html:
        said = values.get(name, "")
        return fields.line(name, label, hint=hint, errors=errors, value=said, **props)

    required: dict[str, Any] = {"required": True, "maxlength": "200"}
    return [
        line("given", _("First name"), autocomplete="given-name", **required),
        line("family", _("Last name"), autocomplete="family-name", **required),
        line("birth_date", _("Birth date"), kind="date", autocomplete="bday", required=True),
        line(
            "email",
            _("E-mail address"),
            _("Best the one that you gave us. We send a code there."),
            kind="email",
            autocomplete="email",
            maxlength="254",
        ),
        line(
            "phone",
            _("Phone number"),
            _("Without an e-mail address we call you here."),
            kind="tel",
            autocomplete="tel",
            maxlength="60",
        ),
        line(
            "record_number",
            _("Record number"),
            _("It stands on our letters. You can leave it empty."),
            autocomplete="off",
            maxlength="60",
        ),
        fields.submit(_("Send me a code")),
    ]


_FAULTS = {
    "given": _("Enter your first name, as it stands on your papers."),
    "family": _("Enter your last name, as it stands on your papers."),
    "birth_date": _("Check the birth date: day, month and year, and not in the future."),
    "email": _("Enter one whole e-mail address, or a phone number below."),
    "phone": _("Check the phone number: at least seven digits."),
    "record_number": _("Check the record number, or leave it empty."),
}
